// A place and a telephone number, as small cards.

import { avatar, element, fullName } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { say } from "../core/language.js";

/** Return a message's card, or null where it carries none. @param {object} message */
export function card(message) {
  if (message.venue) return place(message.venue.location, message.venue.title, message.venue.address);
  if (message.location) return place(message.location);
  if (message.contact) return number(message.contact);
  return null;
}

function place({ latitude, longitude }, title = say("location"), address = "") {
  const point = address || `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
  return element("div.file.card", {},
    element("span.badge", {}, icon("pin")),
    element("span.name", {}, element("b", {}, title), element("small", {}, point)));
}

function number(contact) {
  return element("div.file.card", {},
    avatar({ id: contact.user_id ?? 0, ...contact }),
    element("span.name", {}, element("b", {}, fullName(contact)), element("small", {}, contact.phone_number)));
}

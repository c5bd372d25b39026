// The messages of the chat, kept in step with the server: only what changed is drawn again.

import { element, icon } from "./element.js";
import { formatted } from "./formatted.js";
import { bytes, clock, day, money, say } from "./words.js";

const known = new Map();
let drawn = new Map();

export function replaceAll(messages) {
  known.clear();
  drawn = new Map();
  for (const message of messages) known.set(message.message_id, message);
}

export function apply(messages, deleted) {
  for (const message of messages) known.set(message.message_id, message);
  for (const id of deleted) known.delete(id);
}

export function isEmpty() {
  return known.size === 0;
}

export function photos() {
  return [...known.values()].filter((message) => message.photo).map((message) => message.photo);
}

export function draw(hands, fresh) {
  const next = new Map();
  const nodes = [];
  let lastDay = null;
  for (const group of groups()) {
    const today = day(group[0].date);
    if (today !== lastDay) nodes.push(element("div.day", {}, today));
    lastDay = today;
    const key = group[0].message_id;
    const look = JSON.stringify(group);
    const before = drawn.get(key);
    const node = before?.look === look ? before.node : block(group, hands, fresh && !before);
    next.set(key, { look, node });
    nodes.push(node);
  }
  drawn = next;
  return nodes;
}

function groups() {
  const grouped = [];
  for (const message of [...known.values()].sort((a, b) => a.message_id - b.message_id)) {
    const last = grouped.at(-1);
    if (message.media_group_id && last?.[0].media_group_id === message.media_group_id) last.push(message);
    else grouped.push([message]);
  }
  return grouped;
}

function block(group, hands, fresh) {
  const [first] = group;
  if (first.successful_payment) return service(say("receipt", { amount: money(first.successful_payment) }));
  if (first.refunded_payment) return service(say("refunded", { amount: money(first.refunded_payment) }));
  const buttons = first.buttons.length ? keyboard(first, hands) : null;
  const node = element(
    `div.message.${first.from}`,
    { id: `message-${first.message_id}` },
    element("div.bubble", {}, content(group, hands)),
    buttons,
    first.reaction && element("span.reaction", {}, first.reaction),
  );
  if (buttons) node.classList.add("with-buttons");
  if (fresh) node.classList.add("fresh");
  return node;
}

function service(text) {
  return element("div.service", {}, text);
}

function content(group, hands) {
  const [first] = group;
  const captioned = group.find((message) => message.caption) ?? first;
  const words = captioned.text ?? captioned.caption;
  const parts = [];
  if (first.forwarded) parts.push(element("div.quote", {}, say("forwarded")));
  const replied = first.reply_to && known.get(first.reply_to);
  if (replied) parts.push(element("div.quote", {}, replied.text ?? replied.caption ?? say("photo")));
  if (first.photo) parts.push(album(group, hands, !words));
  for (const message of group) if (message.document) parts.push(attachment(message.document));
  if (first.invoice) parts.push(invoice(first));
  if (words) {
    parts.push(element("div.text", {}, formatted(words, captioned.entities, hands.write), meta(group.at(-1))));
  } else if (first.document) {
    parts.push(element("div.text.bare", {}, meta(group.at(-1))));
  }
  return parts;
}

function meta(message, place = "") {
  return element(`span.meta${place}`, {}, `${message.edited ? `${say("edited")} ` : ""}${clock(message.date)}`);
}

function album(group, hands, withClock) {
  const pictures = group.filter((message) => message.photo);
  const single = pictures.length === 1;
  const shapes = spans(pictures.length);
  const nodes = pictures.map(({ photo, spoiler }, place) =>
    element(
      `button.photo${shapes[place] ? `.${shapes[place]}` : ""}${spoiler ? ".veil" : ""}`,
      { type: "button", onclick: () => hands.look(photo), "aria-label": say("photo") },
      element("img", {
        src: single ? photo.url : photo.preview_url,
        alt: "", loading: "lazy", width: photo.width, height: photo.height,
      }),
    ));
  const box = element(`div.media.${single ? "single" : "album"}`, {}, nodes, withClock && meta(group.at(-1), ".over"));
  if (single) {
    const ratio = Math.min(Math.max(pictures[0].photo.width / pictures[0].photo.height, 0.7), 2.2);
    nodes[0].style.aspectRatio = ratio;
  }
  return box;
}

// A grid of six columns: rows of three, with the first row taking up what does not divide.
function spans(count) {
  if (count === 1) return [""];
  const left = count % 3;
  const lead = left === 1 ? (count === 4 ? ["half", "half", "half", "half"] : ["whole"]) : left === 2 ? ["half", "half"] : [];
  return Array.from({ length: count }, (_, place) => lead[place] ?? "");
}

function attachment(file) {
  if (file.kind !== "document") {
    const moving = file.kind === "animation";
    return element("div.media.single", {}, element("video", {
      src: file.url, controls: !moving, muted: moving, autoplay: moving, loop: moving, playsInline: true,
    }));
  }
  const badge = file.thumbnail_url ? element("img", { src: file.thumbnail_url, alt: "" }) : icon("file");
  return element(
    "a.file",
    { href: file.url, download: file.file_name ?? "" },
    element("span.badge", {}, badge),
    element("span", {}, element("b", {}, file.file_name ?? "file"), element("small", {}, bytes(file.file_size ?? 0))),
  );
}

function invoice(message) {
  const bill = message.invoice;
  return element(
    "div.invoice",
    {},
    element("b", {}, bill.title),
    element("p", {}, bill.description),
    element("span.price", {}, money(bill), message.paid_charge_id ? " ✓" : ""),
    meta(message),
  );
}

function keyboard(message, hands) {
  return element("div.buttons", {}, message.buttons.map((row) =>
    element("div.row", {}, row.map((button) => {
      const style = button.style ? `.${button.style}` : button.pay ? ".primary" : "";
      if (button.url) {
        return element(`a${style}`, { href: button.url, target: "_blank", rel: "noopener noreferrer", onclick: hands.follow }, button.text);
      }
      return element(`button${style}`, { type: "button", onclick: (event) => hands.press(message, button, event.currentTarget) }, button.text);
    }))));
}

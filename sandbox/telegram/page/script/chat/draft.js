// What the bot is writing at this moment: a text that grows in place until the message itself arrives.

import { element } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { say } from "../core/language.js";
import { formatted } from "./formatted.js";

const node = element("div.message.bot.starts.ends.draft", { "aria-label": "" });

/**
 * Return the row of a draft, always the same node, so that it grows and does not blink.
 * @param {{text: string, entities?: Array<object>, can_stop?: boolean}|null} draft
 * @param {object} hands
 */
export function draftRow(draft, hands) {
  if (!draft) return null;
  node.setAttribute("aria-label", say("draft"));
  node.setAttribute("aria-live", "off");
  node.replaceChildren(element("div.column", {}, element("div.bubble", {},
    element("div.text", { dir: "auto" },
      draft.text ? formatted(draft.text, draft.entities ?? [], hands) : dots(), draft.text ? element("span.caret") : null)),
  draft.can_stop && element("button.stop", { type: "button", onclick: hands.stop }, icon("stop"), say("stop"))));
  return node;
}

const dots = () => element("span.dots", {}, element("i"), element("i"), element("i"));

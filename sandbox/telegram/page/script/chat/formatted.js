// A text with Telegram's entities as nodes. Offsets are UTF-16 units, as JavaScript's own.

import { element } from "../core/dom.js";
import { say } from "../core/language.js";
import { notice } from "../overlay/toast.js";

const tags = { bold: "b", italic: "i", underline: "u", strikethrough: "s" };
const blocks = new Set(["pre", "blockquote", "expandable_blockquote"]);
const SAFE = /^(https?|tg|mailto|tel):/i;
const EMOJI = /^(\p{Extended_Pictographic}(\uFE0F|\u200D\p{Extended_Pictographic}|\p{Emoji_Modifier})*){1,3}$/u;

/**
 * Return a text as nodes.
 * @param {string} text
 * @param {Array<{type: string, offset: number, length: number, url?: string, language?: string}>} entities in order
 * @param {{write: (text: string) => void, follow: (event: MouseEvent) => void}} hands
 */
export function formatted(text, entities, hands) {
  const ordered = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return nodes(text, 0, text.length, ordered, hands);
}

/** Tell whether a text is only one to three emoji, which are shown large. @param {string} text */
export const isEmoji = (text) => EMOJI.test(text);

function nodes(text, start, end, entities, hands) {
  const built = [];
  let position = start;
  let rest = entities;
  while (rest.length) {
    const [entity, ...others] = rest;
    const from = Math.max(entity.offset, position);
    const stop = Math.min(entity.offset + entity.length, end);
    rest = others.filter((other) => other.offset >= stop);
    if (stop <= from) continue;
    const inside = others.filter((other) => other.offset < stop);
    // A block stands on lines of its own: the line break beside it would be an empty line.
    const isBlock = blocks.has(entity.type);
    if (from > position) built.push(isBlock ? text.slice(position, from).replace(/\n$/, "") : text.slice(position, from));
    built.push(wrapped(entity, text.slice(from, stop), nodes(text, from, stop, inside, hands), hands));
    position = isBlock && text[stop] === "\n" ? stop + 1 : stop;
  }
  if (position < end) built.push(text.slice(position, end));
  return built;
}

function wrapped(entity, plain, children, hands) {
  if (tags[entity.type]) return element(tags[entity.type], {}, children);
  switch (entity.type) {
    case "code":
      return element("code", { title: say("copyText"), onclick: () => copy(plain) }, children);
    case "pre":
      return element("pre", { "data-language": entity.language }, element("code", {}, children));
    case "blockquote":
      return element("blockquote", {}, children);
    case "expandable_blockquote":
      return expandable(children);
    case "text_link":
      return link(entity.url, children, hands);
    case "url":
      return link(SAFE.test(plain) ? plain : `https://${plain}`, children, hands);
    case "email":
      return link(`mailto:${plain}`, children, hands);
    case "phone_number":
      return link(`tel:${plain.replace(/[^+\d]/g, "")}`, children, hands);
    case "bot_command":
      return element("button.command", { type: "button", onclick: () => hands.write(plain) }, children);
    case "spoiler":
      return spoiler(children);
    case "mention": case "hashtag": case "cashtag": case "text_mention":
      return element("span.mention", {}, children);
    default:
      return element("span", {}, children);
  }
}

function link(address, children, hands) {
  if (!SAFE.test(address ?? "")) return element("span", {}, children);
  return element("a", { href: address, title: address, target: "_blank", rel: "noopener noreferrer", onclick: hands.follow }, children);
}

function spoiler(children) {
  const inner = element("span", { "aria-hidden": "true" }, children);
  const show = () => {
    node.classList.add("seen");
    inner.removeAttribute("aria-hidden");
    for (const name of ["role", "tabindex", "aria-label"]) node.removeAttribute(name);
  };
  const node = element("span.spoiler", {
    role: "button", tabIndex: 0, "aria-label": say("hidden"), onclick: show,
    onkeydown: (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); show(); } },
  }, inner);
  return node;
}

function expandable(children) {
  const toggle = element("button.expand", {
    type: "button", "aria-expanded": "false", "aria-label": say("expand"),
    onclick: () => toggle.setAttribute("aria-expanded", String(quote.classList.toggle("open"))),
  });
  const quote = element("blockquote.expandable", {}, element("span", {}, children), toggle);
  return quote;
}

async function copy(text) {
  await navigator.clipboard.writeText(text);
  notice(say("copied"));
}

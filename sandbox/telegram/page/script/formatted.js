// A text with Telegram's entities as nodes. Offsets are UTF-16 units, as JavaScript's own.

import { element } from "./element.js";

const tags = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote",
};

export function formatted(text, entities, onCommand) {
  return nodes(text, 0, text.length, entities, onCommand);
}

function nodes(text, start, end, entities, onCommand) {
  const built = [];
  let position = start;
  let rest = entities;
  while (rest.length) {
    const [entity, ...others] = rest;
    const stop = Math.min(entity.offset + entity.length, end);
    const inside = others.filter((other) => other.offset < stop);
    rest = others.filter((other) => other.offset >= stop);
    if (entity.offset > position) built.push(text.slice(position, entity.offset));
    built.push(wrapped(entity, text.slice(entity.offset, stop), nodes(text, entity.offset, stop, inside, onCommand), onCommand));
    position = stop;
  }
  if (position < end) built.push(text.slice(position, end));
  return built;
}

function wrapped(entity, plain, children, onCommand) {
  if (tags[entity.type]) return element(tags[entity.type], {}, children);
  switch (entity.type) {
    case "text_link":
    case "url":
      return link(entity.url || plain, children);
    case "bot_command":
      return element("span.command", { onclick: () => onCommand(plain) }, children);
    case "spoiler":
      return element("span.spoiler", { onclick: (event) => event.currentTarget.classList.add("seen") }, children);
    default:
      return element("span", {}, children);
  }
}

function link(address, children) {
  if (!/^(https?|tg|mailto):/i.test(address)) return element("span", {}, children);
  return element("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, children);
}

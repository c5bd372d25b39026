// JSON for people: indented and coloured, built of text nodes; what lies deep is folded until it is asked for.

import { element } from "../core/dom.js";

const LONG = 600;
const FOLDED_FROM = 2;
const SMALL = 3;

/** Show a value. @param {unknown} value @returns {HTMLElement} */
export const json = (value) => element("pre.json", { tabIndex: 0 }, piece(value, 0));

function piece(value, depth) {
  if (value === null || typeof value !== "object") return [scalar(value)];
  const isList = Array.isArray(value);
  const [open, close] = isList ? "[]" : "{}";
  const entries = Object.entries(value);
  if (!entries.length) return [open + close];
  const inside = () => entries.flatMap(([key, item], place) => [
    "  ".repeat(depth + 1),
    !isList && element("span.key-name", {}, JSON.stringify(key)),
    !isList && ": ",
    ...piece(item, depth + 1),
    place < entries.length - 1 ? ",\n" : "\n",
  ].filter((part) => part !== false));
  if (depth < FOLDED_FROM || entries.length <= SMALL && entries.every(([, item]) => item === null || typeof item !== "object")) {
    return [`${open}\n`, ...inside(), "  ".repeat(depth) + close];
  }
  return [fold(open, close, entries.length, inside, depth)];
}

/** A value behind a button that opens it in its place; it is built only then. */
function fold(open, close, count, inside, depth) {
  const node = element("span.fold", {});
  const button = element("button", { type: "button", "aria-expanded": "false", onclick: () => {
    if (button.getAttribute("aria-expanded") === "true") shut();
    else {
      button.setAttribute("aria-expanded", "true");
      node.replaceChildren(button, `${open}\n`, ...inside(), "  ".repeat(depth) + close);
    }
  } });
  const shut = () => {
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-label", `${open} ${count} ${close}`);
    node.replaceChildren(button, `${open} `, element("small", {}, String(count)), ` ${close}`);
  };
  shut();
  return node;
}

function scalar(value) {
  const text = JSON.stringify(value);
  if (typeof value === "string") return element("span.string", {}, text.length > LONG ? `${text.slice(0, LONG)}…` : text);
  return element(typeof value === "number" ? "span.number" : "span.word", {}, text);
}

// JSON for people: indented and coloured, built of text nodes, long texts cut until they are asked for.

import { element } from "../core/dom.js";

const LONG = 600;

/** Show a value. @param {unknown} value @returns {HTMLElement} */
export const json = (value) => element("pre.json", { tabIndex: 0 }, pieces(value, 0));

function pieces(value, depth) {
  const indent = "  ".repeat(depth + 1);
  if (Array.isArray(value) || (value && typeof value === "object")) {
    const [open, close] = Array.isArray(value) ? "[]" : "{}";
    const entries = Array.isArray(value) ? value.map((item) => [null, item]) : Object.entries(value);
    if (!entries.length) return [open + close];
    return [
      `${open}\n`,
      ...entries.flatMap(([key, item], place) => [
        indent,
        key !== null && element("span.key-name", {}, JSON.stringify(key)),
        key !== null && ": ",
        ...pieces(item, depth + 1),
        place < entries.length - 1 ? ",\n" : "\n",
      ].filter((piece) => piece !== false)),
      "  ".repeat(depth) + close,
    ];
  }
  return [scalar(value)];
}

function scalar(value) {
  const text = JSON.stringify(value);
  if (typeof value === "string") return element("span.string", {}, text.length > LONG ? `${text.slice(0, LONG)}…"` : text);
  return element(typeof value === "number" ? "span.number" : "span.word", {}, text);
}

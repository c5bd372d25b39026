// Messages on their way to the server: shown at once, with what to do where one did not get there.

import { element } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { say } from "../core/language.js";
import { store } from "../core/store.js";
import { mosaic } from "./mosaic.js";

let waiting = [];
let redraw = () => {};

/** Begin: `draw` is called whenever something changes. @param {() => void} draw */
export function begin(draw) { redraw = draw; }

/**
 * Show a message as being sent until `deliver` has ended.
 * @param {{text: string, urls?: string[], names?: string[]}} look
 * @param {() => Promise<unknown>} deliver
 */
export async function send(look, deliver) {
  const item = { person: store.current, ...look, deliver, error: null };
  waiting.push(item);
  await attempt(item);
}

/** Forget the oldest: the chat shows it now. */
export function arrived() {
  const first = waiting.find((item) => item.person === store.current && !item.error);
  if (first) drop(first);
}

/** Return the rows of what is on its way in the open chat. */
export const rows = () => waiting.filter((item) => item.person === store.current).map(row);

async function attempt(item) {
  item.error = null;
  redraw();
  try {
    await item.deliver();
    drop(item);
  } catch (error) {
    item.error = error.message;
  }
  redraw();
}

function drop(item) {
  if (waiting.includes(item)) waiting = waiting.filter((other) => other !== item);
}

function row(item) {
  return element(`div.message.user.starts.ends.pending${item.error ? ".failed" : ""}`, {},
    element("div.column", {},
      element(`div.bubble${item.urls?.length ? ".with-media" : ""}`, {},
        item.urls?.length ? pictures(item.urls) : null,
        item.names?.map((name) => element("div.file", {}, element("span.badge", {}, icon("file")), element("b", {}, name))),
        element("div.text", {}, item.text,
          element("span.meta", {}, icon(item.error ? "warning" : "clock"), element("span.hidden", {}, say(item.error ? "notSent" : "sending"))))),
      item.error && element("div.again", { role: "alert" },
        element("span", {}, `${say("notSent")}: ${item.error}`),
        element("button", { type: "button", onclick: () => attempt(item) }, say("retry")),
        element("button", { type: "button", onclick: () => { drop(item); redraw(); } }, say("remove")))));
}

function pictures(urls) {
  const { rows: lines } = mosaic(urls.map(() => ({ width: 1, height: 1 })));
  return element("div.media.mosaic.sending", {}, lines.map((line) => {
    const node = element("div.line", {}, line.map((place) => element("img", { src: urls[place], alt: "" })));
    node.style.aspectRatio = Math.max(line.length, 1.2);
    return node;
  }));
}

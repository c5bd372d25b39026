// Where the person reads: at the end the newest stays in sight, elsewhere nothing moves under their eyes.

import { element, wantsCalm } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { say } from "../core/language.js";

const NEAR_PX = 80;
const FAR_PX = 300;
const OLDER_PX = 900;

const scroller = document.getElementById("scroller");
const list = document.getElementById("messages");
const place = document.getElementById("below");
const badge = element("span.unread", { hidden: true });
const button = element("button.to-bottom", { type: "button", hidden: true, onclick: () => toEnd(true) }, icon("down"), badge);

let atEnd = true;
let newBelow = 0;
let measured = "";
let hands = { older: () => false, seen: () => {} };

/** Begin. @param {{older: () => boolean, seen: () => void}} given `older` draws older rows, `seen` notes the end as read */
export function begin(given) {
  hands = given;
  place.append(button);
  scroller.addEventListener("scroll", scrolled, { passive: true });
  const sizes = new ResizeObserver(() => { if (atEnd) toEnd(); });
  sizes.observe(scroller);
  sizes.observe(list);
  addEventListener("focus", () => { if (atEnd) hands.seen(); });
}

/** Go to the newest message. @param {boolean} [softly] */
export function toEnd(softly = false) {
  atEnd = true;
  scroller.scrollTo({ top: scroller.scrollHeight, behavior: softly && !wantsCalm() ? "smooth" : "instant" });
  settle();
}

/** Go to a row, near the top of the screen or, for one that is looked for, its middle. */
export function toRow(row, block = "center") {
  atEnd = false;
  row.scrollIntoView({ block, behavior: "instant" });
  scrolled();
}

export const isAtEnd = () => atEnd;

/**
 * Draw without moving what the person reads.
 * @template T
 * @param {() => T} drawing
 * @returns {T}
 */
export function steadily(drawing) {
  const top = scroller.getBoundingClientRect().top;
  const anchor = atEnd ? null : [...list.children].find((node) => node.dataset.id && node.getBoundingClientRect().bottom > top);
  const id = anchor?.dataset.id;
  const before = anchor?.getBoundingClientRect().top;
  const result = drawing();
  const after = anchor?.isConnected ? anchor : id && list.querySelector(`[data-id="${id}"]`);
  if (atEnd) toEnd();
  else if (after) scroller.scrollTop += after.getBoundingClientRect().top - before;
  settle();
  return result;
}

/** Count messages that arrived below what is on the screen. @param {number} count */
export function arrivedBelow(count) {
  if (!atEnd) newBelow += count;
  settle();
}

/** Begin anew: another chat. */
export function reset() {
  atEnd = true;
  newBelow = 0;
  settle();
}

function scrolled() {
  // Where the window or the list has just changed its size, the event tells nothing of what the person wants.
  if (atEnd && measured !== measure()) { toEnd(); return; }
  const below = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
  atEnd = below < NEAR_PX;
  if (scroller.scrollTop < OLDER_PX) hands.older();
  settle(below);
}

const measure = () => `${scroller.clientHeight} ${scroller.scrollHeight}`;

function settle(below = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight) {
  measured = measure();
  if (atEnd) { newBelow = 0; hands.seen(); }
  button.hidden = atEnd || (below < FAR_PX && !newBelow);
  button.setAttribute("aria-label", say("down"));
  button.title = say("down");
  badge.hidden = !newBelow;
  badge.textContent = String(newBelow);
}

// The messages on the screen, kept in step with the store: only rows that changed are drawn again,
// and only the newest of a long chat are drawn at all until the person scrolls up.

import { element } from "../core/dom.js";
import { day } from "../core/format.js";
import { say } from "../core/language.js";
import { store } from "../core/store.js";
import { bubble, isService } from "./bubble.js";
import { draftRow } from "./draft.js";
import { rows as outboxRows } from "./outbox.js";

const FIRST_ROWS = 60;
const MORE_ROWS = 80;
const RUN_SECONDS = 600;

const list = document.getElementById("messages");
let drawn = new Map();
let headings = new Map();
let shown = FIRST_ROWS;
let total = 0;
let unreadFrom = null;

/** Begin anew: another chat. @param {number|null} firstUnread the message above which the bar stands */
export function reset(firstUnread) {
  drawn = new Map();
  headings = new Map();
  shown = FIRST_ROWS;
  unreadFrom = firstUnread;
}

/** Draw everything again at the next `draw`: the page speaks another language. */
export function forget() {
  drawn = new Map();
  headings = new Map();
}

/** Tell whether older rows wait above. */
export const hasOlder = () => shown < total;

/** Take older rows in at the next `draw`; all down to a message where one is named. @param {number|null} down */
export function showOlder(down = null) {
  shown += MORE_ROWS;
  while (down !== null && hasOlder() && !drawn.has(down)) {
    const groups = grouped();
    if (groups.slice(-shown).some((group) => group.some((message) => message.message_id === down))) return;
    shown += MORE_ROWS;
  }
}

/**
 * Bring the screen up to date.
 * @param {object} hands
 * @param {boolean} fresh whether what is new has just arrived, and may be seen to arrive
 * @returns {HTMLElement[]} the rows that have just arrived
 */
export function draw(hands, fresh) {
  const groups = grouped();
  total = groups.length;
  const first = Math.max(0, groups.length - shown);
  const next = new Map();
  const nodes = [];
  const arrived = [];
  let lastDay = null;
  for (let place = first; place < groups.length; place += 1) {
    const group = groups[place];
    const today = day(group[0].date);
    if (today !== lastDay) nodes.push(heading(today, group[0].message_id));
    lastDay = today;
    if (group[0].message_id === unreadFrom) nodes.push(heading(say("unreadBar"), "unread"));
    const run = { starts: !follows(groups[place - 1], group), ends: !follows(group, groups[place + 1]) };
    const key = group[0].message_id;
    const look = JSON.stringify([group, run, replied(group[0])]);
    const before = drawn.get(key);
    const node = before?.look === look ? before.node : instead(before?.node, bubble(group, run, hands));
    node.classList.toggle("on-the-way", group.some((message) => store.onTheWay.has(message.message_id)));
    if (!before && fresh) { node.classList.add("fresh"); arrived.push(node); }
    next.set(key, { look, node });
    nodes.push(node);
  }
  drawn = next;
  nodes.push(...outboxRows());
  const draft = draftRow(store.chat?.draft ?? null, hands);
  if (draft) nodes.push(draft);
  put(nodes);
  keepOneTabStop();
  return arrived;
}

/** Mark which own messages the bot has taken. */
export function markDelivery() {
  for (const group of drawn.values()) {
    group.node.classList.toggle("on-the-way", store.onTheWay.has(Number(group.node.dataset.id)));
  }
}

/** Return the row that shows a message, or undefined. @param {number} id */
export const rowOf = (id) => [...list.children].find((node) => Number(node.dataset.id) === id)
  ?? drawn.get(grouped().find((group) => group.some((message) => message.message_id === id))?.[0].message_id)?.node;

/** Return the chat's messages, albums together, oldest first. */
function grouped() {
  const groups = [];
  for (const message of [...store.messages.values()].sort((a, b) => a.message_id - b.message_id)) {
    const last = groups.at(-1);
    if (message.media_group_id && last?.[0].media_group_id === message.media_group_id) last.push(message);
    else groups.push([message]);
  }
  return groups;
}

function follows(before, group) {
  return Boolean(before && group) && before[0].from === group[0].from && !isService(before[0]) && !isService(group[0])
    && group[0].date - before[0].date < RUN_SECONDS && day(before[0].date) === day(group[0].date);
}

function replied(message) {
  const other = message.reply_to && store.messages.get(message.reply_to);
  return other ? [other.text, other.caption] : null;
}

function heading(text, key) {
  const known = headings.get(key);
  if (known?.textContent === text) return known;
  const node = element(key === "unread" ? "div.unread-bar" : "div.day", {}, element("span", {}, text));
  headings.set(key, node);
  return node;
}

/** Let a row drawn anew keep its loaded pictures, and the focus. */
function instead(old, node) {
  if (!old) return node;
  const pictures = [...old.querySelectorAll("img, video")];
  for (const picture of node.querySelectorAll("img, video")) {
    const same = pictures.find((other) => other.getAttribute("src") === picture.getAttribute("src") && other.className === picture.className);
    if (!same) continue;
    pictures.splice(pictures.indexOf(same), 1);
    picture.replaceWith(same);
  }
  const buttons = [...old.querySelectorAll(".key")];
  const focused = buttons.indexOf(document.activeElement);
  if (focused >= 0 || document.activeElement === old) {
    queueMicrotask(() => (node.querySelectorAll(".key")[focused] ?? node).focus({ preventScroll: true }));
  }
  return node;
}

/** Put exactly these nodes into the list, touching only what is not in its place. */
function put(nodes) {
  const wanted = new Set(nodes);
  for (const node of [...list.children]) if (!wanted.has(node)) node.remove();
  nodes.forEach((node, place) => { if (list.children[place] !== node) list.insertBefore(node, list.children[place] ?? null); });
}

/** The list is one stop for Tab, its newest row; arrows walk from there. */
function keepOneTabStop() {
  const rows = [...list.querySelectorAll("[data-id]")];
  const focused = rows.includes(document.activeElement) ? document.activeElement : rows.at(-1);
  for (const row of rows) row.tabIndex = row === focused ? 0 : -1;
}

list.addEventListener("keydown", (event) => {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!step || !event.target.dataset?.id) return;
  event.preventDefault();
  const rows = [...list.querySelectorAll("[data-id]")];
  const next = rows[rows.indexOf(event.target) + step];
  if (!next) return;
  event.target.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
});

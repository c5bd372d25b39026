// The list of chats: one row for each person, with the last message and what they have not read.

import { appearance, turn } from "../core/appearance.js";
import { avatar, element, fullName, iconButton } from "../core/dom.js";
import { moment } from "../core/format.js";
import { icon } from "../core/icons.js";
import { say, spoken } from "../core/language.js";
import { on, store } from "../core/store.js";

const pane = document.getElementById("people");
const list = element("ul", { role: "list" });
const search = element("input", { type: "search", autocomplete: "off", oninput: () => drawList() });
const rows = new Map();
let hands = null;

/**
 * Begin to show the list.
 * @param {{choose: (id: number) => void, add: () => void, turnLanguage: () => void}} given
 */
export function begin(given) {
  hands = given;
  on("people", drawList);
  on("chat", drawList);
  on("language", draw);
  list.addEventListener("keydown", walk);
  draw();
}

function draw() {
  search.placeholder = say("search");
  search.setAttribute("aria-label", say("search"));
  pane.setAttribute("aria-label", say("people"));
  pane.replaceChildren(
    element("div.title", {},
      element("h1", {}, say("people")),
      element("button.round.language", { type: "button", lang: say("pageLanguage") === "English" ? "en" : "ru", title: say("pageLanguage"), "aria-label": say("pageLanguage"), onclick: hands.turnLanguage }, say("pageLanguage").slice(0, 2)),
      iconButton(".round", say("theme"), () => { turn(); draw(); }, icon(appearance() === "auto" ? "theme" : appearance() === "dark" ? "moon" : "sun"))),
    element("p.hint", {}, say("hint")),
    element("label.search", {}, icon("search"), search),
    list,
    element("button.add", { type: "button", onclick: hands.add }, icon("plus"), say("add")));
  drawList();
}

function drawList() {
  const wanted = search.value.trim().toLowerCase();
  const fitting = store.everyone
    .filter((person) => `${fullName(person)} ${person.username ?? ""} ${person.id}`.toLowerCase().includes(wanted))
    .sort((a, b) => (b.last_message?.date ?? 0) - (a.last_message?.date ?? 0) || b.id - a.id);
  const unread = store.everyone.reduce((sum, person) => sum + (person.id === store.current ? 0 : person.unread ?? 0), 0);
  document.title = `${unread ? `(${unread}) ` : ""}Dream Photo · sandbox`;
  if (!fitting.length) { list.replaceChildren(nobody()); return; }
  const focused = document.activeElement?.closest?.(".person");
  const nodes = fitting.map(rowOf);
  for (const node of [...list.children]) if (!nodes.includes(node)) node.remove();
  nodes.forEach((node, place) => { if (list.children[place] !== node) list.insertBefore(node, list.children[place] ?? null); });
  if (focused?.isConnected) focused.focus({ preventScroll: true });
}

/** Return a person's row: always the same node, filled anew where something changed, so that a press is never lost. */
function rowOf(person) {
  const known = rows.get(person.id) ?? row(person.id);
  rows.set(person.id, known);
  const isCurrent = person.id === store.current;
  const { version, on_the_way, ...seen } = person;
  const look = JSON.stringify([seen, isCurrent, !isCurrent && store.drafts[person.id], spoken()]);
  if (known.look !== look) {
    known.look = look;
    known.button.ariaCurrent = isCurrent ? "true" : null;
    known.button.replaceChildren(...inside(person, isCurrent));
  }
  return known.node;
}

function row(id) {
  const choose = () => hands.choose(id);
  const button = element("button.person", {
    type: "button", "data-id": id,
    // A mouse chooses as it goes down: the row may move before it goes up again.
    onpointerdown: (event) => { if (event.pointerType === "mouse" && event.button === 0) choose(); },
    onclick: (event) => { if (event.pointerType !== "mouse") choose(); },
  });
  return { node: element("li", {}, button), button, look: "" };
}

function inside(person, isCurrent) {
  const last = person.last_message;
  const unread = isCurrent ? 0 : person.unread ?? 0;
  return [
    avatar(person),
    element("span.lines", {},
      element("span.line", {}, element("b", {}, fullName(person) || say("gone")), last && element("time", {}, moment(last.date))),
      element("span.line", {},
        element("small", {}, preview(person)),
        unread > 0 && element("span.unread", { "aria-label": say("unread", { n: unread }) }, unread > 99 ? "99+" : String(unread)))),
  ].filter(Boolean);
}

function preview(person) {
  if (person.deactivated) return [icon("block"), say("gone")];
  if (person.blocked) return [icon("block"), say("hasBlocked")];
  const draft = person.id !== store.current && store.drafts[person.id];
  if (draft) return [element("span.draft-mark", {}, `${say("draftMark")}: `), draft];
  const last = person.last_message;
  if (!last) return say("noMessages");
  const words = last.kind === "text" ? last.text : [say(last.kind), last.text].filter(Boolean).join(", ");
  return [last.from === "user" && element("span.whose", {}, `${say("you")}: `), words];
}

function nobody() {
  const empty = !store.everyone.length;
  return element("li.nobody", {},
    icon(empty ? "person" : "search"),
    element("b", {}, say(empty ? "nobody" : "nobodyFound")),
    empty && element("small", {}, say("nobodyHint")));
}

function walk(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const rows = [...list.querySelectorAll(".person")];
  rows[rows.indexOf(document.activeElement) + step]?.focus();
}

// The developer's drawer: what the bot calls, what waits for it, what is to go wrong, who the person is.

import { element, iconButton } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { say } from "../core/language.js";
import * as server from "../core/server.js";
import { on } from "../core/store.js";
import * as calls from "./calls.js";
import * as faults from "./faults.js";
import * as person from "./person.js";
import * as updates from "./updates.js";

const EVERY_MS = 700;
const AT_FIRST = 200;
const TABS = ["calls", "updates", "faults", "person"];

const drawer = document.getElementById("drawer");
const body = element("div.drawer-body", { role: "tabpanel", id: "drawer-body", tabIndex: -1 });
let tab = TABS.includes(localStorage.getItem("tab")) ? localStorage.getItem("tab") : "calls";
let timer = 0;
let hands = null;

export const isOpen = () => !drawer.hidden;

/** Begin. @param {{trying: Function, changePerson: Function, block: Function, clear: Function, change: Function, changed: () => void}} given */
export function begin(given) {
  hands = given;
  on("language", draw);
  on("people", () => { if (isOpen() && tab === "person" && !body.querySelector("select:focus")) fill(); });
  drawer.addEventListener("keydown", (event) => { if (event.key === "Escape" && !event.defaultPrevented) toggle(); });
  document.addEventListener("visibilitychange", look);
  if (localStorage.getItem("tools") === "open" && matchMedia("(width >= 1100px)").matches) toggle();
}

/** Open or close it. */
export function toggle() {
  drawer.hidden = !drawer.hidden;
  document.body.classList.toggle("with-drawer", isOpen());
  localStorage.setItem("tools", isOpen() ? "open" : "closed");
  hands.changed();
  if (isOpen()) {
    draw();
    drawer.querySelector("[aria-selected=true]").focus();
  } else document.querySelector("#header .tools")?.focus();
  look();
}

function draw() {
  if (!isOpen()) return;
  drawer.setAttribute("aria-label", say("tools"));
  drawer.replaceChildren(
    element("div.drawer-head", {}, element("h2", {}, say("tools")), iconButton(".round", say("close"), toggle, icon("close"))),
    element("div.tabs", { role: "tablist", "aria-label": say("tools"), onkeydown: walk }, TABS.map((name) => element("button", {
      type: "button", role: "tab", id: `tab-${name}`, "aria-controls": "drawer-body", "aria-selected": String(name === tab),
      tabIndex: name === tab ? 0 : -1, onclick: () => turnTo(name),
    }, say(name), name === "updates" && element("span.bubble-count", { hidden: true })))),
    body);
  fill();
}

function fill() {
  body.setAttribute("aria-labelledby", `tab-${tab}`);
  body.className = `drawer-body pane-${tab}`;
  body.replaceChildren(...{
    calls: () => calls.pane(),
    updates: () => updates.pane(),
    faults: () => faults.pane(hands.trying),
    person: () => person.pane(hands),
  }[tab]());
}

function turnTo(name) {
  tab = name;
  localStorage.setItem("tab", name);
  for (const button of drawer.querySelectorAll("[role=tab]")) {
    const chosen = button.id === `tab-${name}`;
    button.setAttribute("aria-selected", String(chosen));
    button.tabIndex = chosen ? 0 : -1;
  }
  fill();
}

function walk(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const next = TABS[(TABS.indexOf(tab) + step + TABS.length) % TABS.length];
  turnTo(next);
  document.getElementById(`tab-${next}`).focus();
}

async function look() {
  clearTimeout(timer);
  if (!isOpen() || document.hidden) return;
  try {
    const seen = await server.calls(calls.newest, AT_FIRST);
    calls.take(seen.calls);
    updates.take(seen.pending_updates, seen.pending_update_count);
    const count = drawer.querySelector(".bubble-count");
    count.hidden = !seen.pending_update_count;
    count.textContent = String(seen.pending_update_count);
  } catch {
    // The server is away; the next look tries again.
  }
  clearTimeout(timer);
  if (isOpen()) timer = setTimeout(look, EVERY_MS);
}

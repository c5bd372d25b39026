// Every call of the bot, newest first: method, for whom, how long, what came back.

import { element, iconButton } from "../core/dom.js";
import { duration } from "../core/format.js";
import { icon } from "../core/icons.js";
import { say } from "../core/language.js";
import { notice } from "../overlay/toast.js";
import { json } from "./json.js";

const KEPT = 500;
const SHOWN = 200;

let calls = [];
let rows = new Map();
let wanted = { text: "", errors: false, polls: false };
let paused = false;
const list = element("div.calls");

/** The id of the newest call that is known. */
export let newest = 0;

/** Take new calls. @param {Array<object>} news oldest first */
export function take(news) {
  if (!news.length) return;
  newest = news.at(-1).id;
  calls = [...calls, ...news].slice(-KEPT);
  if (!paused) draw();
}

/** Return the pane. */
export function pane() {
  const filter = element("input", {
    type: "search", placeholder: say("filter"), "aria-label": say("filter"), value: wanted.text,
    oninput: () => { wanted.text = filter.value.trim().toLowerCase(); draw(); },
  });
  const pause = iconButton(".round.small", say(paused ? "resume" : "pause"), () => {
    paused = !paused;
    pause.replaceChildren(icon(paused ? "play" : "pause"));
    pause.title = say(paused ? "resume" : "pause");
    pause.setAttribute("aria-label", pause.title);
    draw();
  }, icon(paused ? "play" : "pause"));
  rows = new Map();
  list.replaceChildren();
  draw();
  return [
    element("div.call-tools", {},
      element("label.search", {}, icon("search"), filter), pause,
      iconButton(".round.small", say("clear"), () => { calls = []; draw(); }, icon("clear")),
      element("div.ticks-row", {}, box("errors", say("onlyErrors")), box("polls", say("withPolls")))),
    list,
  ];
}

function box(name, words) {
  const input = element("input", { type: "checkbox", checked: wanted[name], onchange: () => { wanted[name] = input.checked; draw(); } });
  return element("label.tick", {}, input, words);
}

function draw() {
  const fitting = calls.filter(fits).slice(-SHOWN).reverse();
  const next = new Map(fitting.map((call) => [call.id, rows.get(call.id) ?? row(call)]));
  rows = next;
  if (!fitting.length) { list.replaceChildren(empty()); return; }
  const nodes = [...next.values()];
  for (const node of [...list.children]) if (!nodes.includes(node)) node.remove();
  nodes.forEach((node, place) => { if (list.children[place] !== node) list.insertBefore(node, list.children[place] ?? null); });
}

function empty() {
  return element("div.empty", {}, icon("code"), element("b", {}, say(calls.length ? "noneMatch" : "noCalls")),
    !calls.length && element("p", {}, say("noCallsHint")));
}

function fits(call) {
  if (wanted.errors && call.answer.ok) return false;
  if (!wanted.polls && call.method === "getUpdates" && call.answer.ok && !wanted.text.includes("getupdates")) return false;
  return !wanted.text || `${call.method} ${JSON.stringify(call.parameters)}`.toLowerCase().includes(wanted.text);
}

function row(call) {
  const { ok, error_code: code } = call.answer;
  const body = element("div.call-body");
  const node = element("details.call", { ontoggle: () => { if (node.open && !body.childElementCount) body.append(...inside(call)); } },
    element("summary", {},
      element(`span.state${ok ? ".good" : ".bad"}`, { role: "img", "aria-label": ok ? "ok" : String(code) }, ok ? "" : String(code)),
      element("span.method", {}, call.method),
      element("span.ms", {}, duration(call.seconds)),
      element("span.gist", {}, ok ? gist(call.parameters) : call.answer.description),
      element("time", {}, new Date(call.time * 1000).toLocaleTimeString("en-GB"))),
    body);
  return node;
}

function inside(call) {
  const copy = async () => { await navigator.clipboard.writeText(JSON.stringify(call, null, 2)); notice(say("copied")); };
  return [
    element("h4", {}, say("parameters")), json(call.parameters),
    element("h4", {}, say("answer")), json(call.answer),
    element("button.link", { type: "button", onclick: copy }, icon("copy"), say("copyCall")),
  ];
}

function gist({ chat_id: chat, text, caption, action, message_id: message, ...rest }) {
  const words = text ?? caption ?? action ?? (rest.media && `${[rest.media].flat().length} media`) ?? rest.title ?? "";
  return [chat, message && `#${message}`, typeof words === "string" ? words.slice(0, 80) : ""].filter(Boolean).join(" · ");
}

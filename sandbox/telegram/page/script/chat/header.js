// The chat's head: the bot, what it is doing, and as whom one writes.

import { avatar, element, fullName, iconButton } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { knows, say } from "../core/language.js";
import { currentPerson, on, store } from "../core/store.js";

const header = document.getElementById("header");
const ACTION_MS = 5000;
const name = element("b");
const status = element("small", { role: "status" });
let actionTimer = 0;
let hands = null;

/** Begin. @param {{back: () => void, tools: () => void, options: (event: MouseEvent) => void, toolsOpen: () => boolean}} given */
export function begin(given) {
  hands = given;
  for (const event of ["chat", "connection", "people"]) on(event, update);
  on("language", draw);
  draw();
}

/** Draw the head with its buttons again. */
export function draw() {
  const person = currentPerson();
  header.replaceChildren(
    iconButton(".round.back", say("back"), hands.back, icon("back")),
    element("span.avatar.bot", { "aria-hidden": "true" }, element("img", { src: "icon.svg", alt: "" })),
    element("div.who", {}, name, status),
    person ? element("button.self", { type: "button", title: fullName(person), "aria-label": `${fullName(person)}: ${say("options")}`, onclick: hands.options },
      avatar(person), element("span", {}, person.first_name)) : "",
    element("button.round.tools", { type: "button", title: say("developer"), "aria-label": say("developer"), "aria-pressed": String(hands.toolsOpen()), onclick: hands.tools }, icon("code")),
    iconButton(".round", say("options"), hands.options, icon("more")));
  update();
}

function update() {
  const person = currentPerson();
  const shown = header.querySelector(".self span:last-child");
  if ((shown?.textContent ?? null) !== (person?.first_name ?? null)) { draw(); return; }
  name.textContent = store.chat?.bot.first_name ?? "";
  clearTimeout(actionTimer);
  const action = store.connected ? store.chat?.action : null;
  if (action) actionTimer = setTimeout(() => { store.chat.action = null; update(); }, ACTION_MS);
  const words = !store.current ? "" : !store.connected ? say("connecting") : action ? say(knows(action) ? action : "busy") : say("bot");
  if (status.textContent !== words) status.textContent = words;
  status.classList.toggle("busy", Boolean(action));
}

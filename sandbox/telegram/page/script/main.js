// One person's chat with the bot: choose the person, follow the chat, hand on what the person does.

import * as composer from "./composer.js";
import { avatar, element, icon } from "./element.js";
import * as messages from "./messages.js";
import { alert, askForAction, askForPerson, askToPay, look, notice } from "./overlays.js";
import * as server from "./server.js";
import { say, speak, spoken } from "./words.js";

const peoplePane = document.getElementById("people");
const header = document.getElementById("header");
const list = document.getElementById("messages");
const scroller = document.getElementById("scroller");
const toBottom = document.getElementById("to-bottom");
const ACTION_MS = 5000;
const NEAR_PX = 120;
const FAR_PX = 500;

let everyone = [];
let chat = null;
let source = null;
let connected = false;
let actionTimer = 0;
let atEnd = true;
let invite = new URLSearchParams(location.search).get("start");

const trying = (deed) => async (...given) => {
  try {
    return await deed(...given);
  } catch (error) {
    notice(say("failed", { reason: error.message }));
    return null;
  }
};

const hands = {
  write: trying((text) => server.write(chat.user.id, text)),
  start: trying(async () => {
    await server.write(chat.user.id, invite ? `/start ${invite}` : "/start");
    invite = null;
  }),
  sendFiles: trying((kind, files, caption) => server.sendFiles(chat.user.id, kind, files, caption)),
  unblock: trying(() => server.block(chat.user.id, false)),
  look: (photo) => look(photo, messages.photos()),
  follow: (event) => followInvite(event),
  press: trying(async (message, button, node) => {
    if (button.copy) {
      await navigator.clipboard.writeText(button.copy);
      notice(say("copied"));
    } else if (button.pay) {
      await payInvoice(message);
    } else if (button.data === undefined) {
      notice(say("unchosen"));
    } else {
      await pressButton(message, button, node);
    }
  }),
};

async function pressButton(message, button, node) {
  node.classList.add("waiting");
  const answering = server.press(chat.user.id, message.message_id, button);
  const answer = await answering.finally(() => node.classList.remove("waiting"));
  if (!answer.answered) notice(say("noAnswer"));
  else if (answer.text && answer.show_alert) await alert(answer.text);
  else if (answer.text) notice(answer.text);
}

async function payInvoice(message) {
  if (!await askToPay(message.invoice)) return;
  const result = await server.pay(chat.user.id, message.message_id);
  if (result.paid) notice(say("paid"));
  else await alert(`${say("notPaid")}\n${result.error_message}`);
}

// A link to this very bot would leave for the real Telegram: here it brings a new person by that invitation.
async function followInvite(event) {
  const address = new URL(event.currentTarget.href);
  if (address.hostname !== "t.me" || address.pathname.slice(1) !== chat.bot.username) return;
  event.preventDefault();
  await newPerson(address.searchParams.get("start"));
}

async function newPerson(withInvite = null) {
  const wanted = await askForPerson(withInvite);
  if (!wanted) return;
  const person = await trying(server.addPerson)(wanted);
  if (!person) return;
  everyone.push(person);
  invite = withInvite;
  choose(person.id);
}

function choose(id) {
  source?.close();
  chat = null;
  messages.replaceAll([]);
  const person = everyone.find((one) => one.id === id);
  speak(person.language_code);
  localStorage.setItem("person", id);
  history.replaceState(null, "", `${location.pathname}#${id}`);
  peoplePane.classList.remove("open");
  connected = false;
  source = server.listen(id, {
    chat: (whole) => { connected = true; messages.replaceAll(whole.messages); atEnd = true; update(whole, false); },
    changes: (news) => { messages.apply(news.messages, news.deleted); update(news, true); },
    lost: () => { connected = false; if (chat) drawHeader(); },
  });
  drawPeople();
}

function update(news, fresh) {
  const mine = news.messages.some((message) => message.from === "user") && fresh;
  chat = news;
  everyone = everyone.map((one) => (one.id === news.user.id ? news.user : one));
  clearTimeout(actionTimer);
  if (chat.action) actionTimer = setTimeout(() => { chat.action = null; drawHeader(); }, ACTION_MS);
  drawHeader();
  list.replaceChildren(...(messages.isEmpty() ? [welcome()] : messages.draw(hands, fresh)));
  composer.show({ ...news, isEmpty: messages.isEmpty(), language: spoken() });
  if (mine) atEnd = true;
  stayAtEnd();
}

// Who reads the newest message keeps it in sight while pictures load and the composer grows.
function stayAtEnd() {
  if (atEnd) scroller.scrollTop = scroller.scrollHeight;
}

function noteScroll() {
  const below = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
  atEnd = below < NEAR_PX;
  toBottom.hidden = below < FAR_PX;
}

function welcome() {
  return element("div.welcome", {},
    element("img", { src: "icon.svg", alt: "" }),
    element("h2", {}, chat.bot.first_name),
    element("p", {}, chat.bot.description || chat.bot.short_description));
}

function drawHeader() {
  const busy = connected && chat.action;
  const status = !connected ? say("connecting") : busy ? actionWords(chat.action) : say("bot");
  header.replaceChildren(
    element("span.avatar", {}, element("img", { src: "icon.svg", alt: "" })),
    element("div.who", {}, element("b", {}, chat.bot.first_name), element(`small${busy ? ".busy" : ""}`, {}, status)),
    element("button.self", { type: "button", "aria-label": say("people"), onclick: () => peoplePane.classList.add("open") }, avatar(chat.user)),
    element("button.round", { type: "button", "aria-label": say("actions"), onclick: actions }, icon("more")));
}

function actionWords(action) {
  const words = say(action);
  return words === action ? say("busy") : words;
}

const actions = trying(async () => {
  const chosen = await askForAction(chat.user);
  if (chosen === "block") await server.block(chat.user.id, !chat.user.blocked);
  if (chosen === "people") peoplePane.classList.add("open");
});

function drawPeople() {
  const current = Number(localStorage.getItem("person"));
  peoplePane.replaceChildren(
    element("h1", {}, say("title")),
    element("p.hint", {}, say("hint")),
    element("ul", {}, everyone.map((person) => element("li", {},
      element("button.person", { type: "button", "aria-current": String(person.id === current), onclick: () => choose(person.id) },
        avatar(person),
        element("span", {}, element("b", {}, person.first_name), element("small", {}, person.username ? `@${person.username}` : (person.language_code ?? ""))))))),
    element("button.add", { type: "button", onclick: () => newPerson() }, `+ ${say("add")}`));
}

async function begin() {
  composer.begin(hands);
  toBottom.append(icon("down"));
  toBottom.setAttribute("aria-label", say("down"));
  toBottom.addEventListener("click", () => scroller.scrollTo({ top: scroller.scrollHeight, behavior: "smooth" }));
  scroller.addEventListener("scroll", noteScroll, { passive: true });
  const sizes = new ResizeObserver(stayAtEnd);
  sizes.observe(scroller);
  sizes.observe(list);
  document.querySelector(".chat").addEventListener("click", () => peoplePane.classList.remove("open"), { capture: true });
  everyone = await server.people();
  if (!everyone.length) {
    everyone = [await server.addPerson({ first_name: spoken() === "ru" ? "Анна" : "Anna", language_code: spoken() })];
  }
  const wanted = [Number(location.hash.slice(1)), Number(localStorage.getItem("person"))];
  const found = wanted.map((id) => everyone.find((one) => one.id === id)).find(Boolean);
  choose((found ?? everyone[0]).id);
}

addEventListener("hashchange", () => {
  const id = Number(location.hash.slice(1));
  if (everyone.some((one) => one.id === id) && id !== chat?.user.id) choose(id);
});
begin();

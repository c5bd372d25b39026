// What the person writes with: the field, attachments, commands, the bot's own keyboard, Start.

import { element, iconButton, isNarrow } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { say } from "../core/language.js";
import { emit, keepDraft, on, store } from "../core/store.js";
import { summary } from "../chat/bubble.js";
import * as attachments from "./attachments.js";
import { CommandList } from "./commands.js";

const TALLEST_PX = 180;
const OWN_PLACE = { latitude: 55.7558, longitude: 37.6173 };
const footer = document.getElementById("composer");
const field = element("textarea", { rows: 1, maxLength: 4096, oninput: typed, onkeydown: keyed, autocapitalize: "sentences" });
const sendButton = element("button.round.send", { type: "button", onclick: submit }, icon("send"));

let hands = null;
let shownFor = null;
let look = "";
let subject = null;
let keyboardHidden = false;
let keyboardLook = "null";
const commands = new CommandList((command) => { commands.close(); field.value = ""; keepDraft(shownFor, ""); draw(); hands.write(`/${command}`); });

/** Begin. @param {{write: Function, start: Function, sendFiles: Function, edit: Function, unblock: Function}} given */
export function begin(given) {
  hands = given;
  attachments.begin({
    changed: () => { draw(); field.focus(); },
    mayAttach: () => Boolean(store.chat) && store.messages.size > 0 && !store.chat.user.blocked && subject?.kind !== "edit",
  });
  on("chat", update);
  on("language", draw);
  addEventListener("keydown", catchTyping);
}

/** Put the focus where one writes; on a phone, where that opens the keyboard, only when `asked`. */
export function focus(asked = false) {
  if (asked || !isNarrow()) (field.isConnected ? field : footer.querySelector("button"))?.focus({ preventScroll: true });
}

/** Answer a message. */
export function reply(message) { takeUp({ kind: "reply", message }); }

/** Change an own message. */
export function edit(message) {
  takeUp({ kind: "edit", message });
  field.value = message.text ?? message.caption;
  settle();
}

function takeUp(given) {
  if (subject?.kind === "edit") field.value = store.drafts[shownFor] ?? "";
  subject = given;
  draw();
  field.focus();
}

function update() {
  if (!store.chat) { footer.replaceChildren(); look = ""; return; }
  const { user, bot, reply_keyboard: keyboard } = store.chat;
  if (shownFor !== user.id) {
    field.value = store.drafts[user.id] ?? "";
    attachments.clear();
    subject = null;
    commands.close();
    shownFor = user.id;
    look = "";
    emit("people");
  }
  const nextKeyboard = JSON.stringify(keyboard);
  if (nextKeyboard !== keyboardLook) { keyboardHidden = false; keyboardLook = nextKeyboard; }
  const next = JSON.stringify([user.id, user.blocked, user.deactivated, store.messages.size === 0, bot.commands, keyboardLook]);
  if (next === look) return;
  look = next;
  draw();
}

function draw() {
  if (!store.chat) return;
  const single = (words, act) => footer.replaceChildren(element("button.start", { type: "button", onclick: act }, words));
  if (store.chat.user.deactivated) { single(say("restoreAccount"), () => hands.change({ deactivated: false })); return; }
  if (store.chat.user.blocked) { single(say("unblock"), hands.unblock); return; }
  if (!store.messages.size) { single(say("start"), hands.start); return; }
  const writing = document.activeElement === field;
  const within = footer.contains(document.activeElement);
  const keyboard = store.chat.reply_keyboard;
  const list = commands.draw(store.chat.bot.commands, field.value);
  footer.replaceChildren(...[
    list,
    element("div.box", {}, [
      subject && subjectLine(),
      attachments.tray(),
      element("div.bar", {}, bar(keyboard)),
    ].filter(Boolean)),
    keyboard && !keyboardHidden && ownKeyboard(keyboard),
  ].filter(Boolean));
  field.placeholder = attachments.count() ? say("caption") : keyboard?.input_field_placeholder || say("write");
  field.setAttribute("aria-label", field.placeholder);
  sendButton.title = say(subject?.kind === "edit" ? "save" : "send");
  sendButton.setAttribute("aria-label", sendButton.title);
  sendButton.replaceChildren(icon(subject?.kind === "edit" ? "check" : "send"));
  // What had the focus was drawn anew: the person goes on by writing.
  if (writing) field.focus();
  else if (within) focus();
  settle();
}

function bar(keyboard) {
  return [
    store.chat.bot.commands.length > 0 && element("button.menu-button", {
      type: "button", "aria-expanded": String(commands.isOpen), "aria-label": say("commands"), title: say("commands"), onclick: toggleCommands,
    }, icon(commands.isOpen ? "close" : "menu"), element("span", {}, say("menu"))),
    field,
    keyboard && element("button.round", {
      type: "button", title: say("keyboard"), "aria-label": say("keyboard"), "aria-pressed": String(!keyboardHidden),
      onclick: () => { keyboardHidden = !keyboardHidden; draw(); },
    }, icon("keyboard")),
    subject?.kind !== "edit" && iconButton(".round.attach", say("attach"), attachments.choose, icon("attach")),
    sendButton,
  ].filter(Boolean);
}

function subjectLine() {
  const { kind, message } = subject;
  const who = message.from === "bot" ? store.chat.bot.first_name : say("you");
  return element("div.subject", {},
    icon(kind === "edit" ? "edit" : "reply"),
    message.photo && element("img", { src: message.photo.preview_url, alt: "" }),
    element("span", {}, element("b", {}, kind === "edit" ? say("editing") : say("replyTo", { name: who })),
      element("span.words", {}, summary(message))),
    iconButton(".round.small", say("cancel"), dropSubject, icon("close")));
}

function dropSubject() {
  if (subject?.kind === "edit") field.value = store.drafts[shownFor] ?? "";
  subject = null;
  draw();
  field.focus();
}

function ownKeyboard(keyboard) {
  return element("div.own-keyboard", { role: "group", "aria-label": say("keyboard") }, keyboard.keyboard.map((row) =>
    element("div", {}, row.map((given) => {
      const button = typeof given === "string" ? { text: given } : given;
      return element(`button${button.style ? `.${button.style}` : ""}`, { type: "button", onclick: () => {
        if (keyboard.one_time_keyboard) keyboardHidden = true;
        draw();
        if (button.request_contact) hands.tell({ contact: ownNumber() });
        else if (button.request_location) hands.tell({ location: OWN_PLACE });
        else hands.write(button.text);
      } }, button.text);
    }))));
}

/** The sandbox's people are imagined, and so are their telephones. */
function ownNumber() {
  const { id, first_name, last_name } = store.chat.user;
  return { phone_number: `+${id}`, first_name, last_name, user_id: id };
}

function settle() {
  sendButton.disabled = !field.value.trim() && !attachments.count();
  const active = commands.activeId;
  if (active) field.setAttribute("aria-activedescendant", active);
  else field.removeAttribute("aria-activedescendant");
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight, TALLEST_PX)}px`;
}

function typed() {
  if (subject?.kind !== "edit") keepDraft(shownFor, field.value);
  const writesCommand = /^\/\w*$/.test(field.value);
  if (writesCommand && !commands.wasAsked) commands.open();
  else if (!writesCommand && commands.wasAsked) commands.close();
  else if (!writesCommand) { settle(); return; }
  draw();
}

function keyed(event) {
  if (event.isComposing) return;
  if (commands.key(event)) {
    event.preventDefault();
    if (commands.activeId) field.setAttribute("aria-activedescendant", commands.activeId);
  } else if (event.key === "Escape" && (commands.isOpen || subject || attachments.count())) {
    event.preventDefault();
    if (commands.isOpen) commands.close();
    else if (subject) dropSubject();
    else attachments.clear();
    draw();
  } else if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    submit();
  } else if (event.key === "ArrowUp" && !field.value && !attachments.count()) {
    const own = [...store.messages.values()].filter((message) => message.from === "user" && message.text && !message.forwarded).at(-1);
    if (own) { event.preventDefault(); edit(own); }
  }
}

function toggleCommands() {
  if (commands.isOpen) commands.close();
  else commands.open();
  draw();
  if (commands.isOpen) field.focus();
}

/** Letters that are typed with the focus elsewhere go into the field, as people expect of a messenger. */
function catchTyping(event) {
  const { activeElement: active } = document;
  const free = !active || active === document.body || active.matches("#composer, [data-id]");
  if (!free || !field.isConnected || event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1 || event.key === " ") return;
  if (document.querySelector("dialog[open]")) return;
  field.focus();
}

function submit() {
  const text = field.value.trim();
  const albums = attachments.take();
  if (!text && !albums.length) return;
  const about = subject;
  field.value = about?.kind === "edit" ? store.drafts[shownFor] ?? "" : "";
  keepDraft(shownFor, field.value);
  subject = null;
  commands.close();
  draw();
  if (about?.kind === "edit") {
    if (text && text !== (about.message.text ?? about.message.caption)) hands.edit(about.message, text);
    return;
  }
  const replyTo = about?.message.message_id;
  if (!albums.length) hands.write(text, replyTo);
  albums.forEach((album, place) => hands.sendFiles(album, place === 0 ? text : "", place === 0 ? replyTo : undefined));
}

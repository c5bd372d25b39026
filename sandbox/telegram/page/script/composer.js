// What the person writes with: text, pictures and files, commands, the bot's own keyboard, Start.

import { element, icon } from "./element.js";
import { say } from "./words.js";

const ALBUM_LIMIT = 10;
const footer = document.getElementById("composer");
const drop = document.getElementById("drop");

let view = null;
let attached = [];
let kind = "photo";
let commandsOpen = false;
let hands = null;

const picker = element("input", { type: "file", multiple: true, hidden: true, onchange: () => { attach(picker.files); picker.value = ""; } });
const field = element("textarea", { rows: 1, maxLength: 4096, oninput: typed, onkeydown: keyed });
const sendButton = element("button.round.send", { type: "button", onclick: submit }, icon("send"));

export function begin(personsHands) {
  hands = personsHands;
  document.body.append(picker);
  field.addEventListener("paste", (event) => {
    if (event.clipboardData.files.length) { event.preventDefault(); attach(event.clipboardData.files); }
  });
  let depth = 0;
  const withFiles = (event) => event.dataTransfer?.types.includes("Files");
  addEventListener("dragenter", (event) => { if (withFiles(event)) { depth += 1; drop.hidden = false; } });
  addEventListener("dragleave", (event) => { if (withFiles(event)) { depth -= 1; drop.hidden = depth <= 0; } });
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    depth = 0;
    drop.hidden = true;
    attach(event.dataTransfer.files);
  });
}

export function show(chat) {
  const look = JSON.stringify([chat.user.id, chat.user.blocked, chat.isEmpty, chat.bot.commands, chat.reply_keyboard, chat.language]);
  if (look === view?.look) return;
  if (view && view.user.id !== chat.user.id) { field.value = ""; attached = []; commandsOpen = false; }
  view = { ...chat, look };
  render();
}

function render() {
  drop.textContent = say("drop");
  if (view.user.blocked) {
    footer.replaceChildren(element("button.start", { type: "button", onclick: hands.unblock }, say("unblock")));
    return;
  }
  if (view.isEmpty) {
    footer.replaceChildren(element("button.start", { type: "button", onclick: hands.start }, say("start")));
    return;
  }
  const focused = document.activeElement === field;
  field.placeholder = say("write");
  field.setAttribute("aria-label", say("write"));
  sendButton.title = say("send");
  sendButton.setAttribute("aria-label", say("send"));
  footer.replaceChildren(...[
    commandsOpen ? commandList() : null,
    attached.length ? tray() : null,
    element("div.bar", {},
      view.bot.commands.length > 0 && element("button.menu", { type: "button", "aria-label": say("menu"), onclick: toggleCommands }, icon("menu"), element("span", {}, say("menu"))),
      field,
      element("button.round", { type: "button", title: say("attach"), "aria-label": say("attach"), onclick: () => picker.click() }, icon("attach")),
      sendButton),
    view.reply_keyboard && element("div.own-keyboard", {}, view.reply_keyboard.keyboard.map((row) =>
      element("div", {}, row.map((button) => element("button", { type: "button", onclick: () => hands.write(button.text) }, button.text))))),
  ].filter(Boolean));
  if (focused) field.focus();
  settle();
}

function settle() {
  sendButton.disabled = !field.value.trim() && !attached.length;
  field.style.height = "42px";
  field.style.height = `${Math.min(field.scrollHeight, 160)}px`;
}

function typed() {
  const wanted = /^\/\w*$/.test(field.value);
  if (wanted || commandsOpen) { commandsOpen = wanted; render(); }
  settle();
}

function keyed(event) {
  if (event.key === "Escape" && commandsOpen) { commandsOpen = false; render(); }
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); submit(); }
}

function toggleCommands() {
  commandsOpen = !commandsOpen;
  render();
}

function commandList() {
  const start = field.value.startsWith("/") ? field.value.slice(1) : "";
  const fitting = view.bot.commands.filter(({ command }) => command.startsWith(start));
  if (!fitting.length) return null;
  return element("div.commands", { role: "listbox" }, fitting.map(({ command, description }) =>
    element("button", { type: "button", role: "option", onclick: () => {
      commandsOpen = false;
      field.value = "";
      render();
      hands.write(`/${command}`);
    } }, element("b", {}, `/${command}`), element("span", {}, description))));
}

function attach(files) {
  if (!view || view.isEmpty || view.user.blocked || !files.length) return;
  attached.push(...[...files].map((file) => ({ file, url: file.type.startsWith("image/") ? URL.createObjectURL(file) : null })));
  if (attached.some(({ url }) => !url)) kind = "document";
  render();
  field.focus();
}

function tray() {
  const choice = (name, text) => element("button.choice", { type: "button", "aria-pressed": String(kind === name), onclick: () => { kind = name; render(); } }, text);
  return element("div.tray", {},
    element("ul", {}, attached.map((item) => element("li", {},
      item.url ? element("img", { src: item.url, alt: "" }) : item.file.name,
      element("button", { type: "button", "aria-label": say("remove"), onclick: () => detach(item) }, "×")))),
    element("div.how", {}, choice("photo", say("asPhoto")), choice("document", say("asFile")), element("span", {}, say("photos", { n: attached.length }))));
}

function detach(item) {
  if (item.url) URL.revokeObjectURL(item.url);
  attached = attached.filter((other) => other !== item);
  if (!attached.length) kind = "photo";
  render();
}

async function submit() {
  const text = field.value.trim();
  const items = attached;
  if (!text && !items.length) return;
  field.value = "";
  attached = [];
  commandsOpen = false;
  render();
  if (!items.length) { await hands.write(text); return; }
  for (let first = 0; first < items.length; first += ALBUM_LIMIT) {
    const files = items.slice(first, first + ALBUM_LIMIT).map(({ file }) => file);
    await hands.sendFiles(kind, files, first === 0 ? text : "");
  }
  for (const { url } of items) if (url) URL.revokeObjectURL(url);
  kind = "photo";
}

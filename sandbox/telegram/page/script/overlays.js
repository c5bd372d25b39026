// What opens above the chat: notices, dialogs, pictures in full.

import { avatar, element, icon } from "./element.js";
import { money, say, spoken } from "./words.js";

const overlays = document.getElementById("overlays");
const toasts = document.getElementById("toasts");
const NOTICE_MS = 3600;

export function notice(text) {
  const node = element("div.toast", {}, text);
  toasts.append(node);
  setTimeout(() => node.classList.add("leaving"), NOTICE_MS);
  setTimeout(() => node.remove(), NOTICE_MS + 320);
}

function open(node, onEscape) {
  const before = document.activeElement;
  const close = () => {
    node.remove();
    document.removeEventListener("keydown", listen);
    before?.focus?.();
  };
  const listen = (event) => {
    if (event.key === "Escape") (onEscape ?? close)();
  };
  document.addEventListener("keydown", listen);
  overlays.append(node);
  node.querySelector("input, .main, button")?.focus();
  return close;
}

function dialog(fill) {
  return new Promise((resolve) => {
    const shade = element("div.shade", { onclick: (event) => event.target === shade && finish(null) });
    let close = () => {};
    const finish = (value) => { close(); resolve(value); };
    shade.append(element("form.dialog", { role: "dialog", onsubmit: (event) => event.preventDefault() }, fill(finish)));
    close = open(shade, () => finish(null));
  });
}

const ends = (...buttons) => element("div.ends", {}, buttons);
const plain = (text, onclick) => element("button", { type: "button", onclick }, text);
const main = (text, onclick) => element("button.main", { type: "submit", onclick: (event) => { event.preventDefault(); onclick(event); } }, text);

export function alert(text) {
  return dialog((finish) => [element("p", {}, text), ends(main(say("ok"), () => finish(true)))]);
}

export function askToPay(invoice) {
  return dialog((finish) => [
    element("h2", {}, say("payTitle")),
    element("p", {}, `${invoice.title} · ${money(invoice)}`),
    element("p.soft", {}, say("paySoft")),
    ends(plain(say("cancel"), () => finish(null)), main(`${say("pay")} ${money(invoice)}`, () => finish(true))),
  ]);
}

export function askForPerson(invite) {
  return dialog((finish) => {
    let language = spoken();
    const name = element("input", { required: true, maxLength: 64, autocomplete: "off", value: spoken() === "ru" ? "Мария" : "Maria" });
    const username = element("input", { maxLength: 32, autocomplete: "off", pattern: "[A-Za-z][A-Za-z0-9_]{3,31}" });
    const choices = [["ru", "Русский"], ["en", "English"]].map(([code, text]) =>
      element("button.choice", { type: "button", "data-code": code, "aria-pressed": String(code === language), onclick: () => {
        language = code;
        for (const choice of choices) choice.setAttribute("aria-pressed", String(choice.dataset.code === code));
      } }, text));
    const make = (event) => {
      if (!event.currentTarget.form.reportValidity()) return;
      finish({ first_name: name.value.trim(), username: username.value || undefined, language_code: language });
    };
    return [
      element("h2", {}, say("newPerson")),
      invite && element("p.soft", {}, `${say("invited")}: ${invite}`),
      element("label", {}, say("firstName"), name),
      element("label", {}, say("username"), username),
      element("label", {}, say("language")),
      element("div.languages", {}, choices),
      ends(plain(say("cancel"), () => finish(null)), main(say("createAndOpen"), make)),
    ];
  });
}

export function askForAction(person) {
  const label = say(person.blocked ? "unblock" : "block");
  return dialog((finish) => [
    element("div.person", {}, avatar(person), element("span", {}, element("b", {}, person.first_name), element("small", {}, `id ${person.id}`))),
    element("div.actions", {},
      element("button", { type: "button", onclick: () => finish("people") }, icon("people"), say("people")),
      element("button.danger", { type: "button", onclick: () => finish("block") }, icon("block"), label)),
  ]);
}

export function look(photo, all) {
  let place = all.findIndex((other) => other.url === photo.url);
  const picture = element("img", { alt: "" });
  const counter = element("span.place");
  const save = element("a.round.save", { title: say("download"), "aria-label": say("download") }, icon("save"));
  const show = (next) => {
    place = (next + all.length) % all.length;
    picture.src = all[place].url;
    save.href = all[place].url;
    save.download = "photo.jpg";
    counter.textContent = all.length > 1 ? `${place + 1} / ${all.length}` : "";
  };
  const turn = (name, step) =>
    all.length > 1 && element(`button.round.${name}`, { type: "button", onclick: () => show(place + step) }, icon(step < 0 ? "left" : "right"));
  const keys = (event) => {
    if (event.key === "ArrowLeft") show(place - 1);
    if (event.key === "ArrowRight") show(place + 1);
  };
  const finish = () => { document.removeEventListener("keydown", keys); close(); };
  const viewer = element("div.viewer", { onclick: (event) => event.target === viewer && finish() },
    picture, counter, turn("previous", -1), turn("next", 1), save,
    element("button.round.close", { type: "button", onclick: () => finish(), "aria-label": say("close") }, icon("close")));
  const close = open(viewer, finish);
  document.addEventListener("keydown", keys);
  show(place);
}

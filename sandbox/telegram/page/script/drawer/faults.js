// Making things fail: presets at one press, and a form for one's own.

import { element } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { say } from "../core/language.js";
import * as server from "../core/server.js";
import { notice } from "../overlay/toast.js";
import { section } from "./settings.js";

const PRESETS = [
  ["preset429", { error_code: 429, retry_after: 3 }],
  ["preset403", { error_code: 403 }],
  ["preset400", { error_code: 400 }],
  ["preset500", { error_code: 500, times: 3 }],
  ["presetLost", { error_code: 502, executed: true }],
  ["presetBroken", { lost: true }],
  ["presetSlow", { delay: 5 }],
  ["presetAgain", { redeliver: 5 }],
];
const METHODS = [
  "sendMessage", "sendPhoto", "sendMediaGroup", "sendDocument", "sendInvoice", "sendChatAction", "editMessageText", "editMessageCaption",
  "editMessageMedia", "editMessageReplyMarkup", "deleteMessage", "answerCallbackQuery", "answerPreCheckoutQuery", "getFile", "getUpdates",
];
const injected = [];
const log = element("ul.injected", { role: "list" });

/** Return the pane. @param {(deed: () => Promise<unknown>) => Promise<unknown>} trying */
export function pane(trying) {
  const send = (wanted) => trying(async () => {
    const { redelivered } = await server.fault(wanted);
    injected.unshift({ time: new Date(), wanted, redelivered });
    drawLog();
    notice(say("injected"));
  });
  drawLog();
  return [
    element("h3", {}, say("presets")),
    element("div.presets", {}, PRESETS.map(([name, wanted]) =>
      element("button", { type: "button", "data-preset": name, onclick: () => send(wanted) }, element("b", {}, say(name)), element("small", {}, say(`${name}Hint`))))),
    element("h3", {}, say("own")),
    form(send),
    element("div.fault-ends", {},
      element("button.quiet", { type: "button", onclick: () => send({ clear: true }) }, icon("clear"), say("clearFaults"))),
    log,
    ...section(trying),
  ];
}

function form(send) {
  const number = (name, label, properties) => [element("label", {}, say(label), element("input", { name, type: "number", ...properties }))];
  const node = element("form.fault-form", { onsubmit: (event) => { event.preventDefault(); send(read(node)); } },
    element("label.wide", {}, say("method"),
      element("input", { name: "method", placeholder: say("any"), autocomplete: "off", spellcheck: false, list: "fault-methods" }),
      element("datalist", { id: "fault-methods" }, METHODS.map((method) => element("option", { value: method })))),
    number("error_code", "errorCode", { min: 400, max: 599, placeholder: "—" }),
    number("times", "times", { min: 1, max: 1000, value: 1, required: true }),
    number("retry_after", "retryAfter", { min: 1, placeholder: "—" }),
    number("delay", "delay", { min: 0, max: 600, step: 0.1, placeholder: "0" }),
    number("redeliver", "redeliver", { min: 0, max: 100, placeholder: "0" }),
    element("label.tick", {}, element("input", { name: "executed", type: "checkbox" }), say("executed")),
    element("button.main.wide", { type: "submit" }, say("inject")));
  return node;
}

/** Return the form as a body for `POST /sim/faults`; empty fields are left out. */
function read(form) {
  const wanted = { executed: form.elements.executed.checked };
  if (form.elements.method.value.trim()) wanted.method = form.elements.method.value.trim();
  for (const name of ["error_code", "times", "retry_after", "delay", "redeliver"]) {
    if (form.elements[name].value !== "") wanted[name] = Number(form.elements[name].value);
  }
  return wanted;
}

function drawLog() {
  log.replaceChildren(...(injected.length
    ? injected.slice(0, 20).map(({ time, wanted }) => element("li", {},
      element("time", {}, time.toLocaleTimeString("en-GB")), element("code", {}, JSON.stringify(wanted))))
    : [element("li.none", {}, say("noFaults"))]));
}

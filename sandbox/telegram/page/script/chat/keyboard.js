// The buttons under a message, and what a press does until the bot has answered it.

import { element } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { say } from "../core/language.js";
import * as server from "../core/server.js";
import { store } from "../core/store.js";
import { alert } from "../overlay/dialog.js";
import { openPaySheet } from "../overlay/pay-sheet.js";
import { notice } from "../overlay/toast.js";

/**
 * Return a message's inline keyboard.
 * @param {object} message
 * @param {{follow: (event: MouseEvent) => void, trying: Function}} hands
 */
export function keyboard(message, hands) {
  return element("div.buttons", {}, message.buttons.map((row) =>
    element("div.row", {}, row.map((button) => one(message, button, hands)))));
}

function one(message, button, hands) {
  const style = button.style ? `.${button.style}` : button.pay && !message.paid_charge_id ? ".primary" : "";
  const address = button.url;
  if (address) {
    return element(`a.key${style}`, { href: address, target: "_blank", rel: "noopener noreferrer", onclick: hands.follow },
      element("span", {}, button.text), icon("external"));
  }
  const isPaid = Boolean(button.pay && message.paid_charge_id);
  const node = element(`button.key${style}`, {
    type: "button", disabled: isPaid || Boolean(button.disabled), title: button.disabled ? say("disabled") : undefined,
    onclick: () => hands.trying(() => press(message, button, node)),
  }, element("span", {}, isPaid ? say("paidMark") : button.text), button.copy !== undefined && icon("copy"));
  return node;
}

async function press(message, button, node) {
  if (button.copy !== undefined) {
    await navigator.clipboard.writeText(button.copy);
    notice(say("copied"));
  } else if (button.pay) {
    await openPaySheet(store.current, message, store.chat.bot.first_name);
  } else if (button.data === undefined) {
    notice(say("unchosen"));
  } else {
    await ask(message, button, node);
  }
}

async function ask(message, button, node) {
  if (node.ariaBusy === "true") return;
  node.classList.add("waiting");
  node.ariaBusy = "true";
  const answer = await server.press(store.current, message.message_id, button).finally(() => {
    node.classList.remove("waiting");
    node.ariaBusy = null;
  });
  if (!answer.answered) notice(say("noAnswer"));
  else if (answer.text && answer.show_alert) await alert(store.chat.bot.first_name, answer.text);
  else if (answer.text) notice(answer.text);
  if (answer.url && /^https?:/i.test(answer.url)) open(answer.url, "_blank", "noopener,noreferrer");
}

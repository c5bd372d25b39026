// Paying an invoice: what it is, what it costs, one button; the bot's refusal stands in the sheet.

import { element } from "../core/dom.js";
import { money } from "../core/format.js";
import { icon } from "../core/icons.js";
import { say } from "../core/language.js";
import * as server from "../core/server.js";
import { main, open, quiet } from "./dialog.js";
import { notice } from "./toast.js";

/**
 * Open the sheet for an invoice.
 * @param {number} personId
 * @param {import("../core/store.js").Message} message
 * @param {string} botName
 */
export async function openPaySheet(personId, message, botName) {
  const bill = message.invoice;
  const amount = money(bill);
  const paid = await open(".dialog.sheet.pay", (finish) => {
    const refusal = element("p.refusal", { role: "alert", hidden: true });
    const button = main(say("pay", { amount }), async () => {
      button.disabled = true;
      button.classList.add("waiting");
      refusal.hidden = true;
      const result = await server.pay(personId, message.message_id)
        .catch((error) => ({ paid: false, error_message: error.message }));
      if (result.paid) { finish(true); return; }
      button.disabled = false;
      button.classList.remove("waiting");
      refusal.replaceChildren(icon("warning"), `${say("notPaid")}: ${result.error_message}`);
      refusal.hidden = false;
    });
    button.dataset.first = "";
    return [
      element("div.coin", { "aria-hidden": "true" }, bill.currency === "XTR" ? "⭐" : "💳"),
      element("h2", {}, say("payTitle")),
      element("p", {}, say("payText", { title: bill.title, bot: botName, amount })),
      bill.description && element("p.soft", {}, bill.description),
      refusal,
      element("div.stack", {}, button, quiet(say("cancel"), () => finish(null))),
      element("p.small", {}, say("paySoft")),
    ];
  });
  if (paid) notice(say("paid"));
}

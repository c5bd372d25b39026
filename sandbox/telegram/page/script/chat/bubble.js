// One message, or the messages of one album, as a row of the chat.

import { element, fullName, iconButton } from "../core/dom.js";
import { clock, money } from "../core/format.js";
import { icon, ticks } from "../core/icons.js";
import { say } from "../core/language.js";
import { currentPerson, store } from "../core/store.js";
import { known as knownEffect } from "./effects.js";
import { formatted, isEmoji } from "./formatted.js";
import { keyboard } from "./keyboard.js";
import { media } from "./media.js";

const PINNED_LENGTH = 40;
const SERVICE = { successful_payment: "receipt", refunded_payment: "refunded" };

/**
 * Draw a row.
 * @param {Array<object>} group messages of one album, or one message
 * @param {{starts: boolean, ends: boolean}} run whether the row begins and ends what one side says in a row
 * @param {object} hands what the row's parts can ask the page for
 */
export function bubble(group, run, hands) {
  const [first] = group;
  for (const [kind, key] of Object.entries(SERVICE)) {
    if (first[kind]) return service(first, say(key, { amount: money(first[kind]) }));
  }
  if (first.pinned_message) return service(first, say("pinnedBy", { bot: store.chat.bot.first_name, words: pinnedWords(first) }));
  const who = first.from === "bot" ? store.chat.bot.first_name : fullName(currentPerson());
  const body = content(group, hands);
  const column = element("div.column", {},
    body,
    first.buttons.length > 0 && keyboard(first, hands),
    reactions(first, hands));
  const row = element(`div.message.${first.from}${run.starts ? ".starts" : ""}${run.ends ? ".ends" : ""}`, {
    "data-id": first.message_id, role: "article", tabIndex: -1, "aria-label": `${who}, ${clock(first.date)}`,
  }, column, iconButton(".round.more", say("actions"), (event) => hands.openActions(group, event), icon("more")));
  row.querySelector(".more").tabIndex = -1;
  if (first.buttons.length) row.classList.add("with-buttons");
  return row;
}

function reactions(message, hands) {
  const { reaction, person_reaction: own } = message;
  if (!reaction && !own) return null;
  return element("div.reactions", {},
    own && element("button.reaction.own", { type: "button", "aria-label": `${say("yourReaction")}: ${own}`, title: say("takeBack"), onclick: () => hands.react(message, null) },
      own, own === reaction && element("span", {}, "2")),
    reaction && reaction !== own && element("span.reaction", { role: "img", "aria-label": `${store.chat.bot.first_name}: ${reaction}` }, reaction));
}

/** Tell whether a message stands in the middle, belonging to neither side. @param {object} message */
export const isService = (message) => Boolean(message.pinned_message) || Object.keys(SERVICE).some((kind) => message[kind]);

function pinnedWords({ pinned_message: { message_id: id, text, caption } }) {
  const pinned = store.messages.get(id);
  const words = pinned ? summary(pinned) : text ?? caption ?? say("other");
  return words.length > PINNED_LENGTH ? `${words.slice(0, PINNED_LENGTH)}…` : words;
}

function service(message, text) {
  return element("div.service", { "data-id": message.message_id, role: "article", tabIndex: -1 }, element("span", {}, text));
}

function content(group, hands) {
  const [first] = group;
  const captioned = group.find((message) => message.caption || message.text);
  const words = captioned ? captioned.caption ?? captioned.text : "";
  const { nodes, width, loose } = media(group, hands);
  const large = !nodes.length && !captioned?.entities.length && isEmoji(words) && !first.reply_to;
  const text = words
    ? element("div.text", { dir: "auto" }, formatted(words, captioned.entities, hands), meta(group))
    : null;
  const kind = [nodes.length ? "with-media" : "", large ? "emoji" : "", !words && width ? "bare" : "", loose ? "loose" : "", nodes.length && !words && !width ? "filed" : "", first.invoice ? "bill" : ""]
    .filter(Boolean).map((name) => `.${name}`).join("");
  const box = element(`div.bubble${kind}`, {},
    first.forwarded && element("div.forwarded", {}, icon("forward"), say("forwarded")),
    first.reply_to && quote(first.reply_to, hands),
    captioned?.caption_above && text,
    nodes,
    first.invoice && bill(first),
    captioned?.caption_above ? null : text,
    !words && meta(group));
  if (width) box.style.width = `${width}px`;
  return box;
}

function meta(group) {
  const last = group.at(-1);
  const effect = knownEffect(group[0].effect);
  return element("span.meta", {},
    effect && element("span.effect", { "aria-hidden": "true" }, effect),
    group.some((message) => message.edited) && `${say("edited")} `,
    element("time", { dateTime: new Date(last.date * 1000).toISOString() }, clock(last.date)),
    last.from === "user" && element("span.delivery", {}, ticks()));
}

function quote(id, hands) {
  const replied = store.messages.get(id);
  const who = !replied ? "" : replied.from === "bot" ? store.chat.bot.first_name : fullName(currentPerson());
  const words = !replied ? say("deletedReply") : summary(replied);
  return element("button.quote", { type: "button", disabled: !replied, onclick: () => hands.jump(id) },
    replied?.photo && element("img", { src: replied.photo.preview_url, alt: "", loading: "lazy" }),
    element("span", {}, who && element("b", {}, who), element("span.words", {}, words)));
}

/** Say in a line what a message is: its words, or what stands there without any. @param {object} message */
export function summary(message) {
  if (message.text ?? message.caption) return message.text ?? message.caption;
  if (message.photo) return say("photo");
  if (message.invoice) return `${say("invoice")}: ${message.invoice.title}`;
  if (message.venue) return message.venue.title;
  if (message.location || message.contact) return say(message.location ? "location" : "contact");
  return message.document ? message.document.file_name ?? say(message.document.kind) : say("other");
}

function bill(message) {
  const { title, description } = message.invoice;
  return element("div.invoice", {},
    element("div.line", {}, element("b", {}, title), element("span.price", {}, money(message.invoice))),
    element("p", {}, description),
    message.paid_charge_id && element("span.paid", {}, icon("check"), say("paidMark")));
}

// An empty chat: who the bot is and what it says of itself before Start.

import { element } from "../core/dom.js";
import { store } from "../core/store.js";

const scroller = document.getElementById("scroller");
let node = null;

/** Show or hide the bot's own description. @param {boolean} wanted */
export function welcome(wanted) {
  node?.remove();
  node = null;
  if (!wanted || !store.chat) return;
  const { bot } = store.chat;
  node = element("div.welcome", {},
    element("img", { src: "icon.svg", alt: "" }),
    element("h2", {}, bot.first_name),
    element("p", {}, bot.description || bot.short_description));
  scroller.append(node);
}

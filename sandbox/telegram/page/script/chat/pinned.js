// The message that the bot has pinned, under the chat's head; a press leads to it.

import { element } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { say } from "../core/language.js";
import { on, store } from "../core/store.js";
import { summary } from "./bubble.js";

const bar = document.getElementById("pinned");

/** Begin. @param {{jump: (id: number) => void}} hands */
export function begin(hands) {
  const draw = () => {
    const message = store.messages.get(store.chat?.pinned);
    bar.hidden = !message;
    if (!message) return;
    bar.replaceChildren(element("button", { type: "button", onclick: () => hands.jump(message.message_id) },
      icon("pinned"),
      element("span", {}, element("b", {}, say("pinned")), element("span.words", {}, summary(message)))));
  };
  on("chat", draw);
  on("language", draw);
}

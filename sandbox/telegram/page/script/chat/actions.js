// What can be done with a message: reply, edit, copy, download.

import { say } from "../core/language.js";
import { store } from "../core/store.js";
import { openMenu, under } from "../overlay/menu.js";
import { notice } from "../overlay/toast.js";

/**
 * Open a row's menu where the person pressed, or under the row where they used the keyboard.
 * @param {Array<object>} group
 * @param {MouseEvent|KeyboardEvent} event
 * @param {{reply: Function, edit: Function, look: Function, trying: Function}} hands
 */
export function openActions(group, event, hands) {
  const [first] = group;
  const words = group.map((message) => message.text ?? message.caption).find(Boolean);
  const file = first.photo ?? first.document;
  const at = event.clientX ? { x: event.clientX, y: event.clientY } : under(event.target.closest("[data-id]").querySelector(".bubble"));
  const copy = (text) => hands.trying(async () => { await navigator.clipboard.writeText(text); notice(say("copied")); });
  openMenu(at, [
    !store.chat.user.blocked && { icon: "reply", text: say("reply"), act: () => hands.reply(first) },
    first.from === "user" && first.text && { icon: "edit", text: say("edit"), act: () => hands.edit(first) },
    words && { icon: "copy", text: say("copyText"), act: () => copy(words) },
    first.photo && { icon: "image", text: say("openPhoto"), act: () => hands.look(first) },
    file && !first.protected && { icon: "save", text: say("download"), act: () => download(file) },
    { icon: "code", text: `${say("copyMessageId")} ${first.message_id}`, act: () => copy(String(first.message_id)) },
  ]);
}

function download(file) {
  const link = document.createElement("a");
  link.href = file.url;
  link.download = file.file_name ?? `photo-${file.file_unique_id}.jpg`;
  link.click();
}

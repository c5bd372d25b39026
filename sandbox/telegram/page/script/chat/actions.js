// What can be done with a message: react, reply, edit, copy, download, delete.

import { say } from "../core/language.js";
import { store } from "../core/store.js";
import { openMenu, under } from "../overlay/menu.js";
import { notice } from "../overlay/toast.js";

const REACTIONS = ["👍", "❤️", "🔥", "🎉", "😁", "👎"];

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
  const mayAct = !store.chat.user.blocked && !store.chat.user.deactivated;
  openMenu(at, [
    mayAct && { choices: REACTIONS, chosen: first.person_reaction, label: say("react"), act: (emoji) => hands.react(first, emoji) },
    mayAct && { icon: "reply", text: say("reply"), act: () => hands.reply(first) },
    mayAct && isEditable(group) && { icon: "edit", text: say("edit"), act: () => hands.edit(group.find((message) => message.text ?? message.caption)) },
    words && { icon: "copy", text: say("copyText"), act: () => copy(words) },
    first.photo && { icon: "image", text: say("openPhoto"), act: () => hands.look(first) },
    file && !first.protected && { icon: "save", text: say("download"), act: () => download(file) },
    { icon: "code", text: `${say("copyMessageId")} ${first.message_id}`, act: () => copy(String(first.message_id)) },
    mayAct && { icon: "clear", text: say("delete"), danger: true, act: () => hands.remove(group) },
  ]);
}

/** Own words can be changed; what was forwarded or carries none cannot. */
const isEditable = (group) => group[0].from === "user" && !group[0].forwarded && group.some((message) => message.text ?? message.caption);

function download(file) {
  const link = document.createElement("a");
  link.href = file.url;
  link.download = file.file_name ?? `photo-${file.file_unique_id}.jpg`;
  link.click();
}

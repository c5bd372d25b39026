// The page: who there is, whose chat is open, and what happens when something is pressed.

import { openActions } from "./chat/actions.js";
import { burst } from "./chat/effects.js";
import * as header from "./chat/header.js";
import * as pinned from "./chat/pinned.js";
import * as outbox from "./chat/outbox.js";
import * as scroll from "./chat/scroll.js";
import * as timeline from "./chat/timeline.js";
import { welcome } from "./chat/welcome.js";
import * as composer from "./composer/composer.js";
import { isNarrow } from "./core/dom.js";
import { say, speak, spoken } from "./core/language.js";
import * as server from "./core/server.js";
import { currentPerson, emit, markSeen, on, putPerson, store } from "./core/store.js";
import * as drawer from "./drawer/drawer.js";
import { confirm } from "./overlay/dialog.js";
import { openMenu, under } from "./overlay/menu.js";
import { notice } from "./overlay/toast.js";
import { openViewer } from "./overlay/viewer.js";
import { follow } from "./chat/follow.js";
import { askForPerson } from "./people/dialogs.js";
import * as peopleList from "./people/list.js";
import { lookAround, lookSoon } from "./people/watch.js";

let invite = new URLSearchParams(location.search).get("start");

/** Do something, and say why where it did not work. */
const trying = async (deed) => {
  try {
    return await deed();
  } catch (error) {
    notice(say("failed", { reason: error.message }));
    return null;
  }
};

const hands = {
  trying,
  write: (text, replyTo) => {
    const { current } = store;
    scroll.toEnd();
    return outbox.send({ text }, () => server.write(current, text, replyTo)).then(lookSoon);
  },
  sendFiles: ({ kind, files, urls, names }, caption, replyTo) => {
    const { current } = store;
    scroll.toEnd();
    return outbox.send({ text: caption, urls, names }, () => server.sendFiles(current, kind, files, caption, replyTo)).then(lookSoon);
  },
  start: () => {
    const text = invite ? `/start ${invite}` : "/start";
    invite = null;
    trying(() => server.write(store.current, text)).then(lookSoon);
  },
  edit: (message, text) => trying(() => server.edit(store.current, message.message_id, message.caption ? { caption: text } : { text })).then(lookSoon),
  react: (message, emoji) => trying(() => server.react(store.current, message.message_id, emoji)),
  remove: async (group) => {
    if (await confirm(say("deleteTitle"), say("deleteText"), say("delete"))) {
      const { current } = store;
      trying(() => Promise.all(group.map(({ message_id: id }) => server.remove(current, id)))).then(lookSoon);
    }
  },
  clear: async () => {
    if (await confirm(say("clearTitle"), say("clearText"), say("clearChat"))) trying(() => server.clear(store.current)).then(lookSoon);
  },
  change: (change) => trying(async () => putPerson(await server.changePerson(store.current, change))),
  stop: () => trying(() => server.stop(store.current)),
  tell: (said) => trying(() => server.tell(store.current, said)).then(lookSoon),
  block: () => trying(async () => putPerson(await server.block(store.current, !store.chat.user.blocked))),
  unblock: () => hands.block(),
  reply: composer.reply,
  look: (message) => {
    const photos = [...store.messages.values()].filter((one) => one.photo).sort((a, b) => a.message_id - b.message_id);
    openViewer(photos.map((one) => ({ ...one.photo, caption: one.caption, protected: one.protected })), photos.indexOf(store.messages.get(message.message_id)));
  },
  jump: (id) => {
    if (!timeline.rowOf(id)?.isConnected) { timeline.showOlder(id); draw(false); }
    const row = timeline.rowOf(id);
    if (!row) return;
    scroll.toRow(row);
    row.classList.add("found");
    setTimeout(() => row.classList.remove("found"), 1600);
  },
  follow: (event) => follow(event, store.chat.bot.username, (code) => addPerson(code)),
  openActions: (group, event) => openActions(group, event, { ...hands, edit: composer.edit }),
};

async function addPerson(code = null) {
  const wanted = await askForPerson(null, code);
  const person = wanted && await trying(() => server.putPerson(wanted));
  if (!person) return;
  putPerson(person);
  invite = code;
  location.hash = person.id;
}

async function changePerson() {
  const wanted = await askForPerson(currentPerson());
  if (wanted) hands.change({ last_name: null, username: null, ...wanted, id: undefined });
}

function options(event) {
  const person = currentPerson();
  if (!person) return;
  openMenu(under(event.currentTarget), [
    { icon: "edit", text: say("changePerson"), act: changePerson },
    { icon: "external", text: say("newTab"), act: () => open(`${location.pathname}#${person.id}`, "_blank") },
    { icon: "copy", text: `${say("copyId")} ${person.id}`, act: () => trying(async () => { await navigator.clipboard.writeText(String(person.id)); notice(say("copied")); }) },
    { icon: "code", text: say("developer"), act: drawer.toggle },
    { icon: "clear", text: say("clearChat"), act: hands.clear },
    { icon: "block", text: say(person.blocked ? "unblock" : "block"), danger: !person.blocked, act: hands.block },
  ]);
}

let source = null;

function openChat(id) {
  source?.close();
  Object.assign(store, { current: id, chat: null, messages: new Map(), onTheWay: new Set(), connected: false });
  localStorage.setItem("person", id);
  let isFirst = true;
  source = server.listen(id, {
    chat: (whole) => { take(whole, whole.messages, [], true, isFirst); isFirst = false; },
    changes: (news) => take(news, news.messages, news.deleted, false, false),
    lost: () => { store.connected = false; emit("connection"); },
    gone: () => { store.connected = false; emit("connection"); setTimeout(() => store.current === id && lookAround().then(route), 2000); },
  });
  emit("people");
  emit("chat");
}

/** Take news of the open chat: all of it, or what changed. */
function take(news, messages, deleted, whole, isFirst) {
  const before = store.messages;
  store.messages = whole ? new Map() : new Map(before);
  for (const message of messages) store.messages.set(message.message_id, message);
  for (const id of deleted) store.messages.delete(id);
  const added = messages.filter((message) => !before.has(message.message_id));
  const unseen = isFirst ? firstUnread(messages) : null;
  store.chat = { ...news, messages: undefined };
  store.connected = true;
  if (isFirst) {
    timeline.reset(unseen);
    scroll.reset();
  } else if (added.some((message) => message.from === "user")) {
    outbox.arrived();
    lookSoon();
  }
  draw(!whole, added);
  if (unseen) scroll.toRow(timeline.rowOf(unseen).previousElementSibling, "start");
  putPerson(news.user);
  emit("chat");
  if (isFirst) { composer.focus(); lookAround(); }
}

function firstUnread(messages) {
  const seen = store.seen[store.current];
  if (seen === undefined) return null;
  return messages.find((message) => message.from === "bot" && message.message_id > seen)?.message_id ?? null;
}

function draw(fresh, added = []) {
  if (!store.chat) return;
  const rows = scroll.steadily(() => timeline.draw(hands, fresh));
  welcome(store.messages.size === 0);
  scroll.arrivedBelow(added.filter((message) => message.from === "bot" && fresh).length);
  for (const message of fresh ? added : []) {
    const row = message.effect && rows.find((one) => Number(one.dataset.id) === message.message_id);
    if (row) burst(message.effect, row);
  }
}

/** The address names the chat; without one a phone shows the list, and a wide window the last chat. */
function route() {
  const wanted = Number(location.hash.slice(1));
  const known = (id) => store.everyone.some((person) => person.id === id);
  document.body.dataset.screen = known(wanted) ? "chat" : "list";
  if (known(wanted)) {
    if (wanted !== store.current || !source || source.readyState === EventSource.CLOSED) openChat(wanted);
    else markWhenSeen();
  } else if (!isNarrow() && store.everyone.length) {
    const last = Number(localStorage.getItem("person"));
    history.replaceState(null, "", `#${known(last) ? last : store.everyone[0].id}`);
    route();
  }
}

function markWhenSeen() {
  const visible = !document.hidden && (document.body.dataset.screen === "chat" || !isNarrow());
  if (visible && scroll.isAtEnd()) markSeen();
}

async function begin() {
  peopleList.begin({
    choose: (id) => { location.hash = id; route(); },
    add: () => addPerson(),
    turnLanguage: () => { speak(spoken() === "ru" ? "en" : "ru"); emit("language"); },
  });
  header.begin({ back: () => { location.hash = ""; }, tools: drawer.toggle, options, toolsOpen: drawer.isOpen });
  composer.begin(hands);
  drawer.begin({ ...hands, changePerson, changed: header.draw });
  pinned.begin(hands);
  outbox.begin(() => draw(false));
  scroll.begin({
    older: () => { if (timeline.hasOlder()) { timeline.showOlder(); draw(false); } },
    seen: markWhenSeen,
  });
  on("delivery", timeline.markDelivery);
  on("language", () => { timeline.forget(); label(); draw(false); });
  addEventListener("hashchange", route);
  matchMedia("(width < 760px)").addEventListener("change", route);
  document.getElementById("skip").addEventListener("click", (event) => { event.preventDefault(); composer.focus(true); });
  document.getElementById("messages").addEventListener("keydown", openByEnter);
  document.getElementById("messages").addEventListener("contextmenu", openByRightButton);
  document.getElementById("messages").addEventListener("dblclick", replyByDoublePress);
  label();
  await lookAround();
  if (!store.everyone.length) {
    const person = await trying(() => server.putPerson({ first_name: spoken() === "ru" ? "Анна" : "Anna", language_code: spoken() }));
    if (person) putPerson(person);
  }
  route();
}

function rowsGroup(row) {
  const first = store.messages.get(Number(row.dataset.id));
  if (!first) return null;
  if (!first.media_group_id) return [first];
  return [...store.messages.values()].filter((message) => message.media_group_id === first.media_group_id);
}

function openByRightButton(event) {
  const row = event.target.closest(".message[data-id]");
  const group = row && !String(getSelection()) && !event.target.closest("a") && rowsGroup(row);
  if (!group) return;
  event.preventDefault();
  hands.openActions(group, event);
}

function openByEnter(event) {
  const group = event.key === "Enter" && event.target.matches(".message[data-id]") && rowsGroup(event.target);
  if (!group) return;
  event.preventDefault();
  hands.openActions(group, event);
}

function replyByDoublePress(event) {
  const row = event.target.closest(".message[data-id]");
  if (!row || event.target.closest("button, a, .text, video") || store.chat.user.blocked) return;
  hands.reply(store.messages.get(Number(row.dataset.id)));
}

function label() {
  document.getElementById("skip").textContent = say("skip");
  document.getElementById("messages").setAttribute("aria-label", say("messages"));
}

begin();

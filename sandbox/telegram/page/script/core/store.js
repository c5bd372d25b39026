// What the page knows: everyone, the open chat with its messages, and what was seen. One place, many readers.

/**
 * @typedef {object} Message a message as `GET /sim/users/{id}/chat` tells it
 * @property {number} message_id
 * @property {"bot"|"user"} from
 */

const SEEN = "seen";
const DRAFTS = "drafts";
const listeners = new Map();

export const store = {
  /** Everyone, as the server lists them. */
  everyone: [],
  /** The id of the person whose chat is open, or null. */
  current: null,
  /** The open chat but its messages: bot, user, action, keyboard …; null until the server has told it. */
  chat: null,
  /** The messages of the open chat by id. @type {Map<number, Message>} */
  messages: new Map(),
  /** Ids of own messages that the bot has not taken yet. */
  onTheWay: new Set(),
  connected: false,
  /** For each person's id the newest message_id that was on the screen. */
  seen: JSON.parse(localStorage.getItem(SEEN) ?? "{}"),
  /** For each person's id what they have begun to write and not sent. */
  drafts: JSON.parse(localStorage.getItem(DRAFTS) ?? "{}"),
};

/** Call back at an event: "people", "chat", "delivery", "language", "connection". */
export function on(event, listener) {
  listeners.set(event, [...(listeners.get(event) ?? []), listener]);
}

/** Tell everyone who listens. */
export function emit(event, news) {
  for (const listener of listeners.get(event) ?? []) listener(news);
}

/** Return the open chat's person, or undefined. */
export const currentPerson = () => store.everyone.find((person) => person.id === store.current);

/** Put one person's newest state into the list. */
export function putPerson(person) {
  const known = store.everyone.some((one) => one.id === person.id);
  store.everyone = known
    ? store.everyone.map((one) => (one.id === person.id ? { ...one, ...person } : one))
    : [...store.everyone, person];
  emit("people");
}

/** Keep what a person has begun to write, so that it is there when they come back. */
export function keepDraft(id, text) {
  if ((store.drafts[id] ?? "") === text) return;
  if (text.trim()) store.drafts[id] = text;
  else delete store.drafts[id];
  localStorage.setItem(DRAFTS, JSON.stringify(store.drafts));
}

/** Note that everything in the open chat was on the screen. */
export function markSeen() {
  const newest = store.chat?.user.last_message?.message_id;
  const person = currentPerson();
  if (!newest || !person || (store.seen[store.current] ?? 0) >= newest) return;
  store.seen[store.current] = newest;
  localStorage.setItem(SEEN, JSON.stringify(store.seen));
  person.unread = 0;
  emit("people");
}

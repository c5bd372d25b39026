// Asks the server who there is, what each chat's last message is, and which messages the bot has taken.

import * as server from "../core/server.js";
import { emit, store } from "../core/store.js";

const CALM_MS = 2000;
const WAITING_MS = 350;

let timer = 0;
let asking = false;

/** Ask now, and from then on again and again while the page is visible. */
export async function lookAround() {
  clearTimeout(timer);
  if (asking) return;
  asking = true;
  try {
    take(await server.people(store.seen));
  } catch {
    // The chat's own stream tells that the server is away; this one only asks again.
  } finally {
    asking = false;
    if (!document.hidden) timer = setTimeout(lookAround, store.onTheWay.size ? WAITING_MS : CALM_MS);
  }
}

/** Ask soon: a message has just been sent, and the bot may have it in a moment. */
export function lookSoon() {
  clearTimeout(timer);
  timer = setTimeout(lookAround, WAITING_MS / 2);
}

function take(everyone) {
  const before = JSON.stringify(store.everyone);
  store.everyone = everyone;
  const own = everyone.find((person) => person.id === store.current);
  const waiting = new Set(own?.on_the_way ?? []);
  const changed = waiting.size !== store.onTheWay.size || [...waiting].some((id) => !store.onTheWay.has(id));
  store.onTheWay = waiting;
  if (changed) emit("delivery");
  if (JSON.stringify(everyone) !== before) emit("people");
}

document.addEventListener("visibilitychange", () => { if (!document.hidden) lookAround(); });

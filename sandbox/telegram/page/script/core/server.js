// The control API. Every call returns its JSON, or throws an Error that carries the server's reason.

async function call(path, request) {
  const answer = await fetch(path, request);
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error((body.description || answer.statusText).replace(/^[\w ]+: /, ""));
  return body;
}

const post = (path, body) =>
  call(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

/** Everyone, with last message, unread count and what is on the way to the bot. @param {Record<string, number>} seen */
export const people = async (seen) => {
  const spelled = Object.entries(seen).map(([id, message]) => `${id}:${message}`).join(",");
  return (await call(`/sim/users?seen=${spelled}`)).users;
};
/** Make a person, or change the one whose id is given. */
export const putPerson = (person) => post("/sim/users", person);
export const block = (id, blocked) => post(`/sim/users/${id}/block`, { blocked });
export const write = (id, text, reply_to) => post(`/sim/users/${id}/messages`, reply_to ? { text, reply_to } : { text });
/** Change a person's names, language or account; null takes away. */
export const changePerson = (id, change) => post(`/sim/users/${id}`, change);
/** Delete the whole chat for both sides. */
export const clear = (id) => post(`/sim/users/${id}/clear`, {});
/** Put a new text or caption into an own message. @param {{text?: string, caption?: string}} words */
export const edit = (id, message_id, words) => post(`/sim/users/${id}/edit`, { message_id, ...words });
/** Delete a message for both sides. */
export const remove = (id, message_id) => post(`/sim/users/${id}/delete`, { message_id });
/** Set the person's reaction, or take it back. @param {string|null} emoji */
export const react = (id, message_id, emoji) => post(`/sim/users/${id}/react`, { message_id, emoji });
/** Stop the text that the bot is writing. */
export const stop = (id) => post(`/sim/users/${id}/stop`, {});
/** Send a telephone number or a place. @param {{contact?: object, location?: object}} said */
export const tell = (id, said) => post(`/sim/users/${id}/messages`, said);
export const pay = (id, message_id) => post(`/sim/users/${id}/pay`, { message_id });
export const fault = (wanted) => post("/sim/faults", wanted);
export const calls = (after, last) => call(`/sim/calls?after=${after}&last=${last}`);

/** How the server is set: flood control, the clock. */
export const settings = () => call("/sim/settings");
/** Set what is named, and return how the server is set then. */
export const set = (change) => post("/sim/settings", change);

/** Press a button and wait for the bot's answer. */
export const press = (id, message_id, button) =>
  post(`/sim/users/${id}/press`, { message_id, data: button.data, timeout: 20 });

/** Send files as photos or documents; several make an album. @param {"photo"|"document"} kind */
export function sendFiles(id, kind, files, caption, reply_to) {
  const form = new FormData();
  for (const file of files) form.append(kind, file, file.name || "picture.png");
  if (caption) form.append("caption", caption);
  if (reply_to) form.append("reply_to", reply_to);
  return call(`/sim/users/${id}/messages`, { method: "POST", body: form });
}

/**
 * Follow one chat: first the whole of it, then what changes. The browser connects again by itself;
 * `gone` is called where the server refuses for good.
 */
export function listen(id, { chat, changes, lost, gone }) {
  const source = new EventSource(`/sim/users/${id}/events`);
  source.addEventListener("chat", (event) => chat(JSON.parse(event.data)));
  source.addEventListener("changes", (event) => changes(JSON.parse(event.data)));
  source.addEventListener("error", () => (source.readyState === EventSource.CLOSED ? gone() : lost()));
  return source;
}

// The control API. Every call returns its JSON, or throws an Error that carries the server's reason.

async function call(path, request) {
  const answer = await fetch(path, request);
  const body = await answer.json();
  if (!answer.ok) throw new Error((body.description || answer.statusText).replace(/^[\w ]+: /, ""));
  return body;
}

const post = (path, body) =>
  call(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

export const people = async () => (await call("/sim/users")).users;
export const addPerson = (person) => post("/sim/users", person);
export const write = (id, text) => post(`/sim/users/${id}/messages`, { text });
export const press = (id, message_id, button) =>
  post(`/sim/users/${id}/press`, { message_id, data: button.data, timeout: 20 });
export const pay = (id, message_id) => post(`/sim/users/${id}/pay`, { message_id });
export const block = (id, blocked) => post(`/sim/users/${id}/block`, { blocked });

export function sendFiles(id, kind, files, caption) {
  const form = new FormData();
  for (const file of files) form.append(kind, file, file.name || "picture.png");
  if (caption) form.append("caption", caption);
  return call(`/sim/users/${id}/messages`, { method: "POST", body: form });
}

export function listen(id, { chat, changes, lost }) {
  const source = new EventSource(`/sim/users/${id}/events`);
  source.addEventListener("chat", (event) => chat(JSON.parse(event.data)));
  source.addEventListener("changes", (event) => changes(JSON.parse(event.data)));
  source.addEventListener("error", lost);
  return source;
}

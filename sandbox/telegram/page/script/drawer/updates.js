// The updates that the bot has not taken yet.

import { element } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { say } from "../core/language.js";
import { json } from "./json.js";

const node = element("div.updates");
let look = "";
let pending = { list: [], count: 0 };

/** Take what waits now. @param {Array<object>} list the first ones @param {number} count of all */
export function take(list, count) {
  pending = { list, count };
  const next = JSON.stringify([list.map((update) => update.update_id), count]);
  if (next !== look) { look = next; draw(); }
}

/** Return the pane. */
export function pane() {
  draw();
  return [node];
}

function draw() {
  if (!pending.count) {
    node.replaceChildren(element("div.empty", {}, icon("check"), element("b", {}, say("noUpdates")), element("p", {}, say("noUpdatesHint"))));
    return;
  }
  node.replaceChildren(
    element("p.count", { role: "status" }, say("waiting", { n: pending.count })),
    ...pending.list.map(row));
}

function row(update) {
  const kind = Object.keys(update).find((name) => name !== "update_id");
  const body = update[kind];
  const words = body.text ?? body.caption ?? body.data ?? body.message?.text ?? "";
  const details = element("details.call", { ontoggle: () => { if (details.open && details.childElementCount === 1) details.append(element("div.call-body", {}, json(update))); } },
    element("summary", {},
      element("span.state.waiting-dot"),
      element("span.method", {}, kind),
      element("span.ms", {}, String(update.update_id)),
      element("span.gist", {}, [body.from?.first_name, words].filter(Boolean).join(" · "))));
  return details;
}

// The open chat's person, as a developer sees them.

import { avatar, element, fullName } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { say } from "../core/language.js";
import { currentPerson } from "../core/store.js";
import { languages } from "../people/dialogs.js";

/** Return the pane. @param {{changePerson: () => void, block: () => void, clear: () => void, change: (change: object) => void}} hands */
export function pane(hands) {
  const person = currentPerson();
  if (!person) return [element("div.empty", {}, icon("person"), element("b", {}, say("nobody")))];
  const facts = [
    ["id", String(person.id)],
    [say("username"), person.username ? `@${person.username}` : "—"],
    ["version", String(person.version)],
  ];
  return [
    element("div.portrait", {}, avatar(person), element("b", {}, fullName(person)),
      person.deactivated && element("span.blocked", {}, icon("block"), say("gone")),
      person.blocked && element("span.blocked", {}, icon("block"), say("hasBlocked"))),
    element("label.tongue", {}, say("language"), element("select", { onchange: (event) => hands.change({ language_code: event.target.value || null }) }, languages(person.language_code ?? ""))),
    element("dl", {}, facts.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value)))),
    element("div.stack", {},
      element("button.quiet", { type: "button", onclick: hands.changePerson }, icon("edit"), say("changePerson")),
      element("button.quiet", { type: "button", onclick: hands.clear }, icon("clear"), say("clearChat")),
      element(`button.quiet${person.blocked ? "" : ".danger"}`, { type: "button", onclick: hands.block }, icon("block"), say(person.blocked ? "unblock" : "block")),
      element(`button.quiet${person.deactivated ? "" : ".danger"}`, { type: "button", onclick: () => hands.change({ deactivated: !person.deactivated }) }, icon("person"), say(person.deactivated ? "restoreAccount" : "deleteAccount"))),
  ];
}

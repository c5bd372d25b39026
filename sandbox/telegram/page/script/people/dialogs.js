// Making a person, and changing one.

import { element } from "../core/dom.js";
import { say, spoken } from "../core/language.js";
import { ends, form, main, open, quiet } from "../overlay/dialog.js";

const LANGUAGES = [["ru", "Русский"], ["en", "English"], ["de", "Deutsch"], ["es", "Español"], ["uk", "Українська"]];

/**
 * Ask for a person's names and language.
 * @param {object|null} person who is to be changed; null makes a new one
 * @param {string|null} invite the code of the link by which a new one comes
 * @returns {Promise<object|null>} a body for `POST /sim/users`
 */
export function askForPerson(person = null, invite = null) {
  const input = (name, properties) => element("input", {
    name, autocomplete: "off", spellcheck: false, value: person?.[name] ?? "", ...properties,
  });
  return open(".dialog", (finish) => {
    const first = input("first_name", { required: true, maxLength: 64, "data-first": true });
    const last = input("last_name", { maxLength: 64 });
    const username = input("username", { maxLength: 32, pattern: "[A-Za-z][A-Za-z0-9_]{3,31}", placeholder: "anna_k" });
    const language = element("select", { name: "language_code" }, languages(person?.language_code ?? spoken()));
    const submit = () => finish({
      id: person?.id,
      first_name: first.value.trim(),
      last_name: last.value.trim() || undefined,
      username: username.value || undefined,
      language_code: language.value || undefined,
    });
    return [
      element("h2", {}, say(person ? "changePerson" : "newPerson")),
      invite && element("p.soft", {}, say("invited", { code: invite })),
      form(() => first.value.trim() && submit(),
        element("label", {}, say("firstName"), first),
        element("label", {}, `${say("lastName")} · ${say("optional")}`, last),
        element("label", {}, `${say("username")} · ${say("optional")}`, username),
        element("label", {}, say("language"), language),
        ends(quiet(say("cancel"), () => finish(null)), main(say(person ? "save" : "create")))),
    ];
  });
}

/** Return the languages as options, the chosen one even where it is not among the common ones. @param {string} chosen */
export function languages(chosen) {
  const known = LANGUAGES.some(([code]) => code === chosen) ? LANGUAGES : [[chosen, chosen], ...LANGUAGES];
  return known.map(([code, name]) => element("option", { value: code, selected: code === chosen }, name));
}

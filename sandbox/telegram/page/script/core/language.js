// The page's own words: in the browser's language, or the one that was chosen.

import { en } from "../words/en.js";
import { ru } from "../words/ru.js";

const words = { en, ru };
let language = localStorage.getItem("language") ?? (navigator.language.startsWith("ru") ? "ru" : "en");
document.documentElement.lang = language;

/** Return the language of the page: "en" or "ru". */
export const spoken = () => language;

/** Speak another language from now on; who shows words draws them again. @param {"en"|"ru"} code */
export function speak(code) {
  language = code;
  localStorage.setItem("language", code);
  document.documentElement.lang = code;
}

/**
 * Return the page's words for a key, with values put in for {name}.
 * @param {string} key
 * @param {Record<string, string|number>} [values]
 */
export function say(key, values = {}) {
  const text = words[language][key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** Tell whether the page has words for a key. @param {string} key */
export const knows = (key) => key in words[language];

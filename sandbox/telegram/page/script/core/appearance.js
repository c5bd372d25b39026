// Light, dark, or as the system has it.

const CHOICES = ["auto", "light", "dark"];

/** Return the choice: "auto", "light" or "dark". */
export const appearance = () => document.documentElement.dataset.theme;

/** Return which colours are on the screen now: "light" or "dark". */
export function shown() {
  if (appearance() !== "auto") return appearance();
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** Keep a choice. @param {string} choice */
export function choose(choice) {
  document.documentElement.dataset.theme = CHOICES.includes(choice) ? choice : "auto";
  localStorage.setItem("theme", appearance());
}

/** Turn to the other colours than those on the screen. */
export function turn() {
  choose(shown() === "dark" ? "light" : "dark");
}

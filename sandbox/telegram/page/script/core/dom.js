// Building the page's nodes. Everything that people or bots wrote goes in as text, never as markup.

/**
 * Build an element: `element("button.round.send", { type: "button", onclick }, child, …)`.
 * Properties that are undefined, null or false are left out; so are such children.
 * @param {string} tag a name, with classes after dots
 * @param {Record<string, unknown>} [properties] DOM properties, attributes, and `on…` listeners
 * @param {...(Node|string|null|undefined|false|Array<Node|string|null|undefined|false>)} children
 * @returns {HTMLElement}
 */
export function element(tag, properties = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const node = document.createElement(name);
  if (classes.length) node.className = classes.filter(Boolean).join(" ");
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key in node && key !== "list") node[key] = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/**
 * Build a button that is never a submit.
 * @param {string} classes after dots, e.g. ".round.send"
 * @param {string} label what a screen reader says; also the tooltip where `title` is true
 * @param {(event: MouseEvent) => void} onclick
 * @param {...(Node|string)} children
 */
export function iconButton(classes, label, onclick, ...children) {
  return element(`button${classes}`, { type: "button", title: label, "aria-label": label, onclick }, children);
}

/** Put a round picture with a person's initials together. @param {{id: number, first_name: string, last_name?: string}} person */
export function avatar(person) {
  const letters = [person.first_name, person.last_name].filter(Boolean).map((name) => [...name][0].toUpperCase());
  return element(`span.avatar.tint-${person.id % 7}`, { "aria-hidden": "true" }, letters.join(""));
}

/** Return a person's whole name. @param {{first_name: string, last_name?: string}} person */
export const fullName = (person) => [person.first_name, person.last_name].filter(Boolean).join(" ");

/** Tell whether the person wants the page to hold still. */
export const wantsCalm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Tell whether list and chat are two screens here. */
export const isNarrow = () => matchMedia("(width < 760px)").matches;

// Small menus at a point or under a button: arrows walk, Escape or a press elsewhere closes.

import { element } from "../core/dom.js";
import { icon } from "../core/icons.js";

const MARGIN_PX = 8;

/**
 * Open a menu.
 * @param {{x: number, y: number}} at the point of the window where it opens
 * @param {Array<{icon: string, text: string, danger?: boolean, act: () => void}
 *   |{choices: string[], chosen: string|null, label: string, act: (choice: string|null) => void}|null|false>} items
 *   an item with choices is a row of them; pressing the chosen one takes it back
 */
export function openMenu(at, items) {
  const before = document.activeElement;
  const menu = element("div.menu", { popover: "auto", role: "menu", onkeydown: (event) => walk(event, menu) },
    items.filter(Boolean).map((item) => (item.choices ? choices(item, () => menu) : element(`button${item.danger ? ".danger" : ""}`, {
      type: "button", role: "menuitem", tabIndex: -1,
      onclick: () => { menu.hidePopover(); item.act(); },
    }, icon(item.icon), item.text))));
  menu.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    if (menu.contains(document.activeElement) || document.activeElement === document.body) before?.focus?.();
    menu.remove();
  });
  document.body.append(menu);
  menu.showPopover();
  place(menu, at);
  menu.querySelector("[role=menuitem]")?.focus();
}

/** Return the point under a node's right edge, for `openMenu`. @param {Element} node */
export function under(node) {
  const box = node.getBoundingClientRect();
  return { x: box.right, y: box.bottom + 4 };
}

function choices({ choices: all, chosen, label, act }, menu) {
  return element("div.choices", { role: "group", "aria-label": label }, all.map((choice) => element("button", {
    type: "button", role: "menuitemradio", tabIndex: -1, "aria-checked": String(choice === chosen),
    onclick: () => { menu().hidePopover(); act(choice === chosen ? null : choice); },
  }, choice)));
}

function place(menu, { x, y }) {
  const { offsetWidth: width, offsetHeight: height } = menu;
  const left = x + width + MARGIN_PX > innerWidth ? x - width : x;
  const fits = y + height + MARGIN_PX <= innerHeight;
  const top = fits ? y : y - height > MARGIN_PX ? y - height : innerHeight - height - MARGIN_PX;
  menu.style.left = `${Math.max(MARGIN_PX, left)}px`;
  menu.style.top = `${Math.max(MARGIN_PX, top)}px`;
}

function walk(event, menu) {
  const items = [...menu.querySelectorAll("button")];
  const at = items.indexOf(document.activeElement);
  const row = items[at]?.closest(".choices")?.childElementCount ?? 0;
  const next = {
    ArrowDown: row || at + 1, ArrowUp: at === 0 || row ? -1 : at - 1, Home: 0, End: -1,
    ArrowRight: row ? (at + 1) % row : undefined, ArrowLeft: row ? (at + row - 1) % row : undefined,
  }[event.key];
  if (event.key === "Tab") menu.hidePopover();
  if (next === undefined) return;
  event.preventDefault();
  items.at(next % items.length).focus();
}

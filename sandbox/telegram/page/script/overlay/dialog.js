// Dialogs on the browser's own <dialog>: it keeps the focus inside, closes on Escape and gives the focus back.

import { element } from "../core/dom.js";
import { say } from "../core/language.js";

/**
 * Open a dialog and wait for its end.
 * @template T
 * @param {string} classes after dots, e.g. ".sheet"
 * @param {(finish: (value: T) => void) => Array<Node>} fill builds what is inside
 * @returns {Promise<T|null>} what `finish` was given; null where the person only closed it
 */
export function open(classes, fill) {
  return new Promise((resolve) => {
    let value = null;
    const finish = (given) => { value = given; dialog.close(); };
    const dialog = element(`dialog${classes}`, {
      onclose: () => { dialog.remove(); resolve(value); },
      // A press beside the dialog closes it; one that only ends there (a selection dragged out) does not.
      onpointerdown: (event) => { if (event.target === dialog) finish(null); },
    });
    dialog.append(...fill(finish).filter(Boolean));
    const title = dialog.querySelector("h2");
    if (title) { title.id = "dialog-title"; dialog.setAttribute("aria-labelledby", title.id); }
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector("[data-first]")?.focus();
  });
}

/** The row of buttons that ends a dialog. */
export const ends = (...buttons) => element("div.dialog-ends", {}, buttons);
/** A quiet button. */
export const quiet = (text, onclick) => element("button.quiet", { type: "button", onclick }, text);
/** The button that does what the dialog is for; Enter in a field presses it. */
export const main = (text, onclick) => element("button.main", { type: onclick ? "button" : "submit", onclick }, text);

/** A form that never leaves the page. */
export function form(onsubmit, ...children) {
  return element("form", { onsubmit: (event) => { event.preventDefault(); onsubmit(event.currentTarget); } }, children);
}

/** Ask before something that cannot be undone. @returns {Promise<true|null>} */
export function confirm(title, text, deed) {
  return open(".dialog.alert", (finish) => {
    const no = quiet(say("cancel"), () => finish(null));
    const yes = main(deed, () => finish(true));
    yes.classList.add("danger");
    yes.dataset.first = "";
    return [element("h2", {}, title), element("p", {}, text), ends(no, yes)];
  });
}

/** Show an alert of the bot and wait until it is read. @param {string} title @param {string} text */
export function alert(title, text) {
  return open(".dialog.alert", (finish) => {
    const button = main(say("ok"), () => finish(true));
    button.dataset.first = "";
    return [element("h2", {}, title), element("p", {}, text), ends(button)];
  });
}

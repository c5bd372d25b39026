// Short notices above everything, dialogs included.

import { element } from "../core/dom.js";

const toasts = document.getElementById("toasts");
const NOTICE_MS = 3800;
const LEAVE_MS = 300;

/** Show a notice for a few seconds. @param {string} text */
export function notice(text) {
  const node = element("div.toast", {}, text);
  toasts.append(node);
  // Shown anew, it lies above a dialog that was opened since.
  if (toasts.matches(":popover-open")) toasts.hidePopover();
  toasts.showPopover();
  setTimeout(() => node.classList.add("leaving"), NOTICE_MS);
  setTimeout(() => {
    node.remove();
    if (!toasts.childElementCount) toasts.hidePopover();
  }, NOTICE_MS + LEAVE_MS);
}

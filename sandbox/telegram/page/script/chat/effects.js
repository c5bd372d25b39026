// Message effects: the six that everyone may use, as a badge and a short burst.

import { element, wantsCalm } from "../core/dom.js";

const layer = document.getElementById("effects");
const PIECES = 14;
const BURST_MS = 1800;
const emoji = {
  "5104841245755180586": "🔥", "5107584321108051014": "👍", "5104858069142078462": "👎",
  "5159385139981059251": "❤️", "5046509860389126442": "🎉", "5046589136895476101": "💩",
};

/** Return an effect's emoji; a star for one that is not known, null where there is none. @param {string|null} id */
export const known = (id) => (id ? emoji[id] ?? "✨" : null);

/** Let an effect burst from a message. @param {string} id @param {Element} row */
export function burst(id, row) {
  if (wantsCalm()) return;
  const box = row.getBoundingClientRect();
  for (let piece = 0; piece < PIECES; piece += 1) {
    const node = element("span", {}, known(id));
    node.style.left = `${box.left + box.width * (0.15 + Math.random() * 0.5)}px`;
    node.style.top = `${box.bottom - 20}px`;
    node.style.setProperty("--x", `${(Math.random() - 0.5) * 240}px`);
    node.style.setProperty("--y", `${-120 - Math.random() * 260}px`);
    node.style.setProperty("--turn", `${(Math.random() - 0.5) * 90}deg`);
    node.style.animationDelay = `${Math.random() * 250}ms`;
    layer.append(node);
    setTimeout(() => node.remove(), BURST_MS + 300);
  }
}

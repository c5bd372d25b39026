// Photos, albums, videos and files inside a bubble.

import { element } from "../core/dom.js";
import { bytes } from "../core/format.js";
import { icon } from "../core/icons.js";
import { say } from "../core/language.js";
import { mosaic } from "./mosaic.js";

const ALBUM_PX = 440;
const WIDEST_PX = 420;
const TALLEST_PX = 430;
const NARROWEST_PX = 200;

/**
 * Return what stands in a bubble above its words, and how wide the bubble becomes by it.
 * @param {Array<object>} group messages of one album, or one message
 * @param {{look: (message: object) => void}} hands
 * @returns {{nodes: HTMLElement[], width: number|null}}
 */
export function media(group, hands) {
  const seen = group.filter(isSeen);
  const files = group.filter((message) => message.document && !isSeen(message)).map(({ document: file }) => attachment(file));
  if (seen.length > 1) return { nodes: [album(seen, hands), ...files], width: ALBUM_PX };
  if (seen.length === 1) {
    const { width, node } = single(seen[0], hands);
    return { nodes: [node, ...files], width };
  }
  return { nodes: files, width: null };
}

const isSeen = (message) => message.photo || ["video", "animation"].includes(message.document?.kind);

function single(message, hands) {
  const { width: w, height: h } = message.photo ?? { width: 16, height: 9 };
  const ratio = Math.min(Math.max(w / h, 0.55), 2.4);
  const width = Math.round(Math.max(NARROWEST_PX, Math.min(WIDEST_PX, TALLEST_PX * ratio, Math.max(w, NARROWEST_PX))));
  const node = tile(message, hands, message.photo?.url);
  node.style.aspectRatio = Math.max(ratio, width / TALLEST_PX);
  return { width, node: element("div.media", {}, node) };
}

function album(pictures, hands) {
  const { rows, ratios, side } = mosaic(pictures.map((message) => message.photo ?? { width: 4, height: 3 }));
  const tiles = pictures.map((message) => tile(message, hands, message.photo?.preview_url));
  if (side) {
    return element("div.media.mosaic.side", {}, tiles);
  }
  return element("div.media.mosaic", {}, rows.map((row) => {
    const line = element("div.line", {}, row.map((place) => {
      tiles[place].style.flexGrow = ratios[place];
      return tiles[place];
    }));
    line.style.aspectRatio = row.reduce((sum, place) => sum + ratios[place], 0);
    return line;
  }));
}

function tile(message, hands, source) {
  if (!message.photo) return film(message.document);
  const label = message.caption || say("openPhoto");
  const node = element(`button.photo${message.spoiler ? ".veiled" : ""}`, {
    type: "button", "aria-label": message.spoiler ? say("hidden") : label,
    onclick: () => {
      if (node.classList.contains("veiled")) {
        node.classList.remove("veiled");
        node.setAttribute("aria-label", label);
      } else hands.look(message);
    },
  }, element("img", { src: source, alt: "", loading: "lazy", decoding: "async", draggable: false }));
  return node;
}

function film(file) {
  const moving = file.kind === "animation";
  return element("video.film", {
    src: file.url, controls: !moving, muted: moving, autoplay: moving, loop: moving, playsInline: true,
    "aria-label": say(file.kind),
  });
}

function attachment(file) {
  const badge = file.thumbnail_url ? element("img", { src: file.thumbnail_url, alt: "", loading: "lazy" }) : icon("file");
  return element("a.file", { href: file.url, download: file.file_name ?? "" },
    element("span.badge", {}, badge),
    element("span.name", {}, element("b", {}, file.file_name ?? say("document")), element("small", {}, bytes(file.file_size ?? 0))));
}

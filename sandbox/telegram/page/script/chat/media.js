// Photos, albums, videos and files inside a bubble.

import { element, wantsCalm } from "../core/dom.js";
import { bytes } from "../core/format.js";
import { icon } from "../core/icons.js";
import { say } from "../core/language.js";
import { card } from "./cards.js";
import { mosaic } from "./mosaic.js";
import { player } from "./player.js";

const ALBUM_PX = 440;
const WIDEST_PX = 420;
const TALLEST_PX = 430;
const NARROWEST_PX = 200;
const NOTE_PX = 220;
const STICKER_PX = 190;

/**
 * Return what stands in a bubble above its words, and how wide the bubble becomes by it.
 * @param {Array<object>} group messages of one album, or one message
 * @param {{look: (message: object) => void}} hands
 * @returns {{nodes: HTMLElement[], width: number|null, loose?: boolean}} `loose`: it stands without a bubble
 */
export function media(group, hands) {
  const [{ document: only }] = group;
  if (only?.kind === "sticker") return { nodes: [sticker(only)], width: STICKER_PX, loose: true };
  if (only?.kind === "video_note") return { nodes: [note(only)], width: NOTE_PX, loose: true };
  const seen = group.filter(isSeen);
  const files = group.filter((message) => !isSeen(message)).map(unseen).filter(Boolean);
  if (seen.length > 1) return { nodes: [album(seen, hands), ...files], width: ALBUM_PX };
  if (seen.length === 1) {
    const { width, node } = single(seen[0], hands);
    return { nodes: [node, ...files], width };
  }
  return { nodes: files, width: null };
}

const isSeen = (message) => message.photo || ["video", "animation"].includes(message.document?.kind);

function single(message, hands) {
  const { width: w, height: h } = sides(message);
  const ratio = Math.min(Math.max(w / h, 0.55), 2.4);
  const width = Math.round(Math.max(NARROWEST_PX, Math.min(WIDEST_PX, TALLEST_PX * ratio, Math.max(w, NARROWEST_PX))));
  const node = tile(message, hands, message.photo?.url);
  node.style.aspectRatio = Math.max(ratio, width / TALLEST_PX);
  return { width, node: element("div.media", {}, node) };
}

function album(pictures, hands) {
  const { rows, ratios, side } = mosaic(pictures.map(sides));
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
  }, element("img", { src: source, alt: "", loading: "lazy", decoding: "async" }));
  return node;
}

/** A video's sides are those that the bot told, if any. */
function sides({ photo, document: file }) {
  return photo ?? (file?.width && file?.height ? file : { width: 640, height: 360 });
}

function film(file) {
  if (file.mime_type?.startsWith("image/")) return element("img.film", { src: file.url, alt: say(file.kind) });
  const moving = file.kind === "animation";
  return element("video.film", {
    src: file.url, poster: file.thumbnail_url, controls: !moving, muted: moving, autoplay: moving && !wantsCalm(), loop: moving,
    playsInline: true, preload: "metadata", "aria-label": say(file.kind),
  });
}

function sticker(file) {
  const still = !/video|webm|tgs|x-tgsticker/.test(`${file.mime_type} ${file.file_name}`) || file.thumbnail_url;
  if (still) return element("img.sticker", { src: file.thumbnail_url ?? file.url, alt: file.emoji ?? say("sticker") });
  if (/tgs/.test(`${file.mime_type} ${file.file_name}`)) return element("span.sticker.large", {}, file.emoji ?? "🖼");
  return element("video.sticker", { src: file.url, muted: true, loop: true, autoplay: !wantsCalm(), playsInline: true, "aria-label": file.emoji ?? say("sticker") });
}

function note(file) {
  const node = element("video.note", {
    src: file.url, poster: file.thumbnail_url, playsInline: true, preload: "metadata", tabIndex: 0, "aria-label": say("video_note"),
    onclick: () => (node.paused ? node.play().catch(() => {}) : node.pause()),
  });
  return node;
}

function unseen(message) {
  const { document: file } = message;
  if (!file) return card(message);
  return file.kind === "voice" || file.kind === "audio" ? player(file) : attachment(file);
}

function attachment(file) {
  const badge = file.thumbnail_url ? element("img", { src: file.thumbnail_url, alt: "", loading: "lazy" }) : icon("file");
  return element("a.file", { href: file.url, download: file.file_name ?? "" },
    element("span.badge", {}, badge),
    element("span.name", {}, element("b", {}, file.file_name ?? say("document")), element("small", {}, bytes(file.file_size ?? 0))));
}

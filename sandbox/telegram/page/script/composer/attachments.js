// Photos and files that are to be sent: chosen, dropped or pasted; looked at, taken out, sent as photo or as file.

import { element, iconButton } from "../core/dom.js";
import { bytes } from "../core/format.js";
import { icon } from "../core/icons.js";
import { say } from "../core/language.js";

const ALBUM_LIMIT = 10;
const drop = document.getElementById("drop");
const picker = element("input", { type: "file", multiple: true, hidden: true, tabIndex: -1 });

let items = [];
let kind = "photo";
let changed = () => {};
let mayAttach = () => true;

/** Begin. @param {{changed: () => void, mayAttach: () => boolean}} hands */
export function begin(hands) {
  ({ changed, mayAttach } = hands);
  document.body.append(picker);
  picker.addEventListener("change", () => { attach(picker.files); picker.value = ""; });
  addEventListener("paste", (event) => {
    if (!event.clipboardData?.files.length || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    attach(event.clipboardData.files);
  });
  // The page's own pictures are drawn aside and magnified by the same gesture; they are not to be dropped back.
  addEventListener("dragstart", (event) => { if (event.target.closest?.("img, a, video")) event.preventDefault(); });
  let depth = 0;
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  addEventListener("dragenter", (event) => { if (carriesFiles(event) && mayAttach()) { depth += 1; invite(true); } });
  addEventListener("dragleave", (event) => { if (carriesFiles(event)) { depth -= 1; if (depth <= 0) invite(false); } });
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    depth = 0;
    invite(false);
    attach(event.dataTransfer.files);
  });
}

/** Let the person choose files. */
export const choose = () => picker.click();
export const count = () => items.length;

/** Take everything out. */
export function clear() {
  for (const { url } of items) if (url) URL.revokeObjectURL(url);
  items = [];
  kind = "photo";
}

/**
 * Take what is to be sent, in albums of ten.
 * @returns {Array<{kind: "photo"|"document", files: File[], urls: string[], names: string[]}>}
 */
export function take() {
  const albums = [];
  for (let first = 0; first < items.length; first += ALBUM_LIMIT) {
    const part = items.slice(first, first + ALBUM_LIMIT);
    const asPhotos = kind === "photo";
    albums.push({
      kind,
      files: part.map(({ file }) => file),
      urls: asPhotos ? part.map(({ url }) => url) : [],
      names: asPhotos ? [] : part.map(({ file }) => file.name),
    });
  }
  items = [];
  kind = "photo";
  return albums;
}

/** Return what shows the attachments above the field; null where there are none. */
export function tray() {
  if (!items.length) return null;
  const onlyPictures = items.every(({ url }) => url);
  return element("div.tray", {},
    element("div.tray-head", {},
      element("span", { role: "status" }, say("selected", { n: items.length })),
      element("div.segments", { role: "group", "aria-label": say("attach") }, choice("photo", say("asPhoto"), onlyPictures), choice("document", say("asFile"), true)),
      iconButton(".round.small", say("cancel"), () => { clear(); changed(); }, icon("close"))),
    element("ul", { role: "list" }, items.map(thumbnail),
      element("li", {}, element("button.more-files", { type: "button", "aria-label": say("addMore"), title: say("addMore"), onclick: choose }, icon("plus")))));
}

function choice(name, text, possible) {
  return element("button.segment", {
    type: "button", disabled: !possible, "aria-pressed": String(kind === name), onclick: () => { kind = name; changed(); },
  }, text);
}

function thumbnail(item) {
  const asPicture = item.url && kind === "photo";
  return element(`li${asPicture ? "" : ".as-file"}`, { title: item.file.name },
    item.url ? element("img", { src: item.url, alt: item.file.name }) : icon("file"),
    !asPicture && element("span", {}, element("b", {}, item.file.name), element("small", {}, bytes(item.file.size))),
    element("button.take-out", { type: "button", "aria-label": `${say("remove")}: ${item.file.name}`, onclick: () => detach(item) }, icon("close")));
}

function attach(files) {
  if (!files.length || !mayAttach()) return;
  items.push(...[...files].map((file) => ({ file, url: file.type.startsWith("image/") ? URL.createObjectURL(file) : null })));
  if (items.some(({ url }) => !url)) kind = "document";
  changed();
}

function detach(item) {
  if (item.url) URL.revokeObjectURL(item.url);
  items = items.filter((other) => other !== item);
  if (!items.length) kind = "photo";
  changed();
}

function invite(visible) {
  drop.hidden = !visible;
  drop.replaceChildren(icon("image"), element("b", {}, say("drop")), element("span", {}, say("dropHint")));
}

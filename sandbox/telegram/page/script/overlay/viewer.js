// A photo in full: the chat's photos left and right, closer and farther, download.

import { element, iconButton } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { say } from "../core/language.js";
import { makeZoom } from "./zoom.js";

/**
 * Open the viewer at one photo of many.
 * @param {Array<{url: string, file_unique_id: string, caption?: string, protected?: boolean}>} photos
 * @param {number} place which one to begin with
 */
export function openViewer(photos, place) {
  const picture = element("img", { alt: "" });
  const caption = element("p.caption");
  const counter = element("span.counter", { role: "status" });
  const save = element("a.round", { title: say("download"), "aria-label": say("download") }, icon("save"));
  const farther = iconButton(".round", say("zoomOut"), () => zoom.farther(), icon("minus"));
  const stage = element("div.stage", {}, picture);
  const turns = photos.length > 1 ? [
    iconButton(".round.turn.previous", say("previous"), () => show(place - 1), icon("back")),
    iconButton(".round.turn.next", say("next"), () => show(place + 1), icon("next")),
  ] : [];
  const closer = iconButton(".round", say("zoomIn"), () => zoom.closer(), icon("plus"));
  const close = iconButton(".round", say("close"), () => viewer.close(), icon("close"));
  const viewer = element("dialog.viewer", { "aria-label": say("photo"), onclose: () => viewer.remove(), onkeydown: keyed },
    stage, element("div.top", {}, counter, farther, closer, save, close), turns, caption);
  const zoom = makeZoom(stage, picture, {
    swipe: (step) => show(place + step),
    pressedBeside: () => viewer.close(),
    changed: (scale) => { farther.disabled = scale === 1; },
  });

  function show(next) {
    place = (next + photos.length) % photos.length;
    const photo = photos[place];
    picture.src = photo.url;
    picture.alt = photo.caption || say("photo");
    caption.textContent = photo.caption ?? "";
    counter.textContent = photos.length > 1 ? say("viewer", { place: place + 1, n: photos.length }) : "";
    save.hidden = Boolean(photo.protected);
    save.href = photo.url;
    save.download = `photo-${photo.file_unique_id}.jpg`;
    zoom.reset();
  }

  function keyed(event) {
    const act = {
      ArrowLeft: () => photos.length > 1 && show(place - 1),
      ArrowRight: () => photos.length > 1 && show(place + 1),
      "+": zoom.closer, "=": zoom.closer, "-": zoom.farther, 0: zoom.reset,
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  document.body.append(viewer);
  viewer.showModal();
  close.focus();
  show(place);
}

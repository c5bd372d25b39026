// A voice message or a piece of music: one button, a line that can be dragged, the time. One sounds at a time.

import { element, iconButton } from "../core/dom.js";
import { bytes, span } from "../core/format.js";
import { icon } from "../core/icons.js";
import { say } from "../core/language.js";

let sounding = null;

/**
 * Return the player of a file.
 * @param {{kind: string, url: string, duration?: number, title?: string, performer?: string, file_name?: string, file_size?: number}} file
 */
export function player(file) {
  const sound = element("audio", { src: file.url, preload: "none" });
  const isVoice = file.kind === "voice";
  const name = isVoice ? say("voice") : [file.performer, file.title].filter(Boolean).join(" – ") || file.file_name || say("audio");
  const line = element("input", {
    type: "range", min: 0, max: 1000, value: 0, "aria-label": name,
    oninput: () => { if (length()) sound.currentTime = (line.value / 1000) * length(); },
  });
  const time = element("small");
  const button = iconButton(".badge", say("play"), () => (sound.paused ? play() : sound.pause()), icon("play"));

  const length = () => (Number.isFinite(sound.duration) ? sound.duration : file.duration ?? 0);
  const play = () => {
    if (sounding !== sound) sounding?.pause();
    sounding = sound;
    sound.play().catch(() => { time.textContent = say("unplayable"); });
  };
  const draw = () => {
    const far = length() ? sound.currentTime / length() : 0;
    line.value = Math.round(far * 1000);
    line.style.setProperty("--far", `${far * 100}%`);
    const size = file.file_size ? ` · ${bytes(file.file_size)}` : "";
    time.textContent = sound.currentTime ? `${span(sound.currentTime)} / ${span(length())}` : `${span(length())}${size}`;
    const words = say(sound.paused ? "play" : "pause");
    if (button.title === words) return;
    button.title = words;
    button.setAttribute("aria-label", words);
    button.replaceChildren(icon(sound.paused ? "play" : "pause"));
  };
  for (const event of ["timeupdate", "play", "pause", "loadedmetadata"]) sound.addEventListener(event, draw);
  sound.addEventListener("ended", () => { sound.currentTime = 0; draw(); });
  draw();
  return element("div.player", {}, button,
    element("span.name", {}, !isVoice && element("b", {}, name), line, time), sound);
}

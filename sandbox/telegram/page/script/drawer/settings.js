// The server's ways while it runs: flood control as Telegram's, and a clock that can go ahead.

import { element } from "../core/dom.js";
import { say, spoken } from "../core/language.js";
import * as server from "../core/server.js";

const DAY_SECONDS = 86_400;
const AHEAD = [[1, "aheadDay"], [30, "aheadMonth"]];

/** Return the section. @param {(deed: () => Promise<unknown>) => Promise<unknown>} trying */
export function section(trying) {
  const flood = element("input", { type: "checkbox", onchange: () => change({ flood_rate: flood.checked ? 1 : 0 }) });
  const time = element("span.server-time", { role: "status" });
  const back = element("button.quiet", { type: "button", onclick: () => change({ clock_shift: 0 }) }, say("clockBack"));
  const show = ({ flood_rate: rate, clock_shift: shift, now }) => {
    flood.checked = rate > 0;
    back.disabled = Math.abs(shift) < 1;
    time.textContent = say("serverTime", { time: new Date(now * 1000).toLocaleString(spoken(), { dateStyle: "medium", timeStyle: "short" }) });
  };
  const change = (wanted) => trying(async () => show(await server.set(wanted)));
  trying(async () => show(await server.settings()));
  return [
    element("h3", {}, say("server")),
    element("label.tick", {}, flood, say("flood")),
    time,
    element("div.clock-buttons", {},
      AHEAD.map(([days, words]) => element("button.quiet", { type: "button", onclick: () => change({ clock_advance: days * DAY_SECONDS }) }, say(words))),
      back),
  ];
}

// Money, times and sizes as people read them.

import { say, spoken } from "./language.js";

const DAY_MS = 86_400_000;

/**
 * Return an amount with its currency; amounts are in the smallest unit, Stars are whole.
 * @param {{currency: string, total_amount: number}} bill
 */
export function money({ currency, total_amount: amount }) {
  if (currency === "XTR") return `${amount.toLocaleString(spoken())} ⭐`;
  return new Intl.NumberFormat(spoken(), { style: "currency", currency }).format(amount / 100);
}

/** Return hours and minutes. @param {number} date Unix seconds */
export function clock(date) {
  return new Date(date * 1000).toLocaleTimeString(spoken(), { hour: "2-digit", minute: "2-digit", hour12: false });
}

/** Return the day as a heading: today, yesterday, 5 May. @param {number} date Unix seconds */
export function day(date) {
  const then = new Date(date * 1000);
  const midnight = new Date().setHours(0, 0, 0, 0);
  if (then >= midnight) return say("today");
  if (then >= midnight - DAY_MS) return say("yesterday");
  return then.toLocaleDateString(spoken(), { day: "numeric", month: "long" });
}

/** Return a time for a narrow column: the clock today, else the date. @param {number} date Unix seconds */
export function moment(date) {
  const then = new Date(date * 1000);
  if (then >= new Date().setHours(0, 0, 0, 0)) return clock(date);
  return then.toLocaleDateString(spoken(), { day: "numeric", month: "short" });
}

/** Return a size in bytes, kilobytes or megabytes. @param {number} size */
export function bytes(size) {
  const units = say("units").split(" ");
  let place = 0;
  while (size >= 1024 && place < units.length - 1) { size /= 1024; place += 1; }
  return `${size.toLocaleString(spoken(), { maximumFractionDigits: place ? 1 : 0 })} ${units[place]}`;
}

/** Return minutes and seconds of something that sounds or moves. @param {number} seconds */
export function span(seconds) {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** Return a duration of a call. @param {number} seconds */
export function duration(seconds) {
  const ms = seconds * 1000;
  return ms < 10 ? `${ms.toFixed(1)} ms` : ms < 1000 ? `${Math.round(ms)} ms` : `${seconds.toFixed(2)} s`;
}

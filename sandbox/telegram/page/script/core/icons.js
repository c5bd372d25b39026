// The page's icons: strokes on a grid of 24.

const paths = {
  attach: "M20.5 11.6l-8.3 8.2a5.4 5.4 0 0 1-7.7-7.6l8.6-8.6a3.6 3.6 0 0 1 5.1 5.1l-8.5 8.5a1.8 1.8 0 0 1-2.6-2.6l7.8-7.7",
  back: "M15 5l-7 7 7 7",
  block: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM5.7 5.7l12.6 12.6",
  check: "M5 12.5l4.5 4.5L19 7.5",
  clear: "M5 7h14M10 7V4.5h4V7M7 7l1 13h8l1-13",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7.5V12l3 2",
  close: "M6 6l12 12M18 6L6 18",
  code: "M8.5 7.5L4 12l4.5 4.5M15.5 7.5L20 12l-4.5 4.5M13.3 5l-2.6 14",
  copy: "M9 9h10v11H9zM15 9V4H5v11h4",
  down: "M6 9.5l6 6 6-6",
  edit: "M4 20l1-4.4L16.2 4.4a1.8 1.8 0 0 1 2.6 0l.8.8a1.8 1.8 0 0 1 0 2.6L8.4 19z",
  external: "M14 5h5v5M19 5l-8 8M10 6H6v12h12v-4",
  file: "M13 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V9zM13 3v6h6",
  forward: "M14 6l6 6-6 6M20 12H10a6 6 0 0 0-6 6",
  image: "M4 5h16v14H4zM4 16l4.5-4.5 4 4L15 13l5 4.5M15.5 9v.01",
  keyboard: "M3.5 6.5h17v11h-17zM7 10v.01M10.3 10v.01M13.7 10v.01M17 10v.01M8 14h8",
  language: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c3 3.2 3 14.8 0 18M12 3c-3 3.2-3 14.8 0 18",
  menu: "M4 7h16M4 12h16M4 17h10",
  minus: "M5 12h14",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z",
  more: "M12 5.5v.01M12 12v.01M12 18.5v.01",
  next: "M9 5l7 7-7 7",
  pause: "M8 5v14M16 5v14",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c.4-4 3.4-6 7.5-6s7.1 2 7.5 6",
  pin: "M12 21c4-5 6.5-8.2 6.5-11.5a6.5 6.5 0 1 0-13 0C5.5 12.8 8 16 12 21zM12 7.5a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
  pinned: "M9 4h6l-.6 6 3.1 3v1.5h-11V13l3.1-3zM12 14.5V20",
  play: "M8 5l11 7-11 7z",
  plus: "M12 5v14M5 12h14",
  reply: "M10 6l-6 6 6 6M4 12h10a6 6 0 0 1 6 6",
  save: "M12 4v11M7 11l5 5 5-5M5 20h14",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16.2 16.2L20.5 20.5",
  send: "M12 19V5M5.5 11.5L12 5l6.5 6.5",
  stop: "M7.5 7.5h9v9h-9z",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  theme: "M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18",
  warning: "M12 4l9 16H3zM12 10v4.5M12 17.3v.01",
};

/**
 * Draw an icon.
 * @param {keyof typeof paths} name
 * @returns {SVGSVGElement}
 */
export function icon(name) {
  return drawn("icon", "0 0 24 24", [paths[name]], name === "more" ? 3 : null);
}

/** Draw the two ticks of an own message; the second one stands for "the bot has it". */
export function ticks() {
  return drawn("ticks", "0 0 20 12", ["M1.5 6.5l3.8 3.8L13 2", "M9.4 9.6l.8.7L18 2"], null);
}

function drawn(name, box, shapes, width) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", box);
  svg.setAttribute("class", name);
  svg.setAttribute("aria-hidden", "true");
  for (const shape of shapes) {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", shape);
    if (width) path.setAttribute("stroke-width", width);
    svg.append(path);
  }
  return svg;
}

// How an album is laid out: rows of pictures that fill the width and keep their shapes as far as they can.

const TARGET = 0.42;
const MOST_IN_ROW = 4;

/**
 * @typedef {{rows: number[][], ratios: number[], side: boolean}} Layout
 * `rows` holds the pictures' places; with `side`, the first one stands left and the others in a column beside it.
 */

/**
 * Lay pictures out.
 * @param {Array<{width: number, height: number}>} pictures two to ten
 * @returns {Layout}
 */
export function mosaic(pictures) {
  const ratios = pictures.map(({ width, height }) => Math.min(Math.max(width / height, 0.66), 1.9));
  const places = ratios.map((_, place) => place);
  if (pictures.length === 3 && ratios[0] < 1.3) return { rows: [places], ratios, side: true };
  return { rows: best(places, ratios), ratios, side: false };
}

function best(places, ratios) {
  let least = Infinity;
  let found = [places];
  for (const rows of splits(places)) {
    const cost = rows.reduce((sum, row) => sum + (height(row, ratios) - TARGET) ** 2, 0) / rows.length
      + (rows[0].length > rows.at(-1).length ? 0.02 : 0);
    if (cost < least) { least = cost; found = rows; }
  }
  return found;
}

/** A row's height as a share of its width. */
const height = (row, ratios) => 1 / row.reduce((sum, place) => sum + ratios[place], 0);

function splits(places) {
  if (!places.length) return [[]];
  const all = [];
  for (let length = 1; length <= Math.min(MOST_IN_ROW, places.length); length += 1) {
    for (const rest of splits(places.slice(length))) all.push([places.slice(0, length), ...rest]);
  }
  return all;
}

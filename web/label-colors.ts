/** Colors of labels, such as parts: the same in the picture and in the legend. */

/** The colors of Okabe and Ito, which people with any kind of sight can distinguish. */
const FIRST = [0xe69f00, 0x56b4e9, 0x009e73, 0xf0e442, 0x0072b2, 0xd55e00, 0xcc79a7];
/** Steps of a hue that is different for each next label. */
const GOLDEN_ANGLE = 0.381966;

/** Returns the color of a label as a number with a byte each for red, green and blue. */
export function labelColor(id: number): number {
  const first = FIRST[id];
  if (first !== undefined) return first;
  const hue = (id * GOLDEN_ANGLE) % 1;
  const lightness = [0.42, 0.58, 0.72][id % 3]!;
  // From hue, saturation and lightness, after CSS.
  const strength = 0.62 * Math.min(lightness, 1 - lightness);
  const channel = (at: number) => {
    const k = (at + 12 * hue) % 12;
    return Math.round(255 * (lightness - strength * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return 65_536 * channel(0) + 256 * channel(8) + channel(4);
}

/** Formats a color for a style. */
export function cssColor(color: number): string {
  return `#${color.toString(16).padStart(6, '0')}`;
}

// SPDX-License-Identifier: Apache-2.0
// Colours: one diverging scale from blue to orange, which all kinds of colour-blindness keep apart. Its middle is the
// paper's own colour. A number or a sign always stands beside a colour.

type Rgb = [number, number, number];
export interface Shade {
  fill: string;
  ink: string;
}

export const steps = 16; // on each side of the middle

const stops: Record<"light" | "dark", Rgb[]> = {
  light: [[24, 88, 158], [67, 147, 195], [156, 203, 226], [238, 241, 244], [253, 205, 140], [237, 140, 42], [168, 78, 4]],
  dark: [[88, 176, 255], [44, 122, 196], [32, 76, 118], [38, 47, 57], [110, 66, 22], [190, 104, 22], [255, 160, 64]],
};

function mix(scale: Rgb[], share: number): Rgb {
  const at = share * (scale.length - 1);
  const low = Math.min(scale.length - 2, Math.floor(at));
  const part = at - low;
  return scale[low]!.map((from, k) => Math.round(from + (scale[low + 1]![k]! - from) * part)) as Rgb;
}

function luminance([r, g, b]: Rgb): number {
  const linear = (c: number) => (c <= 10 ? c / 3294.6 : ((c / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

const dark_ink: Rgb = [0, 0, 0]; // anything lighter would leave shades on which neither ink has a contrast of 4.5
function shade(rgb: Rgb): Shade {
  const light = luminance(rgb);
  const on_white = 1.05 / (light + 0.05);
  const on_dark = (light + 0.05) / (luminance(dark_ink) + 0.05);
  return { fill: `rgb(${rgb.join(" ")})`, ink: on_white > on_dark ? "#fff" : `rgb(${dark_ink.join(" ")})` };
}

const scales = Object.fromEntries(Object.entries(stops).map(([name, scale]) =>
  [name, Array.from({ length: 2 * steps + 1 }, (_, k) => shade(mix(scale, k / (2 * steps))))])) as Record<"light" | "dark", Shade[]>;

// -1 .. 1 to a step of the scale; blue below zero, orange above.
export function step_of(share: number): number {
  return Math.round(steps * Math.min(1, Math.max(-1, share)));
}

export function shade_of(step: number, dark: boolean): Shade {
  return scales[dark ? "dark" : "light"][step + steps]!;
}

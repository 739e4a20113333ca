// SPDX-License-Identifier: Apache-2.0
// How the tests expect numbers to be written, worked out apart from the page.
const group = (digits) => digits.replace(/\B(?=(\d{3})+(?!\d))/g, ",");

export function money(figure, plus = false) {
  if (figure === null || figure === undefined || !Number.isFinite(Number(figure))) return "–";
  const value = Number(figure), size = Math.abs(value);
  const digits = size >= 10_000 || size === 0 ? 0 : 2;
  const [whole, part] = new Intl.NumberFormat("en-US", { useGrouping: false, minimumFractionDigits: digits, maximumFractionDigits: digits }).format(size).split(".");
  return (value < 0 ? "−" : plus && value > 0 ? "+" : "") + group(whole) + (part ? `.${part}` : "");
}

export const percent = (share, digits = 1) => (Number.isFinite(share) && share !== null ? `${share < 0 ? "−" : ""}${(100 * Math.abs(share)).toFixed(digits)} %` : "–");
export const use_of = (control) => (control.use ?? (Number(control.max) === 0 ? (Number(control.value) > 0 ? Infinity : 0) : Number(control.value) / Number(control.max)));

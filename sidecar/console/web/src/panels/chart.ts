// SPDX-License-Identifier: Apache-2.0
// One time series of the day with steps of the ladder drawn in, on uPlot.
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { h } from "../dom";
import { moment } from "../format";
import { colour_of } from "../theme";

export interface Line {
  at: number;
  text: string;
  passed: boolean;
}

export interface ChartOptions {
  label: string;
  colour: string; // of the style sheet
  text(value: number): string;
  short(value: number): string;
  second?: { label: string; colour: string };
  height: number;
}

const sync = uPlot.sync("day");

export class Chart {
  private plot: uPlot | null = null;
  private lines: Line[] = [];
  private readonly readout = h("p", { class: "readout" });

  constructor(private readonly element: HTMLElement, private readonly options: ChartOptions) {
    element.append(this.readout);
    new ResizeObserver(() => this.fit()).observe(element);
  }

  draw(data: (number | null)[][], lines: Line[]): void {
    this.lines = lines;
    if (this.element.clientWidth === 0) return;
    if (this.plot === null) this.plot = this.make(data as uPlot.AlignedData);
    else this.plot.setData(data as uPlot.AlignedData);
    this.read(this.plot);
  }

  // Colours belong to the theme: with another one it is made anew.
  forget(): void {
    this.plot?.destroy();
    this.plot = null;
  }

  private fit(): void {
    const width = this.element.clientWidth;
    if (width > 0 && this.plot !== null) this.plot.setSize({ width, height: this.options.height });
  }

  private make(data: uPlot.AlignedData): uPlot {
    const o = this.options;
    const font = `11px ${getComputedStyle(document.body).fontFamily}`;
    const axis = { stroke: colour_of("--muted"), font, grid: { stroke: colour_of("--rule"), width: 1 }, ticks: { show: false } };
    const line = (label: string, colour: string, fill: boolean, dash?: number[]): uPlot.Series => ({
      label, stroke: colour_of(colour), width: 1.5, dash, points: { show: false }, fill: fill ? `${colour_of(colour)}22` : undefined,
    });
    const series: uPlot.Series[] = [{}, line(o.label, o.colour, true)];
    if (o.second) series.push(line(o.second.label, o.second.colour, false, [4, 3]));
    return new uPlot({
      width: this.element.clientWidth, height: o.height, series, pxAlign: 1,
      cursor: { sync: { key: sync.key }, drag: { x: true, y: false } },
      legend: { show: false },
      scales: { y: { range: (plot) => this.range(plot) } },
      axes: [{ ...axis, size: 26, space: 80, values: [
        [3600, "{HH}:{mm}", null, null, null, null, null, null, 1], [60, "{HH}:{mm}", null, null, null, null, null, null, 1],
        [1, "{HH}:{mm}:{ss}", null, null, null, null, null, null, 1]] },
      { ...axis, size: 56, space: 30, values: (_, ticks) => ticks.map(o.short) }],
      hooks: { draw: [(plot) => this.draw_lines(plot)], setCursor: [(plot) => this.read(plot)] },
    }, data, this.element);
  }

  // What the cursor points at, or else the newest.
  private read(plot: uPlot): void {
    const [times, ...lists] = plot.data;
    const place = plot.cursor.idx ?? times!.length - 1;
    const names = [this.options, ...(this.options.second ? [this.options.second] : [])];
    const parts = names.map((one, k) => {
      const value = lists[k]?.[place];
      const mark = h("i", { "aria-hidden": "true" });
      mark.style.backgroundColor = colour_of(one.colour);
      return h("span", {}, mark, `${one.label} `, h("b", {}, typeof value === "number" ? this.options.text(value) : "–"));
    });
    this.readout.replaceChildren(...parts, h("span", {}, times!.length > 0 ? moment(times![place]! * 1e9) : ""));
  }

  // Room for the next step that has not been passed, so that one sees how near it is.
  // The second series has to fit in by itself: one that is far away must not press the first one flat.
  private range(plot: uPlot): [number, number] {
    const next = this.lines.filter((line) => !line.passed).sort((a, b) => b.at - a.at)[0];
    const all = [0, ...this.lines.filter((line) => line.passed).map((line) => line.at), ...(next ? [next.at] : [])];
    let [bottom, top] = reach(plot.data[1], Math.min(...all), Math.max(...all));
    const [lower, upper] = reach(plot.data[2], bottom, top);
    if (upper - lower <= 2.5 * (top - bottom)) [bottom, top] = [lower, upper];
    const room = (top - bottom || 1) * 0.06;
    return [bottom - room, top + room];
  }

  private draw_lines(plot: uPlot): void {
    const { ctx: context, bbox } = plot;
    const ratio = devicePixelRatio;
    context.save();
    context.font = `${11 * ratio}px ${getComputedStyle(document.body).fontFamily}`;
    context.lineWidth = 1.5 * ratio;
    context.textAlign = "right";
    context.textBaseline = "middle";
    const labels: { y: number; left: number }[] = [];
    for (const line of this.lines) {
      const y = plot.valToPos(line.at, "y", true);
      if (y < bbox.top || y > bbox.top + bbox.height) continue;
      context.strokeStyle = colour_of(line.passed ? "--alarm-ink" : "--loss");
      context.setLineDash(line.passed ? [] : [6 * ratio, 4 * ratio]);
      context.beginPath();
      context.moveTo(bbox.left, y);
      context.lineTo(bbox.left + bbox.width, y);
      context.stroke();
      const width = context.measureText(line.text).width + 8 * ratio;
      const near = labels.filter((label) => Math.abs(label.y - y) < 15 * ratio).map((label) => label.left);
      const right = Math.min(bbox.left + bbox.width, ...near) - 6 * ratio;
      labels.push({ y, left: right - width });
      context.fillStyle = colour_of("--panel");
      context.fillRect(right - width, y - 7 * ratio, width, 14 * ratio);
      context.fillStyle = colour_of(line.passed ? "--alarm-ink" : "--loss");
      context.fillText(line.text, right - 4 * ratio, y + ratio);
    }
    context.restore();
  }
}

// The least and the largest of a series, and of what is there already.
function reach(series: ArrayLike<number | null | undefined> | undefined, low: number, high: number): [number, number] {
  for (let k = 0; k < (series?.length ?? 0); ++k) {
    const value = series![k];
    if (value === null || value === undefined) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

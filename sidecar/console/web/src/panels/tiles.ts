// SPDX-License-Identifier: Apache-2.0
// The tiles of the heat map: where each symbol lies, and painting those whose looks have changed.
import { hierarchy, treemap, treemapResquarify, type HierarchyRectangularNode } from "d3-hierarchy";
import { shade_of, step_of, type Shade } from "../colour";

export interface Look {
  share: number; // -1..1 on the colour scale; NaN: not known
  text: string;
  breached: boolean;
}

interface Leaf {
  symbol: number; // index into hello.symbols
  size: number;
}
interface Node {
  name: string;
  children?: Node[];
  leaf?: Leaf;
}

export interface Tile {
  symbol: number;
  x: number;
  y: number;
  width: number;
  height: number;
  label: string;
  label_px: number;
  painted: string; // what it looks like now
}

export interface Ground {
  dark: boolean;
  back: string;
  line: string;
  muted: string;
  font: string;
}

const label_px = 11;
const small_px = 9;
const header_px = 16;

export class Tiles {
  tiles: Tile[] = [];
  tile_of = new Map<number, Tile>();
  private root: HierarchyRectangularNode<Node> | null = null;
  private hatch: CanvasPattern | null = null;
  private hatch_dark = false;

  // New symbols: everything is arranged anew, the largest sector and the largest symbols first.
  arrange(sectors: string[], sectors_of: number[], symbols: Int32Array, sizes: Float32Array): void {
    const groups = new Map<string, Node>();
    for (let row = 0; row < symbols.length; ++row) {
      const symbol = symbols[row]!;
      const name = sectors[sectors_of[symbol] ?? -1] ?? "no sector";
      const group = groups.get(name) ?? { name, children: [] };
      groups.set(name, group);
      group.children!.push({ name: "", leaf: { symbol, size: size_of(sizes[row]) } });
    }
    const root = hierarchy<Node>({ name: "", children: [...groups.values()] }).sum((node) => node.leaf?.size ?? 0)
      .sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
    this.root = root as HierarchyRectangularNode<Node>;
  }

  // New sizes: the arrangement stays, so that every symbol is found where it was.
  resize(size_of_symbol: (symbol: number) => number): void {
    this.root?.each((node) => {
      if (node.data.leaf) node.data.leaf.size = size_of_symbol(node.data.leaf.symbol);
    });
    this.root?.sum((node) => node.leaf?.size ?? 0);
  }

  place(width: number, height: number, symbols: string[], context: CanvasRenderingContext2D, ground: Ground): void {
    if (this.root === null) return;
    treemap<Node>().tile(treemapResquarify).size([width, height]).paddingOuter(1).paddingInner(1).round(true)
      .paddingTop((node) => (node.depth === 1 && node.y1 - node.y0 > 3 * header_px ? header_px : 1))(this.root);
    context.fillStyle = ground.back;
    context.fillRect(0, 0, width, height);
    this.tiles = [];
    this.tile_of = new Map();
    context.font = `600 ${label_px}px ${ground.font}`;
    for (const node of this.root.leaves()) {
      const leaf = node.data.leaf;
      if (leaf === undefined || leaf.size <= 0) continue;
      const tile: Tile = { symbol: leaf.symbol, x: node.x0, y: node.y0, width: node.x1 - node.x0, height: node.y1 - node.y0,
        label: "", label_px, painted: "" };
      const name = symbols[leaf.symbol] ?? "";
      if (tile.height >= 13 && tile.width >= 20) this.name_tile(context, tile, name);
      this.tiles.push(tile);
      this.tile_of.set(leaf.symbol, tile);
    }
    for (const group of this.root.children ?? []) this.paint_header(context, group, ground);
  }

  // Gives how many were painted.
  paint(context: CanvasRenderingContext2D, look_of: (symbol: number) => Look, ground: Ground): number {
    let painted = 0;
    for (const tile of this.tiles) {
      const look = look_of(tile.symbol);
      const known = Number.isFinite(look.share);
      const step = known ? step_of(look.share) : 0;
      const text = tile.label !== "" && tile.height >= 28 && tile.width >= 34 ? look.text : "";
      const mark = `${known ? step : "?"}${look.breached ? "!" : ""}${text}`;
      if (mark === tile.painted) continue;
      tile.painted = mark;
      this.paint_tile(context, tile, shade_of(step, ground.dark), text, look.breached, ground);
      ++painted;
    }
    return painted;
  }

  at(x: number, y: number): Tile | null {
    return this.tiles.find((t) => x >= t.x && x < t.x + t.width && y >= t.y && y < t.y + t.height) ?? null;
  }

  // The nearest tile in a direction, for the arrow keys.
  beside(from: Tile, right: number, down: number): Tile {
    const x = from.x + from.width / 2, y = from.y + from.height / 2;
    let best = from, least = Infinity;
    for (const tile of this.tiles) {
      const across = tile.x + tile.width / 2 - x, along = tile.y + tile.height / 2 - y;
      const ahead = across * right + along * down;
      if (tile === from || ahead <= 0) continue;
      const aside = Math.abs(across * down) + Math.abs(along * right);
      if (ahead + 2 * aside >= least) continue;
      least = ahead + 2 * aside;
      best = tile;
    }
    return best;
  }

  // The whole name, in smaller letters if need be; a stump of a long name, never of a short one.
  private name_tile(context: CanvasRenderingContext2D, tile: Tile, name: string): void {
    const room = tile.width - 5;
    tile.label = fitting(context, name, room);
    if (tile.label === name) return;
    tile.label_px = small_px;
    tile.label = fitting(context, name, (room * label_px) / small_px);
    if (tile.label !== name && tile.label.length < 6) tile.label = "";
  }

  private paint_tile(context: CanvasRenderingContext2D, tile: Tile, shade: Shade, text: string, breached: boolean,
    ground: Ground): void {
    context.fillStyle = shade.fill;
    context.fillRect(tile.x, tile.y, tile.width, tile.height);
    if (breached) this.paint_hatch(context, tile, ground);
    if (tile.label === "") return;
    context.fillStyle = shade.ink;
    context.font = `600 ${tile.label_px}px ${ground.font}`;
    context.fillText(tile.label, tile.x + 3, tile.y + label_px);
    if (text === "") return;
    context.font = `${label_px}px ${ground.font}`;
    context.fillText(text, tile.x + 3, tile.y + 2 * label_px + 2, tile.width - 6);
  }

  private paint_hatch(context: CanvasRenderingContext2D, tile: Tile, ground: Ground): void {
    if (this.hatch === null || this.hatch_dark !== ground.dark) {
      const pattern = document.createElement("canvas");
      pattern.width = pattern.height = 8;
      const lines = pattern.getContext("2d")!;
      lines.strokeStyle = ground.dark ? "rgb(255 255 255 / 45%)" : "rgb(0 0 0 / 38%)";
      lines.lineWidth = 1.5;
      for (const k of [-8, 0, 8]) {
        lines.moveTo(k, 8);
        lines.lineTo(k + 8, 0);
      }
      lines.stroke();
      this.hatch = context.createPattern(pattern, "repeat");
      this.hatch_dark = ground.dark;
    }
    context.fillStyle = this.hatch!;
    context.fillRect(tile.x, tile.label === "" ? tile.y : tile.y + label_px + 3, tile.width,
      tile.label === "" ? tile.height : Math.max(0, tile.height - label_px - 3));
    context.strokeStyle = ground.line;
    context.lineWidth = 2;
    context.strokeRect(tile.x + 1, tile.y + 1, tile.width - 2, tile.height - 2);
  }

  private paint_header(context: CanvasRenderingContext2D, group: HierarchyRectangularNode<Node>, ground: Ground): void {
    const width = group.x1 - group.x0;
    if (group.y1 - group.y0 <= 3 * header_px || width < 30) return;
    context.fillStyle = ground.muted;
    context.font = `600 ${label_px}px ${ground.font}`;
    context.fillText(fitting(context, group.data.name, width - 6), group.x0 + 3, group.y0 + 12);
  }
}

export function size_of(gross: number | undefined): number {
  return gross !== undefined && Number.isFinite(gross) && gross > 0 ? gross : 0;
}

// Measuring text is what costs most of an arrangement; there is one font, so each is measured once.
const widths = new Map<string, number>();
function width_of(context: CanvasRenderingContext2D, text: string): number {
  let width = widths.get(text);
  if (width === undefined) widths.set(text, (width = context.measureText(text).width));
  return width;
}

// As much of a name as there is room for.
function fitting(context: CanvasRenderingContext2D, name: string, room: number): string {
  if (width_of(context, name) <= room) return name;
  for (let length = Math.min(name.length - 1, 40); length >= 2; --length) {
    const short = `${name.slice(0, length)}…`;
    if (width_of(context, short) <= room) return short;
  }
  return "";
}

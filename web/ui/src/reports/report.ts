/** A report as the server tells it: cells are whole numbers, hundredths where they have decimals. */
import { yuan } from "../time/format";

export type Cell = string | number | null;
export type CellKind = "text" | "count" | "fen" | "percent" | "ratio";
export interface Column { field: string; title: string; kind: CellKind; query: string }
export interface Line { cells: Record<string, Cell>; level: number; which: Record<string, string> }
export interface ReportTable { word: string; title: string; columns: Column[]; lines: Line[]; bars: [string, string] | null; note: string }
export interface Report {
  name: string; title: string; period: string; period_title: string; reach: string; as_of: string; state: string; head_hash: string;
  rules: string[]; tables: ReportTable[]; sources: { query: string; words: string }[]; denominators: string[]; notes: string[]; hands: string[];
}
export interface ReportName { name: string; title: string; weeks: boolean }
export interface Bar { label: string; value: number; told: string; share: number }

export const HIDDEN = "＊";
const MOST_BARS = 16;

export function spoken(value: Cell, kind: CellKind): string {
  if (value === null) return "—";
  if (typeof value === "string") return value;
  if (kind === "count") return value.toLocaleString("en-US");
  return kind === "percent" ? `${yuan(value)} %` : yuan(value);
}

/** The parts of the first level by size; nothing where a single bar would say nothing. */
export function barsOf(table: ReportTable): Bar[] {
  if (!table.bars) return [];
  const [label, figure] = table.bars;
  const kind = table.columns.find((one) => one.field === figure)?.kind ?? "count";
  const parts = table.lines
    .filter((line) => line.level === 1 && typeof line.cells[figure] === "number")
    .map((line) => ({ label: String(line.cells[label]), value: line.cells[figure] as number }))
    .sort((a, b) => b.value - a.value);
  if (parts.length < 2) return [];
  const most = Math.max(1, ...parts.map((one) => one.value));
  return parts.slice(0, MOST_BARS).map((one) => ({ ...one, told: spoken(one.value, kind), share: (Math.max(0, one.value) / most) * 100 }));
}

/** "2026-W47" of a day, as ISO counts weeks. */
export function weekOf(on: string): string {
  const day = new Date(`${on}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + 4 - (day.getUTCDay() || 7));
  const first = Date.UTC(day.getUTCFullYear(), 0, 1);
  const week = Math.ceil(((day.getTime() - first) / 86_400_000 + 1) / 7);
  return `${day.getUTCFullYear()}-W${String(week).padStart(2, "0")}`;
}

/** The order grid: its rows, what is being looked for, and where the cursor stands. */
import { clock } from "../time/clock.svelte";
import { daysAfter } from "../time/format";
import { get } from "../wire/api";
import { Reading } from "../wire/reading.svelte";
import type { Grid, GridCell, GridRow, Serving } from "../wire/types";
import { day } from "./day.svelte";

export type Filter = "" | "not_yet" | "due";
export interface Column { on: string; serving: Serving; key: string }
export interface Spot { row: number; column: number }

export const PAGE = 60;
const DAYS = 7;
const WAIT_MS = 200;

class Sheet {
  reading = new Reading<Grid>();
  /** The first day shown when it is not today. */
  from = $state<string | null>(null);
  start = $derived(this.from ?? clock.today);
  q = $state("");
  /** What is shown answers an earlier search than the one that was typed. */
  looking = $state(false);
  filter = $state<Filter>("");
  offset = $state(0);
  cursor = $state<Spot>({ row: 0, column: 0 });
  anchor = $state<Spot>({ row: 0, column: 0 });

  /** Only what this station's kitchen serves, or what somebody has ordered all the same. */
  servings = $derived.by<Serving[]>(() => {
    const grid = this.reading.value;
    const served = new Set<string>((day.reading.value?.servings ?? []).map((one) => one.serving));
    for (const row of grid?.rows ?? []) for (const key of Object.keys(row.cells)) served.add(key.slice(11));
    return (grid?.servings ?? []).filter((one) => served.has(one));
  });

  columns = $derived.by<Column[]>(() => {
    const grid = this.reading.value;
    if (!grid) return [];
    return grid.days.flatMap((on) => this.servings.map((serving) => ({ on, serving, key: `${on}/${serving}` })));
  });

  rows = $derived.by<GridRow[]>(() => {
    const all = this.reading.value?.rows ?? [];
    const today = day.reading.value;
    if (!this.filter || !today) return all;
    const wanted = new Set(
      this.filter === "not_yet" ? today.not_yet : today.visits_due.map((one) => one.elder_id),
    );
    return all.filter((row) => wanted.has(row.elder.id));
  });

  total = $derived(this.filter ? this.rows.length : (this.reading.value?.total ?? this.rows.length));
  row = $derived(this.rows[this.cursor.row] ?? null);
  column = $derived(this.columns[this.cursor.column] ?? null);

  #waiting: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;

  async read(): Promise<void> {
    const turn = (this.#turn += 1);
    const all = this.filter !== "";
    const grid = await this.reading.read(() =>
      get<Grid>("/api/station/grid", {
        from: this.start, days: DAYS, q: this.q.trim(), limit: all ? 500 : PAGE, offset: all ? 0 : this.offset,
      }),
    );
    if (turn === this.#turn) this.looking = false;
    if (!grid) return;
    this.move(0, 0, false);
    void day.readMenus(grid.days);
  }

  /** Whoever looks for somebody means everybody: a list that was open is left. */
  find(q: string): void {
    this.q = q;
    this.looking = true;
    this.#turn += 1;
    this.offset = 0;
    if (q.trim()) this.filter = "";
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => void this.read(), WAIT_MS);
  }

  toggle(filter: Filter): void {
    this.filter = this.filter === filter ? "" : filter;
    this.q = "";
    this.offset = 0;
    clearTimeout(this.#waiting);
    this.place({ row: 0, column: 0 });
    void this.read();
  }

  /** One elder alone, and the cursor on one of their meals; whether the grid has it. */
  async stand(number: string, key: string): Promise<boolean> {
    [this.q, this.filter, this.offset, this.from] = [number, "", 0, null];
    clearTimeout(this.#waiting);
    await this.read();
    const column = this.columns.findIndex((one) => one.key === key);
    this.place({ row: 0, column: Math.max(0, column) });
    return column >= 0 && this.rows.length === 1;
  }

  turn(offset: number): void {
    this.offset = offset;
    this.place({ row: 0, column: this.cursor.column });
    void this.read();
  }

  shift(days: number): void {
    this.from = days ? daysAfter(this.start, days) : null;
    void this.read();
  }

  place(spot: Spot, extend = false): void {
    this.cursor = spot;
    if (!extend) this.anchor = spot;
  }

  move(rows: number, columns: number, extend: boolean): void {
    const within = (n: number, size: number) => Math.min(Math.max(n, 0), Math.max(0, size - 1));
    const row = within(this.cursor.row + rows, this.rows.length);
    const column = within(this.cursor.column + columns, this.columns.length);
    this.place({ row, column }, extend);
  }

  /** Everybody on the page, in the column where the cursor stands. */
  chooseAll(): void {
    this.anchor = { row: 0, column: this.cursor.column };
    this.cursor = { row: Math.max(0, this.rows.length - 1), column: this.cursor.column };
  }

  /** Below the cursor, then from the top: the next cell of this column that wants somebody. */
  next(wanting: (row: GridRow, column: Column) => boolean): void {
    const { column } = this;
    const from = this.cursor.row === this.anchor.row ? this.cursor.row + 1 : 0;
    if (!column) return;
    for (let step = 0; step < this.rows.length; step += 1) {
      const at = (from + step) % this.rows.length;
      const row = this.rows[at];
      if (row && wanting(row, column)) return this.place({ row: at, column: this.cursor.column });
    }
  }

  /** The chosen rectangle, inclusive. */
  chosen = $derived({
    top: Math.min(this.cursor.row, this.anchor.row),
    bottom: Math.max(this.cursor.row, this.anchor.row),
    left: Math.min(this.cursor.column, this.anchor.column),
    right: Math.max(this.cursor.column, this.anchor.column),
  });

  cell(row: number, column: number): GridCell | null {
    const key = this.columns[column]?.key;
    const cell = key ? this.rows[row]?.cells[key] : undefined;
    return cell && cell.state !== "cancelled" ? cell : null;
  }

  /** Shows a saved cell at once, before the grid is read again. */
  show(elderId: string, key: string, cell: GridCell | null): void {
    const grid = this.reading.value;
    if (!grid) return;
    const rows = grid.rows.map((row) => {
      if (row.elder.id !== elderId) return row;
      const { [key]: _, ...others } = row.cells;
      return { ...row, cells: cell ? { ...others, [key]: cell } : others };
    });
    this.reading.value = { ...grid, rows };
    // What was asked before this was saved would show the cell as it was.
    if (this.reading.asking) void this.read();
  }
}

export const sheet = new Sheet();

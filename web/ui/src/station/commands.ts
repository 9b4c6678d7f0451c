/** Carries out the grid's commands on the chosen cells. */
import type { Channel, GridRow } from "../wire/types";
import { t } from "../words/words.svelte";
import { daysAfter } from "../time/format";
import { day } from "./day.svelte";
import { deeds } from "./deeds.svelte";
import type { Command } from "./gridkeys";
import { sheet, type Column } from "./sheet.svelte";

type Copied = { code: string; channel: Channel } | null;
let copied: Copied[][] = [];

function* chosenCells(): Generator<[GridRow, Column]> {
  const { top, bottom, left, right } = sheet.chosen;
  for (let row = top; row <= bottom; row += 1)
    for (let column = left; column <= right; column += 1) {
      const [at, under] = [sheet.rows[row], sheet.columns[column]];
      if (at && under) yield [at, under];
    }
}

async function each(deed: (row: GridRow, column: Column) => Promise<Parameters<typeof deeds.remember>[0]>) {
  const done = [];
  for (const [row, column] of [...chosenCells()]) {
    done.push(...(await deed(row, column)));
    if (deeds.refused) break;
  }
  deeds.remember(done);
}

function put(row: GridRow, column: Column, what: Copied) {
  if (!what) return deeds.cancel(row, column);
  return what.code === "v" ? deeds.visit(row, column) : deeds.place(row, column, what.code, what.channel);
}

function copyChosen(): void {
  const { top, bottom, left, right } = sheet.chosen;
  copied = [];
  for (let row = top; row <= bottom; row += 1) {
    const line: Copied[] = [];
    for (let column = left; column <= right; column += 1) {
      const cell = sheet.cell(row, column);
      line.push(cell && { code: cell.code, channel: cell.channel });
    }
    copied.push(line);
  }
}

async function paste(): Promise<void> {
  if (!copied.length) return void (deeds.said = t("grid.no_copy"));
  const { top, left } = sheet.chosen;
  const done = [];
  for (const [down, line] of copied.entries())
    for (const [right, what] of line.entries()) {
      const [row, column] = [sheet.rows[top + down], sheet.columns[left + right]];
      if (row && column && !deeds.refused) done.push(...(await put(row, column, what)));
    }
  deeds.remember(done);
}

/** Every chosen cell becomes like the topmost of its column. */
function fillDown(): Promise<void> {
  const { top } = sheet.chosen;
  return each(async (row, column) => {
    if (row === sheet.rows[top]) return [];
    const first = sheet.cell(top, sheet.columns.indexOf(column));
    return put(row, column, first && { code: first.code, channel: first.channel });
  });
}

function asYesterday(): Promise<void> {
  return each(async (row, column) => {
    const before = row.cells[`${daysAfter(column.on, -1)}/${column.serving}`];
    if (!before || before.state === "cancelled") {
      deeds.said = t("grid.no_copy");
      return [];
    }
    return put(row, column, before);
  });
}

/** The same meal by another way; on an empty cell, the first meal by this way. */
function byChannel(channel: Channel): Promise<void> {
  return each(async (row, column) => {
    const code = row.cells[column.key]?.code ?? day.sitting(column.on, column.serving)?.menu[0]?.code;
    return code && code !== "v" ? deeds.place(row, column, code, channel) : [];
  });
}

function nthDish(nth: number): Promise<void> {
  return each(async (row, column) => {
    const code = day.sitting(column.on, column.serving)?.menu[nth]?.code;
    return deeds.place(row, column, code ?? "");
  });
}

export async function carryOut(command: Command): Promise<void> {
  deeds.clear();
  if (command.do === "move") sheet.move(command.rows, command.columns, command.extend);
  else if (command.do === "home") sheet.place({ row: sheet.cursor.row, column: 0 });
  else if (command.do === "end") sheet.place({ row: sheet.cursor.row, column: sheet.columns.length - 1 });
  else if (command.do === "dish") await nthDish(command.nth);
  else if (command.do === "channel") await byChannel(command.channel);
  else if (command.do === "none") await each((row, column) => deeds.cancel(row, column));
  else if (command.do === "visit") await each((row, column) => deeds.visit(row, column));
  else if (command.do === "copy") copyChosen();
  else if (command.do === "paste") await paste();
  else if (command.do === "fill") await fillDown();
  else if (command.do === "yesterday") await asYesterday();
  else if (command.do === "undo") await deeds.undo();
}

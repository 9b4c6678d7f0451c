/** Carries out the grid's commands on the chosen cells. */
import type { Channel, GridCell, GridRow } from "../wire/types";
import { t } from "../words/words.svelte";
import { daysAfter } from "../time/format";
import { against } from "./clash";
import { day } from "./day.svelte";
import { deeds } from "./deeds.svelte";
import type { Command } from "./gridkeys";
import { sheet, type Column } from "./sheet.svelte";

/** What a cell shall hold; null: nothing. Without a channel it keeps the elder's own. */
type What = { code: string; channel: Channel | null } | null;
interface Put { row: GridRow; column: Column; what: What }
let copied: What[][] = [];

const live = (row: GridRow, key: string): GridCell | null => {
  const cell = row.cells[key];
  return cell && cell.state !== "cancelled" ? cell : null;
};

function chosen(what: (row: GridRow, column: Column) => What | undefined): Put[] {
  const { top, bottom, left, right } = sheet.chosen;
  const puts: Put[] = [];
  for (let at = top; at <= bottom; at += 1)
    for (let under = left; under <= right; under += 1) {
      const [row, column] = [sheet.rows[at], sheet.columns[under]];
      const wanted = row && column ? what(row, column) : undefined;
      if (row && column && wanted !== undefined) puts.push({ row, column, what: wanted });
    }
  return puts;
}

function copyChosen(): void {
  const { top, bottom, left, right } = sheet.chosen;
  copied = [];
  for (let row = top; row <= bottom; row += 1) {
    const line: What[] = [];
    for (let column = left; column <= right; column += 1) line.push(sheet.cell(row, column));
    copied.push(line);
  }
}

function pasted(): Put[] {
  const { top, left } = sheet.chosen;
  return copied.flatMap((line, down) =>
    line.flatMap((what, right) => {
      const [row, column] = [sheet.rows[top + down], sheet.columns[left + right]];
      return row && column ? [{ row, column, what }] : [];
    }),
  );
}

/** Every chosen cell becomes like the topmost of its column. */
function filled(): Put[] {
  const { top } = sheet.chosen;
  return chosen((row, column) => (row === sheet.rows[top] ? undefined : sheet.cell(top, sheet.columns.indexOf(column))));
}

function asYesterday(): Put[] {
  return chosen((row, column) => live(row, `${daysAfter(column.on, -1)}/${column.serving}`) ?? undefined);
}

/** The same meal by another way; on an empty cell, the first meal by this way. */
function byChannel(channel: Channel): Put[] {
  return chosen((row, column) => {
    const code = live(row, column.key)?.code ?? day.sitting(column.on, column.serving)?.menu[0]?.code;
    return code && code !== "v" ? { code, channel } : undefined;
  });
}

function nthDish(nth: number): Put[] {
  return chosen((_, column) => ({ code: day.sitting(column.on, column.serving)?.menu[nth]?.code ?? "", channel: null }));
}

function changes({ row, column, what }: Put): boolean {
  const had = live(row, column.key);
  if (!had || had.code === "v") return false;
  return what === null || had.code !== what.code || (what.channel !== null && what.channel !== had.channel);
}

/** What would be refused anyway is marked and left out when many are ordered at once. */
function unfit({ row, column, what }: Put): boolean {
  if (!what || what.code === "v") return false;
  const dish = day.dish(column.on, column.serving, what.code);
  return row.paused.includes(column.on) || (dish !== null && against(row, dish) !== "");
}

function put({ row, column, what }: Put) {
  if (!what) return deeds.cancel(row, column);
  return what.code === "v" ? deeds.visit(row, column) : deeds.place(row, column, what.code, what.channel);
}

/** Many at once: what they replace is told first, and done when the same key comes again. */
async function run(puts: Put[], command: Command): Promise<void> {
  if (!puts.length) return void (deeds.said = t("grid.no_copy"));
  const many = puts.length > 1;
  const replaced = many ? puts.filter(changes) : [];
  const asked = JSON.stringify([command, sheet.chosen]);
  if (replaced.length && deeds.asked !== asked)
    return deeds.ask(asked, replaced.map((one) => `${one.row.elder.name} ${live(one.row, one.column.key)?.code ?? ""}`));
  const done = [];
  let left = 0;
  for (const one of puts) {
    if (many && unfit(one)) {
      deeds.leave(one.row, one.column);
      left += 1;
      continue;
    }
    done.push(...(await put(one)));
    if (deeds.refused) left += 1;
    if (deeds.refused && (!many || deeds.refused.code === "offline")) break;
  }
  deeds.remember(done);
  if (many) deeds.sum(done.filter((one) => one.was === "placed").length, left);
}

export async function carryOut(command: Command): Promise<void> {
  const asked = deeds.asked;
  deeds.clear();
  if (command.do === "move") sheet.move(command.rows, command.columns, command.extend);
  else if (command.do === "home") sheet.place({ row: sheet.cursor.row, column: 0 });
  else if (command.do === "end") sheet.place({ row: sheet.cursor.row, column: sheet.columns.length - 1 });
  else if (command.do === "all") sheet.chooseAll();
  else if (command.do === "next") sheet.next((row, column) => wanting(row, column));
  else if (command.do === "copy") copyChosen();
  else if (command.do === "undo") await deeds.undo();
  else if (command.do !== "find" && command.do !== "plan") {
    deeds.asked = asked;
    await run(putsOf(command), command);
  }
}

function putsOf(command: Command): Put[] {
  if (command.do === "dish") return nthDish(command.nth);
  if (command.do === "channel") return byChannel(command.channel);
  if (command.do === "visit") return chosen(() => ({ code: "v", channel: "visit" }));
  if (command.do === "paste") return pasted();
  if (command.do === "fill") return filled();
  if (command.do === "yesterday") return asYesterday();
  return chosen((row, column) => (live(row, column.key) ? null : undefined));
}

/** Somebody has to look at this cell: it was refused, or they usually come and have nothing yet. */
export function wanting(row: GridRow, column: Column): boolean {
  if (deeds.marks[`${row.elder.id} ${column.key}`] === "refused") return true;
  return usuallyComes(row, column) && !live(row, column.key);
}

/** By their plan, or by habit: at lunch, and at other meals if they have one of these days. */
export function usuallyComes(row: GridRow, column: Column): boolean {
  if (row.paused.includes(column.on) || !day.sitting(column.on, column.serving)) return false;
  if (column.key in row.usual) return true;
  const usual = row.elder.usual_channel;
  if (usual === null || usual === "visit") return false;
  return column.serving === "lunch" || Object.keys(row.cells).some((key) => key.endsWith(`/${column.serving}`));
}

/** What is done on the grid, cell by cell: order, cancel, copy, fill, undo. */
import { post } from "../wire/api";
import { asRefused, type Refused } from "../wire/refused";
import type { Channel, GridRow, NewOrder, OrderRow } from "../wire/types";
import { named, t } from "../words/words.svelte";
import { day } from "./day.svelte";
import { sheet, type Column } from "./sheet.svelte";

type Mark = "saving" | "saved" | "refused";
type Done = { order: string; was: "placed" | "cancelled"; elder: string; key: string };
interface Waiting { row: GridRow; column: Column; order: NewOrder }

const FADES_MS = 2500;
const SERVICES: Record<Exclude<Channel, "visit">, string> = {
  delivery: "MEAL_DELIVERY", pickup: "MEAL_PICKUP", proxy: "MEAL_PICKUP", dine_in: "MEAL_DINEIN",
};

class Deeds {
  marks = $state<Record<string, Mark>>({});
  said = $state("");
  refused = $state.raw<Refused | null>(null);
  /** The order that the server refused, should the person give a reason for it. */
  waiting = $state.raw<Waiting | null>(null);
  warning = $state("");
  /** What was asked once and waits for the same key again. */
  asked = $state("");

  #done: Done[][] = [];

  async place(row: GridRow, column: Column, code: string, channel: Channel | null = null): Promise<Done[]> {
    const dish = day.dish(column.on, column.serving, code);
    if (!dish) return this.#say(t("grid.no_dish"));
    const had = row.cells[column.key];
    const live = had && had.state !== "cancelled" ? had : null;
    const usual = row.elder.usual_channel === "visit" ? null : row.elder.usual_channel;
    const by = channel ?? (live && live.channel !== "visit" ? live.channel : null) ?? usual ?? "pickup";
    if (live?.code === code && live.channel === by) return [];
    const order = this.#order(row, column, SERVICES[by as Exclude<Channel, "visit">], by, dish.id);
    const freed = live ? await this.cancel(row, column) : [];
    if (live && !freed.length) return [];
    const placed = await this.#send({ row, column, order });
    if (!placed.length && freed.length) await this.#turnBack(freed);
    return placed.length ? [...freed, ...placed] : [];
  }

  visit(row: GridRow, column: Column): Promise<Done[]> {
    return this.#send({ row, column, order: this.#order(row, column, "VISIT_HOME", "visit", null) });
  }

  async cancel(row: GridRow, column: Column): Promise<Done[]> {
    const cell = row.cells[column.key];
    if (!cell || cell.state === "cancelled") return [];
    return this.#mark(row, column, async () => {
      await post<OrderRow>(`/api/orders/${cell.order_id}/cancel`, { reason: "by_elder" });
      sheet.show(row.elder.id, column.key, null);
      this.said = t("grid.cancelled", this.#blanks(row, column));
      return { order: cell.order_id, was: "cancelled" as const, elder: row.elder.id, key: column.key };
    });
  }

  async withReason(reason: string): Promise<void> {
    const waiting = this.waiting;
    const rule = this.refused?.code;
    if (!waiting || !rule) return;
    this.remember(await this.#send({ ...waiting, order: { ...waiting.order, override: { rule, reason } } }));
  }

  remember(done: Done[]): void {
    if (done.length) this.#done.push(done);
  }

  async undo(): Promise<void> {
    const last = this.#done.pop();
    if (!last) return void this.#say(t("grid.nothing_to_undo"));
    await this.#turnBack(last);
    this.said = t("grid.undone", { what: this.#whatOf(last) });
    await sheet.read();
  }

  /** What was taken back; of several the first, and how many. */
  #whatOf(done: Done[]): string {
    const first = done[done.length - 1];
    const row = sheet.rows.find((one) => one.elder.id === first?.elder);
    const column = sheet.columns.find((one) => one.key === first?.key);
    if (!first || !row || !column) return t("grid.undone_some", { n: done.length });
    const what = t(first.was === "placed" ? "grid.undone_order" : "grid.undone_cancel", this.#blanks(row, column));
    const others = new Set(done.map((one) => `${one.elder} ${one.key}`)).size;
    return others > 1 ? t("grid.undone_many", { n: others, what }) : what;
  }

  /** Tells whose orders a deed would replace; nothing is done yet. */
  ask(what: string, whose: string[]): void {
    this.asked = what;
    const some = whose.slice(0, 6).join("、") + (whose.length > 6 ? " …" : "");
    this.warning = t("grid.will_replace", { n: whose.length, whose: some });
  }

  /** Marks a cell that was left out, so that somebody looks at it. */
  leave(row: GridRow, column: Column): void {
    this.marks[`${row.elder.id} ${column.key}`] = "refused";
  }

  sum(placed: number, left: number): void {
    this.clear();
    this.said = placed ? t("grid.placed_many", { n: placed }) : "";
    this.warning = left ? t("grid.left_out", { n: left }) : "";
  }

  clear(): void {
    this.asked = "";
    this.refused = null;
    this.waiting = null;
    this.warning = "";
  }

  async #turnBack(done: Done[]): Promise<void> {
    for (const one of [...done].reverse()) {
      try {
        if (one.was === "placed") await post(`/api/orders/${one.order}/cancel`, { reason: "undone" });
        else await post(`/api/orders/${one.order}/undo-cancel`, {});
      } catch (reason) {
        this.refused = asRefused(reason);
      }
    }
  }

  #send(waiting: Waiting): Promise<Done[]> {
    const { row, column, order } = waiting;
    return this.#mark(row, column, async () => {
      this.waiting = waiting;
      const saved = await post<OrderRow>("/api/orders", order);
      this.waiting = null;
      const code = saved.channel === "visit" ? "v" : (saved.code ?? "•");
      const paid = saved.paid_fen > 0;
      sheet.show(row.elder.id, column.key, { order_id: saved.id, code, channel: saved.channel, state: saved.state, paid });
      this.warning = saved.warning ?? "";
      const blanks = { ...this.#blanks(row, column), dish: `${code} ${saved.dish ?? ""}`.trim() };
      const word = order.channel === "visit" ? "grid.visit_placed" : "grid.placed";
      this.said = t(word, { ...blanks, channel: named("channel", saved.channel) });
      return { order: saved.id, was: "placed" as const, elder: row.elder.id, key: column.key };
    });
  }

  async #mark(row: GridRow, column: Column, deed: () => Promise<Done>): Promise<Done[]> {
    const spot = `${row.elder.id} ${column.key}`;
    this.clear();
    this.marks[spot] = "saving";
    try {
      const done = await deed();
      this.marks[spot] = "saved";
      setTimeout(() => {
        if (this.marks[spot] === "saved") delete this.marks[spot];
      }, FADES_MS);
      return [done];
    } catch (reason) {
      this.marks[spot] = "refused";
      this.said = "";
      this.refused = asRefused(reason);
      return [];
    }
  }

  #order(row: GridRow, column: Column, service: string, channel: Channel, dish: string | null): NewOrder {
    return {
      elder_id: row.elder.id, service, channel, serve_on: column.on, serving: column.serving,
      menu_item_id: dish, source: "phone", collected_by: null, window: null, note: null, override: null,
    };
  }

  #blanks(row: GridRow, column: Column): Record<string, string> {
    return { name: row.elder.name, on: column.on.slice(5), serving: named("serving", column.serving) };
  }

  #say(words: string): Done[] {
    this.said = "";
    this.warning = words;
    return [];
  }
}

export const deeds = new Deeds();

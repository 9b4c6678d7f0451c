/** The month as the office reads it. */
import { clock } from "../time/clock.svelte";
import { get } from "../wire/api";
import type { PromiseStatus, Usage, UsageRow } from "../wire/board";
import { Reading } from "../wire/reading.svelte";
import { session } from "../wire/session.svelte";
import { groupRows, type Part } from "./grouping";

export interface Drill { station_id: string; channel: string; category: string; words: string }

class Ledger {
  #chosen = $state<string | null>(null);
  month = $derived(this.#chosen ?? clock.today.slice(0, 7));
  usage = new Reading<Usage>();
  promises = new Reading<PromiseStatus[]>();
  by = $state<Part[]>(["station", "channel", "category"]);
  drill = $state.raw<Drill | null>(null);
  /** The promises are read over the whole district; a street's officer is not asked to look. */
  get district(): boolean {
    return session.me?.role === "district";
  }
  rows = $derived<UsageRow[]>(groupRows(this.usage.value?.rows ?? [], this.by));

  async read(): Promise<void> {
    await Promise.all([
      this.usage.read(() => get<Usage>("/api/office/usage", { month: this.month })),
      this.district ? this.promises.read(() => get<PromiseStatus[]>("/api/office/promises")) : null,
    ]);
  }

  turn(month: string): void {
    if (!/^\d{4}-\d{2}$/.test(month)) return;
    this.#chosen = month;
    this.drill = null;
  }

  toggle(part: Part): void {
    const on = this.by.includes(part);
    const order: Part[] = ["station", "channel", "category"];
    const next = order.filter((one) => (one === part ? !on : this.by.includes(one)));
    if (next.length) this.by = next;
  }
}

export const ledger = new Ledger();

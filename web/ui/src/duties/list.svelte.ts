/** The list of 「该看谁」: what was read, who is chosen, and what is done for them. */
import { get, post } from "../wire/api";
import { Deed } from "../wire/deed.svelte";
import type { DutyElder, DutyLine, StationDuties } from "../wire/duties";
import { Reading } from "../wire/reading.svelte";
import type { OrderRow } from "../wire/types";
import { t } from "../words/words.svelte";

export type Form = "call" | "refer";
const OVER = new Set(["done", "failed", "cancelled"]);

/** An order stands for it and is not over. */
export function isArranged(duty: DutyLine): boolean {
  return duty.order_id !== null && !OVER.has(duty.order_state ?? "");
}

/** Something can be ordered for it, and nothing is. */
export function canOrder(duty: DutyLine): boolean {
  return duty.service !== null && duty.state !== "done" && !duty.paused && !isArranged(duty);
}

/** What the key orders: the most urgent duty that wants something, else the visit. */
export function toOrder(row: DutyElder): DutyLine | null {
  const wanting = row.duties.filter(canOrder);
  const pressing = wanting.find((one) => one.state === "overdue" || one.state === "at_risk");
  return pressing ?? wanting.find((one) => one.service === "VISIT_HOME") ?? null;
}

class List extends Deed {
  reading = new Reading<StationDuties>();
  everyone = $state(false);
  chosen = $state<string | null>(null);
  form = $state<Form | null>(null);
  said = $state("");

  read(): Promise<StationDuties | null> {
    return this.reading.read(() => get<StationDuties>("/api/duties", { everyone: this.everyone }));
  }

  choose(id: string, form: Form | null = null): void {
    if (this.chosen !== id) this.refused = null;
    this.chosen = id;
    this.form = form;
  }

  order(row: DutyElder, duty: DutyLine): Promise<boolean> {
    return this.do(async () => {
      const made = await post<OrderRow>("/api/duties/order", { elder_id: row.elder.id, duty: duty.duty });
      return t("duties.said_ordered", { name: row.elder.name, on: made.serve_on.slice(5) });
    });
  }

  /** A deed, its words, and the list as it is afterwards. */
  do(deed: () => Promise<string>): Promise<boolean> {
    return this.run(async () => {
      this.said = await deed();
      this.form = null;
      await this.read();
    });
  }
}

export const list = new List();

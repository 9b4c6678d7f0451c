/** The counter's present person: found, served, billed, paid. */
import { get, post } from "../wire/api";
import { Reading } from "../wire/reading.svelte";
import { asRefused, type Refused } from "../wire/refused";
import type { Bill, Counter, Found, Identity, MenuItem, OrderRow, PayMethod, Serving } from "../wire/types";
import { asked } from "./asked";

export interface Collector { kind: "self" | "registered_proxy" | "other"; name: string | null }
export interface Paid { id: string; method: PayMethod; fen: number; refunded: boolean }

class Till {
  counter = new Reading<Counter>();
  bill = new Reading<Bill>();
  typed = $state("");
  found = $state.raw<Found[] | null>(null);
  picked = $state.raw<Found | null>(null);
  identity = $state<Identity>("staff_visual");
  collector = $state<Collector>({ kind: "self", name: null });
  paid = $state<Paid[]>([]);
  refused = $state.raw<Refused | null>(null);
  busy = $state(false);
  /** Orders that this page served, so that the card can say so at once. */
  servedNow = $state<Record<string, true>>({});

  #on = "";
  #serving: Serving | null = null;

  read(on: string, serving: Serving): Promise<Counter | null> {
    if (on !== this.#on || serving !== this.#serving) this.clear();
    this.#on = on;
    this.#serving = serving;
    return this.counter.read(() => get<Counter>("/api/counter", { on, serving }));
  }

  async #again(): Promise<void> {
    if (this.#serving) await this.read(this.#on, this.#serving);
  }

  async find(): Promise<void> {
    const what = asked(this.typed);
    if (!what) return;
    await this.#doing(async () => {
      const found = await post<Found[]>("/api/counter/find", { ...what.body, on: this.#on, serving: this.#serving });
      this.found = found;
      this.identity = what.identity;
      const only = found.length === 1 ? found[0] : null;
      if (only) this.pick(only, what.identity);
      else this.picked = null;
    });
  }

  pick(one: Found, identity: Identity = this.identity): void {
    this.picked = one;
    this.identity = identity;
    // What was typed has found its person: the next Enter serves, it does not look again.
    this.typed = "";
    const byProxy = one.order?.channel === "proxy";
    this.collector = { kind: byProxy ? "registered_proxy" : "self", name: null };
    this.paid = [];
    this.refused = null;
    void this.#readBill();
  }

  async serve(): Promise<void> {
    const order = this.picked?.order;
    if (!order) return;
    await this.#doing(async () => {
      const body = { order_id: order.id, identity: this.identity, collected_by: { ...this.collector } };
      this.#took(await post<OrderRow>("/api/counter/serve", body));
    });
  }

  async walkIn(dish: MenuItem): Promise<void> {
    const [elder, sitting] = [this.picked?.elder, this.counter.value?.sitting];
    if (!elder || !sitting) return;
    await this.#doing(async () => {
      const body = {
        elder_id: elder.id, sitting_id: sitting.sitting_id, menu_item_id: dish.id,
        identity: this.identity, pay: null,
      };
      this.#took(await post<OrderRow>("/api/counter/walk-in", body));
    });
  }

  async pay(method: PayMethod, fen: number): Promise<void> {
    const order = this.picked?.order;
    if (!order || fen <= 0) return;
    await this.#doing(async () => {
      const done = await post<{ payment_id: string; order: OrderRow }>(`/api/orders/${order.id}/pay`, { method, fen });
      this.paid = [...this.paid, { id: done.payment_id, method, fen, refunded: false }];
      this.#show(done.order);
      await Promise.all([this.#readBill(), this.#again()]);
    });
  }

  async refund(payment: Paid, reason: string): Promise<void> {
    await this.#doing(async () => {
      const done = await post<{ order: OrderRow }>(`/api/payments/${payment.id}/refund`, { reason });
      this.paid = this.paid.map((one) => (one.id === payment.id ? { ...one, refunded: true } : one));
      this.#show(done.order);
      await Promise.all([this.#readBill(), this.#again()]);
    });
  }

  async close(): Promise<number | null> {
    const sitting = this.counter.value?.sitting;
    if (!sitting) return null;
    let missing: number | null = null;
    await this.#doing(async () => {
      const closed = await post<{ no_show: OrderRow[] }>(`/api/sittings/${sitting.sitting_id}/close`, {});
      missing = closed.no_show.length;
      await this.#again();
    });
    return missing;
  }

  clear(): void {
    this.typed = "";
    this.found = null;
    this.picked = null;
    this.paid = [];
    this.refused = null;
    this.bill.forget();
  }

  #took(order: OrderRow): void {
    this.servedNow[order.id] = true;
    this.#show(order);
    this.typed = "";
    void this.#readBill();
    void this.#again();
  }

  #show(order: OrderRow): void {
    if (this.picked) this.picked = { ...this.picked, order };
  }

  async #readBill(): Promise<void> {
    const order = this.picked?.order;
    this.bill.forget();
    if (order) await this.bill.read(() => get<Bill>(`/api/orders/${order.id}/bill`));
  }

  async #doing(deed: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.refused = null;
    try {
      await deed();
    } catch (reason) {
      this.refused = asRefused(reason);
    } finally {
      this.busy = false;
    }
  }
}

export const till = new Till();

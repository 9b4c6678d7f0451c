/** The counter's present person: found, served, paid. Each deed is written down before it is said. */
import { seal, unseal } from "../shelf/vault";
import { get, post } from "../wire/api";
import { Reading } from "../wire/reading.svelte";
import { asRefused, Refused } from "../wire/refused";
import { session } from "../wire/session.svelte";
import type { Draft } from "../shelf/recorder";
import type { CollectorKind, TillDeed, TillPeople, TillPerson, WalkInDish } from "../wire/till";
import type { Bill, Counter, Found, Identity, OrderRow, OrderStory, PayMethod, Purse, Serving } from "../wire/types";
import { asked } from "./asked";
import { fold, paidOff, takenFor, walkedIn } from "./fold";
import { expectedFirst, look, near, notCome } from "./looking";
import { tray, type Outcome } from "./tray.svelte";

export interface Paid { id: string; method: PayMethod; fen: number; refunded: boolean }
interface Money { method: PayMethod; fen: number }
interface Kept<T> { on: string; serving: Serving; value: T; readAt: number }

class Till {
  counter = new Reading<Counter>();
  people = new Reading<TillPeople>();
  typed = $state("");
  found = $state.raw<Found[] | null>(null);
  picked = $state.raw<Found | null>(null);
  /** The dish that a walk-in asked for; otherwise the first that suits. */
  chosen = $state<string | null>(null);
  identity = $state<Identity>("staff_visual");
  collector = $state<CollectorKind>("self");
  proxy = $state<string | null>(null);
  paid = $state<Paid[]>([]);
  refused = $state.raw<Refused | null>(null);
  busy = $state(false);
  /** What others pay is being written down. */
  parts = $state(false);
  /** What the elder has in custody, where points keep such money and the server could be asked. */
  purse = $state.raw<Purse | null>(null);
  /** What the last deed of this person came to: done here, by the server, or for a person to look at. */
  said = $state.raw<Exclude<Outcome["result"], "refused"> | null>(null);

  /** The server's list with what is written down here. */
  seen = $derived(this.counter.value ? fold(this.counter.value, tray.kept) : null);
  /** Whom the name being typed may mean, before anybody pressed Enter. */
  near = $derived(near(this.typed, this.people.value, this.seen));
  person = $derived<TillPerson | null>(
    this.people.value?.people.find((one) => one.elder.id === this.picked?.elder.id) ?? null,
  );
  dish = $derived.by<WalkInDish | null>(() => {
    if (!this.picked || this.picked.order) return null;
    const fitting = this.person?.dishes.filter((dish) => dish.safe && !dish.clashes.length) ?? [];
    return fitting.find((dish) => dish.menu_item_id === this.chosen) ?? fitting[0] ?? null;
  });
  /** What is to be paid now: of the order, or of the dish that a walk-in chose. */
  due = $derived(this.picked?.order ? (this.picked.bill?.due_fen ?? 0) : (this.dish?.due_fen ?? 0));
  /** The meal can be handed over now. */
  open = $derived.by(() => {
    const order = this.picked?.order;
    if (!order) return this.picked !== null && this.dish !== null && this.said === null;
    return notCome(order);
  });

  #current: Promise<void> = Promise.resolve();
  #on = "";
  #serving: Serving | null = null;

  async read(on: string, serving: Serving): Promise<void> {
    const fresh = on !== this.#on || serving !== this.#serving;
    if (fresh) this.clear();
    this.#on = on;
    this.#serving = serving;
    await this.#kept("counter", this.counter, () => get<Counter>("/api/counter", { on, serving }));
    if (fresh || !this.people.value || this.people.stale) await this.readPeople();
  }

  /** Everybody who may come: read when the page opens, and now and then. */
  async readPeople(): Promise<void> {
    const asking = { on: this.#on, serving: this.#serving };
    if (this.#serving) await this.#kept("people", this.people, () => get<TillPeople>("/api/counter/people", asking));
  }

  /** Sealed when it was read; without a network what was sealed for this serving is shown. */
  async #kept<T>(name: string, reading: Reading<T>, ask: () => Promise<T>): Promise<void> {
    const [on, serving] = [this.#on, this.#serving as Serving];
    const fresh = await reading.read(ask);
    const shelf = await tray.shelf();
    const status = reading.refused?.status ?? null;
    if (fresh) tray.online = true;
    else if (status === 0 || (status ?? 0) >= 500) tray.online = false;
    if (fresh) return seal(shelf, name, { on, serving, value: fresh, readAt: reading.readAt } satisfies Kept<T>);
    if (reading.value) return;
    const kept = await unseal<Kept<T>>(shelf, name);
    if (kept && kept.on === on && kept.serving === serving && !reading.value) {
      reading.value = kept.value;
      reading.readAt = kept.readAt;
    }
  }

  async again(): Promise<void> {
    if (this.#serving) await this.read(this.#on, this.#serving);
  }

  async find(): Promise<void> {
    const text = this.typed;
    const what = asked(text);
    if (!what) return;
    // The next card may be read while the last deed is still on its way.
    this.typed = "";
    tray.settle();
    await this.#current;
    await this.#doing(async () => {
      const here = this.people.value ? await look(what, this.people.value, this.seen) : null;
      const found = here?.length || !tray.online ? (here ?? []) : await this.#askWho(what.body);
      this.found = expectedFirst(found);
      this.identity = what.identity;
      const only = found.length === 1 ? found[0] : null;
      const next = this.typed; // a card read meanwhile keeps its first digits
      if (only) this.pick(only, what.identity);
      else this.picked = null;
      this.typed = next;
      if (!found.length && !this.typed) this.typed = text;
    });
  }

  #askWho(body: object): Promise<Found[]> {
    return post<Found[]>("/api/counter/find", { ...body, on: this.#on, serving: this.#serving });
  }

  pick(one: Found, identity: Identity = this.identity): void {
    tray.settle();
    this.typed = "";
    this.found = [one];
    this.picked = this.#withoutOrder(one);
    this.identity = identity;
    const person = this.people.value?.people.find((it) => it.elder.id === one.elder.id);
    this.collector = one.order?.channel === "proxy" ? "registered_proxy" : "self";
    this.proxy = this.collector === "self" ? null : (person?.proxies[0]?.id ?? null);
    this.chosen = null;
    this.paid = [];
    this.refused = null;
    this.parts = false;
    void this.#readPurse(one.elder.id);
    if (one.order?.state === "done" && (one.order.paid || one.order.paid_fen > 0)) void this.#readPaid(one.order.id);
  }

  /** Somebody who walked in while the server could not be told has eaten all the same. */
  #withoutOrder(one: Found): Found {
    const here = one.order ? null : walkedIn(tray.kept, one.elder.id, this.counter.value?.sitting?.sitting_id);
    this.said = here ? "later" : null;
    return one;
  }

  /** Hands the meal over, with its money where somebody pays. */
  async serve(paying: Money | null = null): Promise<void> {
    const { order, elder } = this.picked ?? {};
    const money = paying ?? this.#nothing();
    const sitting = this.counter.value?.sitting;
    if (!elder || !this.open) return;
    if (order) return this.#record({ ...this.#draft("serve", money), order_id: order.id });
    if (!sitting || !this.dish) return;
    await this.#record({
      ...this.#draft("walk_in", money), elder_id: elder.id, sitting_id: sitting.sitting_id,
      menu_item_id: this.dish.menu_item_id,
    });
  }

  /** Takes money; whoever pays and has not eaten gets the meal in the same deed. */
  async pay(method: PayMethod, fen: number): Promise<void> {
    const order = this.picked?.order;
    if (this.open) return this.serve({ method, fen });
    if (order) await this.#record({ ...this.#draft("pay", { method, fen }), order_id: order.id });
  }

  /** Where others pay all of it, the elder's part is settled with the meal: nothing, and so told. */
  #nothing(): Money | null {
    const { order, bill } = this.picked ?? {};
    const told = order ? bill !== null && !order.paid : this.dish !== null;
    return told && this.due === 0 ? { method: "cash", fen: 0 } : null;
  }

  #draft(kind: TillDeed["kind"], money: Money | null): Draft<TillDeed> {
    return {
      kind, order_id: null, elder_id: null, sitting_id: null, menu_item_id: null, identity: this.identity,
      collector: this.collector, proxy_id: this.collector === "registered_proxy" ? this.proxy : null,
      method: money?.method ?? null, fen: money?.fen ?? null,
    };
  }

  async #record(draft: Draft<TillDeed>): Promise<void> {
    await this.#doing(async () => {
      const who = this.picked;
      const outcome = await tray.record(draft);
      if (this.picked !== who || !who) return;
      if (outcome.result === "refused") {
        this.refused = new Refused(409, outcome.answer.code ?? "", outcome.answer.detail, "no");
        return;
      }
      this.said = outcome.result;
      this.#show(who, draft, outcome);
    });
  }

  #show(who: Found, draft: Draft<TillDeed>, outcome: Outcome): void {
    const told = outcome.result === "later" ? null : outcome.answer;
    const done = { ...(draft.kind === "pay" ? {} : { state: "done" as const }), ...(draft.fen === null ? {} : { paid: true }) };
    const order: OrderRow | null = told?.order ?? (who.order ? { ...who.order, ...done } : null);
    const bill: Bill | null = who.bill && paidOff(who.bill, draft.fen);
    this.picked = { ...who, order, bill };
    if (told?.payment_id && draft.method && draft.fen)
      this.paid = [...this.paid, { id: told.payment_id, method: draft.method, fen: draft.fen, refunded: false }];
    if (order && !who.bill) void this.#readBill(order.id);
    if (draft.method === "stored") void this.#readPurse(who.elder.id);
  }

  async refund(payment: Paid, reason: string): Promise<void> {
    await this.#doing(async () => {
      const done = await post<{ order: OrderRow }>(`/api/payments/${payment.id}/refund`, { reason });
      this.paid = this.paid.map((one) => (one.id === payment.id ? { ...one, refunded: true } : one));
      if (this.picked) this.picked = { ...this.picked, order: done.order };
      await Promise.all([this.#readBill(done.order.id), this.#readPurse(done.order.elder_id), this.again()]);
    });
  }

  async close(): Promise<number | null> {
    const sitting = this.counter.value?.sitting;
    if (!sitting) return null;
    let missing: number | null = null;
    await this.#doing(async () => {
      const closed = await post<{ no_show: OrderRow[] }>(`/api/sittings/${sitting.sitting_id}/close`, {});
      missing = closed.no_show.length;
      await this.again();
    });
    return missing;
  }

  /** A deed of the station that needs the server: numbers, left-over portions. */
  async tell(path: string, body: object): Promise<boolean> {
    let done = false;
    await this.#doing(async () => {
      await post(path, body);
      await this.again();
      done = true;
    });
    return done;
  }

  clear(): void {
    tray.settle();
    this.typed = "";
    this.found = null;
    this.picked = null;
    this.chosen = null;
    this.paid = [];
    this.said = null;
    this.refused = null;
    this.parts = false;
    this.purse = null;
  }

  /** The bill as the server has it, now that what others pay stands on it. */
  told(bill: Bill): void {
    if (this.picked) this.picked = { ...this.picked, bill };
    this.parts = false;
    void this.again();
  }

  async #readPurse(elder: string): Promise<void> {
    this.purse = null;
    if (!session.me?.stored_value || !tray.online) return;
    const purse = await get<Purse>(`/api/elders/${elder}/purse`).catch(() => null);
    if (this.picked?.elder.id === elder) this.purse = purse;
  }

  async #readBill(order: string): Promise<void> {
    const bill = await get<Bill>(`/api/orders/${order}/bill`).catch(() => null);
    if (bill && this.picked?.order?.id === order) this.picked = { ...this.picked, bill };
  }

  /** What was paid before, so that it can be given back. */
  async #readPaid(order: string): Promise<void> {
    const story = await get<OrderStory>(`/api/orders/${order}`).catch(() => null);
    if (!story || this.picked?.order?.id !== order || this.paid.length) return;
    this.paid = takenFor(story);
  }

  /** One deed at a time: a second tap on the same button is none. */
  #doing(deed: () => Promise<void>): Promise<void> {
    if (this.busy) return Promise.resolve();
    this.busy = true;
    this.refused = null;
    this.#current = deed()
      .catch((reason: unknown) => void (this.refused = asRefused(reason)))
      .finally(() => (this.busy = false));
    return this.#current;
  }
}

export const till = new Till();

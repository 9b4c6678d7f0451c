/** Writes events down before anybody says 已记录, each tied to the one before. */
import { newId } from "../wire/keys";
import { alone } from "./alone";
import { canonical, sha256 } from "./hash";
import { fact, type Envelope, type KeptEvent, type KeptState, type Shelf, type ShutEvent } from "./shelf";
import { asBytes, asValue, opened, shut } from "./vault";

export type Draft<E extends Envelope> = Omit<E, keyof Envelope>;
/** What the server made of one event. */
export interface Answered { id: string; state: KeptState; reason: string | null; grade: string | null }
type Tail = { seq: number; hash: string };
type Times = { wall_ms: number; mono_ms: number; at_ms: number };

export const UNDO_MS = 10_000;
export const BATCH = 100;
const KEPT_DAYS_MS = 36 * 3_600_000;

export class Recorder<E extends Envelope> {
  readonly boot: string;
  /** What was opened once: a record never changes. */
  #opened = new Map<string, E>();

  private constructor(
    private readonly shelf: Shelf,
    readonly device: string,
    boots: number,
  ) {
    // Boots are counted, so that (device, boot, seq) is the order in which things happened.
    this.boot = `b${String(boots).padStart(8, "0")}`;
  }

  static async open<E extends Envelope>(shelf: Shelf): Promise<Recorder<E>> {
    const device = (await fact<string>(shelf, "device")) ?? newId();
    const boots = ((await fact<number>(shelf, "boots")) ?? 0) + 1;
    await shelf.put("facts", device, "device");
    await shelf.put("facts", boots, "boots");
    return new Recorder<E>(shelf, device, boots);
  }

  /** One deed, one or several events. Resolves when they are on the shelf, not before. */
  record(drafts: Draft<E>[], account: string, times: Times, heldMs = UNDO_MS): Promise<KeptEvent<E>[]> {
    return alone(this.shelf, async () => {
      let tail = (await fact<Tail>(this.shelf, "tail")) ?? { seq: 0, hash: "" };
      const deed = newId();
      const kept: KeptEvent<E>[] = [];
      for (const draft of drafts) {
        const envelope: Envelope = {
          wall_ms: times.wall_ms, mono_ms: times.mono_ms, id: newId(), boot_id: this.boot, seq: tail.seq + 1,
          prev_hash: tail.hash,
        };
        const event = { ...draft, ...envelope } as unknown as E;
        tail = { seq: event.seq, hash: await sha256(canonical(event)) };
        kept.push({
          seq: event.seq, event, hash: tail.hash, account, deed,
          state: "kept", reason: null, grade: null, held_until_ms: Date.now() + heldMs, at_ms: times.at_ms,
        });
      }
      // Shut before the transaction: one that waits for anything else is over.
      const rows = await Promise.all(kept.map((one) => this.#shut(one)));
      // Strict: a page that says 已记录 must not lose it when the power goes.
      const work = this.shelf.transaction(["events", "facts"], "readwrite", { durability: "strict" });
      for (const one of rows) void work.objectStore("events").put(one);
      void work.objectStore("facts").put(tail, "tail");
      await work.done;
      return kept;
    });
  }

  /** Takes back the last deed while it is held: it never left the phone. */
  undo(deed: string): Promise<boolean> {
    return alone(this.shelf, async () => {
      const work = this.shelf.transaction(["events", "facts"], "readwrite");
      const all = await work.objectStore("events").getAll();
      const mine = all.filter((one) => one.deed === deed);
      const [first, last] = [mine[0], all.at(-1)];
      const held = mine.every((one) => one.state === "kept" && one.held_until_ms > Date.now());
      if (!first || last?.deed !== deed || !held) {
        await work.done;
        return false;
      }
      for (const one of mine) await work.objectStore("events").delete(one.seq);
      const tail: Tail = { seq: first.seq - 1, hash: "event" in first ? first.event.prev_hash : first.prev_hash };
      await work.objectStore("facts").put(tail, "tail");
      await work.done;
      return true;
    });
  }

  async all(): Promise<KeptEvent<E>[]> {
    const rows = await this.shelf.getAll("events");
    const known = await Promise.all(rows.map((one) => ("event" in one ? (one as KeptEvent<E>) : this.#open(one))));
    return known.filter((one) => one !== null);
  }

  async #shut(one: KeptEvent<E>): Promise<ShutEvent | KeptEvent<E>> {
    const { event, ...rest } = one;
    const sealed = await shut(this.shelf, asBytes(event));
    this.#opened.set(event.id, event);
    return sealed ? { ...rest, id: event.id, prev_hash: event.prev_hash, shut: sealed } : one;
  }

  async #open({ id, prev_hash: _, shut: sealed, ...rest }: ShutEvent): Promise<KeptEvent<E> | null> {
    let event = this.#opened.get(id);
    if (!event) {
      const bytes = await opened(this.shelf, sealed);
      if (!bytes) return null;
      event = asValue<E>(bytes);
      this.#opened.set(id, event);
    }
    return { ...rest, event };
  }

  /** What may go now, in order. Only the last deed can still be held. */
  async due(account: string): Promise<E[]> {
    const all = await this.all();
    const lastDeed = all.at(-1)?.deed;
    return all
      .filter((one) => one.state === "kept" && one.account === account)
      .filter((one) => one.deed !== lastDeed || one.held_until_ms <= Date.now())
      .slice(0, BATCH)
      .map((one) => one.event);
  }

  /** Writes down the server's answers; what it did not answer for stays unsent. */
  answered(results: Answered[]): Promise<void> {
    return alone(this.shelf, async () => {
      const by = new Map(results.map((one) => [one.id, one]));
      const work = this.shelf.transaction("events", "readwrite");
      for (const kept of await work.store.getAll()) {
        const result = by.get("event" in kept ? kept.event.id : kept.id);
        if (result) {
          await work.store.put({ ...kept, state: result.state, reason: result.reason, grade: result.grade });
        } else if ((kept.state === "sent" || kept.state === "refused") && kept.held_until_ms < Date.now() - KEPT_DAYS_MS) {
          await work.store.delete(kept.seq);
        }
      }
      await work.done;
    });
  }

  /** Forgets what is answered for, of those that it concerns. */
  async forget(concerns: (event: E) => boolean): Promise<void> {
    const gone = (await this.all()).filter((one) => one.state !== "kept" && concerns(one.event));
    const work = this.shelf.transaction("events", "readwrite");
    for (const one of gone) void work.store.delete(one.seq);
    await work.done;
    for (const one of gone) this.#opened.delete(one.event.id);
  }
}

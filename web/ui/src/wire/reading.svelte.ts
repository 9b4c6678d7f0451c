/** One thing a page reads: loading, there, stale, or refused. */
import { clock } from "../time/clock.svelte";
import { asRefused, type Refused } from "./refused";

const QUIET_MS = 300;

export class Reading<T> {
  value = $state.raw<T | null>(null);
  refused = $state.raw<Refused | null>(null);
  /** True only when the reading has taken longer than people notice. */
  slow = $state(false);
  readAt = $state(0);
  stale = $derived(this.value !== null && this.refused !== null);

  #turn = 0;
  #answered = 0;
  #what: (() => Promise<T>) | null = null;

  /** A question is out: its answer may be older than what was saved meanwhile. */
  get asking(): boolean {
    return this.#answered !== this.#turn;
  }

  async read(what: () => Promise<T>): Promise<T | null> {
    const turn = (this.#turn += 1);
    this.#what = what;
    const waiting = setTimeout(() => (this.slow = this.value === null), QUIET_MS);
    try {
      const value = await what();
      // A slower answer to an earlier question must not replace a newer one.
      if (turn !== this.#turn) return null;
      this.value = value;
      this.refused = null;
      this.readAt = clock.now;
      return value;
    } catch (reason) {
      if (turn === this.#turn) this.refused = asRefused(reason);
      return null;
    } finally {
      clearTimeout(waiting);
      if (turn === this.#turn) {
        this.slow = false;
        this.#answered = turn;
      }
    }
  }

  /** What a deed answered with. A question that was out meanwhile is asked again: it may be older. */
  take(value: T): void {
    const out = this.asking ? this.#what : null;
    this.#answered = this.#turn += 1;
    this.value = value;
    this.refused = null;
    this.slow = false;
    this.readAt = clock.now;
    if (out) void this.read(out);
  }

  forget(): void {
    this.#answered = this.#turn += 1;
    this.value = null;
    this.refused = null;
    this.slow = false;
  }
}

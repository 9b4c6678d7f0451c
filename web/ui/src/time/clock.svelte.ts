/** The product's clock: what the server says, carried on between two askings.
 *
 * In the demo the district's day may run many times faster than the wall; the pages count down
 * with the district. A speed of 0 means that the clock is stepped by hand. */
import { get } from "../wire/api";
import type { ClockReading } from "../wire/types";
import { localDate } from "./format";

const ASK_EVERY_MS = 20_000;

class Clock {
  now = $state(Date.now());
  speed = $state(1);
  stage = $state("");
  today = $derived(localDate(this.now));

  #serverMs = Date.now();
  #heardMs = performance.now();

  set(reading: ClockReading): void {
    this.#serverMs = Date.parse(reading.now);
    this.#heardMs = performance.now();
    this.speed = reading.speed;
    this.stage = reading.stage;
    this.tick();
  }

  tick(): void {
    this.now = this.#serverMs + (performance.now() - this.#heardMs) * this.speed;
  }

  /** Ticks each second and asks the server now and then. Returns what stops it. */
  run(): () => void {
    const ticking = setInterval(() => this.tick(), 1000);
    const asking = setInterval(() => void this.ask(), ASK_EVERY_MS);
    return () => {
      clearInterval(ticking);
      clearInterval(asking);
    };
  }

  async ask(): Promise<void> {
    try {
      this.set(await get<ClockReading>("/api/clock"));
    } catch {
      // Between two askings the page's own clock carries on.
    }
  }
}

export const clock = new Clock();

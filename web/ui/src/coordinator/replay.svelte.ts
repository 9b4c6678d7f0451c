/** A day played again from the log: which minute is shown, and how fast it runs on. */
import { clock } from "../time/clock.svelte";
import { dayStart } from "../time/format";

const DAY_SECONDS = 86_400;
export const SPEEDS = [1, 10, 60] as const;

class Replay {
  /** The day that is played; null: the board is live. */
  on = $state<string | null>(null);
  /** Seconds of the town's day; the picture is that of its whole minute. */
  second = $state(0);
  /** Seconds of the day for each second here; 0: it stands. */
  speed = $state(0);

  minute = $derived(Math.floor(this.second / 60));
  /** The moment shown, in milliseconds; null when live. */
  at = $derived(this.on ? dayStart(this.on) + this.minute * 60_000 : null);
  /** The last minute that there is: of today, the one that has just been. */
  last = $derived(Math.min(DAY_SECONDS - 60, this.on ? Math.floor((clock.now - dayStart(this.on)) / 60_000) * 60 : 0) / 60);

  #running: ReturnType<typeof setInterval> | undefined;

  enter(): void {
    this.on = clock.today;
    this.second = Math.floor((clock.now - dayStart(clock.today)) / 60_000) * 60;
  }

  leave(): void {
    this.play(0);
    this.on = null;
  }

  day(on: string): void {
    if (!on) return;
    this.on = on;
    this.go(this.minute);
  }

  go(minute: number): void {
    this.second = Math.max(0, Math.min(minute, this.last)) * 60;
  }

  play(speed: number): void {
    clearInterval(this.#running);
    this.speed = speed;
    if (!speed) return;
    this.#running = setInterval(() => {
      if (this.minute >= this.last) this.play(0);
      else this.second += speed;
    }, 1000);
  }
}

export const replay = new Replay();

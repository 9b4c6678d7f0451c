/** The station's day and its menus, shared by grid, counter and kitchen sheet. */
import { clock } from "../time/clock.svelte";
import { get } from "../wire/api";
import { Reading } from "../wire/reading.svelte";
import { keepDay, lastDay } from "./kept";
import type { MenuItem, Serving, Sitting, StationDay } from "../wire/types";

class Day {
  reading = new Reading<StationDay>();
  /** Sittings of every day that the grid has asked about. */
  #sittings = $state.raw<Record<string, Sitting[]>>({});
  #asked = new Set<string>();

  async read(): Promise<void> {
    const day = await this.reading.read(() => get<StationDay>("/api/station", { on: clock.today }));
    if (day) {
      this.#keep(day);
      await keepDay(day);
    } else if (!this.reading.value) await this.#showLast();
  }

  /** The server is away: the day as it was read last, and since when it may be old. */
  async #showLast(): Promise<void> {
    const last = await lastDay();
    if (!last || this.reading.value) return;
    this.reading.value = last.day;
    this.reading.readAt = last.readAt;
    this.#keep(last.day);
  }

  /** Menus of the days that the grid shows. */
  async readMenus(days: string[]): Promise<void> {
    for (const on of days) {
      if (this.#asked.has(on) || on === clock.today) continue;
      this.#asked.add(on);
      try {
        this.#keep(await get<StationDay>("/api/station", { on }));
      } catch {
        this.#asked.delete(on);
      }
    }
  }

  sitting(on: string, serving: Serving): Sitting | null {
    return this.#sittings[on]?.find((one) => one.serving === serving) ?? null;
  }

  dish(on: string, serving: Serving, code: string): MenuItem | null {
    return this.sitting(on, serving)?.menu.find((item) => item.code === code) ?? null;
  }

  /** The keys by which meals are ordered here: A, B … */
  get codes(): string[] {
    const all = Object.values(this.#sittings).flat().flatMap((one) => one.menu.map((dish) => dish.code));
    return [...new Set(all)].sort();
  }

  /** The serving people are busy with: the first that is not closed and not long over. */
  current(): Sitting | null {
    const today = this.reading.value?.servings ?? [];
    const open = today.find((one) => !one.closed && Date.parse(one.door_until_at) + 3_600_000 > clock.now);
    return open ?? today.at(-1) ?? null;
  }

  #keep(day: StationDay): void {
    this.#sittings = { ...this.#sittings, [day.on]: day.servings };
  }
}

export const day = new Day();

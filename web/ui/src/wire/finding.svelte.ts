/** Elders whom a few letters may mean: asked after a short pause; an older answer is never shown. */
import { get } from "./api";
import type { ElderRow, Page } from "./types";

const WAIT_MS = 200;

export class Finding {
  found = $state.raw<ElderRow[]>([]);
  /** The answer to what is typed now is still to come. */
  asking = $state(false);
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly few: number) {}

  look(typed: string, fewestLetters = 1): void {
    const q = typed.trim();
    const turn = (this.#turn += 1);
    const ask = q.length >= fewestLetters;
    clearTimeout(this.#timer);
    this.asking = ask;
    if (ask) this.#timer = setTimeout(() => void this.#ask(q, turn), WAIT_MS);
    else this.found = [];
  }

  async #ask(q: string, turn: number): Promise<void> {
    const page = await get<Page<ElderRow>>("/api/elders", { q, limit: this.few }).catch(() => null);
    if (turn !== this.#turn) return;
    this.found = page?.elders ?? [];
    this.asking = false;
  }
}

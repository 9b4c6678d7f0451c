/** Whether the processes live that a page cannot see: asked now and then, as no event tells of it. */
import { get } from "./api";
import { Reading } from "./reading.svelte";

export interface SilentPart { part: string; seconds: number | null }
export interface House { silent: SilentPart[] }
const ASK_EVERY_MS = 10_000;

class Standing {
  reading = new Reading<House>();
  silent = $derived(this.reading.value?.silent ?? []);
  /** Nothing is silent, as far as was just heard. */
  well = $derived(this.reading.value !== null && !this.reading.stale && !this.silent.length);
  doubtful = $derived(this.silent.length > 0 || this.reading.refused !== null);

  /** Without the relay no news arrive: then the page is read again with each look. */
  run(reread: () => unknown): () => void {
    const look = async () => {
      await this.reading.read(() => get<House>("/api/house"));
      if (this.silent.some((one) => one.part === "relay")) reread();
    };
    void look();
    const looking = setInterval(() => void look(), ASK_EVERY_MS);
    return () => clearInterval(looking);
  }
}

export const house = new Standing();

/** Trying a change: asked for, waited for, looked at, published or left. */
import { get, post } from "../wire/api";
import type { Wave } from "../wire/board";
import type { Asked, Difference, Directing, DraftShown } from "../wire/drafts";
import { asRefused, type Refused } from "../wire/refused";
import { t } from "../words/words.svelte";
import { desk } from "./desk.svelte";

const LOOK_MS = 500;

class Trial {
  draft = $state.raw<DraftShown | null>(null);
  /** Somebody was quicker: what their version changes. */
  newer = $state.raw<Difference | null>(null);
  refused = $state.raw<Refused | null>(null);
  directing = $state.raw<Directing | null>(null);
  since = $state(0);
  #asked: { waveId: string; asked: Asked[] } | null = null;
  #turn = 0;

  get open(): boolean {
    return this.draft !== null || this.newer !== null || this.refused !== null;
  }
  get thinking(): boolean {
    return this.draft !== null && this.draft.state !== "done" && this.draft.state !== "failed";
  }
  get seconds(): number {
    return Math.max(0, Math.round((Date.now() - this.since) / 1000));
  }

  async ask(wave: Pick<Wave, "id">, asked: Asked[]): Promise<void> {
    const turn = (this.#turn += 1);
    this.#asked = { waveId: wave.id, asked };
    this.newer = null;
    this.refused = null;
    this.since = Date.now();
    this.draft = { id: "", wave_id: wave.id, state: "queued", asked, base_version: 0, answer: null, error: null, published_version: null };
    try {
      const { draft_id } = await post<{ draft_id: string }>(`/api/waves/${wave.id}/drafts`, { asked });
      while (turn === this.#turn) {
        const draft = await get<DraftShown>(`/api/drafts/${draft_id}`);
        if (turn !== this.#turn) return;
        this.draft = draft;
        if (!this.thinking) return;
        await new Promise((go) => setTimeout(go, LOOK_MS));
      }
    } catch (reason) {
      if (turn !== this.#turn) return;
      this.draft = null;
      this.refused = asRefused(reason);
    }
  }

  /** The same on whatever plan stands now. */
  again(): Promise<void> {
    const last = this.#asked;
    return last ? this.ask({ id: last.waveId }, last.asked) : Promise.resolve();
  }

  drop(): void {
    this.#turn += 1;
    this.draft = null;
    this.newer = null;
    this.refused = null;
  }

  async publish(): Promise<void> {
    const draft = this.draft;
    if (!draft?.answer) return;
    try {
      const made = await post<{ plan_version: number }>(`/api/drafts/${draft.id}/publish`);
      this.drop();
      desk.said = t("draft.published", { n: made.plan_version });
    } catch (reason) {
      this.refused = asRefused(reason);
      if (this.refused.code === "newer_plan") await this.#lookAtNewer(draft);
    }
    await desk.read();
    await this.look(draft.wave_id);
  }

  async #lookAtNewer(draft: DraftShown): Promise<void> {
    await desk.read();
    const now = desk.board?.waves.find((one) => one.id === draft.wave_id)?.plan_version;
    if (!now || !draft.base_version) return;
    this.newer = await get<Difference>(`/api/waves/${draft.wave_id}/difference`, { was: draft.base_version, now }).catch(() => null);
    if (this.newer) this.draft = null;
  }

  /** What holds for a wave, and which kitchens feed it. */
  async look(waveId: string): Promise<void> {
    this.directing = await get<Directing>(`/api/waves/${waveId}/directions`).catch(() => null);
  }

  async end(waveId: string, asked: Asked): Promise<void> {
    try {
      this.directing = await post<Directing>(`/api/waves/${waveId}/directions/end`, asked);
      desk.said = t("direct.ended");
    } catch (reason) {
      this.refused = asRefused(reason);
    }
    await desk.read();
  }
}

export const trial = new Trial();

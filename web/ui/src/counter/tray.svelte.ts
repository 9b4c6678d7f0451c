/** What this counter wrote down and the server has not answered yet: kept first, sent, answered. */
import { nextSend } from "../shelf/pace";
import { Recorder, type Answered, type Draft } from "../shelf/recorder";
import { openShelf, type KeptEvent, type Shelf } from "../shelf/shelf";
import { clock } from "../time/clock.svelte";
import { monoMs, wallMs } from "../time/phone";
import { postOnce } from "../wire/api";
import { asRefused } from "../wire/refused";
import { session } from "../wire/session.svelte";
import type { DeedAnswer, DeedAnswers, TillDeed } from "../wire/till";

/** How long the person at the counter waits for a no; then the meal has changed hands. */
const ASK_MS = 2_500;
const PATIENCE_MS = 15_000;
/** Few at a time: each batch is one transaction, and a busy server answers it before we lose patience. */
const BATCH = 10;
const OTHER_TAB_MS = 10_000;
/** A desk has power and a queue of people: it asks again soon. */
const MOST_WAIT_MS = 3_000;

/** Refused and applied are the server's words; `later`: written down, it will hear of it. */
export type Outcome = { result: "applied" | "different" | "refused"; answer: DeedAnswer } | { result: "later" };

class Tray {
  kept = $state.raw<KeptEvent<TillDeed>[]>([]);
  online = $state(true);
  failed = $state(false);

  unsent = $derived(this.kept.filter((one) => one.state === "kept"));
  stuck = $derived(this.kept.filter((one) => one.state === "quarantined"));

  #shelf: Promise<Shelf> | null = null;
  #opening: Promise<Recorder<TillDeed>> | null = null;
  #recorder: Recorder<TillDeed> | null = null;
  #asked = new Map<string, (outcome: Outcome) => void>();
  #failures = 0;
  #sending = false;
  #again = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #heard: () => void = () => undefined;

  /** Opens the shelf and goes on sending what an earlier page left. `heard`: there are answers. */
  async open(heard: () => void): Promise<() => void> {
    this.#heard = heard;
    this.kept = await (await this.#opened()).all();
    const back = () => this.#soon(0);
    const gone = () => (this.online = false);
    addEventListener("online", back);
    addEventListener("offline", gone);
    this.#soon(0);
    return () => {
      removeEventListener("online", back);
      removeEventListener("offline", gone);
      clearTimeout(this.#timer);
      this.#timer = undefined;
    };
  }

  shelf(): Promise<Shelf> {
    return (this.#shelf ??= openShelf("liuzhu-counter"));
  }

  /** Whoever is quicker than the shelf waits for it. */
  #opened(): Promise<Recorder<TillDeed>> {
    return (this.#opening ??= this.#open().catch((reason: unknown) => {
      this.#opening = this.#shelf = null; // the next deed tries again
      throw reason;
    }));
  }

  async #open(): Promise<Recorder<TillDeed>> {
    return (this.#recorder = await Recorder.open<TillDeed>(await this.shelf()));
  }

  /** Writes one deed down; resolves when the server has answered, or when nobody waits any more. */
  async record(draft: Draft<TillDeed>): Promise<Outcome> {
    if (!session.me) throw new Error("nobody is signed in");
    const { account } = session.me;
    const times = { wall_ms: wallMs(), mono_ms: monoMs(), at_ms: clock.now };
    try {
      const recorder = await this.#opened();
      const [kept] = await recorder.record([draft], account, times, 0);
      this.kept = await recorder.all();
      this.failed = false;
      return await this.#ask(kept?.event.id ?? "");
    } catch (reason) {
      this.failed = true;
      throw reason;
    }
  }

  /** The next person is here: nobody waits for a no to the one before. */
  settle(): void {
    for (const [id, done] of this.#asked) {
      this.#asked.delete(id);
      done({ result: "later" });
    }
  }

  #ask(id: string): Promise<Outcome> {
    this.#soon(0);
    if (!this.online) return Promise.resolve({ result: "later" });
    return new Promise((done) => {
      this.#asked.set(id, done);
      setTimeout(() => {
        if (this.#asked.delete(id)) done({ result: "later" });
      }, ASK_MS);
    });
  }

  #soon(wait: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#send(), wait);
  }

  async #send(): Promise<void> {
    if (this.#sending) {
      this.#again = true;
      return;
    }
    this.#sending = true;
    this.#again = false;
    const end = await this.#batch().catch(() => "failed" as const);
    this.#sending = false;
    if (end === "sent") this.#heard();
    this.#failures = end === "failed" ? this.#failures + 1 : 0;
    const more = this.#again || (end === "sent" && this.unsent.length > 0);
    this.#soon(more && end !== "failed" ? 0 : nextSend(this.#failures, Math.random(), MOST_WAIT_MS));
  }

  async #batch(): Promise<"sent" | "nothing" | "failed"> {
    const recorder = this.#recorder;
    if (!recorder || !session.me) return "nothing";
    const deeds = (await recorder.all()).filter((one) => this.#isOurs(one, recorder)).slice(0, BATCH).map((one) => one.event);
    if (!deeds.length) return "nothing";
    const told = deeds.map((deed) => ({ ...deed, happened: !this.#asked.has(deed.id) }));
    const body = {
      device_id: recorder.device, boot_id: recorder.boot,
      client_now_ms: wallMs(), client_mono_ms: monoMs(), deeds: told,
    };
    try {
      const answers = await postOnce<DeedAnswers>("/api/counter/deeds", body, PATIENCE_MS);
      this.online = true;
      const final = answers.results.filter((one, n) => this.#isFinal(one, told[n]?.happened ?? true));
      await recorder.answered(final.map(kept));
      this.kept = await recorder.all();
      for (const one of final) this.#tell(one);
      return final.length ? "sent" : "nothing";
    } catch (reason) {
      const refused = asRefused(reason);
      this.online = refused.status !== 0 && refused.status < 500;
      // Who waits for a no now waits in vain.
      if (!this.online) this.settle();
      if (refused.status === 403) await session.open();
      return "failed";
    }
  }

  /** Unsent and of this account; what another tab has just written down, that tab asks about itself. */
  #isOurs(one: KeptEvent<TillDeed>, recorder: Recorder<TillDeed>): boolean {
    if (one.state !== "kept" || one.account !== session.me?.account) return false;
    return one.event.boot_id === recorder.boot || Date.now() - one.held_until_ms > OTHER_TAB_MS;
  }

  /** A no that came after the person had gone is no answer: it is told as what has happened. */
  #isFinal(answer: DeedAnswer, happened: boolean): boolean {
    return answer.result !== "refused" || happened || this.#asked.has(answer.id);
  }

  #tell(answer: DeedAnswer): void {
    const done = this.#asked.get(answer.id);
    this.#asked.delete(answer.id);
    if (answer.result === "applied" || answer.result === "different" || answer.result === "refused")
      done?.({ result: answer.result, answer });
  }
}

/** What the server made of a deed; refused after it had happened is for a person to look at. */
function kept(answer: DeedAnswer): Answered {
  const lost = answer.code === "malformed" || answer.code === "id_taken";
  const state = answer.result === "refused" ? (lost ? "quarantined" : "refused") : "sent";
  return { id: answer.id, state, reason: answer.code, grade: null };
}

export const tray = new Tray();

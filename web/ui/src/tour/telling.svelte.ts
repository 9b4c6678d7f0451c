/** How far the story is told: the player's board, the step, and what is going on. */
import type { TourWord } from "../words/tour";
import { Leader } from "./leading";
import { PANES, type Pane } from "./moves";
import { STORY, type Board, type Step } from "./story";

const LOOK_MS = 500;
const wait = (ms: number) => new Promise((go) => setTimeout(go, ms));

type State = "preparing" | "idle" | "waiting" | "moving" | "failed" | "over";

class Telling {
  readonly leader = new Leader();
  board = $state.raw<Board | null>(null);
  /** Which step is told or has just been told; -1 before the first. */
  at = $state(-1);
  state = $state<State>("preparing");
  waiting = $state<TourWord>("preparing");
  look = $state<Pane>("station");
  unreachable = $state(false);

  step = $derived<Step | null>(STORY[this.at] ?? null);
  seated = $derived(new Set((this.board?.seats ?? []).map((one) => one.pane)));

  async begin(): Promise<void> {
    await this.#until("morning");
    await Promise.all(PANES.filter((one) => this.seated.has(one)).map((one) => this.leader.open(one)))
      .catch(() => (this.unreachable = true));
    this.state = "idle"; // not before: a pane that is still opening hears nothing
  }

  async next(): Promise<void> {
    if (this.state !== "idle" || this.at + 1 >= STORY.length) return;
    this.at += 1;
    await this.tell();
  }

  /** The step from its beginning. */
  async tell(): Promise<void> {
    const step = this.step;
    if (!step) return;
    try {
      this.look = step.look;
      if (step.scene) await this.#play(step.scene, step.waiting ?? "working");
      this.state = "moving";
      for (const beat of step.beats(this.board?.facts ?? {})) {
        if ("look" in beat) this.look = beat.look;
        else if ("rest" in beat) await wait(beat.rest);
        else if ("open" in beat) await Promise.all(beat.open.map((one) => this.leader.open(one)));
        else {
          this.look = beat.ask;
          await this.leader.ask(beat.ask, beat.move);
        }
      }
      this.skip();
    } catch {
      this.state = "failed";
    }
  }

  skip(): void {
    this.state = this.at + 1 < STORY.length ? "idle" : "over";
  }

  async again(): Promise<void> {
    this.state = "waiting";
    this.waiting = "beginning";
    await this.#wish("again");
    while (this.board?.played.length || this.board?.broken) await this.#read();
    await this.#until("morning");
    location.reload();
  }

  async #play(scene: string, words: TourWord): Promise<void> {
    this.state = "waiting";
    this.waiting = words;
    await this.#wish(scene);
    await this.#until(scene);
  }

  async #wish(scene: string): Promise<void> {
    await fetch("/api/tour/next", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ scene }) });
  }

  async #until(scene: string): Promise<void> {
    do await this.#read();
    while (!this.board?.broken && !this.board?.played.includes(scene));
    if (this.board?.broken) throw new Error(this.board.broken);
  }

  /** What is killed is away for some seconds; then nothing is known, and asked again. */
  async #read(): Promise<void> {
    await wait(LOOK_MS);
    try {
      const answer = await fetch("/api/tour");
      if (answer.ok) this.board = (await answer.json()) as Board;
      else if (answer.status === 404) this.board = null;
    } catch {
      // The next look finds it.
    }
  }
}

export const telling = new Telling();

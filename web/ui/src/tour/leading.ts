/** From the tour's page to its panes: opens them, asks for moves, waits for the answer. */
import { originOf, PANES, type Asked, type Move, type Pane, type Told } from "./moves";

const OPENS_MS = 30_000;
const MOVES_MS = 60_000; // longer than a pane itself has patience

export class Leader {
  frames: Partial<Record<Pane, HTMLIFrameElement>> = {};
  #waiting = new Map<number, (failed: string | undefined) => void>();
  #opening = new Map<Pane, () => void>();
  #asked = 0;
  #opened = 0;

  listen(): () => void {
    const hear = (event: MessageEvent<Told>) => {
      const pane = PANES.find((one) => event.origin === originOf(one));
      if (!pane || event.source !== this.frames[pane]?.contentWindow) return;
      if (event.data.liuzhu === "ready") this.#opening.get(pane)?.();
      else if (event.data.liuzhu === "done" && event.data.id) this.#waiting.get(event.data.id)?.(event.data.failed);
    };
    addEventListener("message", hear);
    return () => removeEventListener("message", hear);
  }

  /** Takes the seat before this pane, or opens its page anew. A family's page says nothing by itself. */
  open(pane: Pane): Promise<void> {
    const frame = this.frames[pane];
    if (!frame) return Promise.resolve();
    this.#opened += 1;
    const address = `${originOf(pane)}/tour/enter?n=${this.#opened}`;
    return new Promise((done, fail) => {
      const late = setTimeout(() => fail(new Error(address)), OPENS_MS);
      const opened = () => {
        clearTimeout(late);
        this.#opening.delete(pane);
        frame.onload = null;
        done();
      };
      if (pane === "family") frame.onload = opened;
      else this.#opening.set(pane, opened);
      frame.src = address;
    });
  }

  ask(pane: Pane, move: Move): Promise<void> {
    const frame = this.frames[pane];
    this.#asked += 1;
    const id = this.#asked;
    return new Promise((done, fail) => {
      const late = setTimeout(() => this.#waiting.get(id)?.("no answer"), MOVES_MS);
      this.#waiting.set(id, (failed) => {
        clearTimeout(late);
        this.#waiting.delete(id);
        if (failed) fail(new Error(`${pane}: ${failed}`));
        else done();
      });
      const asked: Asked = { liuzhu: "move", id, move };
      frame?.contentWindow?.postMessage(asked, originOf(pane));
    });
  }
}

/** The live feed: snapshot first, then every event after it; a gap means reading again.
 *
 * The socket is never the only path: while it is down, `reread` is called every 15 seconds. */

export interface FeedEvent {
  t: "event"; seq: number; kind: string; at: string; state: string | null;
  order_id: string | null; wave_id: string | null; helper_id: string | null;
  case_id: string | null; station_id: string | null;
}
export interface Whereabouts { t: "at"; helper_id: string; lat: number; lon: number; at: string }
type Head = { t: "head"; head: number; now: string };
type Hello = { t: "hello"; epoch: string; head: number; now: string };
type Message = Hello | FeedEvent | Whereabouts | Head | { t: "reset" };

export type FeedState = "connecting" | "live" | "polling";

export interface FeedHooks {
  ticket: () => Promise<string>;
  /** Reads everything anew; answers where the reading stands, if the page knows. */
  reread: () => Promise<{ epoch: string; seq: number } | null>;
  event?: (event: FeedEvent) => void;
  position?: (position: Whereabouts) => void;
  state?: (state: FeedState) => void;
  heard?: () => void;
  /** Server time, with each hello and heartbeat. */
  now?: (now: string) => void;
  open?: (address: string, protocols: string[]) => WebSocket;
  random?: () => number;
}

const POLL_MS = 15_000;
const SILENCE_MS = 40_000;
const BEHIND_MS = 2_000;
const LONGEST_WAIT_MS = 30_000;

/** Full jitter: anything between nothing and the doubled bound. */
export function reconnectWait(attempt: number, random: number, restarted = false): number {
  if (restarted) return random * 10_000;
  return random * Math.min(LONGEST_WAIT_MS, 500 * 2 ** attempt);
}

export class Feed {
  #at: { epoch: string; seq: number } | null = null;
  #socket: WebSocket | null = null;
  #attempt = 0;
  #stopped = true;
  #polling: ReturnType<typeof setInterval> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #behind: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly hooks: FeedHooks) {}

  start(at: { epoch: string; seq: number } | null = null): void {
    this.#at = at;
    this.#stopped = false;
    void this.#connect();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#retry);
    clearTimeout(this.#silence);
    clearTimeout(this.#behind);
    clearInterval(this.#polling);
    this.#socket?.close();
  }

  async #connect(): Promise<void> {
    if (this.#stopped) return;
    this.hooks.state?.(this.#attempt ? "polling" : "connecting");
    let ticket: string;
    try {
      ticket = await this.hooks.ticket();
    } catch {
      this.#lost(1006);
      return;
    }
    if (this.#stopped) return;
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const address = `${scheme}//${location.host}/api/feed`;
    const open = this.hooks.open ?? ((to, protocols) => new WebSocket(to, protocols));
    const socket = open(address, ["liuzhu.v2", `t.${ticket}`]);
    this.#socket = socket;
    // A frame is one message a line: a busy moment is one frame.
    socket.onmessage = (frame) => {
      for (const line of String(frame.data).split("\n")) this.#hear(JSON.parse(line) as Message);
    };
    socket.onclose = (closed) => {
      if (this.#socket === socket) this.#lost(closed.code);
    };
    this.#listen();
  }

  #hear(message: Message): void {
    this.#listen();
    this.hooks.heard?.();
    if (message.t === "hello") void this.#greet(message);
    else if (message.t === "event") this.#take(message);
    else if (message.t === "at") this.hooks.position?.(message);
    else if (message.t === "head") this.#compare(message);
    else void this.#reset();
  }

  async #greet(hello: Hello): Promise<void> {
    this.#attempt = 0;
    clearInterval(this.#polling);
    this.hooks.now?.(hello.now);
    this.hooks.state?.("live");
    if (this.#at?.epoch === hello.epoch) this.#resume();
    else {
      // Ask for what comes after the head first, then read: so no event falls between.
      this.#at = { epoch: hello.epoch, seq: hello.head };
      this.#resume();
      await this.#reset();
    }
  }

  #resume(): void {
    if (this.#at) this.#socket?.send(JSON.stringify({ t: "resume", ...this.#at }));
  }

  #take(event: FeedEvent): void {
    if (this.#at && event.seq <= this.#at.seq) return;
    if (this.#at) this.#at.seq = event.seq;
    this.hooks.event?.(event);
  }

  #compare(heartbeat: Head): void {
    this.hooks.now?.(heartbeat.now);
    clearTimeout(this.#behind);
    if (!this.#at || heartbeat.head <= this.#at.seq) return;
    this.#behind = setTimeout(() => {
      if (this.#at && this.#at.seq < heartbeat.head) this.#resume();
    }, BEHIND_MS);
  }

  async #reset(): Promise<void> {
    const socket = this.#socket;
    const at = await this.hooks.reread().catch(() => null);
    if (!at || socket !== this.#socket) return;
    this.#at = at;
    this.#resume();
  }

  #listen(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#socket?.close(), SILENCE_MS);
  }

  #lost(code: number): void {
    clearTimeout(this.#silence);
    clearTimeout(this.#behind);
    this.#socket = null;
    if (this.#stopped) return;
    this.hooks.state?.("polling");
    clearInterval(this.#polling);
    this.#polling = setInterval(() => void this.hooks.reread().then((at) => {
      if (at) this.#at = at;
    }, () => null), POLL_MS);
    const random = (this.hooks.random ?? Math.random)();
    const wait = reconnectWait(this.#attempt, random, code === 1012);
    this.#attempt += 1;
    this.#retry = setTimeout(() => void this.#connect(), wait);
  }
}

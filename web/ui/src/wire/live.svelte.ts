/** The feed as the pages see it: is it live, and since when are we without news. */
import { clock } from "../time/clock.svelte";
import { post } from "./api";
import { Feed, type FeedEvent, type FeedState, type Whereabouts } from "./feed";

const CALM_MS = 350;
const BUSY_MS = 1000;

class Live {
  state = $state<FeedState>("connecting");
  /** Product time at which we last heard from the server. */
  heardAt = $state(Date.now());
  lastEventAt = $state<string | null>(null);
  online = $state(typeof navigator === "undefined" ? true : navigator.onLine);

  heard(): void {
    this.heardAt = clock.now;
  }
}

export const live = new Live();

if (typeof window !== "undefined") {
  window.addEventListener("online", () => (live.online = true));
  window.addEventListener("offline", () => (live.online = false));
}

interface Follow {
  reread: () => Promise<{ epoch: string; seq: number } | null>;
  /** The events since the last call, gathered so that a busy minute does not shake the page. */
  events: (events: FeedEvent[]) => void;
  position?: (position: Whereabouts) => void;
  from?: { epoch: string; seq: number } | null;
}

/** Opens the feed for a page. Returns what closes it. */
export function follow({ reread, events, position, from = null }: Follow): () => void {
  let gathered: FeedEvent[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    const all = gathered;
    gathered = [];
    events(all);
  };
  const feed = new Feed({
    ticket: async () => (await post<{ ticket: string }>("/api/feed/ticket", {})).ticket,
    reread: async () => {
      const at = await reread();
      live.heard();
      return at;
    },
    event: (event) => {
      live.lastEventAt = event.at;
      gathered.push(event);
      timer ??= setTimeout(flush, gathered.length > 1 ? BUSY_MS : CALM_MS);
    },
    ...(position ? { position } : {}),
    state: (state) => (live.state = state),
    heard: () => live.heard(),
    now: (now) => clock.set({ now, speed: clock.speed, stage: clock.stage }),
  });
  feed.start(from);
  return () => {
    clearTimeout(timer);
    feed.stop();
  };
}

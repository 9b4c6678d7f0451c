/** Who sits before the screen. */
import { clock } from "../time/clock.svelte";
import { get, post, useSession } from "./api";
import type { Me } from "./types";

class Session {
  me = $state.raw<Me | null>(null);
  /** What a surface forgets before somebody leaves it. */
  leaving: () => Promise<void> = () => Promise.resolve();

  async open(): Promise<Me> {
    return this.take(await get<Me>("/api/me"));
  }

  /** On the first page: who is signed in here already, if anybody is. */
  async greet(): Promise<Me | null> {
    const me = await get<Me | null>("/api/greeting");
    return me ? this.take(me) : null;
  }

  take(me: Me): Me {
    useSession(me);
    clock.set({ now: me.now, speed: me.speed, stage: me.stage });
    this.me = me;
    return me;
  }

  async close(): Promise<void> {
    await this.leaving().catch(() => null);
    await post("/api/sign-out", {}).catch(() => null);
    location.assign("/");
  }
}

export const session = new Session();

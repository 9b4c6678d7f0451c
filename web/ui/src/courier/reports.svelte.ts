/** What a helper tells of an elder: shut away first, then sent, once, whenever there is a line. */
import { alone } from "../shelf/alone";
import type { Shelf } from "../shelf/shelf";
import { seal, unseal } from "../shelf/vault";
import { postOnce } from "../wire/api";
import { newId } from "../wire/keys";
import { asRefused, type Refused } from "../wire/refused";
import { session } from "../wire/session.svelte";

interface Report { key: string; account: string; path: string; body: { words: string; severity?: string } }
const PLACE = "reports";
const PATIENCE_MS = 30_000;
/** The server has read it and takes it neither now nor later. Whatever else it says, we ask again. */
const FINAL: ReadonlySet<number> = new Set([400, 404, 409, 422]);

async function kept(shelf: Shelf): Promise<Report[]> {
  return (await unseal<Report[]>(shelf, PLACE)) ?? [];
}

async function forget(shelf: Shelf, key: string): Promise<void> {
  await alone(shelf, async () => {
    const left = (await kept(shelf)).filter((other) => other.key !== key);
    if (left.length) await seal(shelf, PLACE, left);
    else await shelf.delete("facts", PLACE);
  });
}

/** Null when it was taken, a refusal that will stay, or "later". */
async function send(one: Report): Promise<Refused | "later" | null> {
  for (let first = true; ; first = false) {
    try {
      await postOnce(one.path, one.body, PATIENCE_MS, one.key);
      return null;
    } catch (reason) {
      const refused = asRefused(reason);
      if (FINAL.has(refused.status) || (refused.status === 403 && refused.code !== "forged_request" && !first)) return refused;
      if (refused.status !== 403 || !first) return "later";
    }
    // The page's token may be of a session before this one.
    const me = await session.open().catch(() => null);
    if (me?.account !== one.account) return "later";
  }
}

export class Reports {
  /** How many wait for a line. */
  waiting = $state(0);
  /** The last one that was not taken, so that its words can be told in another way. */
  returned = $state.raw<{ words: string; refused: Refused } | null>(null);
  #sending = false;

  async count(shelf: Shelf): Promise<void> {
    this.waiting = (await kept(shelf)).length;
  }

  /** Resolves when it is on the shelf; false where this browser cannot shut anything away. */
  async keep(shelf: Shelf, account: string, path: string, body: Report["body"]): Promise<boolean> {
    const key = newId();
    const there = await alone(shelf, async () => {
      await seal(shelf, PLACE, [...(await kept(shelf)), { key, account, path, body }]);
      return (await kept(shelf)).some((one) => one.key === key);
    });
    await this.count(shelf);
    return there;
  }

  /** Sends what waits, with the key it was kept under; what the server has answered is forgotten. */
  async tell(shelf: Shelf, account: string): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    try {
      for (const one of await kept(shelf)) {
        if (one.account !== account) continue;
        const answer = await send(one);
        // One that the server cannot take today does not hold up the next.
        if (answer === "later") continue;
        if (answer) this.returned = { words: one.body.words, refused: answer };
        await forget(shelf, one.key);
      }
    } finally {
      this.#sending = false;
      await this.count(shelf);
    }
  }
}

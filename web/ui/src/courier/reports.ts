/** What a helper tells of an elder: shut away first, then sent, once, whenever there is a line. */
import { newId } from "../wire/keys";
import { postKept } from "../wire/api";
import { asRefused } from "../wire/refused";
import type { Shelf } from "../shelf/shelf";
import { seal, unseal } from "../shelf/vault";

export interface Report { key: string; account: string; path: string; body: Record<string, unknown> }
const PLACE = "reports";

export async function keptReports(shelf: Shelf): Promise<Report[]> {
  return (await unseal<Report[]>(shelf, PLACE)) ?? [];
}

/** False where this browser cannot shut anything away: then it is not kept at all. */
export async function keepReport(shelf: Shelf, account: string, path: string, body: Record<string, unknown>): Promise<boolean> {
  const key = newId();
  await seal(shelf, PLACE, [...(await keptReports(shelf)), { key, account, path, body }]);
  return (await keptReports(shelf)).some((one) => one.key === key);
}

/** Sends what waits, with the key it was kept under; what the server has answered is forgotten. */
export async function sendReports(shelf: Shelf, account: string): Promise<void> {
  for (const one of await keptReports(shelf)) {
    if (one.account !== account) continue;
    try {
      await postKept(one.path, one.body, one.key);
    } catch (reason) {
      const { status } = asRefused(reason);
      if (status < 400 || status === 401 || status >= 500) return;
    }
    const left = (await keptReports(shelf)).filter((other) => other.key !== one.key);
    if (left.length) await seal(shelf, PLACE, left);
    else await shelf.delete("facts", PLACE);
  }
}

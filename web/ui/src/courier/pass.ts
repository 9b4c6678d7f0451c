/** A day pass stands behind the `#` of its address, which a browser sends to nobody. */
import { post } from "../wire/api";
import { asRefused, type Refused } from "../wire/refused";
import { session } from "../wire/session.svelte";
import type { Me } from "../wire/types";

/** Signs in by the pass in the address, if there is one. Answers why not, if it was refused. */
export async function takePass(): Promise<Refused | null> {
  const code = /^#pass=([\w-]{16,64})$/.exec(location.hash)?.[1];
  if (!code) return null;
  try {
    session.take(await post<Me>("/api/pass", { code }));
  } catch (reason) {
    const refused = asRefused(reason);
    // Offline it stays in the address and is tried again when the page is opened again.
    if (refused.status === 0) return refused;
    history.replaceState(null, "", location.pathname);
    return (await session.open().catch(() => null)) ? null : refused;
  }
  history.replaceState(null, "", location.pathname);
  return null;
}

/** What the station's page needs when the server is away: who sits here, and the day as last read. */
import { tray } from "../counter/tray.svelte";
import { seal, unseal } from "../shelf/vault";
import { wipe } from "../shelf/wiping";
import { clock } from "../time/clock.svelte";
import { whenSignedOut } from "../wire/api";
import { session } from "../wire/session.svelte";
import type { Me, StationDay } from "../wire/types";

interface KeptMe { me: Me; wallMs: number }
interface KeptDay { day: StationDay; readAt: number }

/** As long as the session's cookie lasts: then somebody signs in again. */
const HOURS_14 = 14 * 3_600_000;
const SEALED = ["me", "day", "counter", "people"];

/** Signed in: remembered for when the server is away, forgotten when they leave or are sent away. */
export async function rememberMe(me: Me): Promise<void> {
  forgetOnLeaving();
  await seal(await tray.shelf(), "me", { me, wallMs: Date.now() } satisfies KeptMe);
}

/** Opens as whoever was signed in here last, if that is not too long ago. */
export async function openWithoutServer(): Promise<boolean> {
  const kept = await unseal<KeptMe>(await tray.shelf(), "me");
  const gone = kept ? Date.now() - kept.wallMs : Infinity;
  if (!kept || gone < 0 || gone > HOURS_14) return false;
  forgetOnLeaving();
  const now = new Date(Date.parse(kept.me.now) + gone * kept.me.speed).toISOString();
  session.take({ ...kept.me, now });
  return true;
}

/** A browser that keeps nothing loses only this. */
export async function keepDay(day: StationDay): Promise<void> {
  const kept: KeptDay = { day, readAt: clock.now };
  await tray.shelf().then((shelf) => seal(shelf, "day", kept)).catch(() => undefined);
}

export function lastDay(): Promise<KeptDay | null> {
  return tray.shelf().then((shelf) => unseal<KeptDay>(shelf, "day")).catch(() => null);
}

function forgetOnLeaving(): void {
  session.leaving = forget;
  whenSignedOut(() => void forget().finally(() => location.assign("/")));
}

/** Persons are forgotten; deeds that the server has not answered stay, shut, for their account. */
async function forget(): Promise<void> {
  await wipe(await tray.shelf(), SEALED);
}

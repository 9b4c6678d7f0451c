/** The last position the phone knew; never a reason to wait. */
import { post } from "../wire/api";
import { wallMs } from "../time/phone";
import type { Fix } from "../wire/round";

const FRESH_MS = 60_000;
const TELL_EVERY_MS = 15_000;

let last: { fix: Fix; atMs: number } | null = null;
let watching: number | null = null;
let telling: ReturnType<typeof setInterval> | undefined;
let told = true;

/** Whether the map is told; what is recorded at a door has its place all the same. */
export function tellPosition(on: boolean): void {
  told = on;
}

export function lastFix(): Fix | null {
  return last && Date.now() - last.atMs < FRESH_MS ? last.fix : null;
}

/** Only while a round is under way: a helper's whereabouts are nobody's business before or after. */
export function watchPosition(): void {
  if (watching !== null || !("geolocation" in navigator)) return;
  watching = navigator.geolocation.watchPosition(
    ({ coords }) => {
      const fix = { lat: coords.latitude, lon: coords.longitude, accuracy_m: Math.round(coords.accuracy), datum: "wgs84" };
      last = { fix, atMs: Date.now() };
    },
    () => undefined,
    { enableHighAccuracy: true, maximumAge: 15_000 },
  );
  telling = setInterval(() => void tell(), TELL_EVERY_MS);
}

export function stopWatching(): void {
  if (watching !== null) navigator.geolocation.clearWatch(watching);
  clearInterval(telling);
  watching = null;
  last = null;
}

async function tell(): Promise<void> {
  const fix = lastFix();
  if (!fix || !told || !navigator.onLine) return;
  await post("/api/field/position", { ...fix, at_ms: wallMs() }).catch(() => null);
}

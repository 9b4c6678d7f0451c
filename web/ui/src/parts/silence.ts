/** What it means for people when a part of the house is silent. */
import type { SilentPart } from "../wire/house.svelte";
import { t } from "../words/words.svelte";

const MINUTE = 60;

/** One line for each thing that people cannot rely on now, the weightiest first. */
export function consequences(silent: SilentPart[]): string[] {
  const gone = new Map(silent.map((one) => [one.part, one.seconds]));
  const lines: string[] = [];
  if (gone.has("schedule")) lines.push(t("house.schedule"));
  if (gone.has("work")) lines.push(t(gone.has("schedule") ? "house.nobody_plans" : "house.work"));
  if (gone.has("relay")) lines.push(t("house.relay"));
  return lines;
}

/** How long the longest silence has lasted; "" when nobody knows. */
export function howLong(silent: SilentPart[]): string {
  const known = silent.map((one) => one.seconds).filter((seconds) => seconds !== null);
  if (!known.length) return "";
  const seconds = Math.max(...known);
  if (seconds < 2 * MINUTE) return t("house.for_seconds", { n: seconds });
  if (seconds < 120 * MINUTE) return t("house.for_minutes", { n: Math.round(seconds / MINUTE) });
  return t("house.for_hours", { n: Math.round(seconds / MINUTE / MINUTE) });
}

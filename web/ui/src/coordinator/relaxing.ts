/** Why an order was left out, in the coordinator's words. */
import type { Asked } from "../wire/drafts";
import { named, t } from "../words/words.svelte";

const IN_SECONDS = new Set(["window", "ride", "shift", "max_work", "break"]);
const minutes = (seconds: number) => Math.max(1, Math.ceil(seconds / 60));

export function byHowMuch(rule: string, by: string | number | null): string {
  if (by === null) return "";
  if (typeof by === "string") return rule === "skill" ? named("skill", by) : by;
  return IN_SECONDS.has(rule) ? t("why.minutes", { n: minutes(by) }) : String(by);
}

/** The cheapest relaxation `{kind, value}`: seconds, a skill's name, or a number of people. */
export function relaxed(relaxation: unknown): string {
  if (!relaxation || typeof relaxation !== "object") return t("why.no_relaxation");
  const { kind, value, words } = relaxation as { kind?: string; value?: string | number; words?: string };
  if (words) return words;
  if (kind === "skill") return t("relax.skill", { skill: named("skill", String(value)) });
  if (kind === "person") return t("relax.person", { n: Number(value) });
  if (kind === "window" || kind === "ride" || kind === "shift" || kind === "max_work")
    return t(`relax.${kind}`, { n: minutes(Number(value)) });
  return t("why.no_relaxation");
}

/** What a coordinator may try with one press; heat is never loosened, and people are asked. */
export function askedOf(orderId: string, relaxation: unknown): Asked | null {
  const { kind, value } = (relaxation ?? {}) as { kind?: string; value?: unknown };
  if (kind !== "window" && kind !== "shift" && kind !== "max_work") return null;
  return typeof value === "number" ? { kind, order_id: orderId, value } : null;
}

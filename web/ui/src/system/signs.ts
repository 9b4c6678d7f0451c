/** What the value of a sign says, in words; and in which order one looks. */
import { ago } from "../time/format";
import type { Level, SystemSign } from "../wire/system";
import { t } from "../words/words.svelte";

const COUNTED = ["cases", "phones", "promises"];
const LASTING = ["queue", "feed", "solver"];
const ORDER: readonly Level[] = ["alarm", "late", "good", "off"];

export function valueOf({ code, value, level }: SystemSign): string {
  if (code.startsWith("part_")) return t(level === "good" ? "system.lives" : "system.silent");
  if (level === "off") return t("system.off");
  if (code === "keys") return t(level === "good" ? "system.kept" : "system.not_kept");
  if (value === null) return t(code === "database" || code === "disk" || level === "late" ? "system.away" : "system.never");
  if (COUNTED.includes(code)) return t("system.count", { n: value });
  if (code === "journal") return t("system.megabytes", { n: Math.ceil(value / 1e6) });
  if (code === "disk") return t("system.free", { n: Math.floor(value * 100) });
  if (code === "database") return t("system.milliseconds", { n: Math.ceil(value * 1000) });
  if (LASTING.includes(code)) return t("system.seconds", { n: Math.round(value) });
  return ago(new Date(0), value * 1000);
}

/** The worst first; within a level as the server lists them. */
export const worstFirst = (signs: readonly SystemSign[]): SystemSign[] =>
  [...signs].sort((a, b) => ORDER.indexOf(a.level) - ORDER.indexOf(b.level));

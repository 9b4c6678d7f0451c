/** Why a subsidy is granted or not, in the words that staff use. */
import { named, t, type Word } from "../words/words.svelte";

const PLAIN = ["gone", "no_rule", "category", "meal", "day", "no_account", "proxy", "grade", "min_spend", "window", "quota", "tier", "nothing_left", "suspended", "moved_out"];

export function because(code: string): string {
  const at = code.indexOf(":");
  const kind = at < 0 ? code : code.slice(0, at);
  const rest = at < 0 ? "" : code.slice(at + 1);
  if (kind === "best_of") return t("because.best_of", { rule: named("subsidy", rest) });
  if (kind === "excluded") return t("because.excluded", { rule: rest });
  if (kind === "cap") return t("because.cap");
  if (PLAIN.includes(code)) return t(`because.${code}` as Word);
  return t("because.as", { category: named("category", code) });
}

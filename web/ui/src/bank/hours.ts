/** Minutes as people say them. */
import { t } from "../words/words.svelte";

export function hours(minutes: number): string {
  const [h, m] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const said = !h ? t("bank.only_minutes", { m }) : !m ? t("bank.only_hours", { h: h.toLocaleString("zh-CN") }) : t("bank.hours", { h: h.toLocaleString("zh-CN"), m });
  return (minutes < 0 ? "−" : "") + said;
}

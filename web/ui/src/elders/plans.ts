/** Standing plans as people say them: "Monday, Wednesday: lunch A, brought". */
import { weekday } from "../time/format";
import type { PlanRow } from "../wire/plans";
import { named, t, type Word } from "../words/words.svelte";

export interface PlanGroup { key: string; weekdays: number[]; plans: PlanRow[]; first: PlanRow }

const ANY = "•";

/** Plans that differ in nothing but the weekday are one line. */
export function grouped(plans: PlanRow[]): PlanGroup[] {
  const groups = new Map<string, PlanGroup>();
  for (const plan of plans) {
    const key = [plan.serving, plan.dish, plan.channel, plan.from_on, plan.until_on].join("|");
    const group = groups.get(key) ?? { key, weekdays: [], plans: [], first: plan };
    group.weekdays.push(plan.weekday);
    group.plans.push(plan);
    groups.set(key, group);
  }
  for (const group of groups.values()) group.weekdays.sort((a, b) => a - b);
  return [...groups.values()];
}

/** "周一三五", "每天"; weekday 0 is Monday. */
export function sayWeekdays(weekdays: number[]): string {
  if (weekdays.length === 7) return t("plans.daily");
  return t("plans.on_weekdays", { days: weekdays.map((one) => t(`weekday.${(one + 1) % 7}` as Word)).join(t("plans.between_days")) });
}

/** "A delivery", as the server writes it, in people's words. */
export function sayMeal(written: string, meal: string | null = null): string {
  const [dish = ANY, channel = ""] = written.split(" ");
  const what = meal ? (dish === ANY ? meal : `${dish} ${meal}`) : dish === ANY ? t("plans.any_dish") : dish;
  return `${what} · ${named("channel", channel)}`;
}

export function sayPlan(plan: PlanRow, weekdays: number[] = [plan.weekday]): string {
  return `${sayWeekdays(weekdays)} ${named("serving", plan.serving)} ${sayMeal(`${plan.dish ?? ANY} ${plan.channel}`)}`;
}

export function sayDay(on: string): string {
  return `${on.slice(5)} ${t("plans.on_weekdays", { days: weekday(on) })}`;
}

/** Whether a dish fits an elder, told before anything is saved. */
import type { ElderRow, MenuItem } from "../wire/types";

/** The elder's diet words that the dish does not carry. The server has the last word. */
export function clashes(elder: Pick<ElderRow, "diet_tags">, dish: Pick<MenuItem, "diet_tags">): string[] {
  return elder.diet_tags.filter((tag) => !dish.diet_tags.includes(tag));
}

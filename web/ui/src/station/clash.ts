/** Whether a dish fits an elder, told before anything is saved. The server has the last word. */
import type { ElderRow, GridRow, MenuItem } from "../wire/types";

type Eater = Pick<ElderRow, "diet_tags" | "allergies">;
type Food = Pick<MenuItem, "diet_tags" | "holds">;

/** The allergies that the dish holds, and the elder's diet words that it does not carry. */
export function clashes(elder: Eater, dish: Food): string[] {
  const held = elder.allergies.filter((one) => dish.holds.includes(one));
  return [...held, ...elder.diet_tags.filter((tag) => !dish.diet_tags.includes(tag))];
}

/** The elder could choke on it: nobody may order it. */
export function chokes(row: Pick<GridRow, "swallowing_level">, dish: Pick<MenuItem, "texture_level">): boolean {
  return row.swallowing_level > 0 && dish.texture_level > row.swallowing_level;
}

/** Why this dish is not ordered for this elder without a word: a sign for the cell. */
export function against(row: GridRow, dish: MenuItem): "" | "clash" | "chokes" {
  if (chokes(row, dish)) return "chokes";
  return clashes(row.elder, dish).length ? "clash" : "";
}

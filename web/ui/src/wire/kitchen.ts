/** What the kitchen's pages receive. */
import type { Serving } from "./types";

export interface BatchRow {
  id: string; number: string; code: string; dish: string; portions: number; boxes: number; returnable: boolean;
  started_at: string; cooked_at: string | null; eat_by_at: string | null;
  withdrawn_at: string | null; withdrawn_why: string | null;
  celsius: number | null; celsius_at: string | null; samples: number; seals: string | null;
  late_boxes: number; case_open: boolean;
}
export interface MealRow { menu_item_id: string; code: string; name: string; ordered: number; open: number }
export interface ServingRow {
  sitting_id: string; serving: Serving; cut_off_at: string; closed: boolean; ready_at: string; eat_by_at: string;
  counted: boolean; meals: MealRow[]; batches: BatchRow[];
}
export interface SampleRow {
  id: string; batch: string; dish: string; grams: number; fridge: string;
  taken_at: string; keep_until_at: string; due: boolean;
}
export interface ReadingRow {
  id: string; at: string; place: string; batch: string | null; celsius: number;
  in_range: boolean; action: string | null; note: string;
}
export interface TastingRow {
  id: string; week_on: string; serve_on: string; serving: string; helper: string; building: string;
  at: string | null; celsius: number | null; passed: boolean | null; probed_at: string | null;
}
export interface MenuChange {
  at: string; serve_on: string; serving: string; code: string; was: string; now: string;
  reason: string; orders: number; clashes: number;
}
export interface KitchenDay {
  kitchen_id: string; kitchen: string; own: boolean; on: string; servings: ServingRow[];
  samples: SampleRow[]; readings: ReadingRow[]; tasting: TastingRow | null; changes: MenuChange[];
}
export interface BatchFound {
  id: string; number: string; serve_on: string; serving: string; dish: string; portions: number;
  cooked_at: string | null; eat_by_at: string | null; withdrawn_at: string | null; withdrawn_why: string | null;
}
export interface RecallLine {
  call: number; batch: string; order_id: string; order_number: string; seal: string | null; channel: string; state: string;
  handed_at: string | null; elder_id: string; sex: string; born_on: string; alone: boolean; weak: boolean;
  station: string; station_phone: string; community: string; building: string;
  name: string; phone: string; contact: string; contact_phone: string;
}
export interface RecallSheet { batch: BatchFound; printed_at: string; not_eaten: number; eaten: number; lines: RecallLine[] }
export interface DishRow {
  id: string; name: string; ingredients: string[]; allergens: string[]; diet_tags: string[]; texture_level: number;
}
export interface WeekMeal {
  id: string; code: string; name: string; price_fen: number; dish_ids: string[];
  allergens: string[]; diet_tags: string[]; texture_level: number; orders: number;
}
export interface WeekServing {
  sitting_id: string; serve_on: string; serving: Serving; capacity: number; sold: number; fixed: boolean; meals: WeekMeal[];
}
export interface WeekSheet {
  kitchen_id: string; kitchen: string; own: boolean; starts_on: string; published_at: string | null;
  servings: WeekServing[]; dishes: DishRow[]; changes: MenuChange[];
}
export interface ElderBoxes { elder_id: string; number: string; name: string; boxes: number; last_on: string }
export interface HelperBoxes { helper_id: string; name: string; boxes: number }
export interface BoxesOut { elders: ElderBoxes[]; helpers: HelperBoxes[]; taken_today: number; handed_today: number }

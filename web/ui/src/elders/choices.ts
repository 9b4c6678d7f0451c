/** The words that forms of a file offer, in the order in which staff need them. */
export const IDENTITIES = ["resident", "residence_permit", "travel_permit", "passport", "permanent_resident", "none"] as const;
export const DIETS = ["soft", "low_salt", "low_sugar", "halal"] as const;
export const SWALLOWING = [0, 3, 4, 5, 6, 7] as const;
export const PAUSES = ["hospital", "away", "wish", "institution", "unreachable", "other"] as const;
export const SCOPES = ["all", "meals", "visits"] as const;
export const LIVES = ["hospital", "institution", "unreachable", "moved", "moved_out", "died"] as const;
export const CONSENTS = ["photo", "health", "family", "contactless", "key", "recording"] as const;
export const RELATIONS = ["儿子", "女儿", "老伴", "孙辈", "亲戚", "邻居", "网格员", "物业"] as const;
export const SCALES = ["GB/T 42195-2022", "MZ/T 039-2013", "Barthel", "长护险失能等级", "其他"] as const;

/** How a dated fact is typed: a choice of a list, or yes and no. */
export interface FactShape { field: string; kind?: string; of?: readonly (string | number | null)[] }
export const FACTS: Record<string, FactShape> = {
  ability: { field: "ability_level", kind: "ability", of: [0, 1, 2, 3, 4] },
  dementia: { field: "dementia" },
  relief: { field: "relief", kind: "relief", of: [null, "TK", "DB", "DBBY"] },
  disability: { field: "disability_grade", kind: "grade_of_disability", of: [null, 1, 2, 3, 4] },
  living: { field: "living", kind: "living", of: ["alone", "empty_nest", "with_family", "other"] },
  no_kin: { field: "no_kin" },
  left_behind: { field: "left_behind" },
  family: { field: "family_special" },
  veteran: { field: "veteran" },
  hukou: { field: "hukou_in_district" },
  institution: { field: "resides_in_institution" },
  coupon: { field: "coupon_account" },
  suspended: { field: "entitlement_suspended" },
};

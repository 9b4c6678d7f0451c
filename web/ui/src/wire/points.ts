/** The shapes of points, operators, and an exit. */
export interface PointRow {
  id: string;
  code: string;
  name: string;
  kind: string;
  operator: string | null;
  star: number;
  entered_on: string;
  exited_on: string | null;
  elders: number;
  radius_metres: number | null;
}
export interface OperationRow { operator: string; from_on: string; until_on: string | null }
export interface StarRow { star: number; from_on: string }
export interface PointStory { runs: OperationRow[]; stars: StarRow[] }
export interface OperatorRow {
  id: string;
  name: string;
  credit_code: string | null;
  entered_on: string;
  exited_on: string | null;
  points: number;
}
export interface StreetChoice { code: string; name: string }
export interface KitchenChoice { id: string; name: string; street_code: string }
export interface KeeperChoice { id: string; name: string; street_code: string }
export interface PointChoices {
  streets: StreetChoice[];
  kitchens: KitchenChoice[];
  operators: OperatorRow[];
  keepers: KeeperChoice[];
}
export interface NewHome { station_id: string; name: string; elders: number }
export interface ExitPreview {
  station_id: string;
  name: string;
  last_on: string;
  elders: number;
  homes: NewHome[];
  orders_moved: number;
  orders_reseated: number;
  orders_held: number;
  helpers: number;
  accounts: number;
  agreements: number;
  keys: number;
  still_open: number;
  digest: string;
}

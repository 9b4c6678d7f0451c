/** How the house itself stands. `value` is in seconds, a count or a share, as its code says. */
export type Level = "good" | "late" | "alarm" | "off";
export interface SystemSign { code: string; level: Level; value: number | null }
export interface SystemState { as_of: string; red: number; signs: SystemSign[] }

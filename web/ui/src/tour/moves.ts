/** What the tour asks a pane to do, and the names under which pane and page know each other. */

export const PANES = ["station", "coordinator", "courier", "family", "office"] as const;
export type Pane = (typeof PANES)[number];

/** `what` is a selector; `has`: only what holds one of these words; `inside`: a part of what was found. */
interface Sought { what: string; has?: string | string[]; inside?: string }
export type Move =
  | ({ do: "see" } & Sought)
  | ({ do: "press"; times?: number } & Sought)
  | ({ do: "type"; text: string } & Sought)
  | { do: "key"; key: string }
  | { do: "load" }
  | { do: "line"; open: boolean };

export interface Asked { liuzhu: "move"; id: number; move: Move }
export interface Told { liuzhu: "ready" | "done"; id?: number; failed?: string }

export const SITE = "liuzhu.localhost";
const port = location.port ? `:${location.port}` : "";
export const TOUR_ORIGIN = `http://${SITE}${port}`;
export const originOf = (pane: Pane) => `http://${pane}.${SITE}${port}`;

/** The selector of a part by its name. */
export const part = (name: string) => `[data-testid="${name}"]`;

/** The phone's own shelf: what was recorded, today's round, and who this device is. */
import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import type { FieldEvent } from "../wire/round";

export interface KeptEvent {
  seq: number;
  event: FieldEvent;
  hash: string;
  /** Whose record it is: the queue belongs to the account, not to the session. */
  account: string;
  /** One deed may record several events; they are undone together. */
  deed: string;
  state: "kept" | "sent" | "quarantined";
  reason: string | null;
  grade: string | null;
  held_until_ms: number;
  /** The district's own time, for the clocks on this page. */
  at_ms: number;
}

interface Shelves extends DBSchema {
  events: { key: number; value: KeptEvent };
  facts: { key: string; value: unknown };
}

export type Shelf = IDBPDatabase<Shelves>;

export function openShelf(name = "liuzhu-courier"): Promise<Shelf> {
  return openDB<Shelves>(name, 1, {
    upgrade(shelf) {
      shelf.createObjectStore("events", { keyPath: "seq" });
      shelf.createObjectStore("facts");
    },
  });
}

export async function fact<T>(shelf: Shelf, name: string): Promise<T | null> {
  return ((await shelf.get("facts", name)) as T | undefined) ?? null;
}

/** Forgets persons and finished records; who the device is and what is unsent stay. */
export async function wipe(shelf: Shelf): Promise<void> {
  await shelf.delete("facts", "round");
  await shelf.delete("facts", "me");
  const work = shelf.transaction("events", "readwrite");
  for (const kept of await work.store.getAll()) if (kept.state !== "kept") await work.store.delete(kept.seq);
  await work.done;
}

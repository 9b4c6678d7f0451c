/** A page's own shelf: what was recorded, what it needs offline, and which device it is. */
import { openDB, type DBSchema, type IDBPDatabase } from "idb";

/** What every record carries, whatever it is about. */
export interface Envelope {
  id: string;
  boot_id: string;
  seq: number;
  wall_ms: number;
  mono_ms: number;
  prev_hash: string;
}

/** Refused: it did not happen. Quarantined: it happened, and a person looks at it. */
export type KeptState = "kept" | "sent" | "quarantined" | "refused";

export interface KeptEvent<E extends Envelope = Envelope> {
  seq: number;
  event: E;
  hash: string;
  /** Whose record it is: the queue belongs to the account, not to the session. */
  account: string;
  /** One deed may record several events; they are undone together. */
  deed: string;
  state: KeptState;
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
export async function wipe(shelf: Shelf, sealed = ["round", "me"]): Promise<void> {
  for (const name of sealed) await shelf.delete("facts", name);
  const work = shelf.transaction("events", "readwrite");
  for (const kept of await work.store.getAll()) if (kept.state !== "kept") await work.store.delete(kept.seq);
  await work.done;
}

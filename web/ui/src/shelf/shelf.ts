/** A page's own shelf: what was recorded, what it needs offline, and which device it is. */
import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import type { Sealed } from "./vault";

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

interface Kept {
  seq: number;
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

export interface KeptEvent<E extends Envelope = Envelope> extends Kept {
  event: E;
}

/** As it lies there: what happened, to whom and where cannot be read without the key. */
export interface ShutEvent extends Kept {
  id: string;
  prev_hash: string;
  shut: Sealed;
}

/** A picture that waits for a line; it leaves the shelf as soon as the server has all of it. */
export interface KeptPhoto {
  sha256: string;
  account: string;
  order_id: string;
  kind: "photo" | "signature";
  size: number;
  /** So much of it the server has. */
  have: number;
  shut: Sealed;
  /** How it looks, in 64 bits; pictures kept by an older page have none. */
  look?: string;
}

interface Shelves extends DBSchema {
  /** Open ones are of a browser without cryptography: a record is never lost for want of it. */
  events: { key: number; value: ShutEvent | KeptEvent };
  facts: { key: string; value: unknown };
  photos: { key: string; value: KeptPhoto };
}

export type Shelf = IDBPDatabase<Shelves>;

export function openShelf(name = "liuzhu-courier"): Promise<Shelf> {
  return openDB<Shelves>(name, 2, {
    upgrade(shelf, before) {
      if (before < 1) {
        shelf.createObjectStore("events", { keyPath: "seq" });
        shelf.createObjectStore("facts");
      }
      shelf.createObjectStore("photos", { keyPath: "sha256" });
    },
  });
}

export async function fact<T>(shelf: Shelf, name: string): Promise<T | null> {
  return ((await shelf.get("facts", name)) as T | undefined) ?? null;
}

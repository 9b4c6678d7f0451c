/** Forgetting persons: at a round's end, at signing out, and when access was taken away. */
import { alone } from "./alone";
import type { Shelf } from "./shelf";
import { forgetKey } from "./vault";

/**
 * Forgets what is known of persons and every record that is answered for. Who the device is stays,
 * and what is unsent, shut; with nothing left to send the key goes as well.
 */
export function wipe(shelf: Shelf, sealed = ["round", "me"]): Promise<void> {
  // Nobody writes a record down while the key goes.
  return alone(shelf, () => forgetAll(shelf, sealed));
}

async function forgetAll(shelf: Shelf, sealed: string[]): Promise<void> {
  for (const name of sealed) await shelf.delete("facts", name);
  const work = shelf.transaction("events", "readwrite");
  for (const kept of await work.store.getAll()) if (kept.state !== "kept") await work.store.delete(kept.seq);
  const left = await work.store.count();
  await work.done;
  const told = await shelf.count("facts", "reports");
  if (!left && !told && !(await shelf.count("photos"))) await forgetKey(shelf);
}

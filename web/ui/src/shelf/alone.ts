/** One after another on one shelf, over all tabs of this phone where the browser can. */
import type { Shelf } from "./shelf";

const turns = new Map<string, Promise<unknown>>();

/** Never around a question to the server: the page's other records would wait for the line. */
export function alone<T>(shelf: Shelf, deed: () => Promise<T>): Promise<T> {
  const locked = () =>
    typeof navigator !== "undefined" && navigator.locks
      ? (navigator.locks.request(shelf.name, deed) as Promise<T>)
      : deed();
  const next = (turns.get(shelf.name) ?? Promise.resolve()).then(locked, locked);
  turns.set(shelf.name, next.catch(() => undefined));
  return next;
}

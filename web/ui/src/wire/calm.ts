/** A gap grows to so many times its own length at most. */
const MOST_GAPS = 5;

/** Does a thing soon, but never twice at once and never more often than every `gapMs`.
 *
 * What takes long is done less often: whoever asks a busy server makes it no busier.
 * However many asked meanwhile, one more run follows: so the last news is never missed. */
export function calmly(deed: () => Promise<unknown>, gapMs: number): () => void {
  let busy = false;
  let again = false;
  const run = async (): Promise<void> => {
    busy = true;
    again = false;
    const began = Date.now();
    await deed().catch(() => undefined);
    const took = Math.min(2 * (Date.now() - began), MOST_GAPS * gapMs);
    await new Promise((go) => setTimeout(go, Math.max(gapMs, took)));
    busy = false;
    if (again) void run();
  };
  return () => {
    again = true;
    if (!busy) void run();
  };
}

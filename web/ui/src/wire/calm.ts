/** Does a thing soon, but never twice at once and never more often than every `gapMs`.
 *
 * However many asked meanwhile, one more run follows: so the last news is never missed. */
export function calmly(deed: () => Promise<unknown>, gapMs: number): () => void {
  let busy = false;
  let again = false;
  const run = async (): Promise<void> => {
    busy = true;
    again = false;
    await deed().catch(() => undefined);
    await new Promise((go) => setTimeout(go, gapMs));
    busy = false;
    if (again) void run();
  };
  return () => {
    again = true;
    if (!busy) void run();
  };
}

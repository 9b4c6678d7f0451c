/** Waits longer after each failure, never in step with the others. */
export function nextSend(failures: number, random: number, mostMs = 30_000): number {
  if (failures === 0) return 3_000;
  return 1_000 + random * Math.min(mostMs, 1_000 * 2 ** failures);
}

/** A surface's shell opens again without a server; see public/sw.js. */

/** A browser without service workers only loses that. */
export function keepShell(scope: string, afterMs = 0): void {
  if (!("serviceWorker" in navigator) || !import.meta.env.PROD) return;
  setTimeout(() => void navigator.serviceWorker.register("/sw.js", { scope }).catch(() => undefined), afterMs);
}

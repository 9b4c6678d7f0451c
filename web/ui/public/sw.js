/* Keeps the courier's shell, so that a reload on the stairs works. It never keeps answers of the
   server: today's round lies sealed in IndexedDB, and events wait there too. */
const SHELL = "liuzhu-shell-1";

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((shelf) => shelf.add("/courier")));
  self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  const old = caches.keys().then((names) => names.filter((name) => name !== SHELL));
  event.waitUntil(old.then((names) => Promise.all(names.map((name) => caches.delete(name)))));
  self.clients.claim();
});

async function fresh(request) {
  const shelf = await caches.open(SHELL);
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) await shelf.put("/courier", answer.clone());
    return answer;
  } catch {
    return (await shelf.match("/courier")) ?? Response.error();
  }
}

/* The names of built files carry the hash of what is in them. */
async function kept(request) {
  const shelf = await caches.open(SHELL);
  const there = await shelf.match(request);
  if (there) return there;
  const answer = await fetch(request);
  if (answer.ok) await shelf.put(request, answer.clone());
  return answer;
}

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin) return;
  if (pathname === "/courier") event.respondWith(fresh(event.request));
  else if (pathname.startsWith("/assets/") || pathname === "/favicon.svg") event.respondWith(kept(event.request));
});

/* Keeps a surface's shell, so that a reload on the stairs, or at a counter whose server is away,
   works. It never keeps answers of the server: what they say of persons lies sealed in IndexedDB,
   and what was recorded waits there too. One registration per surface: its scope is its page. */
const HOME = new URL(self.registration.scope).pathname;
const SHELL = `liuzhu-shell-2${HOME}`;

const isOld = (name) => name === "liuzhu-shell-1" || (name.startsWith("liuzhu-shell-") && name.endsWith(HOME) && name !== SHELL);

self.addEventListener("install", (event) => {
  event.waitUntil(fetch(HOME).then(gather));
  self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter(isOld).map((name) => caches.delete(name)))));
  self.clients.claim();
});

/* The page, and every file that it or one of these files names: parts that are loaded later too. */
async function gather(page) {
  if (!page.ok || page.redirected) throw new Error("no page to keep");
  const shelf = await caches.open(SHELL);
  const wanted = named(await page.clone().text());
  for (const path of wanted) {
    const file = await kept(new Request(path));
    if (!file.ok) throw new Error(`no ${path}`);
    if (path.endsWith(".js")) for (const more of named(await file.clone().text())) wanted.add(more);
  }
  await shelf.put(HOME, page);
  for (const old of await shelf.keys()) {
    const { pathname } = new URL(old.url);
    if (pathname.startsWith("/assets/") && !wanted.has(pathname)) await shelf.delete(old);
  }
}

/* The names of built files carry the hash of what is in them. */
function named(text) {
  const names = text.matchAll(/["'`](?:\.\/|\/?assets\/)([\w.-]+\.(?:js|css))["'`]/g);
  return new Set([...names].map((one) => `/assets/${one[1]}`));
}

/* From the server while it answers; a page that has changed is gathered anew. */
async function fresh(event) {
  const shelf = await caches.open(SHELL);
  const there = await shelf.match(HOME);
  try {
    const answer = await fetch(event.request);
    if (answer.status >= 500 && there) return there;
    if (answer.ok && !answer.redirected) {
      const [now, was] = [answer.clone(), there?.clone()];
      event.waitUntil(changed(now, was).catch(() => undefined));
    }
    return answer;
  } catch {
    return there ?? Response.error();
  }
}

async function changed(now, was) {
  if (!was || (await now.clone().text()) !== (await was.text())) await gather(now);
}

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
  if (pathname === HOME) event.respondWith(fresh(event));
  else if (pathname.startsWith("/assets/") || pathname === "/favicon.svg") event.respondWith(kept(event.request));
});

// Keeps the checklists that were opened, and the files they are made of, for where there is no network. Nothing else.

const [PAGES, FILES] = ["checklists", "checklist-files"];
const PATIENCE_MS = 4000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  if (request.mode === "navigate" && address.pathname.endsWith("/checklist")) event.respondWith(page(request, address));
  else if (address.pathname.startsWith("/static/")) event.respondWith(file(request));
});

// The network first; not for longer than somebody waits.
async function page(request, address) {
  const fresh = fetch(request).then((response) => keep(response, address));
  fresh.catch(() => {});
  const late = new Promise((_, reject) => setTimeout(reject, PATIENCE_MS));
  try {
    return await Promise.race([fresh, late]);
  } catch {
    return (await (await caches.open(PAGES)).match(address.pathname, { ignoreVary: true })) ?? fresh;
  }
}

// A page of somebody whose session ended is the way to sign in, and is not kept.
async function keep(response, address) {
  if (response.ok && !response.redirected) await (await caches.open(PAGES)).put(address.pathname, response.clone());
  return response;
}

// Built names hold a hash of what is in them: what is kept never grows old.
async function file(request) {
  const kept = await caches.open(FILES);
  const found = await kept.match(request.url, { ignoreVary: true });
  if (found) return found;
  const response = await fetch(request);
  if (response.ok) await kept.put(request.url, response.clone());
  return response;
}

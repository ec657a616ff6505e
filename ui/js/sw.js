// The service worker: keeps the offline page and what it is made of, and nothing else. Every other page comes from the
// network; where there is none, the reader is led to the offline page with the address that could not be opened.
// SHELL (version, pages, files) is put before this file by web/offline_pages.py.
/* global SHELL */

const KIND = "shell-";
const CACHE = KIND + SHELL.version;
const PAGE = "/offline";
const PATIENCE_MS = 4000;

self.addEventListener("install", (event) => event.waitUntil(fill().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(tidy().then(() => self.clients.claim())));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(address.pathname === PAGE ? offlinePage(request) : otherPage(request, address));
  else if (SHELL.files.includes(address.pathname)) event.respondWith(file(request));
});

// All or nothing: a page whose files are of another build is not kept.
async function fill() {
  try {
    const cache = await caches.open(CACHE);
    await Promise.all(SHELL.files.map(async (name) => cache.put(name, (await caches.match(name)) ?? (await good(fetch(name))))));
    await Promise.all(SHELL.pages.map(async (name) => cache.put(name, await page(name))));
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

async function page(name) {
  const response = await good(fetch(name, { credentials: "omit", cache: "reload" }));
  const names = (await response.clone().text()).match(/\/static\/[\w.-]+/g) ?? [];
  if (names.some((one) => !SHELL.files.includes(one))) throw new Error(`${name} is of another build`);
  return response;
}

async function good(fetching) {
  const response = await fetching;
  if (!response.ok) throw new Error(`${response.url}: status ${response.status}`);
  return response;
}

// The shell before this one stays: a page that is open may still ask for its modules.
async function tidy() {
  const shells = (await caches.keys()).filter((name) => name.startsWith(KIND) && name !== CACHE);
  await Promise.all(shells.slice(0, -1).map((name) => caches.delete(name)));
}

async function file(request) {
  return (await caches.match(request.url, { ignoreVary: true })) ?? fetch(request);
}

// The network first, so that an old page is never shown while there is a newer one; not for longer than a reader waits.
async function offlinePage(request) {
  const fresh = good(fetch(request));
  fresh.catch(() => {});
  const late = new Promise((_, reject) => setTimeout(reject, PATIENCE_MS));
  try {
    return await Promise.race([fresh, late]);
  } catch {
    return (await keptPage(new URL(request.url))) ?? fresh;
  }
}

async function keptPage(address) {
  const prefs = new URLSearchParams((await (await caches.match("/offline-prefs"))?.text()) ?? "");
  const [lang, size] = ["lang", "size"].map((name) => address.searchParams.get(name) ?? prefs.get(name));
  const name = `${PAGE}?lang=${lang === "en" ? "en" : "zh"}&size=${size === "large" ? "large" : "normal"}`;
  return (await caches.open(CACHE)).match(name, { ignoreVary: true });
}

async function otherPage(request, address) {
  try {
    return await fetch(request);
  } catch {
    return Response.redirect(`${PAGE}#from=${encodeURIComponent(address.pathname + address.search)}`);
  }
}

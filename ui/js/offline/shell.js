// The service worker that keeps this page on the device, and which of its forms the reader prefers.

const PREFS = "zhijian-prefs";

// `onState`: working, kept, or none where the browser cannot or will not.
export async function keepShell(onState) {
  if (!navigator.serviceWorker || !window.caches) return onState("none");
  try {
    await keepPrefs();
    const registration = await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" });
    const coming = registration.installing ?? registration.waiting;
    if (registration.active) return onState("kept");
    onState("working");
    coming?.addEventListener("statechange", () => {
      if (coming.state === "activated") onState("kept");
      if (coming.state === "redundant") onState(registration.active ? "kept" : "none");
    });
    if (coming?.state === "activated") onState("kept");
  } catch (error) {
    console.warn("the page is not kept", error);
    onState("none");
  }
}

// The cookies of language and size are out of a script's reach; without a network the worker reads this instead.
async function keepPrefs() {
  const { lang, dataset } = document.documentElement;
  const text = `lang=${lang === "en" ? "en" : "zh"}&size=${dataset.size === "large" ? "large" : "normal"}`;
  await (await caches.open(PREFS)).put("/offline-prefs", new Response(text));
}

// The checklist of an inspection: every change is kept on this device at once, photos with their digest, time and place; it is
// handed in when there is a network. Without this script the form is a form.
import { openKept } from "./offline/kept.js";
import { show, fill } from "./slots.js";

const form = document.querySelector("form.checklist");
const state = document.querySelector("[data-state]");
const forget = document.querySelector("[data-forget]");
const name = `checklist ${form.dataset.case}`;
const SIGN_IN = "/office/sign-in";
const items = [...form.querySelectorAll("[data-item]")];
const field = (kind, id) => form.elements[`${kind}-${id}`];
let kept;
let found = { items: {}, ready: false }; // item → { answer, note, nature, at, place, photos: [{ name, type, sha256, blob }] }
let place = "";
let sending = false;

function say(when, problem = "") {
  state.hidden = false;
  state.firstElementChild.classList.toggle("care", !["kept", "sending"].includes(when));
  show(state, when);
  fill(state, { problem });
  state.scrollIntoView({ block: "nearest" });
}

const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const digest = async (blob) => hex(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));

// Where the device is, if it may be known; asked for again when it moved.
function watchPlace() {
  navigator.geolocation?.watchPosition(
    ({ coords }) => (place = [coords.latitude.toFixed(6), coords.longitude.toFixed(6), Math.round(coords.accuracy)].join(",")),
    () => {},
    { enableHighAccuracy: true, maximumAge: 60_000 },
  );
}

function of(id) {
  return (found.items[id] ??= { answer: "open", note: "", nature: "", at: "", place: "", photos: [] });
}

async function changed(event) {
  const box = event.target.closest("[data-item]");
  if (!box) return;
  const id = box.dataset.item;
  const one = of(id);
  for (const file of event.target.type === "file" ? [...event.target.files] : []) {
    const sha256 = await digest(file);
    if (!one.photos.some((photo) => photo.sha256 === sha256)) one.photos.push({ name: file.name, type: file.type, sha256, blob: file });
  }
  if (event.target.type === "file") event.target.value = "";
  Object.assign(one, { answer: field("answer", id).value, note: field("note", id).value, nature: field("nature", id).value });
  Object.assign(one, { at: new Date().toISOString(), place });
  draw(box);
  await keep();
}

async function keep() {
  try {
    await kept.set({ [name]: found });
    forget.hidden = false;
    if (!sending) say("kept");
  } catch {
    say("full");
  }
}

function draw(box) {
  const id = box.dataset.item;
  const list = box.querySelector("[data-photos]");
  list.replaceChildren(...(found.items[id]?.photos ?? []).map((photo) => {
    const line = document.createElement("li");
    line.textContent = `${photo.name} · ${photo.sha256.slice(0, 16)}…`;
    return line;
  }));
  if (field("answer", id).value === "no" || field("note", id).value) box.querySelector("details").open = true;
}

function redraw() {
  for (const box of items) {
    const one = found.items[box.dataset.item];
    if (!one) continue;
    for (const kind of ["answer", "note", "nature"]) if (one[kind]) field(kind, box.dataset.item).value = one[kind];
    draw(box);
  }
}

// The form's secret is the session's: after signing in anew it is another one.
async function secret() {
  const response = await fetch(form.action, { redirect: "follow", cache: "no-store" });
  if (new URL(response.url).pathname === SIGN_IN) return null;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  return page.querySelector("form.checklist input[name=form]")?.value ?? null;
}

function body(token) {
  const data = new FormData();
  data.set("form", token);
  for (const [id, one] of Object.entries(found.items)) {
    for (const kind of ["answer", "note", "nature", "at", "place"]) data.set(`${kind}-${id}`, one[kind]);
    data.set(`digests-${id}`, one.photos.map((photo) => photo.sha256).join(" "));
    for (const photo of one.photos) data.append(`photo-${id}`, photo.blob, photo.name);
  }
  return data;
}

async function send() {
  if (sending) return;
  sending = true;
  say("sending");
  try {
    const token = await secret();
    if (token === null) return say("ended");
    const response = await fetch(form.action, { method: "POST", body: body(token) });
    if (response.redirected && new URL(response.url).pathname === SIGN_IN) return say("ended");
    if (response.ok && response.redirected) return await done(response.url);
    found.ready = false;
    await kept.set({ [name]: found });
    refused(new DOMParser().parseFromString(await response.text(), "text/html"), response.status);
  } catch {
    say("waiting");
  } finally {
    sending = false;
  }
}

// What is wrong is said at its item too, and the first of them is shown.
function refused(page, status) {
  const listed = [...page.querySelectorAll("[data-problems] li")].map((one) => one.textContent.trim());
  say("refused", listed.join("；") || page.querySelector("[data-problems]")?.textContent.trim() || `${status}`);
  for (const box of items) {
    const problem = box.querySelector("[data-problem]");
    problem.textContent = page.querySelector(`#${problem.id}`)?.textContent ?? "";
    problem.hidden = !problem.textContent;
  }
  items.find((box) => !box.querySelector("[data-problem]").hidden)?.scrollIntoView({ block: "start" });
}

async function done(address) {
  await clear();
  location.assign(address);
}

async function clear() {
  await kept.remove([name]);
  await (await window.caches?.open("checklists"))?.delete(location.pathname);
}

form.addEventListener("change", changed);
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  found.ready = true;
  await keep();
  await send();
});
forget.addEventListener("click", async () => {
  await clear();
  location.reload();
});
window.addEventListener("online", () => found.ready && send());

kept = await openKept("zhijian-checklist");
found = (await kept.get(name)) ?? found;
redraw();
watchPlace();
if (Object.keys(found.items).length) {
  forget.hidden = false;
  say("kept");
}
navigator.serviceWorker?.register("/office/checklist-sw.js", { scope: "/office/cases/", updateViaCache: "none" }).catch(() => {});
if (found.ready && navigator.onLine) await send();

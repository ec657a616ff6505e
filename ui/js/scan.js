// Reads a QR by camera or from a photo and follows it only to this host or one of the allowed ones, or hands its text
// to a page that verifies by itself.
import { grouped } from "./grouped.js";
import { readPhotoQr } from "./photo.js";
import { show, slot } from "./slots.js";

const PAUSE_MS = 120;
let stream = null;
let take = follow;

export function scanner(onText = follow) {
  take = onText;
  const box = document.querySelector("[data-scan-result]");
  if (!box) return;
  const open = document.querySelector("[data-scan-open]");
  open.hidden = false;
  open.addEventListener("click", () => watch(box));
  box.querySelector("[data-scan-stop]").addEventListener("click", () => {
    stop();
    show(box);
    open.focus();
  });
  const photo = document.querySelector("[data-photo]");
  const choose = document.querySelector("[data-photo-open]");
  choose.hidden = false;
  choose.addEventListener("click", () => photo.click());
  photo.addEventListener("change", () => {
    if (photo.files.length) readPhoto(box, photo.files[0], Number(photo.dataset.mostMb));
    photo.value = "";
  });
  window.addEventListener("pagehide", stop);
}

function stop() {
  if (stream) for (const track of stream.getTracks()) track.stop();
  stream = null;
}

async function watch(box) {
  if (stream) return;
  const video = slot(box, "video");
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
    show(box, "looking");
    box.scrollIntoView({ block: "nearest" });
    video.srcObject = stream;
    await video.play();
    const { readQr } = await import("./qr.js");
    const text = await firstQr(video, readQr);
    if (text !== null) take(box, text);
  } catch (error) {
    console.warn(error);
    show(box, "no-camera");
  } finally {
    stop();
  }
}

async function firstQr(video, readQr) {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  while (stream) {
    if (video.videoWidth) {
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
      context.drawImage(video, 0, 0);
      const text = await readQr(context.getImageData(0, 0, canvas.width, canvas.height));
      if (text !== null) return text;
    }
    await new Promise((resume) => setTimeout(resume, PAUSE_MS));
  }
  return null;
}

async function readPhoto(box, file, mostMb) {
  stop();
  show(box, "reading");
  try {
    const { readQr } = await import("./qr.js");
    const { text, fault } = await readPhotoQr(file, mostMb, readQr);
    if (fault) show(box, fault);
    else take(box, text);
  } catch (error) {
    console.warn(error);
    show(box, "no-code");
  }
}

export function destination(text, hosts) {
  let address;
  try {
    address = new URL(text);
  } catch {
    return null;
  }
  if (address.protocol !== "https:" && address.protocol !== "http:") return null;
  return { address, ours: hosts.includes(address.host) };
}

// On this host only the path is taken. Another node's page is opened over https, unless this one is itself on http.
function follow(box, text) {
  const hosts = [location.host, ...document.body.dataset.hosts.split(" ")];
  const found = destination(text, hosts);
  if (!found) {
    slot(box, "text").textContent = text.slice(0, 200);
    show(box, "no-address");
    return;
  }
  const { address, ours } = found;
  if (ours && address.host === location.host) {
    location.assign(address.pathname + address.search);
    return;
  }
  if (ours) {
    const scheme = location.protocol === "http:" ? address.protocol : "https:";
    location.assign(`${scheme}//${address.host}${address.pathname}${address.search}`);
    return;
  }
  warn(box, address);
}

function warn(box, address) {
  slot(box, "host").textContent = address.host;
  const code = address.pathname.split("/").map((step) => step.replace(/-/g, "").toUpperCase()).find((step) => /^[0-9A-Z]{18}$/.test(step));
  slot(box, "manual").hidden = !code;
  if (code) {
    slot(box, "code").textContent = grouped(code);
    slot(box, "link").href = `/q?code=${code}`;
  }
  show(box, "other-host");
}

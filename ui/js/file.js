// Compares a file with what is registered. The file is read here in pieces; only its digest is sent. A PDF or OFD that is not
// the registered one may be sent whole, by a button of the reader's own.
import { grouped } from "./grouped.js";
import { show, slot } from "./slots.js";

const PIECE = 2 * 1024 * 1024;

export function fileChecks() {
  const inputs = [...document.querySelectorAll("[data-file]")];
  for (const input of inputs) {
    const box = boxOf(input);
    const button = document.querySelector(`[data-file-open="${input.id}"]`);
    button.hidden = false;
    button.addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      if (input.files.length) check(box, input.files[0]);
      input.value = "";
    });
  }
  if (inputs.length) acceptDrops(inputs[0]);
}

function boxOf(input) {
  return input.parentElement.querySelector("[data-file-result]");
}

// The first of the page is the one for the report on it. A file dropped beside it must not be opened instead.
function acceptDrops(input) {
  const area = document.querySelector(`[data-file-open="${input.id}"]`).closest(".ways, .panel");
  const carriesFile = (event) => [...event.dataTransfer.types].includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!carriesFile(event)) return;
    event.preventDefault();
    area.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) area.classList.remove("dropping");
  });
  document.addEventListener("drop", (event) => {
    area.classList.remove("dropping");
    if (!carriesFile(event)) return;
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    if (file) check(boxOf(input), file);
  });
}

async function check(box, file) {
  box.scrollIntoView({ block: "nearest" });
  slot(box, "found").replaceChildren();
  slot(box, "digest").hidden = true;
  offerUpload(box, null);
  show(box, "working");
  try {
    const digests = await digest(file, (share) => progress(box, share));
    showDigests(box, file.name, digests);
    const answer = await ask(digests, box.dataset.code);
    showResult(box, answer);
    if (["unknown", "differs"].includes(answer.outcome)) offerUpload(box, file);
  } catch (error) {
    console.warn(error);
    show(box, "failed");
  }
}

export async function digest(file, onProgress) {
  const hashes = await newHashes();
  for (let start = 0; start < file.size; start += PIECE) {
    const piece = new Uint8Array(await file.slice(start, start + PIECE).arrayBuffer());
    for (const hash of hashes) hash.update(piece);
    onProgress(Math.min(1, (start + PIECE) / file.size));
  }
  const [sm3, sha256] = hashes.map((hash) => hash.digest("hex"));
  return { sm3, sha256 };
}

async function newHashes() {
  const start = async ({ createSM3, createSHA256 }) => [await createSM3(), await createSHA256()];
  try {
    return await start(await import("./digest.js"));
  } catch (error) {
    console.warn("no WebAssembly", error);
    return start(await import("./digest-plain.js"));
  }
}

// The page's own form takes the file, and the browser sends it: a page like any other, with its address and its way back,
// under form-action of the CSP. A page fetched and written in by hand would have none of these.
function offerUpload(box, file) {
  const form = slot(box, "upload");
  const isJudged = file && (file.type === "application/pdf" || /\.(pdf|ofd)$/i.test(file.name));
  const isLarge = isJudged && file.size > box.dataset.uploadMost * 1024 * 1024;
  slot(box, "too-large").hidden = !isLarge;
  form.hidden = !isJudged || isLarge;
  form.reset();
  if (form.hidden) return;
  const input = form.elements.file;
  try {
    const carried = new DataTransfer();
    carried.items.add(file);
    input.files = carried.files;
  } catch (error) {
    console.warn("the file has to be chosen once more", error);
  }
  input.hidden = input.files.length > 0;
}

const WEIGHT = ["incomparable", "unknown", "differs"];

// Which of the two the institution registered is not known here: the second is sent only if the first is not equal.
// With a code one of them cannot be compared, and the other decides; both may name other reports that have the file.
async function ask(digests, code) {
  let heaviest;
  const others = [];
  for (const algorithm of ["sm3", "sha256"]) {
    const question = { digest: { algorithm, value: digests[algorithm] } };
    if (code) question.code = code;
    const response = await fetch("/api/v1/verify", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(question),
    });
    if (!response.ok) throw new Error(`status ${response.status}`);
    const answer = await response.json();
    if (answer.outcome === "same") return answer;
    others.push(...answer.answers.filter((found) => found.code !== code));
    if (!heaviest || WEIGHT.indexOf(answer.outcome) > WEIGHT.indexOf(heaviest.outcome)) heaviest = answer;
  }
  return { outcome: heaviest.outcome, answers: [...heaviest.answers.filter((found) => found.code === code), ...others] };
}

function progress(box, share) {
  const percent = Math.round(share * 100);
  box.querySelector("progress").value = percent;
  slot(box, "percent").textContent = `${percent}%`;
}

function showDigests(box, name, { sm3, sha256 }) {
  slot(box, "name").textContent = name;
  slot(box, "sm3").textContent = `sm3:${sm3}`;
  slot(box, "sha256").textContent = `sha256:${sha256}`;
  slot(box, "digest").hidden = false;
}

function showResult(box, { outcome, answers }) {
  show(box, outcome);
  const code = box.dataset.code;
  for (const answer of answers) if (answer.code !== code) slot(box, "found").append(row(box, answer));
  if (code && outcome !== "incomparable") markLevel(outcome, answers[0].level);
}

function row(box, answer) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.className = "code";
  link.href = `/v/${encodeURIComponent(answer.code)}`;
  link.textContent = grouped(answer.code);
  const name = document.createElement("span");
  name.textContent = answer.issuer.name;
  const tag = box.querySelector(`template[data-state="${CSS.escape(answer.state)}"]`);
  item.append(link, ...(tag ? [tag.content.cloneNode(true)] : []), name);
  return item;
}

function markLevel(outcome, level) {
  const place = document.querySelector("[data-level-file]");
  if (!place) return;
  place.classList.toggle("todo", outcome !== "same");
  place.querySelector("i").className = outcome === "same" ? "tick" : "part";
  place.querySelector("small").textContent = place.dataset[outcome];
  place.querySelector(".only-read").textContent = place.dataset[`${outcome}Read`];
  if (level !== 4) return;
  for (const title of document.querySelectorAll("[data-level-title]")) title.textContent = title.dataset.levelTitle;
}

// Entry of the offline page: ways in, the answer, the data that is kept.
import { codeInputs } from "./code-input.js";
import { digest } from "./file.js";
import { showAnswer } from "./offline/answer.js";
import { unhex } from "./offline/bytes.js";
import { judge } from "./offline/judge.js";
import { openKept } from "./offline/kept.js";
import { ListsPanel } from "./offline/lists-panel.js";
import { listFor, newestSeen } from "./offline/prepare.js";
import { keepShell } from "./offline/shell.js";
import { read as readCredential } from "./offline/credential.js";
import { read as scan } from "./offline/qr-text.js";
import { listId } from "./offline/status.js";
import { now } from "./offline/times.js";
import { brought } from "./offline/brought.js";
import { printButtons } from "./print.js";
import { scanner } from "./scan.js";
import { fill, show } from "./slots.js";

const PROOF_MAX = 1 << 20;
const $ = (selector) => document.querySelector(selector);
const panelBox = $("[data-lists]");
const [answerBox, chosenBox, notices] = [$("[data-answer]"), $("[data-chosen]"), $("[data-notices]")];
const roots = JSON.parse(panelBox.dataset.roots);
const provinces = new Set(panelBox.dataset.provinces.split(" "));
const hosts = [location.host, ...document.body.dataset.hosts.split(" ")];
const asked = { text: null, proof: undefined, digests: undefined };
let kept;
let turn = 0;

async function take(text) {
  if (asked.text !== null && asked.text !== text) dropFiles();
  asked.text = text;
  await answer();
  $("#state").focus({ preventScroll: true });
  answerBox.scrollIntoView({ block: "start" });
}

// The last question wins, however long an earlier one takes.
async function answer() {
  if (asked.text === null) return;
  const mine = ++turn;
  const at = now();
  const list = await keptList(asked.text);
  const [trust, newestTrust] = [await kept.get("trust"), await newestSeen(kept, roots)];
  const { proof, digests } = asked;
  const found = await judge(asked.text, at, provinces, { trust, roots, newestTrust, hosts, proof, digests, status: list?.raw });
  if (mine === turn) showAnswer(answerBox, { ...found, asOf: list?.issuedAt }, at, navigator.onLine);
}

// The status list that the credential names, while nothing of it is verified yet.
async function keptList(text) {
  try {
    const { credential } = scan(text, provinces);
    const claims = readCredential(credential);
    return await listFor(kept, listId(claims.code.slice(0, 2), claims.statusList));
  } catch {
    return undefined;
  }
}

function dropFiles() {
  asked.proof = asked.digests = undefined;
  show(chosenBox);
}

async function takeFile(file) {
  try {
    if (file.name.endsWith(".tlog-proof") && file.size <= PROOF_MAX) {
      asked.proof = new Uint8Array(await file.arrayBuffer());
      fill(chosenBox, { name: file.name, sm3: "", sha256: "" });
    } else {
      show(chosenBox, "digesting");
      const { sm3, sha256 } = await digest(file, progress);
      asked.digests = [unhex(sm3), unhex(sha256)];
      fill(chosenBox, { name: file.name, sm3: `sm3:${sm3}`, sha256: `sha256:${sha256}` });
    }
    show(chosenBox, "file", asked.text === null ? "waiting" : "");
    await answer();
  } catch (error) {
    console.warn(error);
    show(chosenBox, "unreadable");
  }
}

function progress(share) {
  const percent = Math.round(share * 100);
  chosenBox.querySelector("progress").value = percent;
  fill(chosenBox, { percent: `${percent}%` });
}

function ways() {
  $("[data-text]").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = $("#code").value.trim();
    if (text) take(text);
  });
  scanner((box, text) => {
    show(box);
    take(text);
  });
  $("[data-use-suggestion]").addEventListener("click", () => take(answerBox.querySelector('[data-slot="suggestion"]').textContent));
  const [pick, input] = [$("[data-pick]"), $("#own-file")];
  pick.hidden = false;
  pick.addEventListener("click", () => input.click());
  input.addEventListener("change", async () => {
    for (const file of [...input.files]) await takeFile(file);
    input.value = "";
  });
  drops();
}

function drops() {
  const carriesFile = (event) => [...event.dataTransfer.types].includes("Files");
  document.addEventListener("dragover", (event) => carriesFile(event) && event.preventDefault());
  document.addEventListener("drop", async (event) => {
    if (!carriesFile(event)) return;
    event.preventDefault();
    for (const file of [...event.dataTransfer.files]) await takeFile(file);
  });
}

// A page that could not be opened for want of a network: the service worker says which.
async function takeBrought() {
  const found = brought(location);
  const whens = [navigator.onLine ? "" : "offline", crypto.subtle ? "" : "insecure"];
  if (found) whens.push(found.text === null ? "unreachable" : "brought");
  show(notices, ...whens);
  if (!found) return;
  fill(notices, { page: found.path.slice(0, 60) });
  if (found.text !== null) await take(found.text);
}

async function start() {
  for (const note of document.querySelectorAll("[data-without-script]")) note.hidden = true;
  codeInputs();
  printButtons();
  kept = await openKept();
  const panel = new ListsPanel(panelBox, kept, roots, () => answer());
  if (!kept.lasting) panel.said = ["failed-store"];
  ways();
  keepShell((state) => panel.shellIs(state));
  await takeBrought();
  for (const change of ["online", "offline", "hashchange"]) window.addEventListener(change, () => takeBrought());
  if (crypto.subtle) await panel.start();
}

start();

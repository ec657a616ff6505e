// Many PDFs at once: each found among the institution's reports by its digest, stamped, and registered as it is handed out.
import { digest } from "../file.js";
import { fill } from "../slots.js";
import { patiently, putDown, stamp } from "./issuing.js";
import { codeLink, tag } from "./pieces.js";
import { save, words, wordsOf } from "./words.js";

const MOST_BYTES = 20 << 20;

export function filesRoom(desk) {
  const room = document.querySelector('[data-room="files"]');
  const input = room.querySelector("#files-input");
  const area = room.querySelector("[data-files-drop]");
  const table = room.querySelector("[data-files-table]");
  const bar = room.querySelector("[data-files-progress]");
  const zip = room.querySelector("[data-files-zip]");
  const made = new Map();

  let taking = Promise.resolve(); // those dropped meanwhile come after

  input.addEventListener("change", () => later([...input.files]));
  area.addEventListener("dragover", (event) => {
    event.preventDefault();
    area.classList.add("dropping");
  });
  area.addEventListener("dragleave", () => area.classList.remove("dropping"));
  area.addEventListener("drop", (event) => {
    event.preventDefault();
    area.classList.remove("dropping");
    later([...event.dataTransfer.files]);
  });
  zip.querySelector("button").addEventListener("click", download);

  const later = (files) => (taking = taking.then(() => take(files)));

  // One after the other: the platform stamps two at a time, and other laboratories wait too.
  async function take(files) {
    if (!files.length) return;
    table.hidden = bar.hidden = false;
    fill(bar, { "files-all": files.length, "files-done": 0 });
    for (const [at, file] of files.entries()) {
      await one(file);
      fill(bar, { "files-done": at + 1 });
      bar.querySelector("progress").value = (100 * (at + 1)) / files.length;
    }
    zip.hidden = made.size === 0;
    input.value = "";
  }

  async function one(file) {
    const row = table.tBodies[0].insertRow();
    const cells = [file.name, "", "", ""].map((text) => Object.assign(row.insertCell(), { textContent: text }));
    const say = (text, sign) => cells[3].replaceChildren(tag(text, sign));
    cells[3].className = "result";
    try {
      if (file.size > MOST_BYTES) return say(words("too-large"), "care");
      if ((await file.slice(0, 1024).text()).indexOf("%PDF-") < 0) return say(words("not-pdf"), "care");
      const report = await registered(file);
      if (!report) return say(words("not-registered"), "care");
      cells[1].textContent = report.own_number;
      cells[2].append(codeLink(desk.publicUrl, report.code));
      const stamped = await patiently(() => stamp(desk.calls, report.code, file));
      await patiently(() => putDown(desk.calls, report.code, stamped));
      made.set(free(file.name), stamped);
      say(words("stamped"), "valid");
    } catch (error) {
      say(wordsOf(error), "care");
    }
  }

  async function registered(file) {
    const digests = await digest(file, () => {});
    for (const value of [digests.sm3, digests.sha256]) {
      const page = await (await desk.calls.get("/api/v1/reports", `file_digest=${value}&state=valid&limit=1`)).json();
      if (page.reports.length) return page.reports[0];
    }
    return null;
  }

  const free = (name) => {
    let wanted = name;
    for (let n = 2; made.has(wanted); n += 1) wanted = name.replace(/(\.pdf)?$/i, `-${n}$1`);
    return wanted;
  };

  async function download() {
    const { zipSync } = await import("fflate");
    const files = {};
    for (const [name, blob] of made) files[name] = [new Uint8Array(await blob.arrayBuffer()), { level: 0 }];
    save(new Blob([zipSync(files)], { type: "application/zip" }), "zhijian-stamped.zip");
  }
}

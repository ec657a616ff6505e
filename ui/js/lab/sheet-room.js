// Many reports out of one workbook: read by the platform, looked over here, issued one after the other.
import { fill } from "../slots.js";
import { Refused } from "./call.js";
import { RegisteredOnly, finish, issue, issueFile } from "./issuing.js";
import { tag } from "./pieces.js";
import { complain, inLanguage, save, words, wordsOf } from "./words.js";

const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const OF_THE_FILE = ["file_digest", "file_digest_algorithm", "file_pages"];

export function sheetRoom(desk) {
  const room = document.querySelector('[data-room="sheet"]');
  const form = room.querySelector("[data-sheet]");
  const problem = room.querySelector("[data-sheet-problem]");
  const go = room.querySelector("[data-sheet-issue]");
  const bar = room.querySelector("[data-sheet-progress]");
  const zip = room.querySelector("[data-sheet-zip]");
  const [findings, reports] = ["findings", "reports"].map((name) => room.querySelector(`[data-sheet-${name}]`));
  const made = new Map(); // own number → { receipt, stamped }
  const pending = new Map(); // own number → registered, and its file not yet stamped
  let read = null;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(look);
  });
  form.elements.sheet.addEventListener("change", forget);
  go.addEventListener("click", () => busy(issueAll));
  zip.querySelector("button").addEventListener("click", download);

  async function busy(work) {
    complain(problem, "");
    const buttons = form.querySelectorAll("button, input");
    for (const button of buttons) button.disabled = true;
    form.setAttribute("aria-busy", "true");
    try {
      await work();
    } catch (error) {
      complain(problem, wordsOf(error));
    } finally {
      form.removeAttribute("aria-busy");
      for (const button of buttons) button.disabled = false;
    }
  }

  function forget() {
    read = null;
    made.clear();
    pending.clear();
    for (const part of [go, bar, zip, findings, reports]) part.hidden = true;
    complain(problem, "");
  }

  async function look() {
    const [file] = form.elements.sheet.files;
    forget();
    if (!file) return complain(problem, words("sheet-wanted"));
    const answer = await desk.calls.post("/api/v1/workbooks:read", new Uint8Array(await file.arrayBuffer()), { kind: XLSX });
    read = await answer.json();
    showFindings(read.findings);
    showReports();
    const errors = read.findings.filter((one) => one.severity === "error").length;
    go.hidden = errors > 0 || read.reports.length === 0;
    fill(go, { "sheet-count": read.reports.length });
  }

  function showFindings(list) {
    findings.hidden = list.length === 0;
    findings.tBodies[0].replaceChildren(...list.map((one) => line(`${one.sheet}!${one.cell}`, one.severity, one.message, one.remedy)));
  }

  function line(cell, severity, message, remedy) {
    const row = document.createElement("tr");
    const grade = tag(words(severity), severity === "error" ? "care" : "");
    for (const content of [cell, grade, inLanguage(message), inLanguage(remedy)]) row.insertCell().append(content);
    return row;
  }

  function showReports() {
    reports.hidden = read.reports.length === 0;
    reports.tBodies[0].replaceChildren(...read.reports.map((report) => {
      const row = document.createElement("tr");
      for (const text of [report.own_number ?? "", report.sample_name ?? "", "", ""]) row.insertCell().textContent = text;
      return row;
    }));
  }

  // One after the other: the platform prints and stamps two at a time, and other laboratories wait too.
  async function issueAll() {
    bar.hidden = false;
    fill(bar, { "sheet-all": read.reports.length, "sheet-done": 0 });
    const files = new Map([...form.elements.pdfs.files].map((file) => [plain(file.name.replace(/\.pdf$/i, "")), file]));
    for (const [at, report] of read.reports.entries()) {
      await one(at, report, files.get(plain(report.own_number)));
      fill(bar, { "sheet-done": at + 1 });
      bar.querySelector("progress").value = (100 * (at + 1)) / read.reports.length;
    }
    zip.hidden = made.size === 0;
  }

  async function one(at, report, file) {
    if (made.has(report.own_number)) return;
    const [, , code, result] = reports.tBodies[0].rows[at].cells;
    result.className = "result";
    result.replaceChildren(tag(words("working"), "bare"));
    try {
      const done = await work(report, file);
      made.set(report.own_number, { receipt: done.issued, stamped: done.stamped });
      code.replaceChildren(Object.assign(document.createElement("span"), { className: "code", textContent: done.issued.printed }));
      result.replaceChildren(tag(words("issued"), "valid"));
      pending.delete(report.own_number);
    } catch (error) {
      if (error instanceof RegisteredOnly) pending.set(report.own_number, error);
      result.replaceChildren(tag(words("error"), "care"), ` ${said(error, at)}`);
    }
  }

  function work(report, file) {
    const half = pending.get(report.own_number);
    if (half) return finish(desk.calls, half.issued, half.file, () => {});
    return file ? own(report, file) : issue(desk.calls, withoutFile(report), () => {});
  }

  function own(report, file) {
    if (!Number.isInteger(report.file_pages)) throw Object.assign(new Error(), { why: "pages-wanted" });
    return issueFile(desk.calls, report, file, () => {});
  }

  function said(error, at) {
    const found = error instanceof Refused ? error.problem.errors : null;
    if (!found) return wordsOf(error);
    return found.map((one) => `${cellOf(one.pointer, at)} ${inLanguage(one.message)}：${inLanguage(one.remedy)}`).join("；");
  }

  function cellOf(pointer, at) {
    let [sheet, number, items] = read.rows[at];
    let steps = pointer.split("/").slice(1);
    if (steps[0] === "items" && items[Number(steps[1])]) {
      [sheet, number] = items[Number(steps[1])];
      steps = steps.slice(2);
    }
    return `${sheet}!${read.columns[sheet]?.[steps[0]] ?? "A"}${number}`;
  }

  async function download() {
    const { zipSync, strToU8 } = await import("fflate");
    const files = {};
    const lines = [["机构报告编号", "报告编码", "校验码", "网址", "登记时间"]];
    for (const [number, { receipt, stamped }] of made) {
      files[`${number.replace(/[^\p{L}\p{N}._-]+/gu, "-")}-${receipt.code}.pdf`] = [new Uint8Array(await stamped.arrayBuffer()), { level: 0 }];
      lines.push([number, receipt.printed, receipt.verifier, receipt.verify_url, receipt.registered_at]);
    }
    const csv = `\ufeff${lines.map((line) => line.map(quoted).join(",")).join("\r\n")}\r\n`;
    save(new Blob([zipSync({ ...files, "receipts.csv": strToU8(csv) })], { type: "application/zip" }), "zhijian-reports.zip");
  }
}

// As codes/model.py, own_number_key: width, case and blanks do not make another number.
const plain = (number) => String(number ?? "").normalize("NFKC").replace(/\s+/g, "").toLowerCase();
const withoutFile = (report) => Object.fromEntries(Object.entries(report).filter(([name]) => !OF_THE_FILE.includes(name)));
// A cell that begins like a formula would be run as one.
const quoted = (text) => `"${String(text).replace(/^[=+\-@\t\r]/, "'$&").replace(/"/g, '""')}"`;

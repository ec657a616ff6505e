// The form of one report: read into the specification's record, its findings shown at their fields, then issued.
import { fill } from "../slots.js";
import { Refused } from "./call.js";
import { RegisteredOnly, STEPS, finish, issue, patiently, print } from "./issuing.js";
import { inLanguage, save, words, wordsOf } from "./words.js";

const KEPT = "zhijian-draft";
const SPLIT = /[；;\n]+/; // as the workbook has it: a number of an instrument may hold anything else

export function reportRoom(desk) {
  const room = document.querySelector('[data-room="report"]');
  const form = room.querySelector("[data-report]");
  const rows = room.querySelector("[data-items]");
  const problems = room.querySelector("[data-report-problems]");
  const progress = room.querySelector("[data-progress]");
  const issued = room.querySelector("[data-issued]");

  let pending = null; // registered, and its file not yet stamped

  desk.onOpen.push(() => {
    suggest(desk.institution);
    fillIn(draft(desk.institution.uscc) ?? desk.example ?? { items: [{}] });
  });
  room.querySelector("[data-item-add]").addEventListener("click", () => addRow({}).querySelector(".input").focus());
  room.querySelector("[data-report-clear]").addEventListener("click", () => {
    sessionStorage.removeItem(KEPT);
    fillIn({ items: [{}] });
    reset();
  });
  room.querySelector("[data-report-next]").addEventListener("click", () => {
    const { own_number: _, ...same } = record();
    sessionStorage.removeItem(KEPT);
    fillIn(same);
    reset();
    form.elements.own_number.focus();
  });
  room.querySelector("[data-report-print]").addEventListener("click", () => busy(async () => {
    const { file } = await patiently(() => print(desk.calls, record()));
    save(file, `${name(record().own_number)}-sample.pdf`);
  }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(issueIt);
  });
  form.addEventListener("input", keep);
  rows.addEventListener("click", (event) => {
    if (!event.target.closest("[data-item-remove]")) return;
    event.target.closest("tr").remove();
    for (const [at, row] of [...rows.children].entries()) row.querySelector('[name="seq"]').value = at + 1;
    keep();
  });

  async function issueIt() {
    const report = record();
    for (const step of progress.querySelectorAll("[data-step]")) mark(step, "open");
    progress.hidden = false;
    const onStep = (name) => {
      for (const step of progress.querySelectorAll("[data-step]")) {
        const order = STEPS.indexOf(step.dataset.step) - STEPS.indexOf(name);
        mark(step, order < 0 ? "tick" : order ? "open" : "part");
      }
    };
    // What was registered stays so, whatever is typed now: only its file is still to be made.
    const done = await (pending ? finish(desk.calls, pending.issued, pending.file, onStep) : issue(desk.calls, report, onStep));
    pending = null;
    for (const step of progress.querySelectorAll("[data-step]")) mark(step, "tick");
    sessionStorage.removeItem(KEPT);
    showIssued(done, report);
  }

  function mark(step, sign) {
    step.querySelector("i").className = sign;
    step.classList.toggle("now", sign === "part");
  }

  function showIssued({ issued: receipt, stamped }, report) {
    form.hidden = true;
    issued.hidden = false;
    fill(issued, { printed: receipt.printed, verifier: receipt.verifier });
    const link = issued.querySelector('[data-slot="download"]');
    URL.revokeObjectURL(link.href);
    link.href = URL.createObjectURL(stamped);
    link.download = `${name(report.own_number)}.pdf`;
    issued.querySelector('[data-slot="verify"]').href = `${desk.publicUrl}/v/${receipt.code}?v=${receipt.verifier}`;
    issued.focus();
  }

  async function busy(work) {
    clearProblems();
    form.setAttribute("aria-busy", "true");
    const buttons = form.querySelectorAll("button");
    for (const button of buttons) button.disabled = true;
    try {
      await work();
    } catch (error) {
      progress.hidden = true;
      if (error instanceof RegisteredOnly) pending = error;
      showProblems(error);
    } finally {
      form.removeAttribute("aria-busy");
      for (const button of buttons) button.disabled = false;
    }
  }

  function reset() {
    clearProblems();
    progress.hidden = true;
    issued.hidden = true;
    form.hidden = false;
  }

  // -- the record ---------------------------------------------------------------------------------------------------
  function record() {
    const report = read(form.querySelectorAll(".fields .input"));
    report.items = [...rows.children].map((row, at) => ({ seq: at + 1, ...read(row.querySelectorAll(".input")) }));
    return report;
  }

  // What is left empty is left out; the platform says what it misses.
  function read(inputs) {
    const found = {};
    for (const input of inputs) {
      const value = input.value.trim();
      if (!value || input.name === "seq") continue;
      found[input.name] = typed(input.dataset.kind, value);
    }
    return found;
  }

  function typed(kind, value) {
    if (kind === "bool") return value === "true";
    if (kind === "integer") return /^\d{1,15}$/.test(value) ? Number(value) : value;
    return kind === "many" ? value.split(SPLIT).filter(Boolean) : value;
  }

  function fillIn(report) {
    for (const input of form.querySelectorAll(".fields .input")) put(input, report[input.name]);
    rows.replaceChildren();
    for (const item of report.items?.length ? report.items : [{}]) addRow(item);
  }

  function put(input, value) {
    if (value === undefined || value === null) input.value = input.tagName === "SELECT" ? (input.options[0]?.value ?? "") : "";
    else input.value = Array.isArray(value) ? value.join("；") : String(value);
  }

  function addRow(item) {
    const row = room.querySelector("[data-item-row]").content.cloneNode(true).firstElementChild;
    rows.append(row);
    const at = rows.children.length;
    for (const cell of row.querySelectorAll("td[data-field]")) {
      const input = cell.querySelector(".input");
      input.id = `i-${crypto.getRandomValues(new Uint32Array(1))[0]}-${input.name}`;
      cell.querySelector("label").htmlFor = input.id;
      if (input.name === "seq") {
        input.value = at;
        input.readOnly = true;
      } else put(input, item[input.name]);
    }
    return row;
  }

  // Of one institution: another's key in the same tab must not find it.
  function keep() {
    sessionStorage.setItem(KEPT, JSON.stringify({ uscc: desk.institution.uscc, report: record() }));
  }

  function draft(uscc) {
    try {
      const kept = JSON.parse(sessionStorage.getItem(KEPT));
      return kept?.uscc === uscc ? kept.report : null;
    } catch {
      return null;
    }
  }

  // -- findings -----------------------------------------------------------------------------------------------------
  function fieldOf(pointer) {
    const [, first, at, name] = pointer.split("/");
    if (first === "items" && at !== undefined) return rows.children[Number(at)]?.querySelector(`[data-field="${CSS.escape(name ?? "parameter")}"]`);
    return form.querySelector(`.fields [data-field="${CSS.escape(first ?? "")}"]`);
  }

  function showProblems(error) {
    const findings = error instanceof Refused ? (error.problem.errors ?? []) : [];
    const list = problems.querySelector('[data-slot="problems"]');
    list.replaceChildren();
    if (!findings.length) list.append(line(wordsOf(error)));
    for (const finding of findings) {
      const said = `${inLanguage(finding.message)}：${inLanguage(finding.remedy)}`;
      const field = fieldOf(finding.pointer);
      list.append(line(said, field && attach(field, said)));
    }
    problems.hidden = false;
    problems.focus();
    problems.scrollIntoView({ block: "nearest" });
  }

  function line(text, input) {
    const item = document.createElement("li");
    if (!input) {
      item.textContent = text;
      return item;
    }
    const link = document.createElement("a");
    link.href = `#${input.id}`;
    link.textContent = text;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      input.focus();
    });
    item.append(link);
    return item;
  }

  function attach(field, said) {
    const input = field.querySelector(".input");
    let note = field.querySelector(".problem");
    if (note) note.textContent += `；${said}`;
    else {
      note = Object.assign(document.createElement("span"), { className: "problem", id: `${input.id}-problem`, textContent: said });
      field.append(note);
    }
    field.classList.add("has-problem");
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", note.id);
    return input;
  }

  function clearProblems() {
    problems.hidden = true;
    for (const note of form.querySelectorAll(".problem")) note.remove();
    for (const field of form.querySelectorAll(".has-problem")) field.classList.remove("has-problem");
    for (const input of form.querySelectorAll("[aria-invalid]")) {
      input.removeAttribute("aria-invalid");
      input.removeAttribute("aria-describedby");
    }
  }
}

// What the institution's records hold goes into the lists that the fields suggest from.
function suggest(institution) {
  const said = (value, label) => Object.assign(document.createElement("option"), { value, label: label ?? "" });
  const put = (id, options) => document.getElementById(id).replaceChildren(...options);
  const once = (values) => [...new Set(values)];
  put("list-certificates", institution.certificates.map((one) => said(one.number, one.state)));
  put("list-sites", institution.sites.map((one) => said(one.site_no, one.name)));
  put("list-people", institution.people.map((one) => said(one.staff_no, one.name)));
  put("list-signatories", institution.people.filter((one) => one.signs.length).map((one) => said(one.staff_no, one.name)));
  put("list-instruments", institution.instruments.map((one) => said(one.management_no, one.name)));
  put("list-parameters", once(institution.capabilities.map((one) => one.parameter)).map((one) => said(one)));
  put("list-standards", once(institution.capabilities.map((one) => one.standard)).map((one) => said(one)));
}

// A file's name out of a report's number.
const name = (number) => (number ?? "report").replace(/[^\p{L}\p{N}._-]+/gu, "-").slice(0, 80);

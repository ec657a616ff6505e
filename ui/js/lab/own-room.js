// The institution's own reports: found, paged, and their state changed.
import { grouped } from "../grouped.js";
import { fill } from "../slots.js";
import { utf8 } from "../offline/bytes.js";
import { codeLink, tag } from "./pieces.js";
import { complain, words, wordsOf } from "./words.js";

const PAGE = 50;
const LOOKS = { valid: "valid", corrected: "changed", replaced: "changed", withdrawn: "stopped", doubted: "care", inaccurate: "penalty", false: "penalty false" };

export function ownRoom(desk) {
  const room = document.querySelector('[data-room="own"]');
  const filters = room.querySelector("[data-own-filters]");
  const body = room.querySelector("[data-own-table] tbody");
  const more = room.querySelector("[data-own-more]");
  const dialog = room.querySelector("[data-change]");
  const form = dialog.querySelector("form");
  let next = null;
  let questions = 0; // an answer that a later question has overtaken is not shown
  let chosen = null;

  room.addEventListener("enter", () => list());
  filters.addEventListener("submit", (event) => {
    event.preventDefault();
    list();
  });
  more.addEventListener("click", () => list(next));
  form.elements.state.addEventListener("change", () => {
    form.querySelector("[data-successor]").hidden = form.elements.state.value === "withdrawn";
  });
  form.addEventListener("submit", change);

  async function list(after) {
    const question = ++questions;
    const asked = new URLSearchParams({ limit: PAGE });
    for (const name of ["own_number", "state"]) if (filters.elements[name].value.trim()) asked.set(name, filters.elements[name].value.trim());
    if (after) asked.set("after", after);
    if (!after) body.replaceChildren();
    try {
      // What is signed must be what is sent: both write the query in this one way.
      const page = await (await desk.calls.get("/api/v1/reports", asked.toString())).json();
      if (question !== questions) return;
      for (const report of page.reports) body.append(row(report));
      next = page.next;
      fill(room, { "own-count": `${words("shown")} ${body.children.length}` });
    } catch (error) {
      if (question !== questions) return;
      next = null;
      fill(room, { "own-count": wordsOf(error) });
    }
    more.hidden = !next;
    room.querySelector("[data-own-empty]").hidden = body.children.length > 0;
  }

  function row(report) {
    const tr = document.createElement("tr");
    const state = tag(words(`state-${report.state}`), LOOKS[report.state]);
    for (const content of [report.own_number, codeLink(desk.publicUrl, report.code), report.title, report.issued_on, state]) tr.insertCell().append(content);
    const last = tr.insertCell();
    if (report.state === "valid") {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "button small", textContent: words("change") });
      button.addEventListener("click", () => ask(report));
      last.append(button);
    }
    return tr;
  }

  function ask(report) {
    chosen = report;
    form.reset();
    form.querySelector("[data-successor]").hidden = true;
    complain(form.querySelector("[data-change-problem]"), "");
    fill(dialog, { "change-code": grouped(report.code) });
    dialog.showModal();
  }

  async function change(event) {
    if (event.submitter?.value === "leave") return;
    event.preventDefault();
    const { state, reason, successor } = form.elements;
    const box = form.querySelector("[data-change-problem]");
    const wanted = { state: state.value, reason: reason.value.trim() };
    if (wanted.reason.length < 2) return complain(box, words("reason-wanted")), reason.focus();
    if (state.value !== "withdrawn") {
      wanted.successor = successor.value.trim();
      if (!wanted.successor) return complain(box, words("successor-wanted")), successor.focus();
    }
    try {
      await desk.calls.post(`/api/v1/reports/${chosen.code}/state`, utf8(JSON.stringify(wanted)));
      dialog.close();
      list();
    } catch (error) {
      complain(box, wordsOf(error));
    }
  }
}

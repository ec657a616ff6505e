// What the public saw of the institution's reports: totals, what stands out, days and codes of a period.
import { fill } from "../slots.js";
import { codeLink } from "./pieces.js";
import { complain, inLanguage, wordsOf } from "./words.js";

const DAYS = 30;
const HOURS_IN_CHINA = 8;

export function statementRoom(desk) {
  const room = document.querySelector('[data-room="statement"]');
  const form = room.querySelector("[data-statement]");
  const problem = room.querySelector("[data-statement-problem]");
  let questions = 0; // an answer that a later question has overtaken is not shown
  const part = (name) => room.querySelector(`[data-statement-${name}]`);

  room.addEventListener("enter", () => {
    if (form.elements.from.value) return;
    form.elements.from.value = dayInChina(-DAYS);
    form.elements.to.value = dayInChina(0);
    look();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    look();
  });

  async function look() {
    const question = ++questions;
    complain(problem, "");
    const asked = new URLSearchParams({ from: form.elements.from.value, to: form.elements.to.value, limit: 100 });
    form.setAttribute("aria-busy", "true");
    try {
      const found = await (await desk.calls.get("/api/v1/statement", asked.toString())).json();
      if (question === questions) show(found);
    } catch (error) {
      if (question !== questions) return;
      for (const name of ["totals", "noticed", "days", "codes", "empty"]) part(name).hidden = true;
      complain(problem, wordsOf(error));
    } finally {
      form.removeAttribute("aria-busy");
    }
  }

  function show({ from, to, totals, days, anomalies, codes, counted }) {
    fill(room, { "statement-period": `${from} – ${to}`, counted: inLanguage(counted) });
    fill(part("totals"), Object.fromEntries(Object.entries(totals).map(([name, count]) => [name, count.toLocaleString()])));
    const any = totals.looks + totals.wrong_verifier + totals.unknown_looks > 0;
    part("totals").hidden = !any;
    part("empty").hidden = any;
    rows("noticed", anomalies, (one) => [one.on, one.code ? codeLink(desk.publicUrl, one.code) : "", inLanguage(one.message)]);
    const most = Math.max(1, ...days.map((day) => day.looks));
    rows("days", days, (day) => [day.on, number(day.looks), bar(day.looks / most), number(day.codes)]);
    rows("codes", codes, (one) => [codeLink(desk.publicUrl, one.code), number(one.looks), number(one.places_most || "—"), number(one.wrong_verifier)]);
  }

  function rows(name, list, cells) {
    part(name).hidden = list.length === 0;
    part(name).querySelector("tbody").replaceChildren(...list.map((one) => {
      const row = document.createElement("tr");
      for (const content of cells(one)) {
        const cell = row.insertCell();
        if (content?.number !== undefined) cell.className = "number";
        cell.append(content?.number ?? content);
      }
      return row;
    }));
  }
}

const number = (value) => ({ number: typeof value === "number" ? value.toLocaleString() : value });

function bar(share) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [name, value] of [["class", "bar"], ["viewBox", "0 0 72 8"], ["aria-hidden", "true"]]) svg.setAttribute(name, value);
  for (const [look, width] of [["track", 72], ["amount", Math.round(72 * share)]]) {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("class", look);
    path.setAttribute("d", `M0 0h${width}v8H0z`);
    svg.append(path);
  }
  return svg;
}

function dayInChina(shift) {
  return new Date(Date.now() + (HOURS_IN_CHINA + 24 * shift) * 3600_000).toISOString().slice(0, 10);
}

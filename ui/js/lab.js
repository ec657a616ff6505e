// Entry of the laboratory's desk: one page, its rooms by the address's fragment, and the key that all of them sign with.
import { keyRoom } from "./lab/key-room.js";
import { reportRoom } from "./lab/report-room.js";
import { filesRoom } from "./lab/files-room.js";
import { sheetRoom } from "./lab/sheet-room.js";
import { ownRoom } from "./lab/own-room.js";
import { statementRoom } from "./lab/statement-room.js";

const FIRST = "key";
const desk = { calls: null, institution: null, onOpen: [], publicUrl: document.body.dataset.public };

document.querySelector("[data-old]").hidden = Boolean(window.crypto?.subtle);
for (const room of [keyRoom, reportRoom, sheetRoom, filesRoom, ownRoom, statementRoom]) room(desk, enter);
window.addEventListener("hashchange", enter);
enter();

function enter() {
  const wanted = location.hash.slice(1) || FIRST;
  const room = document.querySelector(`[data-room="${CSS.escape(wanted)}"]`) ? wanted : FIRST;
  const locked = room !== FIRST && !desk.calls;
  for (const section of document.querySelectorAll("[data-room]")) section.hidden = locked || section.dataset.room !== room;
  document.querySelector("[data-locked]").hidden = !locked;
  for (const link of document.querySelectorAll("[data-goes]")) {
    if (link.dataset.goes === room) {
      link.setAttribute("aria-current", "page");
      link.scrollIntoView({ block: "nearest", inline: "center" }); // on a phone the row of rooms is wider than the page
    } else link.removeAttribute("aria-current");
  }
  if (!locked) document.querySelector(`[data-room="${room}"]`).dispatchEvent(new Event("enter"));
}

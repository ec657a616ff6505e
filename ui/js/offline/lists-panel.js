// The panel "offline data": what is kept, of when, and the button that fetches it anew.
import { NotPrepared, forget, prepare, rootsName } from "./prepare.js";
import { minute, now, size } from "./times.js";
import { fill, show } from "../slots.js";

const LOOK_AGAIN_MS = 60_000;

export class ListsPanel {
  // `onChange` is called when other lists are there than before.
  constructor(box, kept, roots, onChange) {
    Object.assign(this, { box, kept, roots, onChange, summary: null, said: [], shell: "working", busy: false, allBytes: 0 });
    this.button = box.querySelector("[data-update]");
    this.form = box.querySelector("[data-choose] form");
  }

  async start() {
    this.summary = (await this.kept.get("summary")) ?? null;
    const before = await this.kept.get("roots");
    if (before && before !== (await rootsName(this.roots))) this.said = ["roots-changed"];
    for (const code of (await this.kept.get("provinces")) ?? []) this.form.querySelector(`[value="${CSS.escape(code)}"]`).checked = true;
    this.button.hidden = false;
    this.button.addEventListener("click", () => this.update());
    this.box.querySelector("[data-forget]").addEventListener("click", () => this.forget());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.choose();
    });
    this.draw();
    window.addEventListener("online", () => this.updateWhenDue());
    document.addEventListener("visibilitychange", () => this.updateWhenDue());
    setInterval(() => this.updateWhenDue(), LOOK_AGAIN_MS);
    await this.updateWhenDue();
  }

  shellIs(state) {
    this.shell = state;
    this.draw();
  }

  async updateWhenDue() {
    const due = !this.summary || now() >= this.summary.dueAt || now() < this.summary.fetchedAt;
    if (due && navigator.onLine && !document.hidden && !this.said.includes("choose")) await this.update(true);
    else this.draw();
  }

  async update(byItself = false) {
    if (this.busy) return;
    this.busy = true;
    this.button.disabled = true;
    const changed = this.said.filter((one) => one === "roots-changed");
    try {
      this.summary = await prepare(this.kept, this.roots, now(), (...step) => this.step(...step));
      this.said = byItself && !changed.length ? ["done"] : ["done", ...changed];
    } catch (error) {
      if (!(error instanceof NotPrepared)) throw error;
      console.warn(error);
      await this.failed(error, changed);
    } finally {
      this.busy = false;
      this.button.disabled = false;
      this.draw();
    }
    this.onChange();
  }

  async failed(error, changed) {
    this.allBytes = error.bytes ?? 0;
    this.said = [error.reason === "choose" ? "choose" : `failed-${error.reason}`, ...changed];
    // What could not be stored is there as long as the page is.
    this.summary = (await this.kept.get("summary")) ?? this.summary;
    if (error.reason === "choose") this.box.querySelector("[data-choose]").open = true;
  }

  async choose() {
    const chosen = [...this.form.querySelectorAll("input:checked")].map((input) => input.value);
    await this.kept.set({ provinces: chosen }).catch(() => {});
    await this.update();
  }

  async forget() {
    await forget(this.kept);
    for (const input of this.form.querySelectorAll("input")) input.checked = false;
    this.summary = null;
    this.said = [];
    this.draw();
    this.button.focus();
    this.onChange();
  }

  step(step, share, province) {
    show(this.box, ...this.occasions(), "working", `getting-${step}`);
    const percent = Math.round(share * 100);
    this.box.querySelector("progress").value = percent;
    fill(this.box, { percent: step === "lists" ? `${percent}%` : "", province: province ? this.nameOf(province) : "" });
  }

  draw() {
    if (this.busy) return;
    show(this.box, ...this.occasions(), ...this.said);
    if (this.summary) fill(this.box, this.values());
    fill(this.box, { "all-size": size(this.allBytes) });
  }

  occasions() {
    const whens = [`shell-${this.shell}`];
    if (!this.summary) return [...whens, "empty"];
    const { trust, expiresAt, dueAt, chosen } = this.summary;
    const out = now() >= Math.min(trust.expiresAt, expiresAt ?? Infinity);
    return [...whens, "kept", out || now() >= dueAt ? "old" : "fresh", chosen.length ? "some" : ""];
  }

  values() {
    const { trust, count, bytes, issuedAt, expiresAt, chosen } = this.summary;
    return {
      version: trust.version, "trust-size": size(trust.bytes), "trust-at": minute(trust.issuedAt), "trust-until": minute(trust.expiresAt),
      count, size: size(bytes), "lists-at": issuedAt ? minute(issuedAt) : "–", "lists-until": expiresAt ? minute(expiresAt) : "–",
      names: chosen.map((code) => this.nameOf(code)).join(", "), total: size(bytes + trust.bytes),
    };
  }

  nameOf(code) {
    return this.form.querySelector(`[value="${CSS.escape(code)}"]`)?.parentElement.textContent.trim() ?? code;
  }
}

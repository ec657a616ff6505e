// Opening, protecting and making the institution's key.
import { fill } from "../slots.js";
import { caller } from "./call.js";
import { KeyRefused, SHORTEST, open, seal } from "./key-file.js";
import { kidOf, newSigner, possession, signer } from "./signer.js";
import { hex, utf8 } from "../offline/bytes.js";
import { complain, save, words, wordsOf } from "./words.js";

export function keyRoom(desk, enter) {
  const room = document.querySelector('[data-room="key"]');
  const [closed, opened] = [room.querySelector("[data-key-closed]"), room.querySelector("[data-key-opened]")];
  const form = room.querySelector("[data-key-open]");
  const problem = room.querySelector("[data-key-problem]");
  const wants = (name) => room.querySelector(`[data-wants="${name}"]`);
  let key = null;

  form.elements.file.addEventListener("change", () => {
    complain(problem, "");
    for (const name of ["passphrase", "kid"]) wants(name).hidden = true;
    form.elements.passphrase.value = "";
    if (form.elements.file.files.length) attempt();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt();
  });
  room.querySelector("[data-key-sandbox]")?.addEventListener("click", () => busy(takeTestKey));
  room.querySelector("[data-key-close]").addEventListener("click", () => {
    sessionStorage.clear();
    location.reload();
  });
  room.querySelector("[data-key-protect]").addEventListener("submit", protect);
  room.querySelector("[data-key-make] form").addEventListener("submit", make);

  const attempt = () => busy(async () => {
    const [file] = form.elements.file.files;
    if (!file) throw new KeyRefused("file-wanted");
    await use(await open(await file.text(), form.elements.passphrase.value, form.elements.kid.value.trim().toLowerCase()));
  });

  async function busy(work) {
    complain(problem, "");
    form.setAttribute("aria-busy", "true");
    try {
      await work();
    } catch (error) {
      const field = { "passphrase-wanted": "passphrase", "passphrase-wrong": "passphrase", "kid-wanted": "kid" }[error.why];
      // The first time it is only a question.
      const asked = field && wants(field).hidden && error.why !== "passphrase-wrong";
      if (field) wants(field).hidden = false;
      complain(problem, asked ? "" : wordsOf(error));
      if (field) form.elements[field].focus();
    } finally {
      form.removeAttribute("aria-busy");
    }
  }

  async function takeTestKey() {
    const answer = await fetch("/api/v1/sandbox/laboratory", { method: "POST", credentials: "omit" });
    const given = await answer.json();
    if (!answer.ok) throw Object.assign(new Error(given.why), { status: answer.status, problem: given });
    desk.example = given.report;
    await use({ kid: given.kid, uscc: given.uscc, signer: signer(given.key.suite, given.key.secret), sealed: false, test: true });
  }

  async function use(found) {
    const calls = caller(found, document.body.dataset.authority);
    const institution = await (await calls.get("/api/v1/institution")).json();
    key = { ...found, uscc: institution.uscc };
    desk.calls = calls;
    desk.institution = institution;
    show(institution);
    for (const heard of desk.onOpen) heard();
    enter(); // the room that was asked for, meanwhile or before
  }

  function show(institution) {
    closed.hidden = true;
    room.querySelector("[data-key-make]").hidden = true;
    opened.hidden = false;
    opened.querySelector("[data-key-plain]").hidden = key.sealed || Boolean(key.test);
    opened.querySelector("[data-key-test]").hidden = !key.test;
    const signs = institution.people.filter((person) => person.signs.length).length;
    const late = institution.instruments.filter((one) => one.needs_calibration && !one.calibrated_until).length;
    fill(opened, {
      name: institution.name, uscc: institution.uscc, kid: key.kid,
      certificates: institution.certificates
        .map((one) => `${one.number} ${one.state}，${words("valid-until")} ${one.expires_on ?? "—"}`).join("；"),
      capabilities: `${institution.capabilities.length} ${words("rows")}`,
      people: `${institution.people.length} ${words("people")}（${words("signatories")} ${signs}）`,
      instruments: `${institution.instruments.length}${late ? `（${words("uncalibrated")} ${late}）` : ""}`,
    });
    fill(document, { who: institution.name });
  }

  async function protect(event) {
    event.preventDefault();
    const { passphrase, again } = event.target.elements;
    const box = room.querySelector("[data-protect-problem]");
    const wrong = passphraseWrong(passphrase.value, again.value);
    complain(box, wrong && words(wrong));
    if (wrong) return passphrase.focus();
    save(new Blob([await seal(key, passphrase.value)], { type: "application/json" }), `zhijian-key-${key.kid}.json`);
    key.sealed = true;
    for (const name of ["plain", "test"]) opened.querySelector(`[data-key-${name}]`).hidden = true;
    event.target.reset();
  }

  async function make(event) {
    event.preventDefault();
    const { uscc, suite, passphrase, again } = event.target.elements;
    const box = room.querySelector("[data-make-problem]");
    const code = uscc.value.trim().toUpperCase();
    const wrong = /^[0-9A-HJ-NPQRTUWXY]{18}$/.test(code) ? passphraseWrong(passphrase.value, again.value) : "uscc-wanted";
    complain(box, wrong && words(wrong));
    if (wrong) return (wrong === "uscc-wanted" ? uscc : passphrase).focus();
    const made = newSigner(suite.value);
    const kid = await kidOf(made);
    const proof = hex(await made.sign(utf8(possession(code, made))));
    save(new Blob([await seal({ kid, uscc: code, signer: made }, passphrase.value)], { type: "application/json" }), `zhijian-key-${kid}.json`);
    fill(event.target, { "made-kid": kid, "made-command": `zhijian admin key ask ${code} ${made.point} --suite ${suite.value} --proof ${proof}` });
    event.target.querySelector("[data-make-done]").hidden = false;
    passphrase.value = again.value = "";
  }
}

function passphraseWrong(passphrase, again) {
  if (passphrase.length < SHORTEST) return "passphrase-short";
  return passphrase === again ? "" : "passphrases-differ";
}

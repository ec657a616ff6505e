// The form for reports from the public: the browser works while the person types, so that no captcha is asked for. Pressed
// too early, it sends itself when the work is done. Without this module the same form is sent without work, by a slower lane.
import { show } from "./slots.js";
import { solve } from "./work.js";

// A challenge holds for ten minutes: a form that is open for longer gets another one.
const RENEW_MS = 8 * 60 * 1000;

export function concernForm() {
  const form = document.querySelector("form[data-work]");
  if (!form) return;
  const { challenge, solution } = form.elements;
  const status = form.querySelector("[data-work-status]");
  const bar = status.querySelector("progress");
  let preparing = null; // a promise while there is work
  let since = 0;
  let isWaiting = false;
  let isSent = false;
  status.hidden = false;

  function prepare(renew) {
    solution.value = "";
    bar.value = 0;
    bar.hidden = false;
    show(status, isWaiting ? "waiting" : "working");
    preparing = work(renew).finally(() => {
      preparing = null;
      bar.hidden = true;
      if (isWaiting) send();
    });
  }

  async function work(renew) {
    try {
      since = Date.now();
      if (renew) challenge.value = await anotherChallenge();
      solution.value = await solve(challenge.value, form.dataset.work, (share) => (bar.value = Math.round(share * 100)));
      show(status, "ready");
    } catch (error) {
      console.warn(error);
      show(status, "failed"); // sent all the same, without work
    }
  }

  const isOld = () => Date.now() - since > RENEW_MS;

  function send() {
    isWaiting = false;
    if (form.requestSubmit) form.requestSubmit();
    else form.submit();
  }

  form.addEventListener("submit", (event) => {
    if (isSent) return event.preventDefault(); // pressed twice
    if (!preparing && solution.value && isOld()) prepare(true);
    if (preparing) {
      event.preventDefault();
      isWaiting = true;
      show(status, "waiting");
      return;
    }
    isSent = true;
    show(status, "sending");
  });
  // Back from the next page: the browser may show this one as it was.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    isSent = false;
    prepare(true);
  });
  setInterval(() => {
    if (!preparing && !isSent && !document.hidden && isOld()) prepare(true);
  }, 60_000);
  prepare(false);
}

async function anotherChallenge() {
  const response = await fetch("/concern/challenge", { cache: "no-store", credentials: "same-origin" });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return (await response.json()).challenge;
}

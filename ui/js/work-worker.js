// The work in a thread of its own: typing stays smooth. Gets a challenge; says how far it is, then the solution.
import { solving } from "./work-solve.js";

const SAY_EVERY_MS = 100;

self.addEventListener("message", ({ data }) => {
  const steps = solving(data);
  let said = 0;
  for (;;) {
    const { value, done } = steps.next();
    if (done) return void self.postMessage({ solution: value });
    const now = Date.now();
    if (now - said < SAY_EVERY_MS) continue;
    said = now;
    self.postMessage({ share: value });
  }
});

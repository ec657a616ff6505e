// From a report's record to its stamped file: checked and printed by the platform, its digest taken here, registered, stamped,
// and the stamped file's digest registered too. Each step can be tried again: the same report has the same key of idempotency.
import { digest } from "../file.js";
import { hex, sha256, utf8 } from "../offline/bytes.js";
import { root } from "./call.js";

const encode = (value) => utf8(JSON.stringify(value));
export const STEPS = ["check", "register", "stamp", "file"];

// { file, pages } of the printed report. Throws Refused with every finding.
export async function print(calls, report) {
  const answer = await calls.post("/api/v1/reports:draft", encode(report));
  return { file: await answer.blob(), pages: Number(answer.headers.get("report-pages")) };
}

// After this the report has its code, whatever becomes of its file.
export class RegisteredOnly extends Error {
  constructor(issued, file, cause) {
    super(cause.message);
    Object.assign(this, { issued, file, cause, why: "registered-only", status: 0 });
  }
}

// { issued, stamped }; `onStep(name)` is told as each step begins. Throws Refused and TypeError when nothing was registered,
// RegisteredOnly when the rest was not done: `finish` does it.
export async function issue(calls, report, onStep) {
  onStep("check");
  const printed = await patiently(() => print(calls, report));
  return issueFile(calls, { ...report, file_pages: printed.pages }, printed.file, onStep);
}

// The same for a file of the laboratory's own, whose pages the record names.
export async function issueFile(calls, report, file, onStep) {
  const { sm3 } = await digest(file, () => {});
  onStep("register");
  const issued = await patiently(() => register(calls, { ...report, file_digest: sm3, file_digest_algorithm: "sm3" }));
  return finish(calls, issued, file, onStep);
}

// The steps behind the registration.
export async function finish(calls, issued, file, onStep) {
  try {
    onStep("stamp");
    const stamped = await patiently(() => stamp(calls, issued.code, file));
    onStep("file");
    await patiently(() => putDown(calls, issued.code, stamped));
    return { issued, stamped };
  } catch (cause) {
    throw new RegisteredOnly(issued, file, cause);
  }
}

async function register(calls, report) {
  const body = encode(report);
  const once = `lab-${hex(await sha256(body))}`;
  return (await calls.post("/api/v1/reports", body, { root: await root([body]), once })).json();
}

export async function stamp(calls, code, file) {
  const kind = "application/pdf";
  return (await calls.post(`/api/v1/reports/${code}/stamp`, new Uint8Array(await file.arrayBuffer()), { kind })).blob();
}

export async function putDown(calls, code, file) {
  const kind = "application/pdf";
  return (await calls.post(`/api/v1/reports/${code}/document`, new Uint8Array(await file.arrayBuffer()), { kind })).json();
}

// The platform says when it is busy, and for how long.
export async function patiently(work, tries = 6) {
  for (let left = tries; ; left -= 1) {
    try {
      return await work();
    } catch (error) {
      if (error.status !== 503 || left <= 1) throw error;
      await new Promise((resolve) => setTimeout(resolve, 3000));
    }
  }
}

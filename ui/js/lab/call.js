// Requests to /api/v1, signed here as docs/howto/lims.md says (RFC 9421, RFC 9530): the page is a laboratory's system like
// any other, and the platform never sees its key.
import { base64Of, hex, sha256, utf8, concat } from "../offline/bytes.js";
import { ALGORITHM } from "./signer.js";

export class Refused extends Error {
  constructor(status, problem) {
    super(problem.why ?? String(status));
    this.status = status;
    this.problem = problem;
  }
}

// Calls of one opened key: get(path, query) and post(path, body, { kind, root, once }).
// They resolve to the Response of a success; a problem document is thrown as Refused, a broken line as TypeError.
export function caller({ kid, signer }, authority) {
  async function headers(method, path, query, body, { kind = "application/json", root, once } = {}) {
    const covered = { "@method": method, "@authority": authority, "@path": path };
    if (query) covered["@query"] = `?${query}`;
    const sent = {};
    if (method === "POST") {
      sent["content-digest"] = `sha-256=:${base64Of(await sha256(body))}:`;
      sent["idempotency-key"] = once ?? `lab-${hex(crypto.getRandomValues(new Uint8Array(16)))}`;
      if (root) sent["report-root"] = hex(root);
      Object.assign(covered, sent);
      sent["content-type"] = kind;
    }
    const names = Object.keys(covered).map((name) => `"${name}"`).join(" ");
    const created = Math.floor(Date.now() / 1000);
    const parameters = `(${names});created=${created};keyid="${kid}";alg="${ALGORITHM[signer.suite]}"`;
    const lines = Object.entries(covered).map(([name, value]) => `"${name}": ${value}\n`);
    const base = `${lines.join("")}"@signature-params": ${parameters}`;
    return { ...sent, "signature-input": `sig=${parameters}`, signature: `sig=:${base64Of(await signer.sign(utf8(base)))}:` };
  }

  async function call(method, path, query, body, how) {
    const request = { method, headers: await headers(method, path, query, body, how), credentials: "omit", cache: "no-store" };
    if (body) request.body = body;
    const answer = await fetch(path + (query ? `?${query}` : ""), request);
    if (answer.ok) return answer;
    throw new Refused(answer.status, await answer.json().catch(() => ({})));
  }

  return {
    get: (path, query = "") => call("GET", path, query),
    post: (path, body, how) => call("POST", path, "", body, how),
  };
}

// Root over the reports of a batch as sent (RFC 6962, SHA-256): what the signature covers.
export async function root(reports) {
  let level = await Promise.all(reports.map((report) => sha256(concat(Uint8Array.of(0), report))));
  while (level.length > 1) {
    const next = [];
    for (let at = 0; at + 1 < level.length; at += 2) next.push(sha256(concat(Uint8Array.of(1), level[at], level[at + 1])));
    if (level.length % 2) next.push(level[level.length - 1]);
    level = await Promise.all(next);
  }
  return level[0];
}

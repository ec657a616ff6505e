// From what verification says to what the page says: one outcome, the reasons below it, and the five levels. What is
// refused of the proof or the status list costs its level, not the answer.
import { read } from "./qr-text.js";
import { unseal } from "./trust.js";
import { verify } from "./verify.js";

const SAID_OF_CREDENTIALS = new Set(["signature", "another-code", "unknown-key", "key-scope", "key-time", "key-revoked", "suite"]);
const BEFORE_TRUST = { "no-entry": "status-no-entry", future: "clock" };
const OF_PROOFS = new Set(["proof-of-another", "proof-without-record"]);

// `files` as verify takes them, with `hosts`: those that the page names, while no trust list is there.
export async function judge(text, at, provinces, files) {
  let scanned;
  try {
    scanned = read(text, provinces);
  } catch (error) {
    return unread(text, error);
  }
  const found = await attempt(text, at, provinces, files);
  const known = await hostKnown(scanned, found.seen, at, files);
  const inner = found.key ?? innerKey(scanned, files, found);
  const key = known ? inner : "host";
  return { ...found, key, inner, scanned, code: scanned.code, marks: marks(found) };
}

function unread(text, error) {
  const reasons = [];
  if (error.why === "credential-refused") return { key: "refused", reasons: ["form"], text };
  const address = /\/\//.test(text) || text.trim().length > 30;
  if (address && error.reason === "length") return { key: "no-address", reasons, text };
  reasons.push(error.suggestion ? "located" : error.reason);
  return { key: "mistyped", reasons, text, position: error.position, suggestion: error.suggestion };
}

async function attempt(text, at, provinces, given) {
  const [files, reasons] = [{ ...given }, []];
  for (;;) {
    try {
      const seen = await verify(text, at, provinces, files);
      if (seen.stale) reasons.push("status-expired");
      if (seen.staleStatus && seen.staleStatus !== "valid") reasons.push("stale-bad");
      return { seen, reasons, proofRefused: Boolean(given.proof && !files.proof) };
    } catch (error) {
      if (error.why === "status-list-refused") {
        reasons.push(BEFORE_TRUST[error.reason] ?? "status-refused");
        files.status = undefined;
      } else if (files.proof && (error.why === "log-refused" || error.reason === "unknown-log" || OF_PROOFS.has(error.reason))) {
        reasons.push(OF_PROOFS.has(error.reason) ? error.reason : "proof-refused");
        files.proof = undefined;
      } else {
        return { seen: null, ...refusal(error, reasons) };
      }
    }
  }
}

function refusal(error, reasons) {
  if (error.why === "trust-list-refused") return { key: error.stale ? "trust-old" : "trust-refused", reasons };
  if (error.why !== "credential-refused") throw error;
  const reason = error.reason === "future" ? "clock" : SAID_OF_CREDENTIALS.has(error.reason) ? error.reason : "form";
  return { key: "refused", reasons: [...reasons, reason] };
}

function innerKey(scanned, files, { seen, reasons }) {
  if (!scanned.credential) return "format";
  if (!files.trust) return "no-trust";
  if (seen.status === "unregistered?") return "unregistered";
  if (seen.status) return seen.status;
  if (!reasons.some((one) => one.startsWith("status-") || one === "clock")) reasons.push("status-missing");
  return "unknown";
}

async function hostKnown(scanned, seen, at, { trust, roots, newestTrust, hosts = [] }) {
  if (!scanned.host) return true;
  if (seen && seen.hostKnown !== null) return seen.hostKnown;
  try {
    if (trust) return (await unseal(trust, roots, newestTrust, at)).hosts.includes(scanned.host);
  } catch {
    // A list that is not believed names no hosts; what the page itself names is left.
  }
  return hosts.includes(scanned.host);
}

// tick: reached; part: looked at, and differs; open: not looked at.
function marks({ seen, key, proofRefused }) {
  const signed = seen?.claims ? "tick" : key === "refused" ? "part" : "open";
  const file = { true: "tick", false: "part" }[seen?.fileMatches] ?? "open";
  const status = seen?.level >= 2 ? "tick" : "open";
  return ["tick", signed, status, seen?.logged ? "tick" : proofRefused ? "part" : "open", file];
}

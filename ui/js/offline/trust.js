// The trust list: which key speaks for whom, since when, until when. A JWS that both root keys must have signed.
// Times are whole microseconds since 1970, as exact as the list writes them.
import { base64url, text, utf8 } from "./bytes.js";
import { credentialRefused, trustRefused } from "./refused.js";
import { ES256, SM2, verify } from "./signing.js";

const ALG = { [ES256]: "ES256", [SM2]: "SM2SM3" };
const HOLDERS = ["institution", "node"];

// `roots` is {suite: hex point} and must hold both suites. `newestSeen` is the highest version this reader ever saw.
export async function unseal(raw, roots, newestSeen = 0, at = null) {
  const trust = await signedByRoots(raw, roots);
  if (trust.version < newestSeen) throw trustRefused("older", `version ${trust.version} after ${newestSeen}`, true);
  if (at !== null && at >= trust.expiresAt) throw trustRefused("expired", `version ${trust.version}`, true);
  return trust;
}

async function signedByRoots(raw, roots) {
  try {
    const outer = JSON.parse(text(raw));
    const signed = {};
    for (const one of outer.signatures) signed[JSON.parse(text(base64url(one.protected))).alg] = one;
    for (const suite of [ES256, SM2]) {
      const one = signed[ALG[suite]];
      await verify(suite, roots[suite], utf8(`${one.protected}.${outer.payload}`), base64url(one.signature));
    }
    return new TrustList(JSON.parse(text(base64url(outer.payload))));
  } catch (error) {
    throw trustRefused("signature", error.message);
  }
}

export class TrustList {
  constructor(raw) {
    if (!Number.isSafeInteger(raw.version) || !Number.isSafeInteger(raw.quorum)) throw new TypeError("version, quorum");
    for (const list of [raw.hosts, raw.keys, raw.logs, raw.witnesses]) if (!Array.isArray(list)) throw new TypeError("lists");
    this.version = raw.version;
    this.issuedAt = micros(raw.issued_at);
    this.expiresAt = micros(raw.expires_at);
    this.label = String(raw.label);
    this.hosts = raw.hosts;
    this.keys = raw.keys.map(trustedKey);
    this.logs = raw.logs;
    this.witnesses = raw.witnesses;
    this.quorum = raw.quorum;
  }

  key(kid) {
    const found = this.keys.find((key) => key.kid === kid);
    if (!found) throw credentialRefused("unknown-key", kid);
    return found;
  }

  // The key, if it may speak for this institution and was good when the log saw the signature.
  keyFor(kid, province, institution, seenAt) {
    const key = this.key(kid);
    const allowed = key.holder === "institution" ? key.scope === institution : key.scope.split(",").includes(province);
    if (!allowed) throw credentialRefused("key-scope", key.name);
    if (!(key.notBefore <= seenAt && seenAt <= key.notAfter)) throw credentialRefused("key-time", key.name);
    if (key.revokedAt !== null && seenAt >= key.revokedAt) throw credentialRefused("key-revoked", key.name);
    return key;
  }

  log(origin) {
    const found = this.logs.find((log) => log.origin === origin);
    if (!found) throw credentialRefused("unknown-log", origin);
    return found;
  }
}

function trustedKey(raw) {
  if (!(raw.suite in ALG) || !HOLDERS.includes(raw.holder)) throw new TypeError("suite, holder");
  for (const name of ["kid", "name", "point", "scope"]) if (typeof raw[name] !== "string") throw new TypeError(name);
  const { kid, name, suite, point, holder, scope } = raw;
  const revokedAt = raw.revoked_at === null ? null : micros(raw.revoked_at);
  return { kid, name, suite, point, holder, scope, notBefore: micros(raw.not_before), notAfter: micros(raw.not_after), revokedAt };
}

// ISO 8601 with its zone → microseconds since 1970. Below 2^53 until the year 2255.
export function micros(spelled) {
  const found = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{6}))?(Z|[+-]\d\d:\d\d)$/.exec(spelled);
  const second = found && Date.parse(found[1] + found[3]);
  if (!found || Number.isNaN(second)) throw new TypeError(`${spelled}: no time with its zone`);
  return second * 1000 + Number(found[2] ?? 0);
}

// Verify with what is at hand: a QR's text, a trust list, a status list, a stapled proof. The same as codes/offline.py.
import { equal } from "./bytes.js";
import { institution, province } from "./code.js";
import * as credential from "./credential.js";
import * as logProof from "./log-proof.js";
import { read as scan } from "./qr-text.js";
import { Refused, credentialRefused, statusRefused } from "./refused.js";
import { unstaple } from "./registration.js";
import * as statusList from "./status.js";
import { unseal } from "./trust.js";

// `at` in microseconds since 1970. `files` = {trust, roots, newestTrust, status, proof, digests}: bytes but for roots
// ({suite: hex point}), newestTrust (a version) and digests (of the file, by each algorithm that may have been used).
// Levels: 0 format, 1 signature, 2 status, 3 log, 4 file. Throws Refused; a stale status list only lowers the level.
export async function verify(text, at, provinces, files = {}) {
  const scanned = scan(text, provinces);
  if (!scanned.credential || !files.trust) return { ...NOTHING, scanned };
  const trust = await unseal(files.trust, files.roots ?? {}, files.newestTrust ?? 0, at);
  const logged = files.proof ? await loggedBy(trust, scanned, files.proof) : null;
  const said = await signedBy(trust, scanned, logged, at);
  const signer = trust.key(said.kid);
  const held = await statusOf(trust, said.claims, files.status, at);
  // 0 also means "never registered", and what an institution signed was signed far from the node.
  const doubtful = held.status === "valid" && signer.holder === "institution" && !logged;
  const status = doubtful ? "unregistered?" : held.status;
  const fileMatches = files.digests ? files.digests.some((one) => equal(one, said.claims.fileDigest)) : null;
  const level = status === null || doubtful ? 1 : logged ? 3 : 2;
  return {
    ...held, scanned, status, signer, trust, logged, fileMatches,
    level: fileMatches && level === 3 ? 4 : level,
    claims: said.claims,
    hostKnown: trust.hosts.includes(scanned.host),
  };
}

const NOTHING = {
  level: 0, claims: null, signer: null, trust: null, status: null, list: null, stale: false, staleStatus: null,
  logged: null, hostKnown: null, fileMatches: null,
};

// Without a proof nobody but the signer says when it was signed: a key that is out by now is not believed then.
async function signedBy(trust, scanned, logged, at) {
  const claims = credential.read(scanned.credential);
  if (claims.code !== scanned.code) throw credentialRefused("another-code", claims.code);
  if (claims.issuedAt > at + statusList.CLOCKS_DIFFER) throw credentialRefused("future");
  const seenAt = logged ? logged.registeredAt : at;
  const keyOf = (kid) => trust.keyFor(kid, province(scanned.code), institution(scanned.code), seenAt);
  return credential.verify(scanned.credential, keyOf);
}

// A stale list says nothing of today. That it had already called the report not valid is worth knowing all the same.
async function statusOf(trust, claims, raw, at) {
  const none = { status: null, list: null, stale: false, staleStatus: null };
  if (!raw) return none;
  const list = await statusList.open(raw, (kid) => nodeKey(trust, kid, province(claims.code), at));
  const wanted = statusList.listId(province(claims.code), claims.statusList);
  try {
    statusList.fresh(list, at);
  } catch (error) {
    if (!error.stale) throw error;
    return { ...none, list, stale: true, staleStatus: list.id === wanted ? await word(list, claims).catch(() => null) : null };
  }
  if (list.id !== wanted) throw statusRefused("another-list", list.id);
  return { ...none, list, status: await word(list, claims) };
}

const word = async (list, claims) => statusList.MEANING[await statusList.valueAt(list, claims.statusIndex)];

// A node of this province whose key is good now: a revoked one could call anything valid for ever.
export function nodeKey(trust, kid, ofProvince, at) {
  if (trust.key(kid).holder !== "node") throw credentialRefused("no-node", kid);
  return trust.keyFor(kid, ofProvince, "", at);
}

async function loggedBy(trust, scanned, raw) {
  const proof = logProof.parse(raw);
  const { leaf, ...record } = await unstaple(proof.extra);
  if (record.code !== scanned.code || !equal(record.credential, scanned.credential)) throw credentialRefused("proof-of-another");
  const log = trust.log(logProof.originOf(proof.checkpoint));
  const keys = [log.vkey, log.sm2_vkey];
  const shown = await logProof.verify(proof, leaf, { origin: log.origin, keys, witnesses: trust.witnesses, quorum: trust.quorum });
  return { ...shown, origin: log.origin, registeredAt: record.registeredAt };
}

export { Refused };

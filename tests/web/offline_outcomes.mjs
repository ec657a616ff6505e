// Reads cases from the file that is named, verifies each with the page's modules, prints the outcomes as JSON.
import { readFileSync } from "node:fs";
import { hex } from "../../ui/js/offline/bytes.js";
import { verify } from "../../ui/js/offline/verify.js";

const { provinces, cases } = JSON.parse(readFileSync(process.argv[2], "utf-8"));
const known = new Set(provinces);
const bytes = (packed) => (packed === null ? undefined : new Uint8Array(Buffer.from(packed, "base64")));

async function outcome({ text, at, trust, roots, status, proof, digest, newest }) {
  const files = { trust: bytes(trust), roots, status: bytes(status), proof: bytes(proof), newestTrust: newest };
  if (digest !== null) files.digests = [bytes(digest)];
  try {
    const seen = await verify(text, at, known, files);
    const { code, host, verifier } = seen.scanned;
    return {
      code, host, verifier, level: seen.level, key: seen.signer?.name ?? null, trust: seen.trust?.version ?? null,
      status: seen.status, as_of: seen.status === null ? null : seen.list.issuedAt, stale: seen.stale,
      logged: seen.logged === null ? null : Number(seen.logged.index), host_known: seen.hostKnown,
      file: seen.fileMatches,
      claims: seen.claims && [seen.claims.code, seen.claims.issuedAt, hex(seen.claims.fileDigest), hex(seen.claims.factsDigest),
        seen.claims.cmaNumber, seen.claims.statusList, seen.claims.statusIndex, seen.claims.log],
    };
  } catch (error) {
    if (!error.why) return { crashed: String(error.stack) };
    return { refused: error.why, stale: error.stale, position: error.position, suggestion: error.suggestion };
  }
}

const outcomes = [];
for (const one of cases) outcomes.push(await outcome(one));
console.log(JSON.stringify(outcomes));

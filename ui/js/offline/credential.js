// The credential in the QR: COSE_Sign1 over deterministic CBOR, as strict as codes/credential.py.
import { hex } from "./bytes.js";
import { Tagged, decode, sigStructure } from "./cbor.js";
import { symbolsOf, withChecks } from "./code.js";
import { Refused, credentialRefused } from "./refused.js";
import { ES256, SM2, verify as verifySignature } from "./signing.js";

export const ALGORITHM = { [ES256]: -7, [SM2]: -65537 };
export const COSE_SIGN1 = 18;
const MAX_BYTES = 256;
const LAST_SECOND = 253402300799; // of the year 9999
export const isBytes = (value) => value instanceof Uint8Array;

// The four pieces of a tagged COSE_Sign1 in its one form. Throws RangeError.
export function openSign1(raw) {
  const outer = decode(raw);
  if (!(outer instanceof Tagged) || outer.tag !== COSE_SIGN1) throw new RangeError("no COSE_Sign1");
  if (!Array.isArray(outer.value) || outer.value.length !== 4) throw new RangeError("not four pieces");
  const [protectedHeader, unprotected, payload, signature] = outer.value;
  if (!(unprotected instanceof Map) || unprotected.size) throw new RangeError("unprotected header");
  if (![protectedHeader, payload, signature].every(isBytes)) throw new RangeError("pieces are no bytes");
  const header = decode(protectedHeader);
  if (!(header instanceof Map) || !Number.isInteger(header.get(1)) || !isBytes(header.get(4))) throw new RangeError("header");
  return { protectedHeader, header, payload, signature };
}

function open(raw) {
  if (raw.length > MAX_BYTES) throw credentialRefused("form", `${raw.length} bytes`);
  try {
    const opened = openSign1(raw);
    if (opened.header.size !== 2 || opened.signature.length !== 64) throw new RangeError("header or signature");
    return { ...opened, body: decode(opened.payload) };
  } catch (error) {
    throw credentialRefused("form", error.message);
  }
}

// What the credential claims, unverified.
export const read = (raw) => claims(open(raw).body);

// `keyOf` gives {suite, point} of a kid (eight hex digits) by the trust list, or throws. The suite is the key's: the
// message never chooses.
export async function verify(raw, keyOf) {
  const { protectedHeader, header, payload, signature, body } = open(raw);
  const kid = hex(header.get(4));
  const key = keyOf(kid);
  if (header.get(1) !== ALGORITHM[key.suite]) throw credentialRefused("suite", `algorithm ${header.get(1)}`);
  try {
    await verifySignature(key.suite, key.point, sigStructure(protectedHeader, payload), signature);
  } catch (error) {
    throw credentialRefused("signature", error.message);
  }
  return { claims: claims(body), kid, suite: key.suite };
}

function claims(list) {
  try {
    if (!Array.isArray(list) || list.length !== 8) throw new RangeError("not eight");
    const [body, issued, fileDigest, factsDigest, cma, statusList, statusIndex, log] = list;
    const lengths = [[body, 10], [fileDigest, 32], [factsDigest, 16], [cma ?? new Uint8Array(5), 5]];
    if (!lengths.every(([bytes, length]) => isBytes(bytes) && bytes.length === length)) throw new RangeError("bytes");
    if (![issued, statusList, statusIndex, log].every((n) => Number.isSafeInteger(n) && n >= 0)) throw new RangeError("numbers");
    if (issued > LAST_SECOND) throw new RangeError("no date");
    const flat = symbolsOf(body, 16);
    if (!/^\d\d$/.test(flat.slice(2, 4))) throw new RangeError("no year");
    const issuedAt = issued * 1e6;
    return { code: withChecks(flat), issuedAt, fileDigest, factsDigest, cmaNumber: cmaNumber(cma), statusList, statusIndex, log };
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw credentialRefused("claims", error.message);
  }
}

function cmaNumber(bytes) {
  if (bytes === null) return null;
  const value = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  if (value >= 1e12) throw new RangeError("CMA number");
  return String(value).padStart(12, "0");
}


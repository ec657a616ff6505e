// Two suites behind one call, as kit/signing.py: SM2 with SM3 (GB/T 32918, identity 1234567812345678) by sm-crypto-v2,
// ES256 by WebCrypto. Signatures are raw r ‖ s, 64 bytes, nothing longer; keys are uncompressed points.
import { sm2 } from "sm-crypto-v2";
import { hex, unhex } from "./bytes.js";

export const SM2 = "SM2-SM3";
export const ES256 = "ES256";
const SM2_ORDER = BigInt("0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123");

// Resolves when the signature is this key's over the message; throws otherwise.
export async function verify(suite, point, message, signature) {
  if (signature.length !== 64) throw new RangeError(`signature of ${signature.length} bytes`);
  if (!/^04[0-9a-f]{128}$/i.test(point)) throw new RangeError("no uncompressed point");
  let good = false;
  if (suite === SM2) good = bySm2(point, message, signature);
  else if (suite === ES256) good = await byEs256(point, message, signature);
  if (good !== true) throw new RangeError(`${suite} signature does not verify`);
}

function bySm2(point, message, signature) {
  const digits = hex(signature);
  // The library leaves the ranges to the arithmetic; the standard asks for them first (GB/T 32918.2, 7.1 B1, B2).
  for (const half of [digits.slice(0, 64), digits.slice(64)]) {
    const value = BigInt(`0x${half}`);
    if (value < 1n || value >= SM2_ORDER) return false;
  }
  return sm2.doVerifySignature(message, digits, point, { hash: true });
}

async function byEs256(point, message, signature) {
  const curve = { name: "ECDSA", namedCurve: "P-256" };
  const key = await crypto.subtle.importKey("raw", unhex(point), curve, false, ["verify"]);
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature, message);
}

// A laboratory's key in the browser: SM2 with SM3 by sm-crypto-v2, ES256 by noble. Signatures are raw r ‖ s, 64 bytes, as
// kit/signing.py makes them. The secret lives in this module's closures and goes nowhere else.
import { p256 } from "@noble/curves/p256";
import { sm2, sm3 } from "sm-crypto-v2";
import { concat, hex, sha256, unhex, utf8 } from "../offline/bytes.js";
import { ES256, SM2 } from "../offline/signing.js";

export const ALGORITHM = { [SM2]: "sm2-sm3", [ES256]: "ecdsa-p256-sha256" };

// { suite, point, sign(bytes) → Promise<bytes>, secret() }; throws RangeError for what is no key.
export function signer(suite, secret) {
  if (!/^[0-9a-f]{64}$/i.test(secret) || /^0+$/.test(secret)) throw new RangeError("no secret of 32 bytes");
  if (suite === SM2) {
    const point = sm2.getPublicKeyFromPrivateKey(secret);
    return { suite, point, secret: () => secret, sign: async (message) => unhex(sm2.doSignature(message, secret, { hash: true, publicKey: point })) };
  }
  if (suite !== ES256) throw new RangeError(`suite ${suite}`);
  const key = unhex(secret);
  const point = hex(p256.getPublicKey(key, false));
  return { suite, point, secret: () => secret, sign: async (message) => p256.sign(await sha256(message), key).toCompactRawBytes() };
}

export function newSigner(suite) {
  const secret = suite === SM2 ? sm2.generateKeyPairHex().privateKey : hex(p256.utils.randomPrivateKey());
  return signer(suite, secret);
}

// What a new key signs to show that it is in its holder's hands (codes/key_requests.py, possession).
export const possession = (uscc, { suite, point }) => `zhijian-key-request-v1\n${uscc}\n${suite}\n${point}\n`;

// Eight hex digits that name a key (codes/credential.py, kid_of).
export async function kidOf({ suite, point }) {
  const named = concat(utf8(`${suite}\n`), unhex(point));
  return (suite === SM2 ? sm3(named) : hex(await sha256(named))).slice(0, 8);
}

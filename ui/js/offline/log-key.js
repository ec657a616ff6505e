// Keys that sign checkpoints (C2SP signed-note): Ed25519 (0x01), witnesses' cosignature/v1 (0x04), SM2 (0xff, ours).
// Ed25519 is by @noble/curves, which sm-crypto-v2 stands on: Chromium 90's WebCrypto does not have it.
import { ed25519 } from "@noble/curves/ed25519";
import { base64, concat, equal, hex, sha256, utf8 } from "./bytes.js";
import { logRefused } from "./refused.js";
import { SM2, verify as verifySignature } from "./signing.js";

const SM2_KIND = concat(Uint8Array.of(0xff), utf8("zhijian/sm2-with-sm3/v1"));
const KINDS = [
  { name: "sm2", prefix: SM2_KIND, key: 65, signature: 64 },
  { name: "ed25519", prefix: Uint8Array.of(1), key: 32, signature: 64 },
  { name: "witness", prefix: Uint8Array.of(4), key: 32, signature: 72 },
];

export const isKeyName = (name) => name !== "" && !/[+\s\0-\x1f]/.test(name);

// {name, kind, key, id} of `name+hash+base64(type ‖ key)`.
export async function parseKey(vkey) {
  const [name, hash, ...rest] = vkey.split("+");
  let raw;
  try {
    raw = base64(rest.join("+"));
  } catch {
    throw logRefused("key", vkey);
  }
  const kind = KINDS.find(({ prefix }) => equal(raw.subarray(0, prefix.length), prefix));
  if (!kind || raw.length !== kind.prefix.length + kind.key || !isKeyName(name)) throw logRefused("key", vkey);
  const id = (await sha256(concat(utf8(`${name}\n`), raw))).subarray(0, 4);
  if (hex(id) !== hash) throw logRefused("key", vkey);
  return { name, kind, key: raw.subarray(kind.prefix.length), id };
}

// Resolves when this key signed the text of a note.
export async function verifyLine({ name, kind, key }, text, signature) {
  if (signature.length !== kind.signature) throw logRefused("signature", name);
  try {
    if (kind.name === "sm2") await verifySignature(SM2, hex(key), text, signature);
    else if (!ed25519.verify(signature.subarray(-64), signedText(kind, text, signature), key, { zip215: false })) throw new RangeError();
  } catch {
    throw logRefused("signature", name);
  }
}

function signedText(kind, text, signature) {
  if (kind.name === "ed25519") return text;
  const stamp = signature.subarray(0, 8).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  if (stamp > 253402300799n) throw new RangeError("no date");
  return concat(utf8(`cosignature/v1\ntime ${stamp}\n`), text);
}

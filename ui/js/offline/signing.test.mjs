import assert from "node:assert/strict";
import test from "node:test";
import { sm2 } from "sm-crypto-v2";
import { concat, hex, unhex, utf8 } from "./bytes.js";
import { ES256, SM2, verify } from "./signing.js";

const MESSAGE = utf8("message digest");
const ORDER = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123";
const pair = sm2.generateKeyPairHex();
const signedBySm2 = unhex(sm2.doSignature(MESSAGE, pair.privateKey, { hash: true }));

async function es256() {
  const keys = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign"]);
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, keys.privateKey, MESSAGE);
  return [hex(new Uint8Array(await crypto.subtle.exportKey("raw", keys.publicKey))), new Uint8Array(signature)];
}

test("both suites verify their own and nothing else", async () => {
  const [point, signature] = await es256();
  await verify(ES256, point, MESSAGE, signature);
  await verify(SM2, pair.publicKey, MESSAGE, signedBySm2);
  await assert.rejects(verify(SM2, pair.publicKey, utf8("another"), signedBySm2));
  await assert.rejects(verify(ES256, point, utf8("another"), signature));
  await assert.rejects(verify(SM2, point, MESSAGE, signature));
  await assert.rejects(verify(ES256, pair.publicKey, MESSAGE, signedBySm2));
  await assert.rejects(verify("none", point, MESSAGE, signature));
});

test("a signature has 64 bytes", async () => {
  for (const wrong of [signedBySm2.subarray(1), concat(signedBySm2, Uint8Array.of(0)), new Uint8Array()]) {
    await assert.rejects(verify(SM2, pair.publicKey, MESSAGE, wrong));
  }
});

test("r and s lie between 1 and the order", async () => {
  const [r, s] = [signedBySm2.subarray(0, 32), signedBySm2.subarray(32)];
  const plus = (half) => unhex((BigInt(`0x${hex(half)}`) + BigInt(`0x${ORDER}`)).toString(16).padStart(66, "0").slice(-64));
  for (const wrong of [concat(new Uint8Array(32), s), concat(r, new Uint8Array(32)), concat(unhex(ORDER), s), concat(plus(r), s), concat(r, plus(s))]) {
    await assert.rejects(verify(SM2, pair.publicKey, MESSAGE, wrong));
  }
});

test("a key is an uncompressed point on the curve", async () => {
  const off = pair.publicKey.slice(0, -1) + (pair.publicKey.endsWith("0") ? "1" : "0");
  for (const point of [pair.publicKey.slice(2), sm2.compressPublicKeyHex(pair.publicKey), off, "04" + "00".repeat(64)]) {
    await assert.rejects(verify(SM2, point, MESSAGE, signedBySm2));
    await assert.rejects(verify(ES256, point, MESSAGE, signedBySm2));
  }
});

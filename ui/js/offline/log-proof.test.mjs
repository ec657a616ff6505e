import assert from "node:assert/strict";
import test from "node:test";
import { ed25519 } from "@noble/curves/ed25519";
import { concat, hex, sha256, utf8 } from "./bytes.js";
import { parse, verify } from "./log-proof.js";

const ORIGIN = "log.example/2026h2";
const base64 = (bytes) => Buffer.from(bytes).toString("base64");

async function signer(name, type, secret) {
  const raw = concat(Uint8Array.of(type), ed25519.getPublicKey(secret));
  const id = (await sha256(concat(utf8(`${name}\n`), raw))).subarray(0, 4);
  const sign = (text, stamp = null) => {
    const head = stamp === null ? new Uint8Array() : Uint8Array.from(Buffer.from(stamp.toString(16).padStart(16, "0"), "hex"));
    const signed = stamp === null ? utf8(text) : utf8(`cosignature/v1\ntime ${stamp}\n${text}`);
    return `— ${name} ${base64(concat(id, head, ed25519.sign(signed, secret)))}\n`;
  };
  return { vkey: `${name}+${hex(id)}+${base64(raw)}`, sign };
}

const log = await signer(ORIGIN, 1, new Uint8Array(32).fill(1));
const [first, second] = [await signer("w1", 4, new Uint8Array(32).fill(2)), await signer("w2", 4, new Uint8Array(32).fill(3))];
const leaf = await sha256(concat(Uint8Array.of(0), utf8("entry")));
const sibling = new Uint8Array(32).fill(9);
const root = await sha256(concat(Uint8Array.of(1), leaf, sibling));
const head = `${ORIGIN}\n2\n${base64(root)}\n`;
const made = (lines, index = 0) => parse(utf8(`c2sp.org/tlog-proof@v1\nindex ${index}\n${base64(sibling)}\n\n${head}\n${lines}`));
const trust = (changes) => ({ origin: ORIGIN, keys: [log.vkey], ...changes });

test("a leaf under a checkpoint that the log signed is shown", async () => {
  const found = await verify(made(log.sign(head)), utf8("entry"), trust());
  assert.deepEqual(found, { index: 0n, size: 2n, witnesses: 0 });
});

test("another entry, index, origin, key or a changed line is refused", async () => {
  const good = made(log.sign(head));
  await assert.rejects(verify(good, utf8("entrx"), trust()), /root/);
  await assert.rejects(verify(made(log.sign(head), 1), utf8("entry"), trust()), /root/);
  await assert.rejects(verify(made(log.sign(head), 2), utf8("entry"), trust()), /index/);
  await assert.rejects(verify(good, utf8("entry"), trust({ origin: "log.example/2026h1" })), /origin/);
  await assert.rejects(verify(made(first.sign(head, 5)), utf8("entry"), trust({ witnesses: [first.vkey] })), /unsigned/);
  await assert.rejects(verify(made(log.sign(head + "x")), utf8("entry"), trust()), /signature/);
});

test("as many witnesses as the quorum must have signed, each counted once", async () => {
  const witnesses = [first.vkey, second.vkey];
  const lines = log.sign(head) + first.sign(head, 5) + first.sign(head, 6);
  await assert.rejects(verify(made(lines), utf8("entry"), trust({ witnesses, quorum: 2 })), /quorum/);
  const found = await verify(made(lines + second.sign(head, 7)), utf8("entry"), trust({ witnesses, quorum: 2 }));
  assert.equal(found.witnesses, 2);
});

test("numbers and base64 have one spelling", () => {
  for (const index of ["00", "+1", "1 ", "9223372036854775808"]) assert.throws(() => made("", index), /form/);
  assert.throws(() => parse(utf8("c2sp.org/tlog-proof@v1\nextra \nindex 0\n\nx")), /form/);
});

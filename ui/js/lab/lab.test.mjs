import assert from "node:assert/strict";
import test from "node:test";
import { hex, sha256, utf8, concat } from "../offline/bytes.js";
import { ES256, SM2, verify } from "../offline/signing.js";
import { root } from "./call.js";
import { KeyRefused, open, seal } from "./key-file.js";
import { kidOf, newSigner, signer } from "./signer.js";

for (const suite of [SM2, ES256]) {
  test(`what a ${suite} key signs verifies under its point`, async () => {
    const key = newSigner(suite);
    await verify(suite, key.point, utf8("message"), await key.sign(utf8("message")));
    await assert.rejects(verify(suite, key.point, utf8("another"), await key.sign(utf8("message"))));
    assert.equal(signer(suite, key.secret()).point, key.point);
  });

  test(`a sealed ${suite} key opens by its passphrase alone, and not when anything beside it was changed`, async () => {
    const key = newSigner(suite);
    const kid = await kidOf(key);
    const file = await seal({ kid, uscc: "91330000MA0000000A", signer: key }, "一句话 passphrase");
    assert.ok(!file.includes(key.secret()));
    const found = await open(file, "一句话 passphrase");
    assert.deepEqual([found.kid, found.signer.secret(), found.sealed], [kid, key.secret(), true]);
    const why = (text, phrase) => assert.rejects(open(text, phrase), (e) => e instanceof KeyRefused && e.why === "passphrase-wrong");
    await why(file, "another passphrase");
    for (const change of [{ kid: "00000000" }, { uscc: "x" }, { rounds: 1 }, { rounds: 1e12 }, { suite: "none" }, { sealed: "00" }]) {
      await why(JSON.stringify({ ...JSON.parse(file), ...change }), "一句话 passphrase");
    }
    await assert.rejects(open(file, ""), (e) => e.why === "passphrase-wanted");
  });
}

test("secrets that are none are refused", () => {
  for (const wrong of ["", "0".repeat(64), "zz".repeat(32), "ab", undefined]) assert.throws(() => signer(SM2, wrong), RangeError);
  assert.throws(() => signer("RSA", "ab".repeat(32)), RangeError);
});

test("the root over a batch is that of RFC 6962: an odd one out goes up unchanged", async () => {
  const [a, b, c] = ["a", "b", "c"].map(utf8);
  const leaf = (x) => sha256(concat(Uint8Array.of(0), x));
  const node = (x, y) => sha256(concat(Uint8Array.of(1), x, y));
  assert.equal(hex(await root([a])), hex(await leaf(a)));
  assert.equal(hex(await root([a, b, c])), hex(await node(await node(await leaf(a), await leaf(b)), await leaf(c))));
});

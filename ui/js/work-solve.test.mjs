// node --test js/*.test.mjs
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import test from "node:test";
import { sha256 } from "./digest-plain.js";
import { solving } from "./work-solve.js";

const CHALLENGE = "concern.9.5.1790000000.00112233445566778899aabbccddeeff." + "0".repeat(64);

function solved(challenge) {
  const steps = solving(challenge);
  const shares = [];
  for (;;) {
    const { value, done } = steps.next();
    if (done) return { solution: value, shares };
    shares.push(value);
  }
}

test("every part's hash begins with so many zero bits", () => {
  const key = createHash("sha256").update(CHALLENGE).digest();
  const numbers = solved(CHALLENGE).solution.split(".").map(Number);
  assert.equal(numbers.length, 5);
  numbers.forEach((number, part) => {
    const tail = Buffer.alloc(8);
    tail.writeUInt32BE(part, 0);
    tail.writeUInt32BE(number, 4);
    const hash = createHash("sha256").update(key).update(tail).digest();
    assert.equal(hash.readUInt16BE(0) >> 7, 0);
  });
});

test("it says how far it is, and never less than before", () => {
  const { shares } = solved(CHALLENGE.replace(".9.", ".13."));
  assert.ok(shares.length >= 5);
  assert.deepEqual([...shares].sort((a, b) => a - b), shares);
  assert.ok(shares.every((share) => 0 <= share && share < 1));
});

test("the plain SHA-256 is SHA-256", () => {
  for (const length of [0, 1, 40, 55, 56, 63, 64, 65, 1000]) {
    const bytes = Buffer.alloc(length, 0xa7);
    const hash = sha256();
    hash.update(bytes);
    assert.equal(hash.digest(), createHash("sha256").update(bytes).digest("hex"));
  }
});

import assert from "node:assert/strict";
import test from "node:test";
import { ALPHABET, parse, symbolsOf, withChecks } from "./code.js";

const PROVINCES = new Set(["10", "33"]);
const CODE = "332608K70049M302AR";
const refusal = (typed) => {
  try {
    return parse(typed, PROVINCES);
  } catch (error) {
    return error;
  }
};

test("a code is read as people type it", () => {
  for (const typed of [CODE, " 3326-08k7-oo49-m3o2-ar", "3326—08K7—0049—M302—AR"]) assert.equal(parse(typed, PROVINCES), CODE);
});

test("every single wrong character is caught, located and repaired", () => {
  for (let at = 4; at < 18; at++) {
    for (const other of ALPHABET.replace(CODE[at], "")) {
      const error = refusal(CODE.slice(0, at) + other + CODE.slice(at + 1));
      assert.deepEqual([error.reason, error.position, error.suggestion], ["check", at + 1, CODE]);
    }
  }
});

test("every pair of wrong characters is caught", () => {
  for (let a = 4; a < 17; a++) {
    for (let b = a + 1; b < 18; b++) {
      const wrong = [...CODE];
      for (const at of [a, b]) wrong[at] = ALPHABET[(ALPHABET.indexOf(wrong[at]) + 11 + a) % 31];
      assert.equal(refusal(wrong.join("")).why, "code-malformed");
    }
  }
});

test("what is wrong is named", () => {
  assert.equal(refusal(CODE.slice(1)).reason, "length");
  assert.equal(refusal(CODE.slice(0, 17) + "!").reason, "symbol");
  assert.equal(refusal(withChecks("992608K70049M302")).reason, "province");
});

test("bytes that do not fit into the symbols are refused", () => {
  assert.equal(symbolsOf(Uint8Array.of(30), 1), "Y");
  assert.throws(() => symbolsOf(Uint8Array.of(31), 1), RangeError);
});

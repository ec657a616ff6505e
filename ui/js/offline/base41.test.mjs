import assert from "node:assert/strict";
import test from "node:test";
import { decode } from "./base41.js";
import { text } from "./bytes.js";

test("the example of the house is read", () => assert.equal(text(decode("F5ZFBZ")), "code"));

test("a last single byte has two characters", () => {
  assert.deepEqual([...decode("69")], [255]);
  assert.deepEqual([...decode("")], []);
});

test("each value has one spelling", () => {
  for (const wrong of ["0", "0000", "6A", "::", ":::", "f5z", "F5 ", "F5ZF"]) assert.throws(() => decode(wrong), RangeError, wrong);
});

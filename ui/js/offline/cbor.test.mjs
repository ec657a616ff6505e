import assert from "node:assert/strict";
import test from "node:test";
import { hex, unhex, utf8 } from "./bytes.js";
import { Tagged, decode, sigStructure } from "./cbor.js";

// RFC 8949, appendix A, of the kinds that are read.
const READ = {
  "00": 0, "17": 23, "1818": 24, "18ff": 255, "190100": 256, "1a000f4240": 1000000, "1b000000e8d4a51000": 1e12,
  "20": -1, "3863": -100, f4: false, f5: true, f6: null, "6161": "a", "62c3bc": "ü", "80": [], "83010203": [1, 2, 3],
};
const REFUSED = {
  "longer integer": "1817", "longer by two": "1900ff", "longer by four": "1a0000ffff", "longer by eight": "1b00000000ffffffff",
  "beyond 2^53": "1b0020000000000000", float: "f94500", double: "fb3ff199999999999a", undefined: "f7", unassigned: "f0",
  "indefinite bytes": "5f4101ff", "indefinite list": "9f01ff", "indefinite map": "bf0101ff", "reserved head": "1c",
  "byte behind the end": "0000", "cut off": "4201", "huge list": "9b000fffffffffffff", "keys unsorted": "a202000100",
  "key twice": "a201000100", "no UTF-8": "61ff", nothing: "", "too deep": "81".repeat(20) + "00",
};

test("what the standard writes is read", () => {
  for (const [bytes, value] of Object.entries(READ)) assert.deepEqual(decode(unhex(bytes)), value, bytes);
  assert.deepEqual(decode(unhex("a201020304")), new Map([[1, 2], [3, 4]]));
  assert.deepEqual(decode(unhex("d28101")), new Tagged(18, [1]));
});

for (const [name, bytes] of Object.entries(REFUSED)) test(`refused: ${name}`, () => assert.throws(() => decode(unhex(bytes))));

test("what is signed is written as RFC 9052 says", () => {
  const long = new Uint8Array(300);
  assert.equal(hex(sigStructure(unhex("a10126"), utf8("payload"))), "846a5369676e61747572653143a1012640477061796c6f6164");
  assert.equal(hex(sigStructure(new Uint8Array(), long)).slice(24, 34), "404059012c");
});

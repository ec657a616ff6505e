import assert from "node:assert/strict";
import test from "node:test";
import { deflateSync } from "node:zlib";
import { fresh, listId, valueAt } from "./status.js";

const list = (bytes) => ({ id: "33-2026-11", entries: new Uint8Array(deflateSync(Uint8Array.from(bytes))) });

test("the draft's twelve entries of two bits are read", async () => {
  const held = list([0xc9, 0x44, 0xf9]);
  const read = [];
  for (let index = 0; index < 12; index++) read.push(await valueAt(held, index));
  assert.deepEqual(read, [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]);
});

test("there is no entry behind the end, before the start or beyond all lists", async () => {
  for (const index of [12, -1, 1 << 26, 0.5 + (1 << 26), NaN]) await assert.rejects(valueAt(list([0, 0, 0]), index), /no-entry/);
});

test("what is not packed is refused", async () => {
  await assert.rejects(valueAt({ entries: Uint8Array.of(1, 2, 3) }, 0), /form/);
});

test("a bomb is unpacked no further than the index", async () => {
  const bomb = { entries: new Uint8Array(deflateSync(new Uint8Array(1 << 28))) };
  assert.equal(await valueAt(bomb, 3), 0);
});

test("a list is fresh until its very last moment", () => {
  const held = { id: "x", issuedAt: 1000, expiresAt: 2000 };
  assert.equal(fresh(held, 1999), held);
  assert.throws(() => fresh(held, 2000), (error) => error.stale);
  assert.throws(() => fresh({ ...held, issuedAt: 3e14 }, 0), /future/);
});

test("a list is named by province and month", () => assert.equal(listId("33", 2611), "33-2026-11"));

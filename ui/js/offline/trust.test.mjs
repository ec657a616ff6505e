import assert from "node:assert/strict";
import test from "node:test";
import { TrustList, micros } from "./trust.js";

const AT = micros("2026-11-24T08:30:00+00:00");
const key = {
  kid: "aabbccdd", name: "node-1", suite: "SM2-SM3", point: "04", holder: "node", scope: "10,33",
  not_before: "2026-01-01T00:00:00+00:00", not_after: "2027-01-01T00:00:00+00:00", revoked_at: null,
};
const list = (changes = {}, whole = {}) => new TrustList({
  version: 7, quorum: 0, issued_at: key.not_before, expires_at: key.not_after, label: "", hosts: [], logs: [], witnesses: [],
  keys: [{ ...key, ...changes }], ...whole,
});

test("times are exact to the microsecond and need their zone", () => {
  assert.equal(micros("2026-11-24T16:30:00.000001+08:00") - AT, 1);
  for (const wrong of ["2026-11-24T08:30:00", "2026-11-24", "2026-13-01T00:00:00Z", null]) assert.throws(() => micros(wrong));
});

test("a key speaks for its scope, between its times, until it is revoked", () => {
  assert.equal(list().keyFor("aabbccdd", "33", "", AT).name, "node-1");
  assert.throws(() => list().keyFor("00000000", "33", "", AT), /unknown-key/);
  assert.throws(() => list().keyFor("aabbccdd", "3", "", AT), /key-scope/);
  assert.throws(() => list({ holder: "institution", scope: "08K7" }).keyFor("aabbccdd", "33", "0000", AT), /key-scope/);
  assert.throws(() => list({ not_after: "2026-11-24T08:29:59.999999+00:00" }).keyFor("aabbccdd", "33", "", AT), /key-time/);
  assert.throws(() => list({ revoked_at: "2026-11-24T08:30:00+00:00" }).keyFor("aabbccdd", "33", "", AT), /key-revoked/);
  assert.ok(list({ revoked_at: "2026-11-24T08:30:00.000001+00:00" }).keyFor("aabbccdd", "33", "", AT));
});

test("a list with a field of another kind is no list", () => {
  for (const wrong of [{ suite: "RSA" }, { holder: "root" }, { kid: 1 }, { scope: null }]) assert.throws(() => list(wrong));
  for (const wrong of [{ version: "7" }, { hosts: null }, { expires_at: null }]) assert.throws(() => list({}, wrong));
});

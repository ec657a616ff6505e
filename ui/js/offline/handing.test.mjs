import assert from "node:assert/strict";
import test from "node:test";
import { brought } from "./brought.js";
import { split } from "./frames.js";
import { judge } from "./judge.js";
import { monthsBefore } from "./prepare.js";
import { minute, size } from "./times.js";
import { micros } from "./trust.js";

const CODE = "332608K70049M302AR";
const handed = (path) => brought({ hash: `#from=${encodeURIComponent(path)}`, origin: "https://verify.example" });

test("the address that could not be opened gives its code, or the QR's whole text", () => {
  assert.equal(handed(`/v/${CODE}?v=7KQ2MX`).text, CODE);
  assert.equal(handed("/q?code=3326-08K7%20x").text, "3326-08K7 x");
  assert.equal(handed(`/${CODE}/7KQ2MXF5ZFBZ`).text, `https://verify.example/${CODE}/7KQ2MXF5ZFBZ`);
  for (const path of ["/", "/about", "/v", "/q", "/own?cma=1"]) assert.deepEqual(handed(path), { path, text: null });
});

test("what is no path of this site is not taken over", () => {
  for (const hash of ["", "#answer", "#from=javascript:alert(1)", "#from=%E0%A4%A"]) assert.equal(brought({ hash, origin: "" }), null);
});

test("a bundle is cut at its lengths and nowhere else", () => {
  assert.deepEqual(split(Uint8Array.of(0, 0, 0, 2, 7, 8, 0, 0, 0, 0)).map((one) => [...one]), [[7, 8], []]);
  assert.deepEqual(split(new Uint8Array()), []);
  for (const wrong of [[0, 0, 0], [0, 0, 0, 2, 7], [255, 255, 255, 255]]) assert.throws(() => split(Uint8Array.from(wrong)), RangeError);
});

test("twenty-four months are counted in China, this one among them", () => {
  assert.equal(monthsBefore(micros("2026-11-30T15:59:59Z"), 24), "2024-12");
  assert.equal(monthsBefore(micros("2026-11-30T16:00:00Z"), 24), "2025-01");
});

test("times are China's and sizes are round", () => {
  assert.equal(minute(micros("2026-11-24T16:05:00Z")), "2026-11-25 00:05");
  assert.deepEqual([size(10), size(14_400), size(3_240_000)], ["1 KB", "14 KB", "3.2 MB"]);
});

test("without lists there is an outcome for whatever was given", async () => {
  const said = async (text) => (await judge(text, 0, new Set(["33"]), { hosts: ["verify.example"] })).key;
  assert.equal(await said(CODE), "format");
  assert.equal(await said(`https://verify.example/${CODE}/7KQ2MX`), "format");
  assert.equal(await said(`https://evil.example/${CODE}/7KQ2MX`), "host");
  assert.equal(await said(`https://verify.example/${CODE}/7KQ2MXF5ZFBZ`), "no-trust");
  assert.equal(await said(`https://verify.example/${CODE}/7KQ2MX!!!!`), "refused");
  assert.equal(await said(CODE.slice(1)), "mistyped");
  assert.equal(await said("https://shop.example/menu"), "no-address");
});

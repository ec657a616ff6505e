import assert from "node:assert/strict";
import test from "node:test";
import { read } from "./qr-text.js";

const PROVINCES = new Set(["33"]);
const CODE = "332608K70049M302AR";

test("the whole QR, the small one, the page's address and a bare code are told apart", () => {
  const whole = read(`HTTPS://VERIFY.EXAMPLE/${CODE}/7KQ2MXF5ZFBZ`, PROVINCES);
  assert.deepEqual([whole.host, whole.code, whole.verifier, whole.credential.length], ["verify.example", CODE, "7KQ2MX", 4]);
  assert.equal(read(`https://verify.example/${CODE}/7kq2mx?x=1#y`, PROVINCES).credential, null);
  assert.equal(read(`https://verify.example/v/${CODE}`, PROVINCES).verifier, null);
  assert.deepEqual(read(CODE, PROVINCES), { host: "", code: CODE, verifier: null, credential: null });
});

test("user name and port belong to the host, so that nobody hides behind them", () => {
  assert.equal(read(`https://verify.example@evil.example:8/${CODE}`, PROVINCES).host, "verify.example@evil.example:8");
});

test("other addresses and words are no codes", () => {
  for (const text of ["javascript:alert(1)", "https://evil.example/", "words", "", "https:///x"]) {
    assert.throws(() => read(text, PROVINCES), /code-malformed/, text);
  }
});

// Proof of work as kit/work.py asks for it: for each part a number, so that
// SHA-256( SHA-256(challenge) ‖ part ‖ number ) begins with so many zero bits. 40 bytes: one block a hash.
import { SHA256_START, compressSha256, sha256 } from "./digest-plain.js";

const STEP = 4096;
const LENGTH = 40;

// Yields the share that is done, now and then; returns the solution.
export function* solving(challenge) {
  const [bits, parts] = challenge.split(".").slice(1, 3).map(Number);
  const block = new DataView(new ArrayBuffer(64));
  key(challenge).forEach((byte, at) => block.setUint8(at, byte));
  block.setUint8(LENGTH, 0x80);
  block.setUint32(60, LENGTH * 8);
  const state = new Int32Array(8);
  const numbers = [];
  for (let part = 0; part < parts; part++) {
    block.setUint32(32, part);
    let number = 0;
    do {
      if (number % STEP === 0) yield part / parts;
      block.setUint32(36, number++);
      state.set(SHA256_START);
      compressSha256(state, block);
    } while (state[0] >>> (32 - bits) !== 0);
    numbers.push(number - 1);
  }
  return numbers.join(".");
}

function key(challenge) {
  const bytes = new TextEncoder().encode(challenge);
  const hash = sha256();
  hash.update(bytes);
  return hash.digest().match(/../g).map((pair) => parseInt(pair, 16));
}

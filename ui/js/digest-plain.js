// SM3 (GB/T 32905) and SHA-256 (FIPS 180-4) in plain JavaScript, some ten times slower than the WebAssembly: for
// Chromium 90 to 96, where a strict CSP forbids WebAssembly.

const rotl = (x, n) => (x << (n & 31)) | (x >>> (32 - (n & 31)));

class Hash {
  constructor(initial, compress) {
    this.state = Int32Array.from(initial);
    this.compress = compress;
    this.block = new Uint8Array(64);
    this.view = new DataView(this.block.buffer);
    this.used = 0;
    this.size = 0;
  }

  update(bytes) {
    this.size += bytes.length;
    for (let at = 0; at < bytes.length; ) {
      const part = bytes.subarray(at, at + 64 - this.used);
      this.block.set(part, this.used);
      this.used += part.length;
      at += part.length;
      if (this.used === 64) this.flush();
    }
  }

  flush() {
    this.compress(this.state, this.view);
    this.used = 0;
  }

  digest() {
    const bits = this.size * 8;
    this.block.fill(0, this.used);
    this.block[this.used] = 0x80;
    if (this.used >= 56) {
      this.flush();
      this.block.fill(0);
    }
    this.view.setUint32(56, Math.floor(bits / 2 ** 32));
    this.view.setUint32(60, bits % 2 ** 32);
    this.flush();
    return [...this.state].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }
}

const w = new Int32Array(68);

function compressSm3(state, block) {
  for (let j = 0; j < 16; j++) w[j] = block.getInt32(j * 4);
  for (let j = 16; j < 68; j++) {
    const x = w[j - 16] ^ w[j - 9] ^ rotl(w[j - 3], 15);
    w[j] = x ^ rotl(x, 15) ^ rotl(x, 23) ^ rotl(w[j - 13], 7) ^ w[j - 6];
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let j = 0; j < 64; j++) {
    const early = j < 16;
    const ss1 = rotl((rotl(a, 12) + e + rotl(early ? 0x79cc4519 : 0x7a879d8a, j)) | 0, 7);
    const ff = early ? a ^ b ^ c : (a & b) | (a & c) | (b & c);
    const gg = early ? e ^ f ^ g : (e & f) | (~e & g);
    const tt1 = (ff + d + (ss1 ^ rotl(a, 12)) + (w[j] ^ w[j + 4])) | 0;
    const tt2 = (gg + h + ss1 + w[j]) | 0;
    [d, c, b, a] = [c, rotl(b, 9), a, tt1];
    [h, g, f, e] = [g, rotl(f, 19), e, tt2 ^ rotl(tt2, 9) ^ rotl(tt2, 17)];
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => (state[i] ^= word));
}

// Fractions of the cube roots (of the square roots, for the start) of the first primes.
const primes = [];
for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p)) primes.push(n);
const fraction = (x) => ((x - Math.floor(x)) * 2 ** 32) | 0;
const k = Int32Array.from(primes, (p) => fraction(Math.cbrt(p)));

// Written out: twice as fast as with rotr() and destructuring, and the proof of work does nothing else.
export function compressSha256(state, block) {
  for (let j = 0; j < 16; j++) w[j] = block.getInt32(j * 4);
  for (let j = 16; j < 64; j++) {
    const x = w[j - 15];
    const y = w[j - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[j] = (w[j - 16] + s0 + w[j - 7] + s1) | 0;
  }
  let a = state[0], b = state[1], c = state[2], d = state[3];
  let e = state[4], f = state[5], g = state[6], h = state[7];
  for (let j = 0; j < 64; j++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + k[j] + w[j]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

const SM3_START = [
  0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e,
];

export const createSM3 = async () => new Hash(SM3_START, compressSm3);
export const SHA256_START = Int32Array.from(primes.slice(0, 8), (p) => fraction(Math.sqrt(p)));
export const sha256 = () => new Hash(SHA256_START, compressSha256);
export const createSHA256 = async () => sha256();

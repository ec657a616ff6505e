// Deterministic CBOR (RFC 8949, 4.2.1), read strictly: shortest heads, sorted keys, each once, nothing behind the end.
// Only what credentials, status lists and records hold; floats, bignums and indefinite lengths are refused.
import { compare, text, utf8, concat } from "./bytes.js";

const MAX_DEPTH = 8;

export class Tagged {
  constructor(tag, value) {
    this.tag = tag;
    this.value = value;
  }
}

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  take(count) {
    if (count > this.bytes.length - this.at) throw new RangeError("cut off");
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  head() {
    const [first] = this.take(1);
    const [major, low] = [first >> 5, first & 31];
    if (low < 24) return [major, low];
    if (low > 27) throw new RangeError("indefinite or reserved length");
    let value = 0;
    for (const byte of this.take(1 << (low - 24))) value = value * 256 + byte;
    if (value > Number.MAX_SAFE_INTEGER) throw new RangeError("beyond 2^53");
    const least = low === 24 ? 24 : 256 ** (1 << (low - 25));
    if (value < least) throw new RangeError("not the shortest head");
    return [major, value];
  }

  item(depth) {
    if (depth > MAX_DEPTH) throw new RangeError("too deep");
    const [major, value] = this.head();
    switch (major) {
      case 0: return value;
      case 1: return -1 - value;
      case 2: return this.take(value).slice();
      case 3: return text(this.take(value));
      case 4: return this.list(value, depth);
      case 5: return this.map(value, depth);
      case 6: return new Tagged(value, this.item(depth + 1));
      default: return this.simple(value);
    }
  }

  list(count, depth) {
    if (count > this.bytes.length) throw new RangeError("cut off");
    return Array.from({ length: count }, () => this.item(depth + 1));
  }

  map(count, depth) {
    const found = new Map();
    let before = null;
    for (let i = 0; i < count; i++) {
      const start = this.at;
      const key = this.item(depth + 1);
      const spelled = this.bytes.subarray(start, this.at);
      if (before && compare(before, spelled) >= 0) throw new RangeError("keys not sorted, or twice");
      before = spelled;
      found.set(key, this.item(depth + 1));
    }
    return found;
  }

  simple(value) {
    if (value === 20) return false;
    if (value === 21) return true;
    if (value === 22) return null;
    throw new RangeError("float, undefined or unassigned");
  }
}

// The one value of these bytes. Throws RangeError, or TypeError for text that is not UTF-8.
export function decode(bytes) {
  const reader = new Reader(bytes);
  const value = reader.item(0);
  if (reader.at !== bytes.length) throw new RangeError("bytes behind the end");
  return value;
}

function head(major, value) {
  if (value < 24) return Uint8Array.of((major << 5) | value);
  if (value < 256) return Uint8Array.of((major << 5) | 24, value);
  if (value < 65536) return Uint8Array.of((major << 5) | 25, value >> 8, value & 255);
  return Uint8Array.of((major << 5) | 26, ...[24, 16, 8, 0].map((shift) => (value >>> shift) & 255));
}

const bstr = (bytes) => concat(head(2, bytes.length), bytes);

// What a COSE_Sign1 signs (RFC 9052, 4.4), without external data.
export function sigStructure(protectedHeader, payload) {
  const context = utf8("Signature1");
  return concat(head(4, 4), head(3, context.length), context, bstr(protectedHeader), head(2, 0), bstr(payload));
}

// URL-safe Base41, the same as codes/base41.py: three characters are two bytes, a last two are one byte.

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*-.:";

// Throws for a group whose value no bytes have, so that each value has one spelling.
export function decode(text) {
  const out = [];
  for (let at = 0; at < text.length; at += 3) {
    const group = text.slice(at, at + 3);
    let value = 0;
    for (const ch of group) {
      const digit = ALPHABET.indexOf(ch);
      if (digit < 0) throw new RangeError(`${ch} is not in the alphabet`);
      value = value * 41 + digit;
    }
    const width = group.length - 1;
    if (!width || value >= 256 ** width) throw new RangeError(`${group} is no group`);
    if (width === 2) out.push(value >> 8);
    out.push(value & 255);
  }
  return Uint8Array.from(out);
}

// The report code, 18 characters PPYY-IIII-SSSS-SSSS-KK; KK are two Reed–Solomon checks over GF(31), primitive root 3.
// The same as codes/code.py; which provinces there are is handed in.
import { malformed } from "./refused.js";

export const ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";
export const LENGTH = 18;
const READ_AS = { O: "0", I: "1", Z: "2", S: "5", V: "U" };
const SKIP = /[ \-\t\r\n\u3000\u2010-\u2014\u2212\uff0d]/g;

const power = (base, exponent) => {
  let value = 1;
  for (let i = 0; i < exponent; i++) value = (value * base) % 31;
  return value;
};
const inverse = (value) => power(((value % 31) + 31) % 31, 29); // Fermat: a^29 = a^-1 mod 31
const places = [...Array(LENGTH).keys()].map((i) => i + 1);
const POWERS_3 = places.map((i) => power(3, i));
const POWERS_9 = places.map((i) => power(9, i));
const values = (symbols) => [...symbols].map((ch) => ALPHABET.indexOf(ch));
const weigh = (list, powers) => list.reduce((sum, value, i) => sum + value * powers[i], 0) % 31;

// The canonical code in what a person typed. Throws code-malformed, with the wrong character located when it can be.
export function parse(typed, provinces) {
  const bare = typed.replace(SKIP, "");
  const symbols = [...bare.toUpperCase()].map((ch) => READ_AS[ch] ?? ch);
  // ß and its kin: one character is never read as two.
  if (symbols.length !== [...bare].length) throw malformed("symbol", typed);
  if (symbols.length !== LENGTH) throw malformed("length", typed);
  const strange = symbols.findIndex((ch) => !ALPHABET.includes(ch));
  if (strange >= 0) throw malformed("symbol", typed, { position: strange + 1 });
  const flat = symbols.join("");
  const list = values(flat);
  const syndromes = [weigh(list, POWERS_3), weigh(list, POWERS_9)];
  if (syndromes[0] || syndromes[1]) throw malformed("check", typed, locate(flat, list, syndromes, provinces));
  if (!sensible(flat, provinces)) throw malformed("province", typed);
  return flat;
}

function locate(flat, list, [s1, s2], provinces) {
  for (let i = 0; i < LENGTH; i++) {
    const error = (s1 * inverse(POWERS_3[i])) % 31;
    if (!error || (error * POWERS_9[i]) % 31 !== s2) continue;
    const suggestion = flat.slice(0, i) + ALPHABET[(list[i] - error + 31) % 31] + flat.slice(i + 1);
    if (sensible(suggestion, provinces)) return { position: i + 1, suggestion };
  }
  return {};
}

const sensible = (flat, provinces) => provinces.has(flat.slice(0, 2)) && /^\d\d$/.test(flat.slice(2, 4));

// The code of these sixteen symbols, with its check characters.
export function withChecks(body) {
  const list = values(body);
  const [s1, s2] = [weigh(list, POWERS_3), weigh(list, POWERS_9)];
  const [a1, b1, a2, b2] = [POWERS_3[16], POWERS_3[17], POWERS_9[16], POWERS_9[17]];
  const divide = inverse(a1 * b2 - a2 * b1 + 31 * 31);
  const a = (((s2 * b1 - s1 * b2) % 31) + 31) * divide % 31;
  const b = (((s1 * a2 - s2 * a1) % 31) + 31) * divide % 31;
  return body + ALPHABET[a] + ALPHABET[b];
}

// Bytes as base 31, most significant symbol first. Throws when they do not fit into `width` symbols.
export function symbolsOf(bytes, width) {
  let value = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  let out = "";
  for (let i = 0; i < width; i++) {
    out = ALPHABET[Number(value % 31n)] + out;
    value /= 31n;
  }
  if (value) throw new RangeError(`does not fit into ${width} symbols`);
  return out;
}

export const province = (code) => code.slice(0, 2);
export const institution = (code) => code.slice(4, 8);
export const groups = (code) => code.match(/.{1,4}/g) ?? [];

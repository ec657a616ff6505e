// Bytes as the other modules need them. Every reading is strict: one value, one spelling.

export const utf8 = (text) => new TextEncoder().encode(text);
// A byte order mark stays: what is signed is read as it stands.
export const text = (bytes) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export function unhex(digits) {
  if (!/^(?:[0-9a-f]{2})*$/i.test(digits)) throw new RangeError("not hexadecimal");
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export const equal = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

// Shorter first, then byte by byte: the order of keys in deterministic CBOR as the house writes it.
export function compare(a, b) {
  if (a.length !== b.length) return a.length - b.length;
  const at = a.findIndex((byte, i) => byte !== b[i]);
  return at < 0 ? 0 : a[at] - b[at];
}

export const base64Of = (bytes) => {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(binary);
};

// RFC 4648, section 4, in its one canonical spelling.
export function base64(spelled) {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(spelled)) throw new RangeError("base64");
  const bytes = Uint8Array.from(atob(spelled), (ch) => ch.charCodeAt(0));
  if (base64Of(bytes) !== spelled) throw new RangeError("base64");
  return bytes;
}

export function base64url(spelled) {
  if (/[+/=]/.test(spelled)) throw new RangeError("base64url");
  return base64(spelled.replace(/-/g, "+").replace(/_/g, "/") + "=".repeat((4 - (spelled.length % 4)) % 4));
}

export const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

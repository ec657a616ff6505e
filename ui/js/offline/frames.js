// The body of /status/bundle: each list behind its length, four bytes, big-endian.

export function split(body) {
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  const found = [];
  for (let at = 0; at < body.length; ) {
    if (at + 4 > body.length) throw new RangeError("cut off");
    const length = view.getUint32(at);
    if (length > body.length - at - 4) throw new RangeError("cut off");
    found.push(body.slice(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return found;
}

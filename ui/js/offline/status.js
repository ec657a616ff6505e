// Status lists: two bits a code (Token Status List), one list a province and month, a CWT signed by a node.
import { hex } from "./bytes.js";
import { decode, sigStructure } from "./cbor.js";
import { ALGORITHM, isBytes, openSign1 } from "./credential.js";
import { statusRefused } from "./refused.js";
import { verify } from "./signing.js";

export const MEANING = ["valid", "invalid", "suspended", "superseded"];
export const CLOCKS_DIFFER = 5 * 60 * 1e6;
const TYPE = "application/statuslist+cwt";
const [SUBJECT, EXPIRES, ISSUED, TTL, STATUS_LIST] = [2, 4, 6, 65534, 65533];
const MAX_ENTRIES = 1 << 26;

export const listId = (province, yymm) =>
  `${province}-20${String(Math.floor(yymm / 100)).padStart(2, "0")}-${String(yymm % 100).padStart(2, "0")}`;

// `keyOf` gives a node's {suite, point} of a kid. The list itself, also when its time has run out: see `fresh`.
export async function open(raw, keyOf) {
  try {
    const { protectedHeader, header, payload, signature } = openSign1(raw);
    const claims = decode(payload);
    const key = keyOf(hex(header.get(4)));
    const list = claims.get(STATUS_LIST);
    if (header.get(1) !== ALGORITHM[key.suite] || header.get(16) !== TYPE || list.get("bits") !== 2) throw new RangeError("kind");
    await verify(key.suite, key.point, sigStructure(protectedHeader, payload), signature);
    const times = [claims.get(ISSUED), claims.get(EXPIRES), claims.get(TTL)];
    if (!times.every(Number.isSafeInteger) || typeof claims.get(SUBJECT) !== "string" || !isBytes(list.get("lst"))) {
      throw new RangeError("claims");
    }
    const [issuedAt, expiresAt] = [times[0] * 1e6, times[1] * 1e6];
    return { id: claims.get(SUBJECT), issuedAt, expiresAt, ttl_s: times[2], entries: list.get("lst") };
  } catch (error) {
    throw statusRefused("form", error.message);
  }
}

// Throws when the list is not to be believed at this time; `stale` when only its time has run out.
export function fresh(list, at) {
  if (list.issuedAt > at + CLOCKS_DIFFER) throw statusRefused("future", list.id);
  if (at >= list.expiresAt) throw statusRefused("expired", list.id, true);
  return list;
}

// 0 … 3. Unpacks no more than the index needs: a bomb cannot fill the memory.
export async function valueAt(list, index) {
  const at = Math.floor(index / 4);
  if (!(index >= 0 && index < MAX_ENTRIES)) throw statusRefused("no-entry", String(index));
  let byte;
  try {
    byte = await unpackedByte(list.entries, at);
  } catch (error) {
    throw statusRefused("form", error.message);
  }
  if (byte === undefined) throw statusRefused("no-entry", String(index));
  return (byte >> ((index % 4) * 2)) & 3;
}

// "deflate" of Compression Streams is zlib's form (RFC 1950), there since Chromium 80.
async function unpackedByte(packed, at) {
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  for (let seen = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return undefined;
    if (at < seen + value.length) {
      reader.cancel().catch(() => {});
      return value[at - seen];
    }
    seen += value.length;
  }
}

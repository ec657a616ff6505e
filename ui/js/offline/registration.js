// What a proof carries beside the path: leaf and record in one piece, as codes/record.py writes them.
import { equal, sha256 } from "./bytes.js";
import { decode } from "./cbor.js";
import { isBytes } from "./credential.js";
import { credentialRefused } from "./refused.js";

const ENTRY_BYTES = 49;
const REGISTERED = 1;
const isText = (value) => typeof value === "string";
const KINDS = [Number.isSafeInteger, isText, isBytes, isBytes, Number.isSafeInteger, isText, isBytes, Number.isSafeInteger];

// {leaf, code, credential, registeredAt}, with the leaf shown to commit to the record.
export async function unstaple(stapled) {
  const [leaf, record] = [stapled.subarray(0, ENTRY_BYTES), stapled.subarray(ENTRY_BYTES)];
  if (record.length < 2 || leaf[0] !== record[1] || !equal(leaf.subarray(1, 33), await sha256(record))) {
    throw credentialRefused("proof-without-record");
  }
  let fields;
  try {
    fields = decode(record);
  } catch (error) {
    throw credentialRefused("proof-of-another", error.message);
  }
  const fits = Array.isArray(fields) && fields.length === 9 && KINDS.every((is, i) => is(fields[i]));
  if (!fits || fields[0] !== REGISTERED) throw credentialRefused("proof-of-another", "no registration");
  return { leaf, code: fields[1], credential: fields[2], registeredAt: fields[4] };
}

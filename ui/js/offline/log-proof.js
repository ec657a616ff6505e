// C2SP tlog-proof: one text that shows, offline, that an entry is in a log. As strict as codes/log/{proof,note,checkpoint}.py.
import { base64, concat, equal, hex, sha256, text } from "./bytes.js";
import { isKeyName, parseKey, verifyLine } from "./log-key.js";
import { logRefused } from "./refused.js";

const HEADER = "c2sp.org/tlog-proof@v1";
const [NOTE_BYTES_MAX, LINES_MAX, HASHES_MAX] = [1 << 20, 64, 63];
const NUMBER_MAX = (1n << 63n) - 1n;

// {index, path, checkpoint, extra}; nothing in it is verified.
export function parse(raw) {
  const end = findBlank(raw, 0);
  if (end < 0) throw logRefused("form", "no checkpoint");
  const head = raw.subarray(0, end);
  if (head.some((byte) => byte > 127)) throw logRefused("form", "not ASCII");
  const lines = text(head).split("\n");
  if (lines.shift() !== HEADER) throw logRefused("form", "header");
  const stapled = lines[0]?.startsWith("extra ");
  const extra = stapled ? bytesOf(lines.shift().slice(6)) : new Uint8Array();
  if (stapled && !extra.length) throw logRefused("form", "empty extra line");
  if (!lines[0]?.startsWith("index ")) throw logRefused("form", "index");
  const index = decimal(lines.shift().slice(6));
  const path = lines.map(bytesOf);
  if (path.length > HASHES_MAX || path.some((hash) => hash.length !== 32)) throw logRefused("form", "path");
  return { index, path, checkpoint: raw.subarray(end + 2), extra };
}

// Index of the leaf `entry`, when `proof` shows it under a checkpoint that the log's keys and enough witnesses signed.
export async function verify(proof, entry, { origin, keys, witnesses = [], quorum = 0 }) {
  const known = await Promise.all([...keys, ...witnesses].map(parseKey));
  const note = parseNote(proof.checkpoint);
  const signed = await signers(note, known);
  const [name, size, root] = parseCheckpoint(note.text);
  if (name !== origin) throw logRefused("origin", name);
  if (!keys.every((_, i) => signed.has(known[i]))) throw logRefused("unsigned", origin);
  const seen = new Set([...signed].filter((key) => key.kind.name === "witness").map((key) => hex(key.key)));
  if (seen.size < quorum) throw logRefused("quorum", String(seen.size));
  await included(proof.index, size, await sha256(concat(Uint8Array.of(0), entry)), proof.path, root);
  return { index: proof.index, size, witnesses: seen.size };
}

export const originOf = (checkpoint) => new TextDecoder().decode(checkpoint).split("\n", 1)[0];

function parseNote(raw) {
  if (raw.length > NOTE_BYTES_MAX) throw logRefused("form", "note too long");
  const end = raw.length - 2 - findBlank(raw.slice().reverse(), 0);
  if (end > raw.length - 2 || raw.at(-1) !== 10 || raw.some((byte) => byte < 32 && byte !== 10)) throw logRefused("form", "note");
  const lines = decoded(raw.subarray(end + 2)).split("\n").slice(0, -1);
  if (lines.length > LINES_MAX) throw logRefused("form", "too many lines");
  decoded(raw.subarray(0, end));
  return { text: raw.subarray(0, end + 1), lines: lines.map(parseLine) };
}

function parseLine(line) {
  const parts = line.split(" ");
  if (parts.length !== 3 || parts[0] !== "—" || !isKeyName(parts[1])) throw logRefused("form", "signature line");
  const blob = bytesOf(parts[2]);
  if (blob.length <= 4) throw logRefused("form", "signature line");
  return { name: parts[1], id: blob.subarray(0, 4), signature: blob.subarray(4) };
}

// Every known key that signed. One bad line of a known key refuses the whole note.
async function signers(note, known) {
  const signed = new Set();
  for (const line of note.lines) {
    const key = known.find(({ name, id }) => name === line.name && equal(id, line.id));
    if (!key || signed.has(key)) continue;
    await verifyLine(key, note.text, line.signature);
    signed.add(key);
  }
  if (!signed.size) throw logRefused("unsigned", "no known key");
  return signed;
}

function parseCheckpoint(raw) {
  const lines = decoded(raw).split("\n");
  if (lines.length < 4 || lines.pop() !== "" || lines.some((line) => !line)) throw logRefused("form", "checkpoint");
  const sm3 = lines.slice(3).filter((line) => line.startsWith("sm3 "));
  if (sm3.length > 1 || sm3.some((line) => bytesOf(line.slice(4)).length !== 32)) throw logRefused("form", "sm3 line");
  const root = bytesOf(lines[2]);
  if (root.length !== 32) throw logRefused("form", "root");
  return [lines[0], decimal(lines[1]), root];
}

// RFC 9162, 2.1.3.2.
async function included(index, size, leaf, path, root) {
  if (index >= size) throw logRefused("index", String(index));
  let [place, last, made] = [index, size - 1n, leaf];
  for (const sibling of path) {
    if (last === 0n) throw logRefused("path", "too long");
    if (place & 1n || place === last) {
      made = await node(sibling, made);
      // A lone right edge has no sibling on these levels.
      while (place && !(place & 1n)) [place, last] = [place >> 1n, last >> 1n];
    } else {
      made = await node(made, sibling);
    }
    [place, last] = [place >> 1n, last >> 1n];
  }
  if (last !== 0n) throw logRefused("path", "too short");
  if (!equal(made, root)) throw logRefused("root", "another root");
}

const node = (left, right) => sha256(concat(Uint8Array.of(1), left, right));

function findBlank(raw, from) {
  for (let at = from; at + 1 < raw.length; at++) if (raw[at] === 10 && raw[at + 1] === 10) return at;
  return -1;
}

function decoded(raw) {
  try {
    return text(raw);
  } catch {
    throw logRefused("form", "not UTF-8");
  }
}

function bytesOf(spelled) {
  try {
    return base64(spelled);
  } catch {
    throw logRefused("form", "base64");
  }
}

function decimal(spelled) {
  if (!/^(?:0|[1-9]\d{0,18})$/.test(spelled) || BigInt(spelled) > NUMBER_MAX) throw logRefused("form", "number");
  return BigInt(spelled);
}


// Fetches the trust list and the status lists while there is a network, and keeps only what verifies.
import { hex, sha256, unhex } from "./bytes.js";
import { split } from "./frames.js";
import { fresh, open } from "./status.js";
import { unseal } from "./trust.js";
import { nodeKey } from "./verify.js";

const MONTHS = 24;
export const MAX_BYTES = 5e6;
const LIST = "list:";

// `reason` names the words on the page: network, trust, older, list, clock, quota, store, choose.
export class NotPrepared extends Error {
  constructor(reason, cause) {
    super(`${reason}: ${cause ?? ""}`);
    this.reason = reason;
    this.bytes = typeof cause === "number" ? cause : null;
  }
}

// One name for both root keys: what was seen under other roots does not count here.
export const rootsName = async (roots) =>
  hex(await sha256(unhex(Object.keys(roots).sort().map((suite) => roots[suite]).join("")))).slice(0, 16);

// Returns the summary that is kept. `onStep(step, share, province)` tells how far it is.
export async function prepare(kept, roots, at, onStep) {
  onStep("trust", 0);
  const trust = await newTrust(kept, roots, at);
  onStep("index", 0);
  const wanted = await wantedLists(kept, at);
  const held = await fetchLists(wanted, trust.list, at, onStep);
  const summary = summaryOf(trust, held, wanted.chosen, at);
  const stale = (await kept.names()).filter((name) => name.startsWith(LIST) && !(name in held));
  const values = { ...held, trust: trust.raw, summary, roots: trust.name, [`newest:${trust.name}`]: trust.list.version };
  try {
    await kept.remove(stale);
    await kept.set(values);
  } catch (error) {
    throw new NotPrepared(/quota/i.test(`${error?.name} ${error?.message}`) ? "quota" : "store", error);
  }
  return summary;
}

export const listFor = (kept, id) => kept.get(LIST + id);
export const newestSeen = async (kept, roots) => (await kept.get(`newest:${await rootsName(roots)}`)) ?? 0;

// Forgets lists and choices, never the highest version seen: that is what keeps an older list out.
export async function forget(kept) {
  await kept.remove((await kept.names()).filter((name) => !name.startsWith("newest:") && name !== "roots"));
}

async function newTrust(kept, roots, at) {
  const name = await rootsName(roots);
  const raw = await bytesOf("/trust");
  try {
    return { raw, name, list: await unseal(raw, roots, await newestSeen(kept, roots), at) };
  } catch (error) {
    throw new NotPrepared(error.reason === "older" ? "older" : "trust", error);
  }
}

// Lists of the last two years, by province; all, or those of the provinces that the reader chose.
async function wantedLists(kept, at) {
  const index = JSON.parse(new TextDecoder().decode(await bytesOf("/status")));
  const since = monthsBefore(at, MONTHS);
  const chosen = (await kept.get("provinces")) ?? [];
  const lists = index.filter(({ list }) => list.slice(3) >= since && (!chosen.length || chosen.includes(list.slice(0, 2))));
  const bytes = lists.reduce((sum, one) => sum + one.about_bytes, 0);
  if (!chosen.length && bytes > MAX_BYTES) throw new NotPrepared("choose", bytes);
  return { since, chosen, bytes, provinces: [...new Set(lists.map(({ list }) => list.slice(0, 2)))] };
}

export function monthsBefore(at, months) {
  const day = new Date(at / 1000 + 8 * 3600e3);
  return new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() - months + 1)).toISOString().slice(0, 7);
}

async function fetchLists({ since, provinces, bytes }, trust, at, onStep) {
  const held = {};
  let before = 0;
  for (const province of provinces) {
    const onBytes = (count) => onStep("lists", Math.min(1, (before + count) / bytes), province);
    onBytes(0);
    const body = await bytesOf(`/status/bundle?province=${province}&since=${since}`, onBytes);
    before += body.length;
    for (const [name, one] of await verified(body, province, trust, at)) held[name] = one;
  }
  return held;
}

async function verified(body, province, trust, at) {
  try {
    return await Promise.all(split(body).map(async (raw) => {
      const list = fresh(await open(raw, (kid) => nodeKey(trust, kid, province, at)), at);
      if (!list.id.startsWith(`${province}-`)) throw new RangeError(list.id);
      return [LIST + list.id, { raw, issuedAt: list.issuedAt, expiresAt: list.expiresAt, ttl_s: list.ttl_s }];
    }));
  } catch (error) {
    throw new NotPrepared(error.reason === "future" ? "clock" : "list", error);
  }
}

function summaryOf({ raw, list }, held, chosen, at) {
  const lists = Object.values(held);
  const least = (values) => (values.length ? Math.min(...values) : null);
  return {
    fetchedAt: at, chosen, count: lists.length, bytes: lists.reduce((sum, one) => sum + one.raw.length, 0),
    issuedAt: least(lists.map((one) => one.issuedAt)), expiresAt: least(lists.map((one) => one.expiresAt)),
    dueAt: least([at + 86400e6, ...lists.map((one) => one.issuedAt + one.ttl_s * 1e6)]),
    trust: { version: list.version, issuedAt: list.issuedAt, expiresAt: list.expiresAt, bytes: raw.length },
  };
}

async function bytesOf(address, onBytes = () => {}) {
  try {
    const response = await fetch(address, { cache: "no-store", credentials: "omit" });
    if (!response.ok) throw new Error(`status ${response.status}`);
    return await readAll(response.body.getReader(), onBytes);
  } catch (error) {
    throw new NotPrepared("network", error);
  }
}

async function readAll(reader, onBytes) {
  const parts = [];
  let count = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    onBytes((count += value.length));
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

// The QR's text taken apart: HTTPS://HOST/CODE/VERIFIER…CREDENTIAL, the page's own address, or a bare code.
import { decode } from "./base41.js";
import { parse } from "./code.js";
import { credentialRefused } from "./refused.js";

const VERIFIER_LENGTH = 6;
const ADDRESS = /^(?:[A-Za-z][A-Za-z0-9+.-]*:)?\/\/([^/?#]*)([^?#]*)/;

// {host, code, verifier, credential}: host "" for a bare code, credential null in the small symbol. The host is the
// caller's to judge.
export function read(scanned, provinces) {
  const [, host, path] = ADDRESS.exec(scanned.trim()) ?? [null, "", ""];
  const pieces = path.split("/").filter(Boolean);
  if (pieces[0]?.toLowerCase() === "v") pieces.shift();
  if (!host || pieces.length < 1 || pieces.length > 2) {
    return { host: "", code: parse(scanned, provinces), verifier: null, credential: null };
  }
  const tail = pieces.length === 2 ? splitTail(pieces[1].toUpperCase()) : { verifier: null, credential: null };
  return { host: host.toLowerCase(), code: parse(pieces[0], provinces), ...tail };
}

function splitTail(text) {
  if (text.length < VERIFIER_LENGTH) throw credentialRefused("form", "too short for a verifier");
  try {
    const rest = text.slice(VERIFIER_LENGTH);
    return { verifier: text.slice(0, VERIFIER_LENGTH), credential: rest ? decode(rest) : null };
  } catch (error) {
    throw credentialRefused("form", error.message);
  }
}

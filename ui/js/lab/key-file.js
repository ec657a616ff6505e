// The file a key is kept in. Ours is sealed with a passphrase: PBKDF2-HMAC-SHA256, then AES-256-GCM over the secret, with
// everything that stands beside it authenticated. Plain files, as `zhijian` itself writes them, are read too.
import { hex, unhex, utf8, text } from "../offline/bytes.js";
import { signer } from "./signer.js";

const FORM = "zhijian-key/1";
const ROUNDS = 600_000; // OWASP's figure of 2023 for this function
export const SHORTEST = 10;

export class KeyRefused extends Error {
  constructor(why) {
    super(why);
    this.why = why; // "not-a-key" | "passphrase-wanted" | "passphrase-wrong" | "kid-wanted"
  }
}

// { uscc, kid, signer, sealed }. `kid` may come with the file or from its holder.
export async function open(content, passphrase, kid) {
  let file;
  try {
    file = JSON.parse(content);
  } catch {
    throw new KeyRefused("not-a-key");
  }
  const sealed = file?.form === FORM;
  const secret = sealed ? await unsealed(file, passphrase) : file?.secret;
  let key;
  try {
    key = signer(file.suite, secret);
  } catch {
    throw new KeyRefused("not-a-key");
  }
  const named = file.kid || kid;
  if (!/^[0-9a-f]{8}$/.test(named ?? "")) throw new KeyRefused("kid-wanted");
  return { kid: named, uscc: file.uscc ?? null, signer: key, sealed };
}

export async function seal({ kid, uscc, signer: key }, passphrase) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const file = { form: FORM, kid, uscc, suite: key.suite, point: key.point, rounds: ROUNDS, salt: hex(salt), iv: hex(iv) };
  const cipher = { name: "AES-GCM", iv, additionalData: beside(file) };
  const sealed = await crypto.subtle.encrypt(cipher, await derived(passphrase, salt, ROUNDS), utf8(key.secret()));
  return JSON.stringify({ ...file, sealed: hex(new Uint8Array(sealed)) }, null, 1);
}

async function unsealed(file, passphrase) {
  if (!passphrase) throw new KeyRefused("passphrase-wanted");
  try {
    if (!Number.isInteger(file.rounds) || file.rounds < 1 || file.rounds > 10 * ROUNDS) throw new RangeError("rounds");
    const cipher = { name: "AES-GCM", iv: unhex(file.iv), additionalData: beside(file) };
    const key = await derived(passphrase, unhex(file.salt), file.rounds);
    return text(new Uint8Array(await crypto.subtle.decrypt(cipher, key, unhex(file.sealed))));
  } catch {
    throw new KeyRefused("passphrase-wrong");
  }
}

async function derived(passphrase, salt, iterations) {
  const material = await crypto.subtle.importKey("raw", utf8(passphrase.normalize("NFKC")), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return crypto.subtle.deriveKey(how, material, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

const beside = ({ form, kid, uscc, suite, point, rounds, salt, iv }) =>
  utf8([form, kid, uscc, suite, point, rounds, salt, iv].join("\n"));

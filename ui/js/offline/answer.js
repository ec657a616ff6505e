// Shows one outcome: every word stands in the page, see parts/offline/answer.html.
import { hex } from "./bytes.js";
import { groups } from "./code.js";
import { listId } from "./status.js";
import { clock, minute, second } from "./times.js";
import { fill, show } from "../slots.js";

const INNER = new Set(["valid", "invalid", "suspended", "superseded", "unregistered", "unknown"]);

export function showAnswer(box, found, at, online) {
  box.hidden = false;
  show(box, ...occasions(found, online));
  fill(box, values(found, at));
  const band = box.querySelector("[data-band]");
  band.className = `answer ${box.querySelector(`h2 [data-when="${found.key}"]`).dataset.kind}`;
  if (!found.code) return;
  plate(box, found.code);
  box.querySelectorAll("[data-level]").forEach((place, i) => {
    place.classList.toggle("todo", found.marks[i] !== "tick");
    place.querySelector("i").className = found.marks[i];
  });
  const verifier = found.scanned.verifier ? `?v=${encodeURIComponent(found.scanned.verifier)}` : "";
  box.querySelector("[data-online-link]").href = `/v/${found.code}${verifier}`;
}

function occasions({ key, inner, code, reasons, seen, marks, suggestion, asOf }, online) {
  const whens = [key, ...reasons.map((one) => `reason-${one}`)];
  if (!code) return [...whens, "typed", suggestion ? "located" : ""];
  whens.push("code", ...marks.map((mark, i) => `read-${mark}-${i}`));
  if (online) whens.push("online");
  if (key === "host" && INNER.has(inner)) whens.push(`inner-${inner}`);
  if (!seen?.claims) return whens;
  whens.push("claims", seen.claims.cmaNumber ? "cma" : "no-cma", seen.logged ? "proven" : "not-proven");
  if (seen.logged && !seen.logged.witnesses) whens.push("proven-unseen");
  if (asOf) whens.push("as-of");
  whens.push({ true: "file-same", false: "reason-file-differs" }[seen.fileMatches] ?? "file-open");
  return whens;
}

function values({ text, position, suggestion, scanned, seen, asOf }, at) {
  const common = {
    asked: second(at), typed: text?.slice(0, 200) ?? "", position: position ?? "", host: scanned?.host ?? "",
    suggestion: suggestion ? groups(suggestion).join("-") : "", level: seen?.level ?? 0,
    "as-of": asOf ? minute(asOf) : "", "as-of-short": asOf ? clock(asOf) : "",
  };
  if (!seen?.claims) return common;
  const { claims, signer, trust, logged } = seen;
  const log = logged && {
    origin: logged.origin, "log-index": logged.index.toLocaleString("en"), "log-size": logged.size.toLocaleString("en"),
    registered: second(logged.registeredAt),
  };
  return {
    ...common, ...log, issued: second(claims.issuedAt), cma: claims.cmaNumber ?? "", suite: signer.suite, kid: signer.kid,
    key: signer.name, trust: trust.version, "trust-issued": minute(trust.issuedAt), digest: hex(claims.fileDigest),
    list: listId(claims.code.slice(0, 2), claims.statusList), index: claims.statusIndex.toLocaleString("en"),
  };
}

function plate(box, code) {
  const place = box.querySelector('[data-slot="plate"]');
  place.replaceChildren(...groups(code).map((group) => Object.assign(document.createElement("span"), { textContent: group })));
}

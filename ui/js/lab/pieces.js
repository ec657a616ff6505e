// What the rooms of the desk draw alike.
import { grouped } from "../grouped.js";

export const tag = (text, look = "") => Object.assign(document.createElement("span"), { className: `tag ${look}`, textContent: text });

// A code that opens what the public sees of it.
export function codeLink(publicUrl, code) {
  const link = Object.assign(document.createElement("a"), { href: `${publicUrl}/v/${code}`, target: "_blank", rel: "noopener", className: "code" });
  link.textContent = grouped(code);
  return link;
}

// Writes a code as PPYY-IIII-SSSS-SSSS-KK while it is typed. Leaves alone what is no code (a pasted address, say).
import { grouped as printed } from "./grouped.js";

export function grouped(text) {
  const plain = text.normalize("NFKC").toUpperCase().replace(/[\s-]/g, "");
  if (plain.length > 18 || /[^0-9A-Z]/.test(plain)) return text;
  return printed(plain);
}

// The caret stays behind the same symbol, however many hyphens came or went before it.
function caretAfter(text, symbols) {
  let at = 0;
  for (let seen = 0; at < text.length && seen < symbols; at++) if (text[at] !== "-") seen++;
  return at;
}

export function codeInputs() {
  for (const input of document.querySelectorAll("[data-code-input]")) {
    input.addEventListener("input", (event) => {
      if (event.isComposing) return;
      const symbols = input.value.slice(0, input.selectionStart).replace(/[\s-]/g, "").length;
      const text = grouped(input.value);
      if (text === input.value) return;
      input.value = text;
      const caret = caretAfter(text, symbols);
      input.setSelectionRange(caret, caret);
    });
  }
}

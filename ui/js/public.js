// Entry of the public pages. Each module looks for its own parts and does nothing where there are none.
import { codeInputs } from "./code-input.js";
import { concernForm } from "./concern.js";
import { fileChecks } from "./file.js";
import { printButtons } from "./print.js";
import { scanner } from "./scan.js";

// Not <noscript>: this also speaks where scripts are on but these modules could not run.
for (const note of document.querySelectorAll("[data-without-script]")) note.hidden = true;
codeInputs();
concernForm();
fileChecks();
printButtons();
scanner();

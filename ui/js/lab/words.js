// Words stand in the page, in its language; modules ask for them by name.
const all = document.querySelector("[data-words]");

export function words(why) {
  return all.content.querySelector(`[data-why="${CSS.escape(why)}"]`)?.textContent ?? "";
}

// A refusal of the platform, or a broken line, in the reader's language.
export function wordsOf(error) {
  if (error.why === "registered-only") return `${words(error.why)} ${error.issued.printed}`;
  const problem = error.problem;
  if (!problem) return words(error instanceof TypeError ? "offline" : error.why || "trouble") || words("trouble");
  const own = words(problem.why);
  if (own) return own;
  if (error.status >= 500 || !problem.title) return words("trouble");
  return [problem.title, inLanguage(problem.remedy)].filter(Boolean).join(" ");
}

export const inLanguage = (said) => said?.[document.documentElement.lang === "en" ? "en" : "zh"] ?? "";

export function complain(box, text) {
  box.hidden = !text;
  box.querySelector("span").textContent = text;
}

export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

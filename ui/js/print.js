// Print buttons, and drawers that open for the print whatever started it.

export function printButtons() {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  const opened = [];
  window.addEventListener("beforeprint", () => {
    for (const drawer of document.querySelectorAll("[data-drawer]:not([open])")) {
      drawer.open = true;
      opened.push(drawer);
    }
  });
  window.addEventListener("afterprint", () => {
    for (const drawer of opened.splice(0)) drawer.open = false;
  });
}

// The words of a result stand in the page, hidden; a module shows some of them and fills their slots.

export const slot = (box, name) => box.querySelector(`[data-slot="${name}"]`);

// A part may name several occasions; it is shown on each of them.
export function show(box, ...whens) {
  for (const part of box.querySelectorAll("[data-when]")) {
    part.hidden = !part.dataset.when.split(" ").some((when) => whens.includes(when));
  }
}

// Every slot of these names, wherever it stands: one value may be said more than once.
export function fill(box, values) {
  for (const [name, value] of Object.entries(values)) {
    for (const place of box.querySelectorAll(`[data-slot="${name}"]`)) place.textContent = value;
  }
}

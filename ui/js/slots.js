// The words of a result stand in the page, hidden; a module shows one of them and fills its slots.

export const slot = (box, name) => box.querySelector(`[data-slot="${name}"]`);

export function show(box, ...whens) {
  for (const part of box.querySelectorAll("[data-when]")) part.hidden = !whens.includes(part.dataset.when);
}

// What the service worker hands over in the fragment when another page could not be opened: #from=/v/CODE?v=….

// {path, text}: text is null where the page is about no report; null where nothing was handed over.
export function brought({ hash, origin }) {
  if (!hash.startsWith("#from=")) return null;
  let path;
  try {
    path = decodeURIComponent(hash.slice("#from=".length));
  } catch {
    return null;
  }
  if (!path.startsWith("/")) return null;
  const [place, query = ""] = path.split("?");
  const steps = place.split("/").filter(Boolean);
  if (place === "/q") return { path, text: new URLSearchParams(query).get("code") || null };
  if (steps[0] === "v" && steps[1]) return { path, text: steps[1] };
  // As it stands in the QR: the whole of it can be verified.
  if (steps.length === 2 && /^[0-9A-Za-z-]{18,22}$/.test(steps[0])) return { path, text: origin + place };
  return { path, text: null };
}

// A chosen picture: the text of its QR, or the name of the part that says why there is none.

const SIDE = 2400;

export async function readPhotoQr(file, mostMb, readQr) {
  const fault = await faultOf(file, mostMb);
  if (fault) return { fault };
  const text = await readQr(file).catch(() => null);
  if (text !== null) return { text };
  // The reader knows fewer formats than the browser, and misses a small symbol in a huge picture.
  const pixels = await pixelsOf(file).catch(() => null);
  if (pixels === null) return { fault: "photo-other" };
  const again = await readQr(pixels);
  return again === null ? { fault: "no-code" } : { text: again };
}

async function faultOf(file, mostMb) {
  if (file.size === 0) return "photo-empty";
  const start = new TextDecoder("latin1").decode(await file.slice(0, 4).arrayBuffer());
  if (start === "%PDF") return "photo-pdf";
  return file.size > mostMb * 1024 * 1024 ? "photo-large" : null;
}

async function pixelsOf(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const context = canvas.getContext("2d");
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

// Loaded when the first picture comes. The WebAssembly comes from this host, never from elsewhere.
import wasm from "zxing-wasm/reader/zxing_reader.wasm";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";

prepareZXingModule({ overrides: { locateFile: (path, prefix) => (path.endsWith(".wasm") ? wasm : prefix + path) } });

export async function readQr(picture) {
  const found = await readBarcodes(picture, { formats: ["QRCode"], tryHarder: true, maxNumberOfSymbols: 1 });
  const whole = found.find(({ isValid }) => isValid); // what it cannot even open it reports as a symbol without text
  return whole ? whole.text : null;
}

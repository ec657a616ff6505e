// Builds the pages' static files into src/zhijian/web/static, under names that carry a hash of their content, and a
// manifest from plain to built names; and puts the font that documents embed where Python finds it. Usage: npm run build
import { copyFile, rm, mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../src/zhijian/web/static");

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const common = {
  absWorkingDir: here,
  outdir: out,
  outbase: here,
  entryNames: "[name]-[hash]",
  chunkNames: "part-[hash]",
  assetNames: "[name]-[hash]",
  publicPath: "/static/",
  loader: { ".wasm": "file", ".svg": "copy" },
  bundle: true,
  target: "chrome90",
  minify: true,
  legalComments: "linked",
  metafile: true,
  logLevel: "warning",
};
const entryPoints = [
  "js/public.js", "js/offline.js", "js/lab.js", "js/checklist.js", "js/office.js", "js/passkey.js", "css/public.css", "css/lab.css", "css/spec.css", "css/quality.css", "css/check.css", "css/map.css", "css/office.css",
  "mark.svg",
];
const { outputs } = (await build({ ...common, entryPoints, splitting: true, format: "esm" })).metafile;
// Chromium 90 knows no modules in service workers, Firefox before 114 none in any.
const worker = (await build({ ...common, entryPoints: ["js/sw.js", "js/checklist-sw.js", "js/work-worker.js"], format: "iife" })).metafile;

const names = {};
for (const [path, { entryPoint, bytes }] of Object.entries({ ...outputs, ...worker.outputs })) {
  console.log(String(bytes).padStart(9), basename(path));
  if (entryPoint) names[basename(entryPoint)] = basename(path);
}

// What the offline page needs, down to the last module and WebAssembly that it may load later.
const shell = new Set();
function need(path) {
  if (shell.has(basename(path))) return;
  shell.add(basename(path));
  for (const one of outputs[path].imports) if (!one.external) need(one.path);
}
for (const [path, { entryPoint }] of Object.entries(outputs)) {
  if (["js/offline.js", "css/public.css", "mark.svg"].includes(entryPoint)) need(path);
}
await writeFile(join(out, "offline-shell.json"), JSON.stringify([...shell].sort(), null, 2) + "\n");
await writeFile(join(out, "manifest.json"), JSON.stringify(names, null, 2) + "\n");

// Whole TrueType files: a PDF takes the glyphs it needs from them.
const fonts = join(here, "../src/zhijian/codes/document/fonts");
await mkdir(fonts, { recursive: true });
for (const weight of ["400Regular", "700Bold"]) {
  const name = `NotoSansSC_${weight}.ttf`;
  await copyFile(join(here, "node_modules/@expo-google-fonts/noto-sans-sc", weight, name), join(fonts, name));
}
await copyFile(join(here, "node_modules/@expo-google-fonts/noto-sans-sc/LICENSE_FONT"), join(fonts, "OFL.txt"));

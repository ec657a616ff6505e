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
const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: ["js/public.js", "css/public.css", "mark.svg"],
  outdir: out,
  outbase: here,
  entryNames: "[name]-[hash]",
  chunkNames: "part-[hash]",
  assetNames: "[name]-[hash]",
  publicPath: "/static/",
  loader: { ".wasm": "file", ".svg": "copy" },
  bundle: true,
  splitting: true,
  format: "esm",
  target: "chrome90",
  minify: true,
  legalComments: "linked",
  metafile: true,
  logLevel: "warning",
});

const names = {};
for (const [path, { entryPoint, bytes }] of Object.entries(metafile.outputs)) {
  console.log(String(bytes).padStart(9), basename(path));
  if (entryPoint) names[basename(entryPoint)] = basename(path);
}
await writeFile(join(out, "manifest.json"), JSON.stringify(names, null, 2) + "\n");

// Whole TrueType files: a PDF takes the glyphs it needs from them.
const fonts = join(here, "../src/zhijian/codes/document/fonts");
await mkdir(fonts, { recursive: true });
for (const weight of ["400Regular", "700Bold"]) {
  const name = `NotoSansSC_${weight}.ttf`;
  await copyFile(join(here, "node_modules/@expo-google-fonts/noto-sans-sc", weight, name), join(fonts, name));
}
await copyFile(join(here, "node_modules/@expo-google-fonts/noto-sans-sc/LICENSE_FONT"), join(fonts, "OFL.txt"));

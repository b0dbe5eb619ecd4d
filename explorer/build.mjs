// Bundles every src/*.js for browsers that may have no network, with the licences of all that went in.

import { build } from "esbuild";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(here, process.argv[2] ?? "../src/kg_builder/assets");
const draft = `${out}.new`;

const embedded = ["woff", "woff2", "ttf", "eot", "svg", "png", "gif"].map((ending) => [`.${ending}`, "dataurl"]);
const settings = {
  absWorkingDir: here,
  bundle: true,
  define: { "process.env.NODE_ENV": '"production"' },
  format: "iife",
  legalComments: "none",
  loader: { ...Object.fromEntries(embedded), ".wasm": "binary" },
  logLevel: "warning",
  metafile: true,
  minify: true,
  target: "es2022",
};

const inputs = new Set();

// `import code from "./engine-worker.js?bundled"` gives a whole bundle as text, for a worker made from a Blob.
const bundledText = {
  name: "bundled-text",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\?bundled$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path.replace(/\?bundled$/, "")),
      namespace: "bundled",
    }));
    onLoad({ filter: /.*/, namespace: "bundled" }, async ({ path }) => {
      const { outputFiles, metafile } = await build({ ...settings, entryPoints: [path], write: false });
      Object.keys(metafile.inputs).forEach((input) => inputs.add(input));
      return { contents: outputFiles[0].text, loader: "text" };
    });
  },
};

const names = (await readdir(join(here, "src"))).filter((name) => name.endsWith(".js")).sort();
await rm(draft, { recursive: true, force: true });
await mkdir(draft, { recursive: true });
const { metafile } = await build({
  ...settings,
  entryPoints: names.map((name) => `src/${name}`),
  outdir: draft,
  plugins: [bundledText],
});
Object.keys(metafile.inputs).forEach((input) => inputs.add(input));
await writeFile(join(draft, "LICENCES.txt"), await licences(inputs));
await rm(out, { recursive: true, force: true });
await rename(draft, out);

// The names, versions and licences of the packages that files belong to; an error where a package has no licence.
// What a package forgot to carry stands in licences/NAME.txt.
async function licences(files) {
  const packages = new Set([...files].map(packageOf).filter(Boolean));
  const own = await readdir(join(here, "licences"));
  const parts = [];
  for (const folder of [...packages].sort()) {
    const { name, version, license } = JSON.parse(await readFile(join(here, folder, "package.json"), "utf8"));
    const found = (await readdir(join(here, folder))).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
    const paths = found.sort().map((file) => join(here, folder, file));
    if (!paths.length && own.includes(`${name}.txt`)) paths.push(join(here, "licences", `${name}.txt`));
    if (!paths.length) throw new Error(`${name} ${version} has no licence: leave it out, or add licences/${name}.txt.`);
    const texts = await Promise.all(paths.map((path) => readFile(path, "utf8")));
    parts.push(`${name} ${version} (${license})\n\n${texts.map((text) => text.trim()).join("\n\n")}\n`);
  }
  return parts.join(`\n${"-".repeat(80)}\n\n`);
}

// The folder of the package that a file of node_modules belongs to; undefined for our own files.
function packageOf(file) {
  return file.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/)?.[0];
}

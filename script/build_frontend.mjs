// Called by script/build_frontend: style sheet, fonts and icon sprite into static/build.
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import * as sass from "sass";
import subsetFont from "subset-font";

const BUILD = "static/build";
const WEIGHTS = [400, 600];
const FONTSOURCE = "node_modules/@fontsource";
// Be Vietnam Pro has no figures of equal width; these come from Noto Sans (docs/design.md).
const DIGITS = "0123456789%+-,.";

async function styles(name) {
  const result = await sass.compileAsync(`static/src/scss/${name}.scss`, {
    style: "compressed",
    loadPaths: ["node_modules"],
    quietDeps: true,
    silenceDeprecations: ["import", "global-builtin"],
  });
  await writeFile(`${BUILD}/${name}.css`, result.css);
}

async function fonts() {
  for (const weight of WEIGHTS) {
    for (const subset of ["latin", "vietnamese"]) {
      await copyFile(
        `${FONTSOURCE}/be-vietnam-pro/files/be-vietnam-pro-${subset}-${weight}-normal.woff2`,
        `${BUILD}/fonts/be-vietnam-pro-${subset}-${weight}.woff2`,
      );
    }
    const whole = await readFile(`${FONTSOURCE}/noto-sans/files/noto-sans-latin-${weight}-normal.woff2`);
    await writeFile(`${BUILD}/fonts/digits-${weight}.woff2`, await subsetFont(whole, DIGITS, { targetFormat: "woff2" }));
  }
}

async function symbol(name) {
  const svg = await readFile(`node_modules/bootstrap-icons/icons/${name}.svg`, "utf8");
  const body = svg.replace(/^[^]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").replace(/\s*\n\s*/g, "");
  return `<symbol id="${name}" viewBox="0 0 16 16" fill="currentColor">${body}</symbol>`;
}

async function icons() {
  const list = await readFile("static/src/icons.txt", "utf8");
  const names = list.split("\n").map((line) => line.trim()).filter((line) => line && !line.startsWith("#"));
  const symbols = await Promise.all(names.map(symbol));
  await writeFile(`${BUILD}/icons.svg`, `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`);
}

await rm(BUILD, { recursive: true, force: true });
await mkdir(`${BUILD}/fonts`, { recursive: true });
await Promise.all([styles("portal"), styles("desk"), fonts(), icons()]);

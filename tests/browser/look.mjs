// Looks at pages as a person's browser shows them, light and dark, on a phone and on a desk, and prints
// what it saw as JSON: axe's findings, what reaches past the edge, what was asked of a network, what
// was complained of. Usage: node look.mjs CHROMIUM PAGE... [--shots FOLDER]
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"];
const OFFLINE = ["--disable-background-networking", "--disable-component-update"];
const VIEWS = ["light", "dark"].flatMap((scheme) => [360, 1280].map((width) => ({ scheme, width })));
const SECONDS = 30;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { shots: { type: "string" } } });
const [executablePath, ...files] = positionals;

// What an attempt to load something from elsewhere comes to: the directive that forbids it.
const reachOut = () =>
  new Promise((done) => {
    document.addEventListener("securitypolicyviolation", (event) => done(event.effectiveDirective), { once: true });
    const image = new Image();
    image.onload = image.onerror = () => setTimeout(() => done("nothing"), 500);
    image.src = "http://127.0.0.1:9/picture.png";
  });

const reachesPast = () => {
  const width = document.documentElement.clientWidth;
  const wide = [...document.body.querySelectorAll("*")].filter((each) => each.getBoundingClientRect().right > width + 1);
  return { page: document.documentElement.scrollWidth - width, elements: wide.map((each) => each.outerHTML.slice(0, 120)) };
};

async function look(browser, file, { scheme, width }) {
  const context = await browser.newContext({ colorScheme: scheme, viewport: { width, height: 800 }, deviceScaleFactor: 1 });
  context.setDefaultTimeout(SECONDS * 1000);
  const page = await context.newPage();
  const asked = [];
  const complaints = [];
  page.on("request", (request) => asked.push(request.url()));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("dialog", (dialog) => complaints.push(`dialog: ${dialog.message()}`) && dialog.dismiss());
  await page.goto(pathToFileURL(resolve(file)).href);
  if (values.shots) {
    const name = `${basename(file, ".html")}-${scheme}-${width}.png`;
    await page.screenshot({ path: join(values.shots, name), fullPage: true });
  }
  for (const details of await page.locator("details").all()) await details.evaluate((each) => (each.open = true));
  const said = complaints.slice();
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
  const seen = {
    page: basename(file),
    scheme,
    width,
    text: await page.evaluate(() => document.body.innerText),
    past: await page.evaluate(reachesPast),
    findings: violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(({ html }) => html.slice(0, 200)) })),
    asked: asked.slice(),
    said,
    forbidden: await page.evaluate(reachOut),
    paper: await page.evaluate(() => getComputedStyle(document.body).backgroundColor),
  };
  await context.close();
  return seen;
}

const browser = await chromium.launch({ executablePath, args: [...QUIET, ...OFFLINE], timeout: SECONDS * 1000 });
try {
  const all = [];
  for (const file of files) for (const view of VIEWS) all.push(await look(browser, file, view));
  console.log(JSON.stringify(all));
} finally {
  await browser.close();
}

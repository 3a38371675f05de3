// The command `stylua`, for machines that have Node and no Rust: StyLua's own build for WebAssembly.
// Usage: stylua [--check] [--config-path FILE] FOLDER|FILE...

const fs = require("node:fs");
const path = require("node:path");
const { Config, IndentType, LuaVersion, OutputVerification, formatCode } = require("@johnnymorganz/stylua");

const READ = {
  syntax: (config, value) => (config.syntax = LuaVersion[value]),
  column_width: (config, value) => (config.column_width = Number(value)),
  indent_type: (config, value) => (config.indent_type = IndentType[value]),
  indent_width: (config, value) => (config.indent_width = Number(value)),
};

function configured(file) {
  const config = Config.new();
  for (const [, name, value] of fs.readFileSync(file, "utf8").matchAll(/^(\w+) *= *"?([^"\n]*)"?$/gm)) {
    if (!(name in READ)) throw new Error(`${file}: ${name} is not read here`);
    READ[name](config, value);
  }
  return config;
}

function found(place) {
  if (fs.statSync(place).isFile()) return [place];
  return fs.readdirSync(place, { recursive: true }).filter((name) => name.endsWith(".lua")).map((name) => path.join(place, name));
}

const args = process.argv.slice(2);
const check = args.includes("--check");
const at = args.indexOf("--config-path");
const [file] = at < 0 ? ["stylua.toml"] : args.splice(at, 2).slice(1);
let wrong = 0;
for (const name of args.filter((word) => word !== "--check").flatMap(found)) {
  const before = fs.readFileSync(name, "utf8");
  const after = formatCode(before, configured(file), undefined, OutputVerification.Full);
  if (before === after) continue;
  wrong += 1;
  if (check) console.log(`Diff in ${name}`);
  else fs.writeFileSync(name, after);
}
process.exitCode = check && wrong > 0 ? 1 : 0;

// node tutorial.mjs PAGES VERSION [--write]: follows the pages of a folder, in the order of their names, or one page, in a new folder below the current one.
//   ```csharp file=PATH     the block is written to PATH (any language)
//   ```console              lines that begin with "$ " are run with bash; the lines below each are what it must print. "..." stands for any lines.
//   ```console server       the command is a server: it runs until the next one starts, or the pages end. "http://127.0.0.1:5000" is where it serves.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { basename, dirname, join } from "node:path";

const [pages, version, write] = process.argv.slice(2);
const folder = join(process.cwd(), "tutorial");
mkdirSync(folder);
const free = () => new Promise(resolve => {
  const probe = createServer().listen(0, "127.0.0.1", () => { const { port } = probe.address(); probe.close(() => resolve(port)); });
});
const port = await free();
// The ports of a page's other servers.
const others = new Map([["5001", await free()], ["8080", await free()]]);
const env = { ...process.env, PORT: String(port), DOTNET_NOLOGO: "1" };
let server;
let state = { cwd: folder, exports: "" };

// What differs from run to run, and the log, which goes to standard error.
const settle = text => text
  .replace(/^Using launch settings from .*\n/gm, "").replace(/^([0-9:]{8} )?(info|warn): .*\n( {6}.*\n)+/gm, "").replace(/^\{"Timestamp":.*\n/gm, "")
  .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>").replace(/\b20\d{12}_/g, "<id>_")
  .replace(/(?<="trace_id":")[^"]+/g, "<trace>").replace(/"(ey[^"]+)"/g, '"<token>"')
  .replaceAll(folder, "~").replaceAll(`127.0.0.1:${port}`, "127.0.0.1:5000").replace(new RegExp(`\\b(${[...others.values()].join("|")})\\b`, "g"), found => [...others].find(([, value]) => String(value) === found)[0]).replace(/\d+ ms|\d+(\.\d+)?s\b/g, "<duration>").replace(/[\d,]+ bytes/g, "<bytes>")
  .replaceAll(version, "0.1.0").split("\n").map(line => line.trimEnd()).join("\n").trim();

function matches(expected, printed) {
  const pattern = expected.split("\n").map(line => line === "..." ? "(?:.*\\n)*?" : line.replace(/[.*+?^${}()|[\]\\]/g, "\\$&") + "\\n").join("");
  return new RegExp(`^${pattern}$`).test(printed + "\n");
}

const local = text => text.replaceAll("http://127.0.0.1:5000", `http://127.0.0.1:${port}`).replace(/\b(5001|8080)\b/g, name => others.get(name));

function run(command) {
  const variable = command.match(/^(?:export )?([A-Z_]+)=(?:\$\(.*\)|\S*)$/)?.[1];
  const script = `cd '${state.cwd}'\n${state.exports}\n${local(command)}\nprintf '\\n==STATE==\\n%s\\n' "$PWD"\n${variable ? `declare -p ${variable}` : ""}`;
  const result = spawnSync("bash", ["-c", `exec 2>&1\n${script}`], { env, encoding: "utf8", maxBuffer: 1 << 26 });
  const [printed, place = state.cwd] = result.stdout.split("\n==STATE==\n");
  const [cwd, declared] = place.trim().split("\n");
  state.cwd = cwd;
  if (variable) state.exports += `${declared}\n`;
  return settle(printed);
}

async function stop() {
  // One that has ended by itself sends no event any more, and its group is gone.
  if (server && server.exitCode === null && server.signalCode === null) {
    const ended = new Promise(resolve => server.once("exit", resolve));
    process.kill(-server.pid, "SIGTERM");
    await ended;
  }
  server = undefined;
}

async function serve(command) {
  await stop();
  let log = "";
  server = spawn("bash", ["-c", `cd '${state.cwd}'\n${state.exports}\n${local(command)}`], { env, detached: true });
  server.stdout.on("data", data => log += data);
  server.stderr.on("data", data => log += data);
  for (let tries = 0; tries < 1200; tries++) {
    // Refused until it listens.
    if (await fetch(`http://127.0.0.1:${port}/`).then(() => true, () => false)) return;
    if (server.exitCode !== null) break;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  throw new Error(`${command} does not serve:\n${log}`);
}

let failed = 0, commands = 0;
try {
  const all = statSync(pages).isDirectory() ? readdirSync(pages).filter(name => /^\d.*\.md$/.test(name)).sort().map(name => join(pages, name)) : [pages];
  for (const path of all) {
    const page = basename(path);
    const lines = readFileSync(path, "utf8").split("\n");
    const out = [];
    for (let i = 0; i < lines.length; i++) {
      out.push(lines[i]);
      const fence = lines[i].match(/^```(\w+)(?: (.*))?$/);
      if (!fence) continue;
      const start = i + 1;
      while (lines[++i] !== "```");
      const block = lines.slice(start, i);
      const file = fence[2]?.match(/^file=(\S+)$/)?.[1];
      if (file) {
        const target = join(folder, file);
        mkdirSync(dirname(target), { recursive: true });
        writeFileSync(target, local(block.join("\n")) + "\n");
      }
      if (fence[1] !== "console") { out.push(...block, "```"); continue; }
      for (let k = 0; k < block.length;) {
        let command = block[k++].slice(2);
        while (command.endsWith("\\")) command += `\n${block[k++]}`;
        const expected = [];
        while (k < block.length && !block[k].startsWith("$ ")) expected.push(block[k++]);
        out.push(...`$ ${command}`.split("\n"));
        commands++;
        console.log(`${page}:${start + k}: $ ${command}`);
        if (fence[2] === "server") { await serve(command); out.push(...expected); continue; }
        const printed = run(command);
        const right = matches(settle(expected.join("\n")), printed);
        out.push(...(write && !right ? printed.split("\n").filter(line => line) : expected));
        if (!right && !write) {
          failed++;
          console.error(`${page}:${start + k}: it printed\n${printed}\nand the page says\n${expected.join("\n")}`);
        }
      }
      out.push("```");
    }
    if (write) writeFileSync(path, out.join("\n"));
  }
} finally {
  await stop();
}
console.log(`tutorial: ${commands} commands, ${failed} that print something else`);
process.exit(failed ? 1 : 0);

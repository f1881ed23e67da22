// The binary under test, serving its demo estate in a home of its own.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export const START_MS = 60_000;

/** Starts the binary, and answers when the demo's first crawl is done. */
export async function startDemo(binary) {
  const home = mkdtempSync(join(tmpdir(), "blastmap-page-"));
  const server = spawn(binary, ["serve", "--demo", "--listen", "127.0.0.1:0"], { env: { ...process.env, HOME: home, XDG_DATA_HOME: home }, stdio: ["ignore", "pipe", "inherit"] });
  const close = async () => {
    if (server.exitCode === null) {
      server.kill("SIGTERM");
      await new Promise((done) => server.once("exit", done));
    }
    rmSync(home, { recursive: true, force: true });
  };
  try {
    const url = await addressOf(server);
    const ask = async (query, variables = {}) => {
      const response = await fetch(`${url}/graphql`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ query, variables }) });
      return response.json();
    };
    const deadline = Date.now() + START_MS;
    while ((await ask("{ coverage { scopes { account } } }")).errors?.[0]?.extensions?.code === "NOT_READY") {
      if (Date.now() > deadline) throw new Error("the demo's crawl did not end");
      await new Promise((done) => setTimeout(done, 100));
    }
    return { url, ask, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The address that the server prints when it listens. */
function addressOf(child) {
  return new Promise((found, failed) => {
    const timer = setTimeout(() => failed(new Error("the server printed no address")), START_MS);
    createInterface({ input: child.stdout }).on("line", (line) => {
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
      if (!address) return;
      clearTimeout(timer);
      found(address);
    });
    child.once("exit", (code) => failed(new Error(`the server ended with ${code}`)));
  });
}

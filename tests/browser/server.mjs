// The real server, for tests of the page as it is shipped: the binary that BLASTMAP_BIN names.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export const binary = process.env.BLASTMAP_BIN;
export const START_MS = 120_000;

/** Starts `blastmap serve` with these arguments, on any port unless they say which, and waits until it has a graph to answer from. */
export async function serve(...args) {
  const home = mkdtempSync(join(tmpdir(), "blastmap-page-"));
  const listen = args.includes("--listen") ? [] : ["--listen", "127.0.0.1:0"];
  // Nothing of the machine's own account: what is served is what the arguments name.
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_")));
  const child = spawn(binary, ["serve", ...listen, ...args], {
    env: { ...environment, HOME: home, XDG_DATA_HOME: home, AWS_EC2_METADATA_DISABLED: "true" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const stop = async () => {
    if (child.exitCode === null) {
      child.kill("SIGTERM");
      await new Promise((done) => child.once("exit", done));
    }
    rmSync(home, { recursive: true, force: true });
  };
  try {
    const url = await addressOf(child);
    const ask = async (query, variables = {}) => {
      const response = await fetch(`${url}/graphql`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ query, variables }) });
      return response.json();
    };
    const deadline = Date.now() + START_MS;
    while ((await ask("{ coverage { scopes { account } } }")).errors?.[0]?.extensions?.code === "NOT_READY") {
      if (Date.now() > deadline) throw new Error("the server has no graph to answer from");
      await new Promise((again) => setTimeout(again, 100));
    }
    return { url, ask, stop };
  } catch (error) {
    await stop();
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

// Runs the binary that BLASTMAP_BIN names over a store of its own.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export const binary = process.env.BLASTMAP_BIN;
const START_MS = 60_000;

/** A folder for a store; snapshot files are written into it as docs/snapshot-file.md says, plain. */
export function makeStore() {
  const home = mkdtempSync(join(tmpdir(), "blastmap-store-"));
  const folder = join(home, "store", "snapshots");
  mkdirSync(folder, { recursive: true });
  return {
    home,
    url: `file://${join(home, "store")}`,
    /** Writes a snapshot: resources with id and kind at least, links with from, to and relation. */
    write(id, takenAt, { resources, links }) {
      const lines = [
        { blastmap: 1, id, takenAt },
        { scope: { account: "111122223333", region: "eu-west-1", crawledAt: takenAt, durationMs: 900, apiCalls: 20 } },
        ...resources.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map((resource) => ({ resource })),
        ...links.map((link) => ({ link })),
        { end: { resources: resources.length, links: links.length } },
      ];
      writeFileSync(join(folder, `${id}.jsonl.zst`), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    },
    /** Writes the beginning of a snapshot only. */
    writeCut(id, takenAt) {
      writeFileSync(join(folder, `${id}.jsonl.zst`), `${JSON.stringify({ blastmap: 1, id, takenAt })}\n`);
    },
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}

/** Serves a store without AWS; answers the address and how to end it. */
export async function serveStore(store, port = 0) {
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_")));
  const child = spawn(binary, ["serve", "--store", store.url, "--listen", `127.0.0.1:${port}`, "--interval", "1h"], {
    // Nothing of the machine's own account: the store is all there is.
    env: { ...environment, HOME: store.home, XDG_DATA_HOME: store.home, AWS_EC2_METADATA_DISABLED: "true" },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const url = await new Promise((found, failed) => {
    const timer = setTimeout(() => failed(new Error("the server printed no address")), START_MS);
    createInterface({ input: child.stdout }).on("line", (line) => {
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
      if (!address) return;
      clearTimeout(timer);
      found(address);
    });
    child.once("exit", (code) => failed(new Error(`the server ended with ${code}`)));
  });
  return {
    url,
    end: async () => {
      if (child.exitCode !== null) return;
      child.kill("SIGTERM");
      await new Promise((done) => child.once("exit", done));
    },
  };
}

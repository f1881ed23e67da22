// Stores for the binary to serve: snapshots of any content and age, whole or cut short.
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder for a store; snapshot files are written into it as docs/snapshot-file.md says, plain. */
export function makeStore() {
  const home = mkdtempSync(join(tmpdir(), "blastmap-store-"));
  const folder = join(home, "store", "snapshots");
  mkdirSync(folder, { recursive: true });
  return {
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
    /** Writes the beginning of a snapshot only; when it was written is all that is known of its time. */
    writeCut(id, takenAt) {
      const file = join(folder, `${id}.jsonl.zst`);
      writeFileSync(file, `${JSON.stringify({ blastmap: 1, id, takenAt })}\n`);
      utimesSync(file, new Date(takenAt), new Date(takenAt));
    },
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}

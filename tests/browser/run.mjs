// Runs the tests (all, or the files named), then prints what they measured.
import { spawnSync } from "node:child_process";
import { forget } from "./measured.mjs";

forget();
const { status } = spawnSync(process.execPath, ["--test", "--test-concurrency=1", ...process.argv.slice(2)], { stdio: "inherit" });
await import("./report.mjs");
process.exitCode = status ?? 1;

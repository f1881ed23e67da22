// What a first visit downloads, and what the policy forbids to be in it.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const dist = fileURLToPath(new URL("../../web/dist/", import.meta.url));
const FIRST_LOAD_LIMIT = 60_000;
const ALL_LIMIT = 90_000;
const sizeOf = (file) => readFileSync(`${dist}${file}.gz`).length;

test("the first load stays within 60 KB of compressed script and style", () => {
  const page = readFileSync(`${dist}index.html`, "utf8");
  const files = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g)].map((match) => match[1]);
  assert.ok(files.length >= 2, "the page names its script and style");
  const total = files.reduce((sum, file) => sum + sizeOf(file), 0);
  assert.ok(total <= FIRST_LOAD_LIMIT, `${total} bytes: ${files.join(", ")}`);
});

test("all assets together stay within 90 KB compressed", () => {
  const files = readdirSync(`${dist}assets`).filter((file) => !/\.(br|gz)$/.test(file));
  const total = files.reduce((sum, file) => sum + sizeOf(`assets/${file}`), 0);
  assert.ok(total <= ALL_LIMIT, `${total} bytes`);
});

test("no page holds a script, style or address that the policy refuses", () => {
  for (const name of ["index.html", "graphiql.html"]) {
    const page = readFileSync(`${dist}${name}`, "utf8");
    assert.doesNotMatch(page, /<style|style="|<script(?![^>]*\ssrc=)|\son\w+=|https?:\/\//, name);
  }
});

"""What a snapshot takes in memory: measured on the demo's facts in many accounts, held against what --max-memory reckons with."""

import json
import re
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

import recordings
from harness import REPOSITORY
from test_store_kills import environment

ACCOUNTS = 40  # some 20,000 resources and 60,000 links
CONSTANTS = dict(re.findall(r"pub const (\w+): u64 = ([^;]+);", (REPOSITORY / "backend/model/src/memory.rs").read_text()))

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells what a process holds")


def constant(name):
    return eval(CONSTANTS[name].replace("_", ""))  # a number or a shift


def write(path, lines, accounts, links=True):
    """A snapshot of the demo in so many accounts."""
    counts = {"resource": 0, "link": 0}
    seen = set()
    with path.open("w") as file:
        file.write(lines[0] + "\n")
        for number in range(accounts):
            account = f"{200000000000 + number}"
            for line in lines[1:-1]:
                kind = next(iter(json.loads(line)))
                line = line.replace(recordings.DEMO_ACCOUNT, account)
                if kind in counts and (links or kind != "link") and line not in seen:
                    if kind == "resource":
                        id = json.loads(line)["resource"]["id"]
                        if id in seen:
                            continue
                        seen.add(id)
                    seen.add(line)
                    counts[kind] += 1
                    file.write(line + "\n")
        file.write(json.dumps({"end": {"resources": counts["resource"], "links": counts["link"]}}) + "\n")
    return counts["resource"], counts["link"]


def held(blastmap, file):
    """Bytes that a server holds which shows this file."""
    command = [blastmap.program, "serve", "--snapshot", str(file), "--listen", "127.0.0.1:0"]
    process = subprocess.Popen(command, env=environment(blastmap), stdout=subprocess.PIPE, text=True)
    try:
        url = process.stdout.readline().strip()
        with urllib.request.urlopen(f"{url}/readyz", timeout=60) as answer:
            assert json.load(answer)["ready"]
        time.sleep(1)
        status = Path(f"/proc/{process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1)) << 10
    finally:
        process.kill()
        process.wait()


def test_a_snapshot_takes_what_the_limit_reckons_with(blastmap):
    file = blastmap.home / "one.jsonl"
    done = blastmap.run("crawl", "--replay", recordings.write(blastmap.home / "recording"), "--out", file)
    assert done.returncode == 0, done.stderr
    lines = file.read_text().splitlines()
    few, bare, full = (blastmap.home / name for name in ("few.jsonl", "bare.jsonl", "full.jsonl"))
    write(few, lines, 1, links=False)
    resources, _ = write(bare, lines, ACCOUNTS, links=False)
    _, links = write(full, lines, ACCOUNTS)
    nothing, with_resources, with_links = held(blastmap, few), held(blastmap, bare), held(blastmap, full)
    a_resource, a_link = (with_resources - nothing) / resources, (with_links - with_resources) / links
    print(f"at rest {nothing >> 20} MiB, a resource {a_resource:.0f} bytes, a link {a_link:.0f} bytes, of {resources} and {links}; {with_links >> 20} MiB in all")
    reckoned = constant("AT_REST") + resources * constant("PER_RESOURCE") + links * constant("PER_LINK")
    assert nothing < constant("AT_REST"), "at rest"
    assert 0.4 * reckoned < with_links < reckoned, f"{reckoned >> 20} MiB are reckoned with"

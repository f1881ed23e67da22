"""Records the demo: a crawl of the company's estate, one permission short, into the file that the binary embeds.

    python tests/estate/record_demo.py [FILE]

FILE is backend/aws/demo/calls.jsonl.zst unless one is given. BLASTMAP_BIN names the program.
"""

import hashlib
import json
import sys
from pathlib import Path

import zstandard

from aws import Aws, isolate
from company_data import PLANTED
from compare import differences
from harness import REPOSITORY, Blastmap, Stand, home
from oracle import oracle
from proxy import Proxy

# The demo's values are fakes, so their fingerprints' key need not be a secret: equal ones keep recordings alike.
FINGERPRINT_KEY = hashlib.sha256(b"the demo's fingerprints").hexdigest()
DEMO = REPOSITORY / "backend" / "aws" / "demo" / "calls.jsonl.zst"


def denied(stand):
    """Only the payments team's roles may look at their key: its policy leaves the account's auditors out."""
    aliases = stand.aws("kms").list_aliases(Limit=100)["Aliases"]
    key = next(a["TargetKeyId"] for a in aliases if a["AliasName"] == "alias/larkspur/payments")
    return [{"match": "kms:DescribeKey", "kind": "deny", "contains": key}]


def record(folder):
    """Records into a folder, and makes sure that the recording is right and shows nothing that it must not."""
    stand = Stand("--estate", "company")
    proxy = Proxy(stand.url)
    try:
        proxy.faults = denied(stand)
        wanted, _ = oracle(Aws(proxy.url))
        blastmap = Blastmap(folder.parent)
        key = folder.parent / "fingerprint-key"
        key.write_text(FINGERPRINT_KEY)
        crawl = blastmap.crawl(proxy.url, "--record", folder, "--fingerprint-key", key)
        if crawl.status != 0:
            raise SystemExit(f"the crawl failed: {crawl.err}")
        wrong = differences(crawl.snapshot(), wanted)
        if wrong:
            raise SystemExit("the crawl differs from the estate:\n" + "\n".join(wrong))
    finally:
        proxy.close()
        stand.close()
    content = b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
    leaked = [name for name, value in PLANTED.items() if value.encode() in content]
    if leaked:
        raise SystemExit(f"the recording shows what must not be seen: {', '.join(leaked)}")
    replayed = blastmap.crawl(None, "--replay", folder, "--fingerprint-key", key)
    if replayed.status != 0 or replayed.snapshot()[:2] != crawl.snapshot()[:2]:
        raise SystemExit(f"the recording does not replay to the same graph: {replayed.err}")


def packed(folder):
    """The recording as the binary embeds it: a line a call, in an order that does not change from run to run."""
    with open(folder / "calls.jsonl") as file:
        calls = {call["key"]: line for line in file if (call := json.loads(line))}  # of several attempts the last counts
    lines = sorted(calls.values(), key=lambda line: (json.loads(line)["action"], line))
    return zstandard.ZstdCompressor(level=19).compress("".join(lines).encode())


def main():
    isolate()
    out = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else DEMO
    with home() as scratch:
        folder = Path(scratch) / "recording"
        record(folder)
        content = packed(folder)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(content)
    print(f"{out}: {len(content):,} bytes")


if __name__ == "__main__":
    main()

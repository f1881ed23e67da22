"""Records the demo: a crawl of the company's estate, one permission short, into the folder that the binary embeds.

    python tests/estate/record_demo.py [FOLDER]

The folder is backend/aws/demo unless one is given; what was in it goes. BLASTMAP_BIN names the program.
"""

import shutil
import sys
from pathlib import Path

from aws import isolate
from company_data import PLANTED
from compare import differences
from harness import REPOSITORY, Blastmap, Stand, home
from proxy import Proxy


def denied(stand):
    """Only the payments team's roles may look at their key: its policy leaves the account's auditors out."""
    aliases = stand.aws("kms").list_aliases(Limit=100)["Aliases"]
    key = next(a["TargetKeyId"] for a in aliases if a["AliasName"] == "alias/larkspur/payments")
    return [{"match": "kms:DescribeKey", "kind": "deny", "contains": key}]


def record(folder):
    """Records into a new folder; returns the size in bytes."""
    stand = Stand("--estate", "company")
    proxy = Proxy(stand.url)
    try:
        proxy.faults = denied(stand)
        with home() as folder_of_its_own:
            blastmap = Blastmap(folder_of_its_own)
            crawl = blastmap.crawl(proxy.url, "--record", folder)
            if crawl.status != 0:
                raise SystemExit(f"the crawl failed: {crawl.err}")
            check(blastmap, stand, crawl, folder)
    finally:
        proxy.close()
        stand.close()
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def check(blastmap, stand, crawl, folder):
    """A recording that cannot be replayed, or that shows a planted secret, is worse than none."""
    wrong = [line for line in differences(crawl.snapshot(), stand.oracle()[0]) if "KMS_KEY" not in line and "key/" not in line]
    if wrong:
        raise SystemExit("the crawl differs from the estate:\n" + "\n".join(wrong))
    content = b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
    leaked = [name for name, value in PLANTED.items() if value.encode() in content]
    if leaked:
        raise SystemExit(f"the recording shows what must not be seen: {', '.join(leaked)}")
    replayed = blastmap.crawl(None, "--replay", folder)
    if replayed.status != 0 or replayed.snapshot()[:2] != crawl.snapshot()[:2]:
        raise SystemExit(f"the recording does not replay to the same graph: {replayed.err}")


def main():
    isolate()
    folder = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else REPOSITORY / "backend" / "aws" / "demo"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    print(f"{folder}: {record(folder):,} bytes")


if __name__ == "__main__":
    main()

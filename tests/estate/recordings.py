"""The demo's recorded answers, as if they were of another account."""

import io

import zstandard

from harness import REPOSITORY

DEMO = REPOSITORY / "backend" / "aws" / "demo" / "calls.jsonl.zst"
DEMO_ACCOUNT = "123456789012"


def write(folder, account=DEMO_ACCOUNT):
    """A folder for --replay."""
    folder.mkdir(parents=True, exist_ok=True)
    with DEMO.open("rb") as file, zstandard.ZstdDecompressor().stream_reader(file) as plain:
        text = io.TextIOWrapper(plain, encoding="utf-8").read()
    (folder / "calls.jsonl").write_text(text.replace(DEMO_ACCOUNT, account))
    return folder

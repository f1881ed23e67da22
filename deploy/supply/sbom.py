#!/usr/bin/env python3
"""Writes what blastmap is built from, as CycloneDX: `make sbom`.

One file for the program and one for the page, whose code is in the program.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]

# The tool writes a file beside each manifest: a name that nothing else has.
WRITTEN = "blastmap-sbom"


def version():
    return tomllib.loads((REPOSITORY / "Cargo.toml").read_text())["workspace"]["package"]["version"]


def of_program():
    """The dependencies of the program with all its features, build tools included."""
    command = ["cargo", "cyclonedx", "--format", "json", "--all-features", "--spec-version", "1.5", "--override-filename", WRITTEN]
    try:
        subprocess.run(command, cwd=REPOSITORY, check=True)
        # Where it was built is nobody's business.
        return json.loads((REPOSITORY / f"{WRITTEN}.json").read_text().replace(f"file://{REPOSITORY}", "file://."))
    finally:
        for path in [*REPOSITORY.glob(f"{WRITTEN}.json"), *REPOSITORY.glob(f"backend/*/{WRITTEN}.json")]:
            path.unlink()


def of_page():
    """The page's dependencies as the lock file says. npm wants a version, which the page has from the program."""
    with tempfile.TemporaryDirectory() as outer:
        # npm takes the name from the folder.
        folder = Path(outer) / "blastmap-web"
        folder.mkdir()
        manifest = json.loads((REPOSITORY / "web/package.json").read_text())
        (folder / "package.json").write_text(json.dumps({**manifest, "version": version()}))
        lock = json.loads((REPOSITORY / "web/package-lock.json").read_text())
        lock["version"] = lock["packages"][""]["version"] = version()
        (folder / "package-lock.json").write_text(json.dumps(lock))
        shutil.copy(REPOSITORY / "web/.npmrc", folder)
        command = ["npm", "sbom", "--sbom-format", "cyclonedx", "--sbom-type", "application", "--package-lock-only"]
        done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
        return json.loads(done.stdout)


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, bill in (("blastmap.cdx.json", of_program()), ("page.cdx.json", of_page())):
        path = folder / name
        path.write_text(json.dumps(bill, indent=2) + "\n")
        print(f"{path}: {len(bill['components'])} components")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

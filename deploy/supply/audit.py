#!/usr/bin/env python3
"""Looks for known holes in what blastmap is built from: `make audit`.

Three answers for each list of dependencies: clean, findings, or not looked, where the database of holes cannot be reached. Only findings end
it with an error: a network without a way out says nothing of the dependencies.
"""

import json
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]

# Nothing takes longer; what does hangs on the network.
PATIENCE = 300

CLEAN, FINDINGS, NOT_LOOKED = "clean", "findings", "not looked"


def of_cargo(status, out, err):
    """What `cargo deny --format json check advisories` says: (verdict, lines)."""
    lines = [json.loads(line) for line in err.splitlines() if line.startswith("{")]
    errors = [own["fields"] for own in lines if own.get("type") == "diagnostic" and own["fields"].get("severity") == "error"]
    if errors:
        return FINDINGS, [describe(own) for own in errors]
    if status == 0 and any(own.get("type") == "summary" for own in lines):
        return CLEAN, []
    said = [own["fields"].get("message", "") for own in lines if own.get("type") == "log"] or err.splitlines()
    return NOT_LOOKED, [reason(said)]


def describe(diagnostic):
    about = diagnostic.get("advisory") or {}
    return f"{about.get('id', diagnostic.get('code', ''))} {about.get('package', '')}: {diagnostic['message']}".strip()


def of_npm(status, out, err):
    """What `npm audit --json` says: (verdict, lines)."""
    try:
        answer = json.loads(out)
    except ValueError:
        return NOT_LOOKED, [reason(err.splitlines())]
    counts = answer.get("metadata", {}).get("vulnerabilities")
    if counts is None:
        return NOT_LOOKED, [reason([answer.get("message", "")])]
    if counts.get("total", 0) == 0:
        return CLEAN, []
    return FINDINGS, [f"{name}: {own['severity']}, {own['range']}" for name, own in sorted(answer.get("vulnerabilities", {}).items())]


def reason(lines):
    """The first line that says something, short."""
    said = next((line.strip() for line in lines if line.strip()), "it ended without a word")
    return f"the database cannot be reached: {said[:200]}"


LISTS = [
    ("Cargo.lock", ["cargo", "deny", "--format", "json", "check", "advisories"], ".", of_cargo),
    ("web/package-lock.json", ["npm", "audit", "--json", "--package-lock-only"], "web", of_npm),
    ("tests/browser/package-lock.json", ["npm", "audit", "--json", "--package-lock-only"], "tests/browser", of_npm),
]


def look(command, folder, read):
    try:
        done = subprocess.run(command, cwd=REPOSITORY / folder, capture_output=True, text=True, timeout=PATIENCE)
    except (OSError, subprocess.TimeoutExpired) as error:
        return NOT_LOOKED, [reason([str(error)])]
    return read(done.returncode, done.stdout, done.stderr)


def main():
    verdicts = []
    for name, command, folder, read in LISTS:
        verdict, lines = look(command, folder, read)
        verdicts.append(verdict)
        print(f"{name}: {verdict}")
        for line in lines:
            print(f"  {line}")
    return 1 if FINDINGS in verdicts else 0


if __name__ == "__main__":
    sys.exit(main())

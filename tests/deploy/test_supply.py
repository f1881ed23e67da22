"""What blastmap is built from: looked at for known holes, and written down."""

import json
import re
import shutil
import subprocess
import sys

import pytest
from program import DEPLOY, REPOSITORY

sys.path.insert(0, str(DEPLOY / "supply"))
import audit  # noqa: E402
import sbom  # noqa: E402

MAKEFILE = (REPOSITORY / "Makefile").read_text()


def log(message):
    return json.dumps({"type": "log", "fields": {"level": "ERROR", "message": message}})


HOLE = json.dumps({"type": "diagnostic", "fields": {"code": "vulnerability", "severity": "error", "message": "reads beyond its end", "advisory": {"id": "RUSTSEC-2026-0001", "package": "old"}}})
WARNING = json.dumps({"type": "diagnostic", "fields": {"code": "license-not-encountered", "severity": "warning", "message": "not there"}})
SUMMARY = json.dumps({"type": "summary", "fields": {"advisories": {"errors": 0}}})


@pytest.mark.parametrize(("status", "said", "verdict"), [
    (0, SUMMARY, audit.CLEAN),
    (0, f"{WARNING}\n{SUMMARY}", audit.CLEAN),
    (1, f"{HOLE}\n{SUMMARY}", audit.FINDINGS),
    (1, log("failed to fetch advisory database"), audit.NOT_LOOKED),
    (101, "error: no such command: `deny`", audit.NOT_LOOKED),
    (0, "", audit.NOT_LOOKED),
])
def test_what_cargo_deny_says(status, said, verdict):
    found, lines = audit.of_cargo(status, "", said)
    assert found == verdict and bool(lines) == (verdict != audit.CLEAN)
    if verdict == audit.FINDINGS:
        assert lines == ["RUSTSEC-2026-0001 old: reads beyond its end"]


@pytest.mark.parametrize(("status", "out", "verdict"), [
    (0, {"metadata": {"vulnerabilities": {"high": 0, "total": 0}}}, audit.CLEAN),
    (1, {"metadata": {"vulnerabilities": {"high": 1, "total": 1}}, "vulnerabilities": {"old": {"severity": "high", "range": "<2"}}}, audit.FINDINGS),
    (1, {"message": "405 Method Not Allowed", "error": {"summary": "", "detail": ""}}, audit.NOT_LOOKED),
    (1, None, audit.NOT_LOOKED),
])
def test_what_npm_says(status, out, verdict):
    found, lines = audit.of_npm(status, "" if out is None else json.dumps(out), "npm error network")
    assert found == verdict and bool(lines) == (verdict != audit.CLEAN)
    if verdict == audit.FINDINGS:
        assert lines == ["old: high, <2"]


@pytest.mark.parametrize(("verdicts", "status"), [
    ([audit.CLEAN] * 3, 0),
    ([audit.CLEAN, audit.NOT_LOOKED, audit.NOT_LOOKED], 0),
    ([audit.NOT_LOOKED, audit.FINDINGS, audit.CLEAN], 1),
])
def test_only_findings_end_it_with_an_error(verdicts, status, monkeypatch, capsys):
    left = iter(verdicts)
    monkeypatch.setattr(audit, "look", lambda *_: (next(left), []))
    assert audit.main() == status
    assert [line.split(": ")[1] for line in capsys.readouterr().out.splitlines()] == verdicts


def test_a_tool_that_is_not_there_did_not_look():
    verdict, [line] = audit.look(["there-is-no-such-program"], ".", audit.of_cargo)
    assert verdict == audit.NOT_LOOKED and "the database cannot be reached" in line


def test_every_lock_file_is_looked_at():
    listed = subprocess.run(["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout.split()
    locks = {path for path in listed if re.search(r"(^|/)(Cargo\.lock|package-lock\.json)$", path)}
    # Fuzzing is run by developers alone, on the same crates.
    assert locks - {"fuzz/Cargo.lock"} == {name for name, *_ in audit.LISTS}


@pytest.mark.skipif(not shutil.which("npm"), reason="npm is not here")
def test_the_page_is_written_down_whole():
    bill = sbom.of_page()
    assert (bill["bomFormat"], bill["metadata"]["component"]["name"], bill["metadata"]["component"]["version"]) == ("CycloneDX", "blastmap-web", sbom.version())
    lock = json.loads((REPOSITORY / "web/package-lock.json").read_text())
    wanted = json.loads((REPOSITORY / "web/package.json").read_text())
    named = {(own.get("group", "") + "/" if own.get("group") else "") + own["name"] for own in bill["components"]}
    assert {*wanted.get("dependencies", {}), *wanted.get("devDependencies", {})} <= named
    assert len(bill["components"]) >= 0.9 * (len(lock["packages"]) - 1)


@pytest.mark.skipif(not shutil.which("cargo-cyclonedx"), reason="cargo-cyclonedx is not here: `make sbom` installs it")
def test_the_program_is_written_down_whole():
    bill = sbom.of_program()
    assert (bill["bomFormat"], bill["metadata"]["component"]["name"], bill["metadata"]["component"]["version"]) == ("CycloneDX", "blastmap", sbom.version())
    named = {own["name"] for own in bill["components"]}
    assert {"blastmap-judge", "tokio", "rustls", "aws-sdk-ecs", "opentelemetry-otlp"} <= named
    assert str(REPOSITORY) not in json.dumps(bill)
    assert not [path for folder in (".", "backend/*") for path in REPOSITORY.glob(f"{folder}/{sbom.WRITTEN}.json")]


def test_make_pins_the_tools():
    assert re.search(r"^CYCLONEDX_VERSION := \d+\.\d+\.\d+$", MAKEFILE, re.M)
    for target, script in (("audit", "audit.py"), ("sbom", "sbom.py")):
        assert re.search(rf"^{target}:.*\n(\t.*\n)*\tpython3 deploy/supply/{script}", MAKEFILE, re.M), target

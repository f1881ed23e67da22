"""Files of every earlier version of the snapshot format are read, those of a later one refused by name.

`snapshots/VERSION-....jsonl(.zst)` were written by the program of their time and never change: when record.rs comes to write another version,
a file of the last one is added, and what is said of it here.
"""

import json
import re
from pathlib import Path

import pytest
import zstandard
from program import REPOSITORY, prints, run

FILES = sorted(Path(__file__).with_name("snapshots").iterdir())
FIRST = Path(__file__).with_name("snapshots") / "1-first.jsonl"

# Of each file: a resource, and how many reach it.
ASKED = {
    # As the first program that wrote snapshots: no counted changes, no unnamed roles, and much left out.
    "1-first.jsonl": ("shop", 1),
    # The demo of 0.1.0.
    "1-demo.jsonl.zst": ("payments-execution", 24),
}


def written():
    """The version that this program writes."""
    text = (REPOSITORY / "backend/model/src/record.rs").read_text()
    return int(re.search(r"pub const VERSION: u32 = (\d+);", text).group(1))


def lines(path):
    raw = path.read_bytes()
    return (zstandard.ZstdDecompressor().stream_reader(raw).read() if path.suffix == ".zst" else raw).decode().splitlines()


def test_there_are_files_of_every_version():
    versions = {int(path.name.split("-")[0]) for path in FILES}
    assert versions == set(range(1, written() + 1))
    assert {path.name for path in FILES} == set(ASKED)
    for path in FILES:
        assert json.loads(lines(path)[0])["blastmap"] == int(path.name.split("-")[0])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_of_an_earlier_version_is_read_whole(path, tmp_path):
    name, reached = ASKED[path.name]
    radius = json.loads(prints("radius", name, "--snapshot", path, "--format", "json", home=tmp_path))
    assert radius["totalCount"] == reached
    same = json.loads(prints("diff", path, path, "--format", "json", home=tmp_path))
    assert [same[key] for key in ("addedCount", "removedCount", "changedCount")] == [0, 0, 0]


def changed(tmp_path, *replacements):
    text = FIRST.read_text()
    for before, after in replacements:
        assert before in text
        text = text.replace(before, after)
    path = tmp_path / "estate.jsonl"
    path.write_text(text)
    return path


def test_a_later_version_is_refused_by_name(tmp_path):
    later = written() + 1
    done = run("radius", "shop", "--snapshot", changed(tmp_path, ('"blastmap":1', f'"blastmap":{later}')), home=tmp_path)
    assert done.returncode == 1
    assert f"has format version {later}, newer than {written()}, which this blastmap reads: upgrade blastmap" in done.stderr


def test_fields_that_came_later_are_passed_over(tmp_path):
    path = changed(tmp_path, ('"kind":"ECS_CLUSTER"', '"kind":"ECS_CLUSTER","later":{"a":1}'), ('"clusterName":"shop"', '"clusterName":"shop","later":[1]'))
    assert "service web" in prints("radius", "shop", "--snapshot", path, home=tmp_path)


def test_a_kind_that_came_later_is_refused_by_name(tmp_path):
    done = run("radius", "shop", "--snapshot", changed(tmp_path, ("IAM_ROLE", "LATER_KIND")), home=tmp_path)
    assert done.returncode == 1
    assert "is corrupt in line 6: `LATER_KIND` is not a kind of resource that blastmap knows" in done.stderr


def test_a_store_with_snapshots_of_a_later_program_gives_the_last_that_can_be_read(tmp_path):
    """What happens after a downgrade."""
    store = tmp_path / "store"
    (store / "snapshots").mkdir(parents=True)
    later = changed(tmp_path, ('"blastmap":1', f'"blastmap":{written() + 1}'), ("2026-09-01T12:00:00Z", "2026-09-01T13:00:00Z")).read_text()
    for name, text in [("20260901T120000Z-0a1b", FIRST.read_text()), ("20260901T130000Z-0a1b", later)]:
        (store / f"snapshots/{name}.jsonl.zst").write_bytes(zstandard.compress(text.encode()))
    done = run("radius", "shop", "--store", f"file://{store}", home=tmp_path)
    assert done.returncode == 0 and "service web" in done.stdout
    assert "warning: snapshots/20260901T130000Z-0a1b.jsonl.zst is not used: has format version" in done.stderr

"""Whatever deploy/ and the docs tell people to set is an option of the binary."""

import re
import subprocess

import pytest
from program import BLASTMAP, DEPLOY, REPOSITORY, environment, options, prints

# Options that deploy/ and the docs name before the binary has them. One that it has by now fails below: take it off.
AWAITED = set()

# No options: where the file of options is, what the tests and builds set, and the client's token.
OTHER = {"BLASTMAP_CONFIG", "BLASTMAP_BIN", "BLASTMAP_BLESS", "BLASTMAP_TOKEN"}

FILES = [
    path
    for root, pattern in [
        (DEPLOY, "**/*.tf"), (DEPLOY, "**/*.yaml"), (DEPLOY, "**/*.md"), (DEPLOY, "**/*.service"),
        (REPOSITORY, "Dockerfile"), (REPOSITORY, "SECURITY.md"), (REPOSITORY / "docs", "operating.md"), (REPOSITORY / "docs", "upgrading.md"),
    ]
    for path in sorted(root.glob(pattern))
]


def commands():
    return set(re.findall(r"^  ([a-z]+) +[A-Z]", prints("--help"), re.M)) - {"help"}


def known():
    return AWAITED.union(*map(options, commands()))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_every_variable_is_an_option(path):
    named = set(re.findall(r"BLASTMAP_[A-Z_]*[A-Z]", path.read_text())) - OTHER
    unknown = {name for name in named if name.removeprefix("BLASTMAP_").lower().replace("_", "-") not in known()}
    assert not unknown


@pytest.mark.parametrize("path", [path for path in FILES if path.name in {"operating.md", "upgrading.md", "SECURITY.md"}], ids=lambda path: path.name)
def test_every_option_that_the_docs_name_is_one(path):
    # Of others' commands only the lines that run blastmap count.
    named = set(re.findall(r"`--([a-z][a-z0-9-]*)", path.read_text()))
    named |= {option for line in re.findall(r"^\s*blastmap .*$", path.read_text(), re.M) for option in re.findall(r" --([a-z][a-z0-9-]*)", line)}
    assert named - known() == set()


def test_what_is_awaited_is_not_there_yet():
    here = AWAITED.intersection(set().union(*map(options, commands())))
    assert not here, f"take {', '.join(sorted(here))} off AWAITED: the binary has it"


def test_without_a_way_to_sign_in_nothing_but_loopback_is_listened_on():
    """What the image does as it stands, and what the docs say of it."""
    done = subprocess.run([BLASTMAP, "serve", "--demo", "--listen", "0.0.0.0:0"], env=environment(), capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout) == (1, "")
    assert "refusing to listen on 0.0.0.0:0" in done.stderr

"""The unit is one that systemd takes, and locked down."""

import re
import shutil
import subprocess

import pytest
from program import BLASTMAP, DEPLOY, options

UNIT = DEPLOY / "systemd/blastmap.service"
ANALYZE = shutil.which("systemd-analyze")

# Of ten, in tenths: 1.5. What is left is the network, which it is there for.
MOST_EXPOSED = 15


def analyze(*arguments):
    return subprocess.run([ANALYZE, *arguments], capture_output=True, text=True, timeout=60)


@pytest.fixture
def unit(tmp_path):
    """The unit with the program where it is here, and no documents."""
    own = tmp_path / "blastmap.service"
    text = UNIT.read_text().replace("/usr/local/bin/blastmap serve", f"{BLASTMAP.resolve()} serve")
    assert str(BLASTMAP.resolve()) in text
    own.write_text(text)
    return own


@pytest.mark.skipif(not ANALYZE, reason="systemd is not here")
def test_systemd_takes_it(unit):
    done = analyze("verify", "--man=no", unit)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not ANALYZE, reason="systemd is not here")
def test_it_is_locked_down(unit):
    done = analyze("security", "--offline=yes", f"--threshold={MOST_EXPOSED}", unit)
    assert done.returncode == 0, done.stdout[-2000:]


def test_it_runs_the_server_and_keeps_its_store_where_it_may_write():
    text = UNIT.read_text()
    settings = dict(re.findall(r"^Environment=(\w+)=(.*)$", text, re.M))
    [folder] = re.findall(r"^StateDirectory=(.*)$", text, re.M)
    assert settings["BLASTMAP_STORE"] == f"file:///var/lib/{folder}"
    assert settings["BLASTMAP_LISTEN"].startswith("127.0.0.1:")
    assert {"store", "listen"} <= options("serve")

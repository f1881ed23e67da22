"""The Dockerfile's steps, as far as they can be held against the repository without Docker."""

import fnmatch
import json
import os
import re
import shlex
import shutil
import subprocess
import time
import tomllib
import urllib.request

import pytest
from program import BLASTMAP, REPOSITORY, environment

TEXT = (REPOSITORY / "Dockerfile").read_text()
USER = 65532

# What the base has of shared libraries, as it is described: glibc, libgcc, libstdc++, OpenSSL.
BASE_LIBRARIES = {"linux-vdso.so.1", "libc.so.6", "libm.so.6", "libgcc_s.so.1", "libpthread.so.0", "libdl.so.2", "librt.so.1", "ld-linux-x86-64.so.2",
                  "ld-linux-aarch64.so.1"}


def steps():
    """(instruction, rest) of each step, continued lines joined."""
    lines = re.sub(r"\\\n", " ", re.sub(r"^\s*#.*\n", "", TEXT, flags=re.M)).splitlines()
    return [tuple(line.split(None, 1)) for line in lines if line.strip()]


def of(instruction):
    return [rest for own, rest in steps() if own == instruction]


def arguments():
    return dict(own.split("=", 1) for own in of("ARG") if "=" in own)


def copies():
    """(options, sources, destination)"""
    for rest in of("COPY"):
        words = shlex.split(rest)
        flags = dict(own[2:].split("=", 1) for own in words if own.startswith("--"))
        paths = [own for own in words if not own.startswith("--")]
        yield flags, paths[:-1], paths[-1]


def ignored(path):
    """Whether .dockerignore keeps a file of the repository out; the last line that fits counts.

    https://docs.docker.com/build/concepts/context/#dockerignore-files
    """
    out = False
    for line in (REPOSITORY / ".dockerignore").read_text().split():
        pattern = line.lstrip("!").strip("/")
        parts = path.split("/")
        if any(fnmatch.fnmatchcase("/".join(parts[:length]), pattern) for length in range(1, len(parts) + 1)):
            out = not line.startswith("!")
    return out


def tracked():
    listed = subprocess.run(["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return listed.stdout.splitlines()


def test_what_is_copied_is_there():
    stages = {rest.split()[-1] for rest in of("FROM") if " AS " in rest}
    for flags, sources, _ in copies():
        if "from" in flags:
            assert flags["from"] in stages
            continue
        for source in sources:
            assert source == "." or (REPOSITORY / source).exists(), source
            assert not ignored(source), source


def test_what_is_copied_from_a_stage_is_made_there():
    made = {"/src/web/dist": "npm run build", "/blastmap": "strip -o /blastmap ", "/data": "mkdir /data"}
    for flags, sources, _ in copies():
        for source in sources if "from" in flags else []:
            assert any(made[source] in own for own in of("RUN")), source


def test_what_cargo_needs_is_in_the_context():
    """Every file that a manifest or the code names, and nothing that only tests read."""
    files = tracked()
    manifest = tomllib.loads((REPOSITORY / "Cargo.toml").read_text())
    needed = ["Cargo.toml", "Cargo.lock", *[f"{member}/Cargo.toml" for member in manifest["workspace"]["members"]]]
    needed += [own["path"] for kind in ("bin", "test", "bench", "example") for own in manifest.get(kind, [])]
    needed += [path for path in files if path.startswith("backend/") and path.endswith((".rs", ".zst", "README.md"))]
    assert [path for path in needed if ignored(path)] == []
    assert set(needed) <= set(files)
    for kept_out in ["docs/operating.md", "deploy/README.md", "tests/deploy/program.py", "tests/estate/aws.py", "web/node_modules/a/b.js", "target/debug/blastmap"]:
        assert ignored(kept_out), kept_out


def test_the_commands_that_it_runs_are_there():
    run = " && ".join(of("RUN"))
    scripts = json.loads((REPOSITORY / "web/package.json").read_text())["scripts"]
    assert set(re.findall(r"npm run (\w+)", run)) <= set(scripts)
    manifest = tomllib.loads((REPOSITORY / "Cargo.toml").read_text())
    built = re.search(r"cargo build --release --locked && strip -o /\w+ target/release/(\w+)", run).group(1)
    assert built in {own["name"] for own in manifest["bin"]}


def test_the_bases_are_those_that_the_project_names():
    bases = arguments()
    rust = tomllib.loads((REPOSITORY / "Cargo.toml").read_text())["workspace"]["package"]["rust-version"]
    engine = json.loads((REPOSITORY / "web/package.json").read_text())["engines"]["node"]
    assert bases["RUST"] == f"rust:{rust}-bookworm"
    least = tuple(map(int, re.search(r"(\d+)\.(\d+)", engine).groups()))
    assert (int(re.match(r"node:(\d+)-", bases["NODE"]).group(1)), 99) > least
    # Built on Debian 12, it runs on Debian 12: an older glibc would refuse it.
    assert bases["BASE"].endswith("/cc-debian12:nonroot")
    assert all("latest" not in base for base in bases.values())


def test_the_base_has_the_libraries_that_it_needs():
    linked = subprocess.run(["ldd", BLASTMAP], capture_output=True, text=True, timeout=30).stdout
    needed = {line.split()[0].rsplit("/", 1)[-1] for line in linked.splitlines() if line.strip()}
    assert needed and needed <= BASE_LIBRARIES


def test_it_is_not_root_and_has_no_shell():
    assert of("USER") == [f"{USER}:{USER}"]
    for instruction in ("ENTRYPOINT", "CMD"):
        [form] = of(instruction)
        assert isinstance(json.loads(form), list), "without a shell only the list works"
    assert json.loads(of("ENTRYPOINT")[0]) == ["/usr/local/bin/blastmap"]
    last = steps()[max(place for place, (own, _) in enumerate(steps()) if own == "FROM"):]
    assert not [rest for own, rest in last if own == "RUN"]
    # A volume takes its owner from what lies in the image at its place.
    data = [flags for flags, _, destination in copies() if destination == "/data"]
    assert [own["chown"] for own in data] == [f"{USER}:{USER}"] and of("VOLUME") == ["/data"]


ISOLATED = """
set -e
mount --make-rprivate /
mount -t tmpfs -o uid={user},gid={user},mode=0700 tmpfs "$ROOM"
touch "$ROOM/blastmap" && mount --bind "$BIN" "$ROOM/blastmap"
cp "$SNAPSHOT" "$ROOM/estate.jsonl.zst" && chown {user} "$ROOM/estate.jsonl.zst"
mkdir "$ROOM/data" && chown {user}:{user} "$ROOM/data" && chmod 0700 "$ROOM/data"
mount -o remount,ro,bind /
mount -t tmpfs -o ro tmpfs /tmp
cd /
exec setpriv --reuid {user} --regid {user} --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all "$ROOM/blastmap" "$@"
"""


def isolation():
    """Whether a process here may be given a file system of its own."""
    if not shutil.which("setpriv") or not shutil.which("unshare") or os.geteuid() != 0:
        return False
    return subprocess.run(["unshare", "-m", "mount", "--make-rprivate", "/"], capture_output=True, timeout=10).returncode == 0


@pytest.mark.skipif(not isolation(), reason="needs root, unshare and setpriv")
def test_it_serves_as_that_user_on_a_file_system_that_is_read_only(tmp_path_factory):
    """As the image would: the entry point, the command, the variables, the user, nothing to write to but the volume."""
    entry, command = (json.loads(of(own)[0]) for own in ("ENTRYPOINT", "CMD"))
    assert entry == ["/usr/local/bin/blastmap"] and command[:2] == ["serve", "--listen"]
    [variable] = of("ENV")
    name, value = variable.split("=", 1)
    assert value == "file:///data"
    room = "/mnt"
    more = {name: f"file://{room}/data", "ROOM": room, "BIN": str(BLASTMAP.resolve()), "SNAPSHOT": str(REPOSITORY / "tests/deploy/snapshots/1-demo.jsonl.zst"), "HOME": "/nonexistent"}
    # Port 0, so that the test disturbs nobody.
    arguments = [command[0], command[1], "127.0.0.1:0", "--snapshot", f"{room}/estate.jsonl.zst"]
    process = subprocess.Popen(["unshare", "-m", "sh", "-c", ISOLATED.format(user=USER), "sh", *arguments], env=environment(**more), stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    try:
        url = process.stdout.readline().strip()
        assert url.startswith("http://"), process.stderr.read()
        # The process that answers is that user's, with no capability left.
        status = "".join(open(f"/proc/{process.pid}/status"))
        assert re.search(rf"^Uid:\s+{USER}\s", status, re.M) and re.search(r"^CapEff:\s+0+$", status, re.M)
        for _ in range(100):
            with urllib.request.urlopen(url + "/readyz", timeout=10) as answer:
                if answer.status == 200:
                    break
            time.sleep(0.1)
        # It has written what it must: the key of fingerprints.
        key = f"/proc/{process.pid}/root{room}/data/fingerprint.key"
        assert os.stat(key).st_uid == USER and os.stat(key).st_mode & 0o777 == 0o600
    finally:
        process.terminate()
        _, said = process.communicate(timeout=20)
    assert process.returncode == 0, said

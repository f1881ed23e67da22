"""The program under test, and where the repository's files are."""

import functools
import os
import re
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
DEPLOY = REPOSITORY / "deploy"
BLASTMAP = Path(os.environ.get("BLASTMAP_BIN", REPOSITORY / "target/debug/blastmap"))


def environment(**more):
    """Without anybody's AWS credentials, proxies and options."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "BLASTMAP_")) and not k.lower().endswith("_proxy")}
    return {**kept, "NO_COLOR": "1", "AWS_EC2_METADATA_DISABLED": "true", **more}


def run(*arguments, home=None, **more):
    """Runs blastmap to its end."""
    if home:
        more.update(HOME=str(home), XDG_DATA_HOME=str(home))
    return subprocess.run([BLASTMAP, *map(str, arguments)], env=environment(**more), capture_output=True, text=True, timeout=60)


def prints(*arguments, **more):
    done = run(*arguments, **more)
    assert done.returncode == 0, done.stderr
    return done.stdout


@functools.cache
def options(command):
    """The long options of a command."""
    return set(re.findall(r"^ +(?:-\w, )?--([a-z][a-z0-9-]*)", prints(command, "--help"), re.M))


class Demo:
    """A server with the demo estate."""

    def __init__(self, *arguments, **more):
        self.home = tempfile.TemporaryDirectory()
        command = [BLASTMAP, "serve", "--demo", "--listen", "127.0.0.1:0", *arguments]
        more.update(HOME=self.home.name)
        self.process = subprocess.Popen(command, env=environment(**more), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()
        assert self.url, self.process.stderr.read()

    def get(self, path, data=None, **headers):
        """(status, text)"""
        request = urllib.request.Request(self.url + path, data=data, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def until_ready(self):
        for _ in range(300):
            if self.get("/readyz")[0] == 200:
                return self
            time.sleep(0.1)
        raise AssertionError("the demo did not become ready in half a minute")

    def close(self):
        """(status, standard error)"""
        self.process.send_signal(signal.SIGTERM)
        _, said = self.process.communicate(timeout=20)
        self.home.cleanup()
        return self.process.returncode, said

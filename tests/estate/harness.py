"""What the tests run: the stand-in as a process of its own, and blastmap against it."""

import itertools
import os
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from answers import Answers
from aws import REGION, Aws
from compare import load
from oracle import oracle
from proxy import Proxy

HERE = Path(__file__).parent
REPOSITORY = HERE.parent.parent
CRAWL_SECONDS = 240  # a throttled client waits long


class Stand:
    """A running server with an estate in it."""

    def __init__(self, *arguments):
        command = [sys.executable, str(HERE / "server.py"), "-p", "0", *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()
        if not self.url:
            raise RuntimeError(f"the stand-in for AWS did not start: {' '.join(command)}")
        self.aws = Aws(self.url)
        self.answers, self.memory, self.worked_out = Answers(self.aws), {}, {}

    def oracle(self, *denied):
        """The right graph where these actions are denied, and the facts under it, worked out once."""
        if denied not in self.worked_out:
            self.worked_out[denied] = oracle(self.answers.without(*denied))
        return self.worked_out[denied]

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


@dataclass
class Crawl:
    """What one run of `blastmap crawl` left behind."""

    status: int
    out: str
    err: str
    file: Path

    def snapshot(self):
        """(resources, links, blind spots), see compare.load."""
        return load(self.file)

    def blind_spots(self):
        return self.snapshot()[2]


class Blastmap:
    """The program under test, in a home folder of its own."""

    def __init__(self, home):
        self.home = Path(home)
        self.program = program()
        self.numbers = itertools.count(1)

    def run(self, *arguments, url=None, key="test", secret="test", seconds=CRAWL_SECONDS):
        environment = self.environment(url, key, secret)
        return subprocess.run([self.program, *map(str, arguments)], env=environment, capture_output=True, text=True, timeout=seconds)

    def environment(self, url=None, key="test", secret="test"):
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "BLASTMAP_")) and not k.lower().endswith("_proxy")}
        environment.update(HOME=str(self.home), XDG_DATA_HOME=str(self.home / "data"), AWS_EC2_METADATA_DISABLED="true", NO_COLOR="1")
        if url:
            environment.update(AWS_ENDPOINT_URL=url, AWS_ACCESS_KEY_ID=key, AWS_SECRET_ACCESS_KEY=secret, AWS_REGION=REGION)
        return environment

    def crawl(self, url, *arguments, store=None, **more):
        """A crawl; its store is new unless one is given."""
        number = next(self.numbers)
        file = self.home / f"snapshot-{number}.jsonl"
        store = store or self.home / f"store-{number}"
        done = self.run("crawl", "--region", REGION, "--store", f"file://{store}", "--out", file, *arguments, url=url, **more)
        return Crawl(done.returncode, done.stdout, done.stderr, file)


@dataclass
class Faulty:
    """A crawl with faults in its way, and what it called."""

    faults: list
    crawl: Crawl
    calls: Counter


def side_by_side(stand, blastmap, cases, at_once=None):
    """Crawls of a stand, each with its own faults, as many at once as there are processors, or more of those that mostly wait; in the
    order of the cases."""

    def crawl(faults):
        proxy = Proxy(stand.url, memory=stand.memory)
        try:
            proxy.faults = [dict(fault) for fault in faults]
            return Faulty(faults, blastmap.crawl(proxy.url), proxy.calls)
        finally:
            proxy.close()

    with ThreadPoolExecutor(at_once or os.cpu_count()) as pool:
        return list(pool.map(crawl, cases))


def program():
    """$BLASTMAP_BIN, else what `cargo build` made."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target"))
    path = os.environ.get("BLASTMAP_BIN") or target / "debug" / "blastmap"
    if not Path(path).is_file():
        raise FileNotFoundError(f"{path} is not there: `cargo build` makes it, or set BLASTMAP_BIN")
    return str(path)


def home():
    """A folder that is removed with the returned object."""
    return tempfile.TemporaryDirectory(prefix="blastmap-")



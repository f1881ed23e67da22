"""Processes are killed at any moment: the store opens, on a whole snapshot, and every reader comes to the same.

BLASTMAP_KILLS and BLASTMAP_SOAK make it longer: `make soak` kills 200 times, and lets crawlers and servers be killed for five minutes.
"""

import json
import os
import random
import subprocess
import time
import urllib.error
import urllib.request
from collections import Counter
from contextlib import ExitStack

import pytest
import zstandard

import recordings
from harness import Blastmap, Stand

KILLS = int(os.environ.get("BLASTMAP_KILLS", "25"))
SECONDS = int(os.environ.get("BLASTMAP_SOAK", "0"))
SEED = int(os.environ.get("BLASTMAP_SEED", "20261127"))
ACCOUNTS = [f"11111111111{n}" for n in range(4)]
READERS = 3
COVERAGE = "{ coverage { problems scopes { account region resources links } } }"


def environment(blastmap, url=None):
    keys = dict(AWS_ENDPOINT_URL=url, AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_REGION="us-east-1") if url else {}
    return {"PATH": os.environ["PATH"], "HOME": str(blastmap.home), "NO_COLOR": "1", "AWS_EC2_METADATA_DISABLED": "true", **keys}


def read(path):
    """The lines of a snapshot file; fails where it is not whole."""
    with path.open("rb") as file:
        plain = zstandard.ZstdDecompressor().stream_reader(file).read()
    lines = [json.loads(line) for line in plain.decode().splitlines()]
    kinds = Counter(next(iter(line)) for line in lines)
    assert lines[-1] == {"end": {"resources": kinds["resource"], "links": kinds["link"]}}
    return lines


def facts(lines):
    return {json.dumps(line, sort_keys=True) for line in map(without_times, lines) if "resource" in line or "link" in line}


def without_times(line):
    line.get("resource", {}).pop("observedAt", None)
    line.get("link", {}).get("evidence", {}).pop("observedAt", None)
    return line


@pytest.mark.parametrize("shared", [False, True])
def test_a_store_opens_on_a_whole_snapshot_whenever_its_crawl_is_killed(blastmap, shared):
    """A crawl into a folder, killed at random moments from its start to its end."""
    luck = random.Random(SEED)
    store = blastmap.home / "store"
    replay = recordings.write(blastmap.home / "recording")
    crawl = ["crawl", "--replay", str(replay), "--store", str(store), *(["--shared"] if shared else [])]
    began = time.monotonic()
    done = blastmap.run(*crawl)
    assert done.returncode == 0, done.stderr
    longest = time.monotonic() - began
    first = sorted((store / "snapshots").glob("*.zst"))
    whole = facts(read(first[0]))
    survived = 0
    kills = KILLS // 2 if shared else KILLS - KILLS // 2
    for number in range(kills):
        before = {path.name for path in (store / "snapshots").glob("*.zst")}
        process = subprocess.Popen([blastmap.program, *crawl], env=environment(blastmap), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # Half of them near the end, where it writes.
        time.sleep(luck.uniform(0, longest) if number % 2 else luck.uniform(0.6, 1.1) * longest)
        process.kill()
        process.wait()
        after = {path.name for path in (store / "snapshots").glob("*.zst")}
        survived += after != before
        for name in after - before:
            assert facts(read(store / "snapshots" / name)) == whole, f"{name} is not whole"
        opened = blastmap.run("radius", "edge", "--store", store)
        assert opened.returncode == 0 and opened.stderr == "", opened.stderr
        assert "2 listeners" in opened.stdout
    done = blastmap.run(*crawl)
    assert done.returncode == 0, done.stderr
    print(f"{kills} kills, seed {SEED}: {survived} after the snapshot was written, {kills - survived} before")


class Crawler:
    """Crawls one account into the shared store, again and again."""

    def __init__(self, blastmap, url, store, account):
        self.account = ["--role-arn", f"arn:aws:iam::{account}:role/blastmap"]
        self.command = [blastmap.program, "crawl", *self.account, "--store", store, "--shared"]
        self.environment, self.process = environment(blastmap, url), None
        self.finished = self.failed = self.killed = 0
        self.log = blastmap.home / f"{account}.log"

    def keep_going(self):
        if self.process and self.process.poll() is None:
            return
        if self.process:
            self.finished += self.process.returncode == 0
            self.failed += self.process.returncode > 0
        self.process = self.start()

    def start(self):
        with self.log.open("a") as log:
            return subprocess.Popen(self.command, env=self.environment, stdout=subprocess.DEVNULL, stderr=log)

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
            self.killed += 1
            self.process = None

    def crawl_once(self):
        self.kill()
        done = subprocess.run(self.command, env=self.environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr


class Reader:
    """A server that shows what others crawl."""

    def __init__(self, blastmap, url, store):
        self.command = [blastmap.program, "serve", "--no-crawl", "--store", store, "--listen", "127.0.0.1:0", "--interval", "1s"]
        self.environment, self.killed, self.seen = environment(blastmap, url), 0, 0
        self.log = blastmap.home / "readers.log"
        self.start()

    def start(self):
        with self.log.open("a") as log:
            self.process = subprocess.Popen(self.command, env=self.environment, stdout=subprocess.PIPE, stderr=log, text=True)
        self.url = self.process.stdout.readline().strip()
        assert self.url, self.log.read_text()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.killed += 1

    def ready(self):
        """The id of what it shows; none before it has anything."""
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=30) as answer:
                return json.load(answer)["snapshot"]
        except urllib.error.HTTPError as error:
            assert error.code == 503
            return None

    def coverage(self):
        request = urllib.request.Request(f"{self.url}/graphql", json.dumps({"query": COVERAGE}).encode(), {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            answer = json.load(answer)
        assert "errors" not in answer, answer
        return answer["data"]["coverage"]

    def download(self, path):
        with urllib.request.urlopen(f"{self.url}/snapshots/latest.jsonl.zst", timeout=60) as answer:
            path.write_bytes(answer.read())
        return read(path)


def by_scope(lines):
    """(resources, links from them) of each account and region."""
    place, resources, links = {}, Counter(), Counter()
    for line in lines:
        if own := line.get("resource"):
            place[own["id"]] = own["account"], own["region"]
            resources[place[own["id"]]] += 1
        elif own := line.get("link"):
            links[place[own["from"]]] += 1
    return {scope: (count, links[scope]) for scope, count in resources.items()}


@pytest.mark.skipif(not SECONDS, reason="BLASTMAP_SOAK=300 lets it run for so many seconds: `make soak`")
def test_crawlers_and_servers_that_are_killed_come_to_the_same_whole_snapshot(tmp_path):
    with ExitStack() as to_end:
        kill_and_come_together(tmp_path, to_end)


def kill_and_come_together(tmp_path, to_end):
    luck = random.Random(SEED)
    blastmap = Blastmap(tmp_path)
    stand = Stand()
    to_end.callback(stand.close)
    stand.aws("s3").create_bucket(Bucket="shared")
    store = "s3://shared/estate"
    for number, account in enumerate(ACCOUNTS):
        for name in range(number + 2):
            stand.aws.member(account, "us-east-1")("ecs").create_cluster(clusterName=f"c{name}")
    crawlers = [Crawler(blastmap, stand.url, store, account) for account in ACCOUNTS]
    for crawler in crawlers:
        to_end.callback(crawler.kill)
    readers = []
    for _ in range(READERS):
        readers.append(Reader(blastmap, stand.url, store))
        to_end.callback(readers[-1].kill)
    # The key is the same for all, so that each crawl's facts are what the snapshot should have of it.
    key = stand.aws("s3").get_object(Bucket="shared", Key="estate/fingerprint.key")["Body"].read()
    (tmp_path / "key").write_bytes(key)
    alone, each = {}, set()
    for account, crawler in zip(ACCOUNTS, crawlers, strict=True):
        file = tmp_path / f"{account}.jsonl.zst"
        done = blastmap.run("crawl", *crawler.account, "--out", file, "--fingerprint-key", tmp_path / "key", url=stand.url)
        assert done.returncode == 0, done.stderr
        lines = read(file)
        alone.update({scope: counts for scope, counts in by_scope(lines).items() if scope[0] == account})
        each |= facts(lines)
    shown = Counter()
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        for crawler in crawlers:
            crawler.keep_going()
        time.sleep(luck.uniform(0.05, 0.6))
        victim = luck.choice([*crawlers, *crawlers, *readers])
        victim.kill()
        for reader in readers:
            if reader.process.poll() is not None:
                reader.start()
        reader = luck.choice(readers)
        if reader.ready():
            coverage = reader.coverage()
            for scope in coverage["scopes"]:
                place = scope["account"], scope["region"]
                assert (scope["resources"], scope["links"]) == alone.get(place, (0, 0)), f"half of {place}"
                shown[place] += 1
    for crawler in crawlers:
        crawler.crawl_once()
    deadline = time.monotonic() + 60
    while len({reader.ready() for reader in readers}) > 1 or shows(readers[0]) != set(ACCOUNTS):
        assert time.monotonic() < deadline, [reader.ready() for reader in readers]
        time.sleep(0.5)
    time.sleep(3)  # and stay there
    assert len({reader.ready() for reader in readers}) == 1
    for number, reader in enumerate(readers):
        lines = reader.download(tmp_path / f"reader-{number}.jsonl.zst")
        assert facts(lines) == each, "every reader has what the four crawls have"
        assert reader.coverage()["problems"] == []
    listed = [item["Key"] for item in stand.aws("s3").list_objects_v2(Bucket="shared")["Contents"]]
    assert sum(".jsonl.zst" in name and "/snapshots/" in name for name in listed) <= 31
    failed = sum(crawler.failed for crawler in crawlers)
    logs = "".join(crawler.log.read_text() for crawler in crawlers if crawler.log.exists())
    assert failed == 0, logs
    print(
        f"seed {SEED}: {sum(c.finished for c in crawlers)} crawls finished, {sum(c.killed for c in crawlers)} killed, "
        f"{sum(r.killed for r in readers)} servers killed, scopes looked at: {sum(shown.values())}")
    assert SECONDS < 10 or (sum(c.killed for c in crawlers) > 3 and shown)


def shows(reader):
    """The accounts that a server shows."""
    return {scope["account"] for scope in reader.coverage()["scopes"]} if reader.ready() else set()

"""A disk that is full or read-only, a folder that is somebody else's, too few descriptors: one clear line, and a server goes on from memory."""

import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

import recordings
from harness import program

NOBODY = 65534


@pytest.fixture
def machine():
    """A folder that any user can reach, with a recording, and the program."""
    with tempfile.TemporaryDirectory(prefix="blastmap-") as folder:
        folder = Path(folder)
        folder.chmod(0o755)
        recordings.write(folder / "recording")
        shutil.copy(program(), folder / "blastmap")
        yield folder
        # A test that failed leaves its server.
        while Server.running:
            process = Server.running.pop()
            if process.poll() is None:
                process.kill()
                process.wait(30)


def options(machine, **more):
    environment = {"PATH": os.environ["PATH"], "HOME": str(machine), "NO_COLOR": "1", "AWS_EC2_METADATA_DISABLED": "true"}
    return dict(env=environment, cwd=machine, text=True, **more)


def crawl(machine, store, **more):
    command = [machine / "blastmap", "crawl", "--replay", "recording", "--store", store]
    return subprocess.run(command, **options(machine, capture_output=True, timeout=120, **more))


def mounted(*arguments):
    return subprocess.run(["mount", *map(str, arguments)], capture_output=True).returncode == 0


@contextmanager
def small_disk(machine, size="20m"):
    """A file system of its own."""
    folder = machine / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or not mounted("-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder):
        pytest.skip("only root can mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def fill(folder):
    """Leaves no byte."""
    with (folder / "ballast").open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            pass
    return folder / "ballast"


def one_line(done, *parts):
    assert done.returncode == 1, done
    assert done.stdout == "" and done.stderr.count("\n") == 1, done
    for part in parts:
        assert part in done.stderr, done.stderr


def test_a_crawl_onto_a_full_disk_says_so_and_the_snapshot_before_stays(machine):
    with small_disk(machine) as disk:
        assert crawl(machine, disk / "store").returncode == 0
        fill(disk)
        one_line(crawl(machine, disk / "store"), f"in the folder {disk / 'store'}: free some space", "No space left on device")
        opened = subprocess.run([machine / "blastmap", "radius", "edge", "--store", disk / "store"], **options(machine, capture_output=True))
        assert opened.returncode == 0 and opened.stderr == ""


def test_a_file_that_may_grow_no_more_is_a_full_disk_too(machine):
    assert crawl(machine, "store").returncode == 0

    def limits():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    one_line(crawl(machine, "store", preexec_fn=limits, restore_signals=False), "cannot write `snapshots/", "in the folder store: free some space")


def test_a_crawl_onto_a_read_only_disk_says_so(machine):
    with small_disk(machine) as disk:
        assert crawl(machine, disk / "store").returncode == 0
        assert mounted("-o", "remount,ro", disk)
        one_line(crawl(machine, disk / "store"), f"in the folder {disk / 'store'}: choose a folder that can be written")


def test_a_crawl_into_somebody_elses_folder_says_so(machine):
    store = machine / "store"
    assert crawl(machine, store).returncode == 0
    if os.geteuid() == 0:
        own = dict(user=NOBODY, group=NOBODY)
        store.chmod(0o755)
        (store / "fingerprint.key").chmod(0o644)
        (store / "snapshots").chmod(0o755)
        for file in (store / "snapshots").iterdir():
            file.chmod(0o644)
    else:
        own = {}
        (store / "snapshots").chmod(0o555)
    one_line(crawl(machine, store, **own), "cannot write `snapshots/", f"in the folder {store}: let this user read and write there")
    (store / "snapshots").chmod(0o700)


def test_with_few_descriptors_a_crawl_works_or_says_what_to_do(machine):
    assert crawl(machine, "store").returncode == 0
    told = set()
    for most in range(8, 26):  # with fewer the runtime does not start
        done = crawl(machine, "store", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (most, most)))
        assert done.returncode in (0, 1), (most, done)
        if done.returncode:
            one_line(done, "Too many open files")
            told.add("ulimit -n" in done.stderr)
    assert True in told, "some of them ran out of descriptors in the store"
    assert done.returncode == 0, "twenty-five are enough"


class Server:
    """`serve` that crawls a recording every second into a store."""

    running = []

    def __init__(self, machine, store, **more):
        command = [machine / "blastmap", "serve", "--replay", "recording", "--store", store, "--interval", "1s", "--listen", "127.0.0.1:0"]
        self.log = (machine / "log").open("w+")
        self.process = subprocess.Popen(command, **options(machine, stdout=subprocess.PIPE, stderr=self.log, **more))
        self.running.append(self.process)
        self.url = self.process.stdout.readline().strip()
        assert self.url, self.said()

    def said(self):
        self.log.seek(0)
        return self.log.read()

    def ready(self):
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            return json.load(error)
        except ConnectionResetError:
            # Those that find no place are closed, some of them without a word.
            return {"ready": False, "problems": ["no place"]}

    def until(self, true):
        deadline = time.monotonic() + 60
        while not true(ready := self.ready()):
            assert time.monotonic() < deadline, (ready, self.said())
            time.sleep(0.1)
        return ready

    def problems(self):
        query = {"query": "{ coverage { problems } }"}
        request = urllib.request.Request(f"{self.url}/graphql", json.dumps(query).encode(), {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)["data"]["coverage"]["problems"]

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(30) == 0
        self.log.close()


def test_a_server_on_a_full_disk_goes_on_from_memory_and_says_so(machine):
    with small_disk(machine) as disk:
        server = Server(machine, disk / "store")
        server.until(lambda ready: ready["ready"] and ready["problems"] == [])
        ballast = fill(disk)
        before = server.until(lambda ready: ready["problems"])
        assert "is not kept: cannot write" in before["problems"][0] and "free some space" in before["problems"][0], before
        assert server.problems()[0].startswith("snapshot ")
        later = server.until(lambda ready: ready["snapshot"] != before["snapshot"])
        assert later["problems"], "it shows what it crawls, and cannot keep it"
        ballast.unlink()
        server.until(lambda ready: ready["problems"] == [])
        assert "going on from memory: cannot write" in server.said()
        server.end()


def test_a_server_without_descriptors_answers_again_when_it_has_some(machine):
    def limits():
        resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))

    server = Server(machine, "store", preexec_fn=limits)
    server.until(lambda ready: ready["ready"])
    host, port = server.url.removeprefix("http://").split(":")
    crowd = [socket.create_connection((host, int(port))) for _ in range(60)]
    assert "Taking 20 connections at once" in server.said() and "ulimit -n" in server.said()
    time.sleep(2)  # it crawls meanwhile, with the files that are kept for that
    for connection in crowd:
        connection.close()
    server.until(lambda ready: ready["ready"] and ready["problems"] == [])
    assert "panicked" not in server.said()
    server.end()


def test_a_snapshot_that_is_too_large_for_memory_is_not_shown(machine):
    server = Server(machine, "store")
    first = server.until(lambda ready: ready["ready"])
    server.end()
    command = [machine / "blastmap", "serve", "--no-crawl", "--store", "store", "--listen", "127.0.0.1:0", "--max-memory", "65MiB"]
    with (machine / "reader").open("w+") as log:
        process = subprocess.Popen(command, **options(machine, stdout=subprocess.PIPE, stderr=log))
        url = process.stdout.readline().strip()
        deadline = time.monotonic() + 30
        while True:
            try:
                urllib.request.urlopen(f"{url}/readyz", timeout=30)
                raise AssertionError("it shows what does not fit")
            except urllib.error.HTTPError as error:
                answer = json.load(error)
            if answer["problems"]:
                break
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert "more than --max-memory 65 MiB" in answer["problems"][0], answer
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        log.seek(0)
        assert "Keeping the data as it is: `snapshots/" in log.read()
    assert first["snapshot"]


def test_an_open_request_is_answered_after_sigterm(machine):
    """A plan that arrives slowly: half before the server is told to stop, half after."""
    server = Server(machine, "store")
    server.until(lambda ready: ready["ready"])
    host, port = server.url.removeprefix("http://").split(":")
    plan = json.dumps({"resources": []}).encode() + b" " * 1000
    head = f"POST /plans HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\nContent-Length: {len(plan)}\r\n\r\n".encode()
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(head + plan[:10])
        time.sleep(0.5)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(1)
        assert server.process.poll() is None, "it waits for the rest"
        with pytest.raises(OSError):
            socket.create_connection((host, int(port)), timeout=1).close()
        connection.sendall(plan[10:])
        answer = connection.recv(4096)
    assert answer.startswith(b"HTTP/1.1 200") or answer.startswith(b"HTTP/1.1 201"), answer
    assert server.process.wait(15) == 0
    assert "did not end" not in server.said()


def test_a_request_that_never_ends_holds_nobody_up(machine):
    server = Server(machine, "store")
    server.until(lambda ready: ready["ready"])
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(f"POST /plans HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{".encode())
        time.sleep(0.5)
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(30) == 0
    assert 5 < time.monotonic() - began < 15
    assert "did not end in 10 s" in server.said()

"""The server under floods: slow clients, silent ones, those who never read, ten thousand idle WebSockets, and one caller who asks without end.
It stays alive, its memory is bounded, and whoever else asks is answered.

Callers are told apart by address, and each test has as many as it likes: all of 127.0.0.0/8 is loopback."""

import base64
import json
import os
import resource
import select
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest

from harness import program

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere loopback is one address, and /proc is not there")

WEBSOCKETS = 10_000
SPARE = 600  # descriptors that the tests and the server have beside them
SMALL = json.dumps({"query": "{ coverage { resources } }"})


def large(times):
    """A query whose answer has 0.14 MB each time."""
    fields = "nodes { id name kind account region tags { key value } }"
    return json.dumps({"query": "{" + " ".join(f"a{each}: resources(first: 500) {{ {fields} }}" for each in range(times)) + "}"})


def raise_limit():
    """As many open files as this process may have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


class Server:
    def __init__(self, folder, *arguments, limits=raise_limit):
        environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "NO_COLOR": "1", "AWS_EC2_METADATA_DISABLED": "true"}
        command = [program(), "serve", "--demo", "--interval", "1h", "--listen", "127.0.0.1:0", *arguments]
        self.log = (folder / "log").open("w+")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log, text=True, env=environment, cwd=folder, preexec_fn=limits)
        url = self.process.stdout.readline().strip()
        assert url, self.said()
        self.port = int(url.rsplit(":", 1)[1])
        deadline = time.monotonic() + 60
        while self.get("/readyz")[0] != 200:
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.1)

    def said(self):
        self.log.seek(0)
        return self.log.read()

    def connect(self, client, timeout=30):
        return socket.create_connection(("127.0.0.1", self.port), timeout, source_address=(client, 0))

    def head(self, line, *headers):
        lines = [line, f"Host: 127.0.0.1:{self.port}", *headers, "", ""]
        return "\r\n".join(lines).encode()

    def query(self, body, *headers):
        kind = ("Content-Type: application/json", f"Content-Length: {len(body)}")
        return self.head("POST /graphql HTTP/1.1", *kind, *headers) + body.encode()

    def get(self, path, client="127.0.0.1"):
        return self.answer(client, self.head(f"GET {path} HTTP/1.1", "Connection: close"))

    def ask(self, body, client):
        return self.answer(client, self.query(body, "Connection: close"))

    def answer(self, client, request):
        """(status, headers, body) of one request on a connection of its own."""
        with self.connect(client, timeout=60) as connection:
            connection.sendall(request)
            with connection.makefile("rb") as file:
                return read_answer(file)

    def metric(self, name):
        _, _, text = self.get("/metrics")
        return next(int(float(line.split()[1])) for line in text.splitlines() if line.startswith(name + " "))

    def memory(self):
        """MiB that are resident."""
        with open(f"/proc/{self.process.pid}/status") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmRSS:")) / 1024

    def end(self):
        assert self.process.poll() is None, self.said()
        self.process.terminate()
        assert self.process.wait(30) == 0
        said = self.said()
        self.log.close()
        return said


def read_answer(file):
    status = int(file.readline().split()[1])
    headers = {}
    while line := file.readline().strip():
        name, _, value = line.decode().partition(":")
        headers[name.lower()] = value.strip()
    if "content-length" in headers:
        return status, headers, file.read(int(headers["content-length"])).decode()
    return status, headers, file.read().decode()


@pytest.fixture
def served(tmp_path):
    """Starts servers, and ends them."""
    running = []

    def serve(*arguments, **more):
        running.append(Server(tmp_path, *arguments, **more))
        return running[-1]

    yield serve
    for server in running:
        if server.process.poll() is None:
            server.process.kill()
            server.process.wait(30)


@contextmanager
def in_background(work):
    """Runs `work(ended)` beside the test, until that leaves the block."""
    ended = threading.Event()
    thread = threading.Thread(target=work, args=(ended,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(30)


def answered(server, client, times):
    """Small queries one after the other, all of which are answered; seconds that the slowest took."""
    slowest = 0
    for _ in range(times):
        began = time.monotonic()
        status, _, body = server.ask(SMALL, client)
        assert status == 200 and json.loads(body)["data"]["coverage"]["resources"] > 100, body
        slowest = max(slowest, time.monotonic() - began)
    return slowest


def retries(answers):
    """All of these are refusals that say when to come again."""
    assert {status for status, _, _ in answers} <= {429, 503}, {status for status, _, _ in answers}
    assert all(int(headers["retry-after"]) > 0 for _, headers, _ in answers)
    codes = {json.loads(body)["errors"][0]["extensions"]["code"] for _, _, body in answers}
    assert codes <= {"RATE_LIMITED", "TOO_COMPLEX"}, codes  # the latter took too long


class WebSockets:
    """Connections that are open and do nothing but answer pings."""

    GREETING = json.dumps({"type": "connection_init"}).encode()
    INIT = bytes([0x81, 0x80 | len(GREETING), 0, 0, 0, 0]) + GREETING
    PONG = bytes([0x8A, 0x80, 0, 0, 0, 0])

    def __init__(self, server):
        self.server, self.open = server, []
        self.poll = select.epoll()
        self.by_number = {}

    def upgrade(self, connection):
        key = base64.b64encode(os.urandom(16)).decode()
        headers = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}")
        connection.sendall(self.server.head("GET /graphql HTTP/1.1", *headers, "Sec-WebSocket-Protocol: graphql-transport-ws"))

    def add(self, client, count):
        """So many more, of one address."""
        connections = [self.server.connect(client) for _ in range(count)]
        for connection in connections:
            self.upgrade(connection)
        for connection in connections:
            answer = connection.recv(4096)
            assert answer.startswith(b"HTTP/1.1 101 "), answer
            connection.sendall(self.INIT)
        for connection in connections:
            while b"connection_ack" not in connection.recv(4096):
                pass
            connection.setblocking(False)
            self.by_number[connection.fileno()] = connection
            self.poll.register(connection.fileno(), select.EPOLLIN)
        self.open += connections

    def refused(self, client):
        """What one more is told."""
        with self.server.connect(client) as connection:
            self.upgrade(connection)
            with connection.makefile("rb") as file:
                return read_answer(file)

    def pong(self, ended):
        """Answers pings, which are all that comes."""
        while not ended.is_set():
            for number, _ in self.poll.poll(0.2):
                connection = self.by_number[number]
                try:
                    alive = connection.recv(4096)
                    connection.send(self.PONG)
                except OSError:
                    alive = b""
                if not alive:
                    self.poll.unregister(number)

    def close(self):
        for connection in self.open:
            connection.close()
        self.poll.close()


def test_ten_thousand_idle_websockets_cost_little(served):
    count = min(WEBSOCKETS, raise_limit() - SPARE)
    server = served()
    # What a server takes once, it takes before.
    answered(server, "127.0.0.9", 20)
    sockets = WebSockets(server)
    sockets.add("127.1.0.1", 100)
    before = server.memory()
    with in_background(sockets.pong):
        while len(sockets.open) < count:
            number = len(sockets.open)
            sockets.add(f"127.1.1.{number // 500 + 1}", min(100, count - number))
        after = server.memory()
        each = (after - before) * 1024 / (count - 100)
        slowest = answered(server, "127.0.0.9", 50)
        print(f"\n{count} WebSockets: {before:.0f} MiB before, {after:.0f} MiB after, {each:.1f} KiB each; slowest query meanwhile {slowest:.2f} s")
        assert each < 48
        assert server.metric("blastmap_websocket_connections") == count
        if count == WEBSOCKETS:
            refused = sockets.refused("127.2.0.1")
            assert refused[0] == 503
            retries([refused])
        else:
            print(f"only {count} of {WEBSOCKETS}: this machine lets a process open no more files")
    sockets.close()
    deadline = time.monotonic() + 60
    while server.metric("blastmap_websocket_connections"):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert "panicked" not in server.end()


def test_one_address_has_a_part_of_the_websockets(served):
    server = served()
    sockets = WebSockets(server)
    for _ in range(10):
        sockets.add("127.0.0.2", 100)
    refused = sockets.refused("127.0.0.2")
    assert refused[0] == 429
    retries([refused])
    sockets.add("127.0.0.3", 1)
    sockets.close()
    server.end()


def test_slow_and_silent_clients_are_closed_and_others_are_answered(served):
    """500 that send a byte a second, 500 that send nothing, 10 that ask for large answers and never read one."""
    raise_limit()
    server = served("--rate-limit", "0")
    answered(server, "127.0.0.9", 20)
    before = server.memory()
    trickling = [server.connect("127.0.0.2") for _ in range(500)]
    silent = [server.connect("127.0.0.3") for _ in range(500)]
    never_reading = []
    for _ in range(10):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.bind(("127.0.0.4", 0))
        connection.connect(("127.0.0.1", server.port))
        connection.setblocking(False)
        try:
            connection.send(server.query(large(8)) * 4)
        except OSError:
            pass
        never_reading.append(connection)
    for connection in trickling:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: ")

    def trickle(ended):
        while not ended.wait(1):
            for connection in trickling:
                try:
                    connection.send(b"a")
                except OSError:
                    pass

    peak, slowest = before, 0
    with in_background(trickle):
        deadline = time.monotonic() + 120
        # The one that asks is open, too.
        while server.metric("blastmap_connections") > 1:
            assert time.monotonic() < deadline, "they are closed, all of them"
            slowest = max(slowest, answered(server, "127.0.0.9", 5))
            peak = max(peak, server.memory())
            time.sleep(0.2)
    print(f"\nslow clients: {before:.0f} MiB before, {peak:.0f} MiB at most; slowest query meanwhile {slowest:.2f} s")
    assert peak - before < 256
    for connection in trickling + silent + never_reading:
        connection.close()
    assert "panicked" not in server.end()


def test_a_flood_of_one_is_refused_and_others_are_answered(served):
    server = served()
    answered(server, "127.0.0.9", 5)
    quiet = answered(server, "127.0.0.9", 20)
    before = server.memory()
    expensive, answers = large(4), []

    def flood(ended):
        def ask():
            while not ended.is_set():
                try:
                    status, headers, body = server.ask(expensive, "127.0.0.2")
                except OSError:
                    continue
                answers.append((status, headers, body if status != 200 else ""))

        threads = [threading.Thread(target=ask, daemon=True) for _ in range(300)]
        for thread in threads:
            thread.start()
        ended.wait()
        for thread in threads:
            thread.join(60)

    with in_background(flood):
        deadline = time.monotonic() + 60
        while not any(status == 429 for status, _, _ in answers):
            assert time.monotonic() < deadline, "the flood is refused"
            time.sleep(0.1)
        slowest = answered(server, "127.0.0.9", 30)
        after = server.memory()
    refused = [answer for answer in answers if answer[0] != 200]
    print(f"\na flood: {len(answers) - len(refused)} answered, {len(refused)} refused; {before:.0f} MiB before, {after:.0f} MiB after; the other's slowest query {slowest:.2f} s, {quiet:.2f} s in quiet")
    retries(refused)
    assert after - before < 256
    assert "panicked" not in server.end()


@pytest.mark.parametrize("most", [24, 40])
def test_with_few_descriptors_it_goes_on_answering(served, most):
    """Fewer than there are connections for, and enough."""
    server = served(limits=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (most, most)))
    with server.connect("127.0.0.9") as before, before.makefile("rb") as file:
        for _ in range(5):
            crowd = [server.connect("127.0.0.2") for _ in range(60)]
            before.sendall(server.query(SMALL))
            assert read_answer(file)[0] == 200, "who was there goes on"
            for connection in crowd:
                connection.close()
    # Who was closed at once may come again.
    deadline = time.monotonic() + 60
    while True:
        try:
            if server.ask(SMALL, "127.0.0.9")[0] == 200:
                break
        except (OSError, ValueError, IndexError):
            pass
        assert time.monotonic() < deadline, server.said()
        time.sleep(0.1)
    said = server.end()
    assert said.count("Taking ") == 1 and "raise `ulimit -n`" in said, said
    assert said.count("Cannot take another connection") == (most == 24) and "panicked" not in said, said

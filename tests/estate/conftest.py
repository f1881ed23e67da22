"""Fixtures: each estate is built once a test run, and served by a process of its own."""

import pytest

from aws import isolate
from harness import Blastmap, Stand
from proxy import Proxy

isolate()


def stand(*arguments):
    running = Stand(*arguments)
    yield running
    running.close()


@pytest.fixture(scope="session")
def company():
    yield from stand("--estate", "company")


@pytest.fixture(scope="session")
def many():
    yield from stand("--estate", "many", "--services", "100")


@pytest.fixture(scope="session")
def few():
    """The smallest estate that has every feature."""
    yield from stand("--estate", "many", "--services", "30")


@pytest.fixture(scope="session")
def proxies():
    """Makes a proxy for a stand-in, one each."""
    made = {}

    def proxy(stand):
        if stand.url not in made:
            made[stand.url] = Proxy(stand.url, memory=stand.memory)
        made[stand.url].reset()
        return made[stand.url]

    yield proxy
    for running in made.values():
        running.close()


@pytest.fixture
def blastmap(tmp_path):
    return Blastmap(tmp_path)

"""Fixtures: one demo server for all that only ask."""

import pytest
from program import BLASTMAP, Demo


@pytest.fixture(scope="session")
def demo():
    assert BLASTMAP.exists(), f"build blastmap first, or set BLASTMAP_BIN: there is no {BLASTMAP}"
    running = Demo().until_ready()
    yield running
    running.close()

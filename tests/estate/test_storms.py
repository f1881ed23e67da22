"""What goes wrong at AWS, or on the way to it: the graph is the right one, or says what it could not see."""

import json
import stat
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from compare import same
from harness import Blastmap
from proxy import Proxy

OFTEN = 1.6  # at most so many times the calls that a quiet day needs


@pytest.fixture(scope="module", autouse=True)
def storm(few, tmp_path_factory):
    """A crawl in a storm takes its time, most of it between two attempts: it goes on beside the other tests."""
    proxy = Proxy(few.url)
    quiet = Blastmap(tmp_path_factory.mktemp("quiet")).crawl(proxy.url)
    assert quiet.status == 0, quiet.err
    least = sum(proxy.calls.values())
    proxy.reset()
    proxy.faults = [{"match": "*", "kind": kind, "chance": chance} for kind, chance in (("throttle", 0.2), ("error", 0.05 / 0.8), ("reset", 0.02 / 0.75))]
    with ThreadPoolExecutor() as beside:
        yield proxy, least, beside.submit(Blastmap(tmp_path_factory.mktemp("storm")).crawl, proxy.url)
    proxy.close()


@pytest.mark.parametrize("kind, reasons", [("cut", {"ERROR", "TIMEOUT"}), ("garbled", {"ERROR"}), ("hang", {"TIMEOUT"})])
def test_answers_that_are_none(kind, reasons, few, proxies, blastmap):
    """In each protocol: JSON, EC2's XML, query, CBOR and REST."""
    proxy = proxies(few)
    broken = ["ssm:DescribeParameters", "ec2:DescribeVpcEndpoints", "elasticloadbalancing:DescribeListeners", "cloudwatch:DescribeAlarms",
              "elasticfilesystem:DescribeFileSystems"]
    proxy.faults = [{"match": action, "kind": kind} for action in broken]
    begun = time.monotonic()
    crawl = blastmap.crawl(proxy.url, *(["--deadline", "45s"] if kind == "hang" else []))
    assert crawl.status == 0, crawl.err
    if kind == "hang":
        assert time.monotonic() - begun < 75
    spots = {s["api"]: s["reason"] for s in crawl.blind_spots()}
    # The collector of file systems asks about access points next.
    assert set(broken) <= set(spots) <= {*broken, "elasticfilesystem:DescribeAccessPoints"}
    assert set(spots.values()) <= reasons, spots
    for id, (found, presence) in crawl.snapshot()[0].items():
        missing = presence == "MISSING" and found in ("SSM_PARAMETER", "VPC_ENDPOINT", "LISTENER", "CLOUDWATCH_ALARM", "EFS_FILE_SYSTEM")
        assert not missing, f"{id} is said to be missing"


def test_answers_that_stumble(few, proxies, blastmap):
    """Half an answer, or none in time: asked again."""
    proxy = proxies(few)
    proxy.faults = [{"match": "ecs:DescribeServices", "kind": "cut", "times": 2}, {"match": "iam:GetAccountAuthorizationDetails", "kind": "cut", "times": 1}]
    crawl = blastmap.crawl(proxy.url)
    assert crawl.status == 0, crawl.err
    assert crawl.blind_spots() == []
    same(crawl, few.oracle()[0])


def test_a_deadline_ends_a_crawl_that_would_not_end(few, proxies, blastmap):
    """What was read until then stands, what was not is a blind spot, and nothing is missing for it."""
    proxy = proxies(few)
    proxy.faults = [{"match": "ec2:DescribeSubnets", "kind": "hang"}, {"match": "iam:*", "kind": "hang"}]
    begun = time.monotonic()
    crawl = blastmap.crawl(proxy.url, "--deadline", "20s")
    assert crawl.status == 0, crawl.err
    assert 19 < time.monotonic() - begun < 50
    resources, _, spots = crawl.snapshot()
    assert {"ec2:DescribeSubnets", "iam:GetAccountAuthorizationDetails"} <= {s["api"] for s in spots}
    assert {s["reason"] for s in spots} == {"TIMEOUT"}
    kinds = {kind for kind, presence in resources.values() if presence == "LIVE"}
    assert {"ECS_CLUSTER", "ECS_SERVICE", "ECS_TASK_DEFINITION", "VPC", "LOAD_BALANCER", "SSM_PARAMETER"} <= kinds
    assert not [id for id, (kind, presence) in resources.items() if presence == "MISSING" and kind in ("SUBNET", "IAM_ROLE")]


def test_credentials_that_are_renewed_on_the_way(few, proxies, blastmap):
    """The first ones are good for a few seconds; the calls after that are signed with the next."""
    proxy = proxies(few)
    process, asked = blastmap.home / "credentials.py", blastmap.home / "asked"
    process.write_text(f"""#!{sys.executable}
import datetime, json, pathlib
asked = pathlib.Path({str(asked)!r})
number = int(asked.read_text()) + 1 if asked.exists() else 1
asked.write_text(str(number))
# The SDK renews ten seconds before the end.
until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=11 if number == 1 else 3600)
print(json.dumps({{"Version": 1, "AccessKeyId": f"KEY{{number}}", "SecretAccessKey": "test", "SessionToken": "test", "Expiration": until.isoformat()}}))
""")
    process.chmod(process.stat().st_mode | stat.S_IXUSR)
    config = blastmap.home / ".aws" / "config"
    config.parent.mkdir()
    config.write_text(f"[default]\ncredential_process = {process}\nregion = us-east-1\nendpoint_url = {proxy.url}\n")
    # So slow that the first ones end on the way, and refused as soon as they have.
    proxy.faults = [{"match": "*", "kind": "expired", "signed": "KEY1", "after": 40}]
    file = blastmap.home / "snapshot.jsonl"
    done = blastmap.run("crawl", "--region", "us-east-1", "--store", f"file://{blastmap.home / 'store'}", "--out", file)
    assert done.returncode == 0, done.stderr
    assert int(asked.read_text()) >= 2, "nobody asked for new credentials"


@pytest.mark.parametrize("kind, says", [("expired", "expired"), ("skewed", "clock")])
def test_credentials_that_are_no_good(kind, says, few, proxies, blastmap):
    """One line that says what to do, and an earlier graph that stays."""
    proxy = proxies(few)
    store = blastmap.home / "store"
    assert blastmap.crawl(proxy.url, store=store).status == 0
    proxy.faults = [{"match": "*", "kind": kind}]
    crawl = blastmap.crawl(proxy.url, store=store)
    assert crawl.status == 1
    assert says in crawl.err and len(crawl.err.strip().splitlines()) == 1, crawl.err
    kept = [json.loads(file.read_text())["id"] for file in (store / "snapshots").glob("*.json")]
    assert len(kept) == 1


def test_a_storm(few, storm):
    """20 % of all calls throttled, 5 % server errors, 2 % reset: the same graph, and not many calls more."""
    proxy, least, running = storm
    crawl = running.result()
    assert crawl.status == 0, crawl.err
    assert crawl.blind_spots() == []
    same(crawl, few.oracle()[0])
    made, failed = sum(proxy.calls.values()), sum(proxy.failures.values())
    print(f"{least} calls on a quiet day, {made} in the storm: {made / least:.2f} times; {failed} were answered with an error")
    assert failed > 0.15 * least
    assert made <= OFTEN * least

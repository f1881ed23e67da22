"""A thousand services over two accounts and three regions: one graph, equal to the oracle, within a tenth of the least calls."""

import os
from collections import Counter

import pytest

from aws import REGION, within
from compare import same, table
from harness import REPOSITORY, Stand
from least_calls import least
from least_calls import table as calls_table
from naming import SCOPES, scope_of
from oracle import whole
from server import WIDE

SERVICES = int(os.environ.get("BLASTMAP_WIDE", "0"))
GLOBAL = ("iam:", "sts:", "route53:", "cloudfront:")  # asked once an account
ROLES = sorted({f"arn:aws:iam::{account}:role/blastmap" for account, _ in WIDE})
WHERE = [*(word for role in ROLES for word in ("--role-arn", role)), *(word for region in sorted({r for _, r in WIDE} - {REGION}) for word in ("--region", region))]


pytestmark = pytest.mark.skipif(not SERVICES, reason="takes a quarter of an hour: BLASTMAP_WIDE=1000 runs it with so many services")


@pytest.fixture(scope="module")
def wide():
    stand = Stand("--estate", "many", "--services", str(SERVICES), "--wide")
    yield stand
    stand.close()


def test_is_one_graph_equal_to_the_oracle(wide, proxies, blastmap):
    proxy = proxies(wide)
    crawl = blastmap.crawl(proxy.url, *WHERE, seconds=900)
    assert crawl.status == 0, crawl.err
    made = Counter(proxy.calls)
    document, facts = whole(wide.answers, WIDE)
    assert sum(len(own["services"]) for own in facts.values()) == SERVICES
    floor = Counter({"sts:AssumeRole": len(ROLES)})
    for scope, mine in parts(document).items():
        with within(*scope):
            calls = least(facts[scope], mine)
        first = min(own for own in WIDE if own[0] == scope[0]) == scope
        floor.update({action: times for action, times in calls.items() if first or not action.startswith(GLOBAL)})
    lines = [*table(crawl.snapshot(), document), "", *calls_table(made, floor)]
    print("\n".join(lines))
    artefacts = REPOSITORY / "tests" / "artefacts"
    artefacts.mkdir(exist_ok=True)
    (artefacts / "wide.txt").write_text("\n".join(lines) + "\n")
    same(crawl, document)
    crossing = Counter(link["relation"] for link in document["links"] if crosses(link))
    assert set(crossing) >= {"READS_SECRET", "PULLS_FROM", "LOGS_TO", "ALLOWS", "TASK_ROLE", "REPLICATED_FROM"}, f"parts of the estate name one another: {crossing}"
    assert sum(made.values()) <= 1.1 * sum(floor.values())


def parts(document):
    """What of the graph lies in which scope; what has no region lies in an account's first, and a mount target where its file system is."""
    SCOPES.update(WIDE)
    homes = {r["id"]: scope_of(r["id"]) for r in document["resources"] if r["id"].startswith("arn:")}
    SCOPES.clear()
    homes.update({link["from"]: homes[link["to"]] for link in document["links"] if link["relation"] == "PART_OF" and link["from"] not in homes})
    return {scope: {
        "resources": [r for r in document["resources"] if homes.get(r["id"]) == scope],
        "links": [link for link in document["links"] if scope in (homes.get(link["from"]), homes.get(link["to"]))]} for scope in WIDE}


def crosses(link):
    """Whether the ends lie in two accounts, or in two regions."""
    regions, accounts = zip(*(id.split(":")[3:5] for id in (link["from"], link["to"])), strict=True) if link["from"].startswith("arn:") else ("", "")
    return any(len(set(some) - {"", "aws"}) > 1 for some in (regions, accounts))

"""A crawl finds exactly what is there, in few calls, and lets no value slip through."""

import json
import re

import pytest

from company_data import PLANTED
from compare import same
from least_calls import least, table
from rules_jobs import asked_again

OVER_THE_FLOOR = 1.1


@pytest.mark.parametrize("name", ["company", "many", "few"])
def test_finds_every_resource_and_link(name, request, blastmap):
    stand = request.getfixturevalue(name)
    crawl = blastmap.crawl(stand.url)
    assert crawl.status == 0, crawl.err
    same(crawl, stand.oracle()[0])
    assert crawl.blind_spots() == []


def test_needs_few_calls(many, proxies, blastmap):
    proxy = proxies(many)
    crawl = blastmap.crawl(proxy.url)
    assert crawl.status == 0, crawl.err
    document, facts = many.oracle()
    floor = least(facts, document)
    lines = "\n".join(table(proxy.calls, floor))
    print(lines)
    assert proxy.calls.total() <= OVER_THE_FLOOR * sum(floor.values()), lines
    assert proxy.retries.total() == 0


def test_every_link_has_evidence(few, proxies, blastmap):
    proxy = proxies(few)
    crawl = blastmap.crawl(proxy.url)
    with open(crawl.file) as file:
        links = [link for line in file if (link := json.loads(line).get("link"))]
    without = [f"{link['relation']} {link['evidence']} {link['from']} {link['to']}" for link in links if not link["evidence"]["field"] or link["evidence"]["api"] not in proxy.calls]
    assert links
    assert not without, "\n".join(without)


def test_prints_how_many_calls_it_made(few, proxies, blastmap):
    proxy = proxies(few)
    crawl = blastmap.crawl(proxy.url)
    said = re.search(r"([\d,]+) (?:API )?calls", crawl.out + crawl.err, re.I) or re.search(r"calls\D{1,20}([\d,]+)", crawl.out + crawl.err, re.I)
    total = proxy.calls.total()  # who we are may be asked before the crawl begins
    assert said and int(said.group(1).replace(",", "")) in (total, total - proxy.calls["sts:GetCallerIdentity"]), crawl.out + crawl.err


def test_asks_for_no_known_definition_again(few, proxies, blastmap, tmp_path):
    proxy = proxies(few)
    first = blastmap.crawl(proxy.url, store=tmp_path / "store")
    document, facts = few.oracle()
    assert proxy.calls["ecs:DescribeTaskDefinition"] == least(facts, document)["ecs:DescribeTaskDefinition"], first.err
    proxy.reset()
    again = blastmap.crawl(proxy.url, store=tmp_path / "store")
    assert again.status == 0, again.err
    # what only rules and schedules name may have been retired since
    assert proxy.calls["ecs:DescribeTaskDefinition"] == len(asked_again(facts))
    same(again, document)


def test_never_asks_for_values(company, many, proxies, blastmap):
    for stand in (company, many):
        proxy = proxies(stand)
        blastmap.crawl(proxy.url)
        verbs = {re.match(r"[A-Z][a-z]+|GET$", action.split(":")[1]).group() for action in proxy.calls}
        assert verbs <= {"List", "Describe", "Get", "Batch", "GET"}  # IAM's name for reads of API Gateway
        assert not {"ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath", "secretsmanager:GetSecretValue",
                    "secretsmanager:BatchGetSecretValue"} & set(proxy.calls)


def test_lets_no_value_through(company, blastmap, tmp_path):
    """Neither into the snapshot, nor into the store, a recording or what is printed."""
    recording = tmp_path / "recording"
    crawl = blastmap.crawl(company.url, "--record", recording, store=tmp_path / "store")
    assert crawl.status == 0, crawl.err
    seen = {"output": (crawl.out + crawl.err).encode(), "snapshot": crawl.file.read_bytes()}
    for folder in (recording, tmp_path / "store"):
        seen.update({str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()})
    assert len(seen) >= 4, "nothing was recorded or stored"
    for where, content in seen.items():
        # what a credential is made of must not be there either, in pieces or escaped
        for what, value in PLANTED.items():
            for form in {value, json.dumps(value)[1:-1], *value.split(":")}:
                assert form.encode() not in content, f"{what} in {where}"


def test_shows_names_and_owners(company, blastmap):
    crawl = blastmap.crawl(company.url)
    with open(crawl.file) as file:
        resources = {r["id"]: r for line in file if (r := json.loads(line).get("resource"))}
    service = resources["arn:aws:ecs:us-east-1:123456789012:service/prod/payments-api"]
    assert (service["name"], service["tags"]["owner"]) == ("payments-api", "payments")
    untagged = [r["id"] for r in resources.values() if r["presence"] == "LIVE" and not r["tags"] and r["kind"] in (
        "TARGET_GROUP", "LOG_GROUP", "SSM_PARAMETER", "ECR_REPOSITORY", "SECRET", "ECS_SERVICE", "ECS_TASK", "SUBNET", "NAT_GATEWAY")
        and not r["id"].endswith("nightly-settlement")]
    assert untagged == [], "the estate tags them all"
    portal = resources["arn:aws:ecs:us-east-1:123456789012:task-definition/admin-portal:1"]
    names = {e["name"] for c in portal["attributes"]["containerDefinitions"] for e in c.get("environment", [])}
    assert {"ADMIN_PASSWORD", "DATABASE_URL"} <= names


def test_replays_a_recording(company, blastmap, tmp_path):
    recording, key = tmp_path / "recording", tmp_path / "key"
    key.write_text("0123456789abcdef" * 4)  # what is matched by fingerprint is matched under one key
    live = blastmap.crawl(company.url, "--record", recording, "--fingerprint-key", key)
    replayed = blastmap.crawl(None, "--replay", recording, "--fingerprint-key", key)
    assert replayed.status == 0, replayed.err
    assert replayed.snapshot()[:2] == live.snapshot()[:2]

"""A crawl that loses sight of much: what it lost is told, and with --max-drop the old data stays, marked, until it is seen again or AWS
says twice that it is gone."""

import json

from harness import Blastmap, home
from proxy import Proxy

BLIND = [{"match": "ecs:ListClusters", "kind": "deny"}, {"match": "ec2:Describe*", "kind": "deny"}]


def lines(file):
    return [json.loads(line) for line in file.read_text().splitlines()]


def scopes(file):
    """(region, whether it is kept) of each scope."""
    return {line["scope"]["region"]: line["scope"].get("kept") for line in lines(file) if "scope" in line}


def drops(file):
    return {drop["region"]: (drop["before"], drop["after"]) for drop in lines(file)[0].get("changes", {}).get("drops", [])}


def reasons(crawl):
    return {spot["reason"] for spot in crawl.blind_spots()}


def live(crawl):
    resources, links, _ = crawl.snapshot()
    return {id for id, (_, presence) in resources.items() if presence == "LIVE"}, links


def test_what_a_crawl_lost_sight_of_stays_until_it_is_seen_again(few):
    with home() as folder:
        blastmap = Blastmap(folder)
        proxy = Proxy(few.url, memory=few.memory)
        try:
            store = blastmap.home / "store"
            crawl = lambda *more: blastmap.crawl(proxy.url, "--max-drop", "30", *more, store=store)
            whole = crawl()
            assert whole.status == 0, whole.err
            for _ in range(2):
                proxy.faults = [dict(fault) for fault in BLIND]
                kept = crawl()
                assert kept.status == 0, kept.err
                assert live(kept) == live(whole), "what is kept is what was there"
                assert {"STALE", "ACCESS_DENIED"} <= reasons(kept)
                mark = scopes(kept.file)["us-east-1"]
                assert mark["answered"] is False and scopes(kept.file)["global"] is None
                assert drops(kept.file)["us-east-1"][1] == mark["found"]
                assert "Much less was read than in the snapshot before" in kept.out and "STALE" in kept.out
            proxy.faults = []
            back = crawl()
            assert live(back) == live(whole) and "STALE" not in reasons(back)
            assert scopes(back.file)["us-east-1"] is None and drops(back.file) == {}
        finally:
            proxy.close()


def test_without_the_option_the_drop_is_told_and_shown(few):
    with home() as folder:
        blastmap = Blastmap(folder)
        proxy = Proxy(few.url, memory=few.memory)
        try:
            store = blastmap.home / "store"
            whole = blastmap.crawl(proxy.url, store=store)
            proxy.faults = [dict(fault) for fault in BLIND]
            less = blastmap.crawl(proxy.url, store=store)
            assert len(live(less)[0]) < len(live(whole)[0])
            before, after = drops(less.file)["us-east-1"]
            assert before > after
            assert "STALE" not in reasons(less) and scopes(less.file)["us-east-1"] is None
        finally:
            proxy.close()


def test_what_aws_says_twice_is_gone(few, many):
    """Another account's answers in the place of the first one's stand for an estate that was torn down."""
    with home() as folder:
        blastmap = Blastmap(folder)
        store = blastmap.home / "store"
        crawl = lambda stand: blastmap.crawl(stand.url, "--max-drop", "30", store=store)
        whole, first, second = crawl(many), crawl(few), crawl(few)
        assert whole.status == first.status == second.status == 0, second.err
        assert scopes(first.file)["us-east-1"]["answered"] is True
        assert len(live(first)[0]) > len(live(second)[0])
        assert scopes(second.file)["us-east-1"] is None and "STALE" not in reasons(second)

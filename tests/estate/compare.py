"""Compares a snapshot with the oracle; exits 1 if they differ.

    python tests/estate/compare.py SNAPSHOT.jsonl ORACLE.json
"""

import json
import sys
from collections import Counter

SHOWN = 12  # differences shown of each kind and relation


def load(path):
    """Resources {id: (kind, presence)}, links {(from, relation, to)} and blind spots of a snapshot in plain JSON lines."""
    resources, links, blind_spots, ended = {}, set(), [], False
    with open(path) as file:
        for line in file:
            record = json.loads(line)
            if "resource" in record:
                resource = record["resource"]
                resources[resource["id"]] = (resource["kind"], resource["presence"])
            elif "link" in record:
                links.add(tuple(record["link"][field] for field in ("from", "relation", "to")))
            elif "blindSpot" in record:
                blind_spots.append(record["blindSpot"])
            ended = "end" in record
    if not ended:
        raise SystemExit(f"{path} is cut short: its last line is no end")
    return resources, links, blind_spots


def differences(snapshot, oracle):
    """Lines, none if the snapshot holds what the oracle says; snapshot is what load() gives."""
    resources, links = snapshot[:2]
    wanted = {r["id"]: (r["kind"], r["presence"]) for r in oracle["resources"]}
    wanted_links = {(link["from"], link["relation"], link["to"]) for link in oracle["links"]}
    found = []
    for verb, here, there in (("missing", wanted, resources), ("surplus", resources, wanted)):
        for id in sorted(here.keys() - there.keys()):
            found.append((f"{verb} {here[id][0]}", f"{id} {here[id][1]}"))
    for id in sorted(wanted.keys() & resources.keys()):
        if wanted[id] != resources[id]:
            found.append((f"wrong {wanted[id][0]}", f"{id} is {' '.join(resources[id])}, should be {' '.join(wanted[id])}"))
    for verb, some in (("missing", wanted_links - links), ("surplus", links - wanted_links)):
        for source, relation, target in sorted(some):
            found.append((f"{verb} {relation}", f"{source} -> {target}"))
    lines = []
    for heading, count in sorted(Counter(h for h, _ in found).items()):
        lines.append(f"{heading}: {count}")
        mine = [line for h, line in found if h == heading]
        lines += [f"    {line}" for line in mine[:SHOWN]] + ([f"    ... {len(mine) - SHOWN} more"] if len(mine) > SHOWN else [])
    return lines


LINKLESS = {"CLOUD_MAP_NAMESPACE"}  # Service Connect names one, and no relation says so


def unexplained(whole, rest, kinds):
    """Ids of what is LIVE in one oracle's graph and not in the other's, and is neither of these kinds nor hangs on what is: by links
    that are gone with it."""
    live, still = ({r["id"]: r["kind"] for r in own["resources"] if r["presence"] == "LIVE"} for own in (whole, rest))
    links, left = ({(link["from"], link["to"]) for link in own["links"]} for own in (whole, rest))
    lost, beside = live.keys() - still.keys(), {}
    for source, target in links - left:
        beside.setdefault(source, set()).add(target)
        beside.setdefault(target, set()).add(source)
    reached, waiting = set(), [id for id in lost | beside.keys() if live.get(id) in kinds]
    while waiting:
        id = waiting.pop()
        if id not in reached:
            reached.add(id)
            # A balancer has listeners because a service is registered in a group under it.
            waiting += [other for other in beside.get(id, ()) if other in lost or live.get(other) in ("TARGET_GROUP", "LOAD_BALANCER")]
    return sorted(id for id in lost - reached if live[id] not in LINKLESS)


def table(snapshot, oracle):
    """Lines: how many of each kind and relation the oracle has, and how many of them the snapshot has."""
    resources, links = snapshot[:2]
    rows, right = Counter(), Counter()
    for r in oracle["resources"]:
        name = f"{r['kind']} {r['presence']}"
        rows[name] += 1
        right[name] += resources.get(r["id"]) == (r["kind"], r["presence"])
    for link in oracle["links"]:
        rows[link["relation"]] += 1
        right[link["relation"]] += (link["from"], link["relation"], link["to"]) in links
    lines = [f"{'kind or relation':42} {'oracle':>7} {'equal':>7}"]
    return lines + [f"{name:42} {count:7} {right[name]:7}" for name, count in sorted(rows.items(), key=lambda row: (" " not in row[0], row[0]))]


def same(crawl, oracle):
    """Fails, naming the differences, unless a crawl's snapshot holds what the oracle says."""
    lines = differences(crawl.snapshot(), oracle)
    assert not lines, "\n".join(lines)


def main():
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    with open(sys.argv[2]) as file:
        lines = differences(load(sys.argv[1]), json.load(file))
    print("\n".join(lines) or "equal")
    sys.exit(1 if lines else 0)


if __name__ == "__main__":
    main()

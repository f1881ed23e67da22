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


# Relations that are concluded from the facts of several kinds: each of these may be what a call does not give.
CONCLUDED = {"REACHES_AWS_VIA", "REGISTERED_IN", "ROUTED_BY", "ROUTES_VIA", "SCALED_BY", "PROTECTED_BY", "WATCHED_BY", "DEPLOYED_BY", "STARTS", "STARTS_IN", "PULLS_FROM",
             "CALLS"}
STEPS = 4


def less(snapshot, whole, kinds):
    """Lines, none if a snapshot is the whole graph less what gives these kinds: nothing else is gone, and nothing is said that is not so."""
    resources, links = snapshot[:2]
    right = {r["id"]: (r["kind"], r["presence"]) for r in whole["resources"]}
    right_links = {(link["from"], link["relation"], link["to"]) for link in whole["links"]}
    lost = {id for id, (_, presence) in right.items() if presence == "LIVE" and resources.get(id, ("", ""))[1] != "LIVE"}
    beside = {}  # the other ends of the links that are gone
    for source, _, target in right_links - links:
        beside.setdefault(source, set()).add(target)
        beside.setdefault(target, set()).add(source)
    lines = [f"{id} is {presence}" for id, (kind, presence) in resources.items()
             if presence == "LIVE" and right.get(id) != (kind, presence) or presence == "MISSING" and right.get(id, ("", "MISSING"))[1] != "MISSING"]
    # What is asked for because of something else is gone with it: a balancer's listeners, if no service is known to stand behind it.
    near = {id for id in lost | set(beside) if right[id][0] in kinds}
    for _ in range(STEPS):
        near |= {end for link in right_links if link[0] in near or link[2] in near for end in (link[0], link[2])}
    lines += [f"{id} is gone" for id in lost - near]
    for link in right_links - links:
        ends = {link[0], link[2]}
        if not ends & lost and not {right[id][0] for id in ends} & set(kinds) and link[1] not in CONCLUDED:
            lines.append(f"{' '.join(link)} is gone")
    for link in links - right_links:
        unseen = [id for id in (link[0], link[2]) if id not in right and resources[id][1] in ("UNREADABLE", "OUTSIDE")]
        if not unseen:
            lines.append(f"{' '.join(link)} is new")
    return lines


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

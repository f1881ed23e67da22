"""A crawl that may not make one of its calls: the graph is exactly what the oracle finds without it, and one blind spot says so."""

from compare import differences, unexplained
from harness import side_by_side
from test_policy import FREE, actions_of

DETAILS = "iam:GetAccountAuthorizationDetails"
# What another way tells in full: the graph is whole, and there is nothing to say. No other action may pass without a blind spot.
SPARED = {
    "kms:ListAliases": "a key is asked for by its alias",
    "codedeploy:BatchGetApplications": "every application is asked for its groups, not just those for ECS",
    **dict.fromkeys(["iam:GetPolicy", "iam:GetPolicyVersion", "iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"],
                    f"{DETAILS} tells of all; what they give without it is shown below")}


def wrong(stand, run):
    """Lines, none if a crawl that was denied some actions gave what the oracle finds without them."""
    denied, crawl = [fault["match"] for fault in run.faults], run.crawl
    if crawl.status != 0:
        return [f"exit status {crawl.status}: {crawl.err}"]
    whole, rest = stand.oracle()[0], stand.oracle(*denied)[0]
    snapshot = crawl.snapshot()
    lines, spots = differences(snapshot, rest), snapshot[2]
    lines += [f"blind for {s['api']}: {s['reason']}" for s in spots if s["api"] not in denied or s["reason"] != "ACCESS_DENIED"]
    kinds = {kind for spot in spots for kind in spot["kinds"]}
    lines += [f"{id} is lost, and no blind spot is of its kind: {sorted(kinds)}" for id in unexplained(whole, rest, kinds)]
    for action in denied:
        mine = [(s["account"], s["region"]) for s in spots if s["api"] == action]
        if len(mine) > len(set(mine)):
            lines.append(f"{len(mine)} blind spots for {action}")
        if not mine and action not in SPARED:
            lines.append(f"no blind spot for {action}")
        if mine and action not in crawl.out + crawl.err:
            lines.append(f"the summary does not say that {action} is missing")
    if denied[0] in SPARED and (spots or rest != whole):
        lines.append(f"{denied[0]} is not spared")
    return lines


def shown(stand, runs):
    """Fails with what is wrong with each of these crawls."""
    lines = [f"{' and '.join(fault['match'] for fault in run.faults)}: {line}" for run in runs for line in wrong(stand, run)]
    assert not lines, "\n".join(lines)


def denials(*actions):
    return [{"match": action, "kind": "deny"} for action in actions]


def test_each_action_that_is_denied_takes_what_it_gives_and_no_more(few, blastmap):
    actions = actions_of(blastmap) - FREE
    runs = side_by_side(few, blastmap, [denials(action) for action in sorted(actions)])
    shown(few, runs)
    assert set().union(*(run.calls for run in runs)) - FREE == actions


def test_roles_one_by_one_need_each_of_their_actions(few, blastmap):
    """Where the account's details may not be read at once."""
    others = sorted(action for action in actions_of(blastmap) - {DETAILS} if action.startswith("iam:"))
    runs = side_by_side(few, blastmap, [denials(DETAILS, action) for action in others])
    shown(few, runs)
    alone = few.oracle(DETAILS)[0]
    assert [action for action in others if few.oracle(DETAILS, action)[0] == alone] == [], "these give nothing"


def test_everything_denied(few, proxies, blastmap):
    proxy = proxies(few)
    proxy.faults = [{"match": "[!s]*", "kind": "deny"}, {"match": "s[!t]*", "kind": "deny"}]  # all but sts
    crawl = blastmap.crawl(proxy.url)
    assert crawl.status == 0, crawl.err
    resources, links, spots = crawl.snapshot()
    assert (resources, links) == ({}, set())
    assert len(spots) >= 10 and {s["reason"] for s in spots} == {"ACCESS_DENIED"}

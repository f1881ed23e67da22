"""Dashboard, alert rules and docs name what the server exports, and the docs name all of it."""

import json
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest
import yaml
from program import DEPLOY, REPOSITORY, prints

DASHBOARD = json.loads((DEPLOY / "grafana/blastmap.json").read_text())
ALERTS = DEPLOY / "prometheus/alerts.yaml"
RULES = [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]
OPERATING = REPOSITORY / "docs/operating.md"
PROMTOOL = shutil.which("promtool")

# What Prometheus itself says of whatever it scrapes.
OF_PROMETHEUS = {"up"}
LABELS_OF_PROMETHEUS = {"job", "instance", "le"}

# Labels whose values are all known beforehand, and those that have few.
CLOSED = {"change", "reason", "outcome", "operation", "method"}
OPEN = {"route", "status", "version", "le"}

NAME = re.compile(r"\b(?:blastmap|process)_[a-z0-9_]+")


@pytest.fixture(scope="module")
def exported(demo):
    """Names, without what a histogram adds, and the labels of each."""
    demo.get("/graphql", b'{"query":"{ __typename }"}', **{"content-type": "application/json"})
    # The graph is there a moment before its crawl is counted.
    for _ in range(100):
        status, text = demo.get("/metrics")
        if "blastmap_crawl_duration_seconds " in text and "route=" in text:
            break
        time.sleep(0.1)
    assert status == 200
    names = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M))
    labels = {}
    for name, inside in re.findall(r"^([a-z0-9_]+)\{(.*)\} ", text, re.M):
        for label, value in re.findall(r'(\w+)="([^"]*)"', inside):
            labels.setdefault(base(name, names), {}).setdefault(label, set()).add(value)
    return names, labels


def base(name, names):
    """blastmap_x_bucket is a part of blastmap_x."""
    found = [name.removesuffix(end) for end in ("", "_bucket", "_sum", "_count") if name.removesuffix(end) in names]
    return found[0] if found else name


def panels():
    return [own for own in DASHBOARD["panels"] if own["type"] != "row"]


def dashboard_queries():
    variables = [own["query"]["query"] for own in DASHBOARD["templating"]["list"] if own["type"] == "query"]
    return [target["expr"] for panel in panels() for target in panel["targets"]] + variables


@pytest.mark.parametrize("query", dashboard_queries() + [rule["expr"] for rule in RULES])
def test_every_query_names_what_is_exported(query, exported):
    names, labels = exported
    named = {base(name, names) for name in NAME.findall(query)}
    assert (named or set(re.findall(r"\w+", query)) & OF_PROMETHEUS) and named <= set(names)
    used = set(re.findall(r"[{,]\s*(\w+)\s*[=!]~?", query))
    used |= {label.strip() for inside in re.findall(r"\bby \(([^)]*)\)", query) for label in inside.split(",")}
    there = set().union(*(labels.get(name, {}) for name in named)) | LABELS_OF_PROMETHEUS
    assert used <= there, f"no such labels: {used - there}"


def documented():
    rows = re.findall(r"^\| `([a-z_]+)` \| (counter|gauge|histogram) \|", OPERATING.read_text(), re.M)
    return dict(rows)


def test_the_docs_name_every_metric_and_no_other(exported):
    assert documented() == exported[0]


def test_the_docs_name_the_labels(exported):
    rows = re.findall(r"^\| `([a-z_]+)` \| (?:counter|gauge|histogram) \|([^|]*)\|", OPERATING.read_text(), re.M)
    named = {name: set(re.findall(r"`(\w+)`", cell)) for name, cell in rows}
    assert named == {name: set(exported[1].get(name, {})) - {"le"} for name in exported[0]}


def test_the_docs_name_what_labels_say(exported):
    """Values that are known beforehand stand in the row, and nothing that could name a person or a thing of an estate is a label."""
    rows = dict(re.findall(r"^\| (`[a-z_]+`) \| (?:counter|gauge|histogram) (\|.*)$", OPERATING.read_text(), re.M))
    assert {label for own in exported[1].values() for label in own} <= CLOSED | OPEN
    for name, labels in exported[1].items():
        said = set(re.findall(r"`([^`]+)`", rows[f"`{name}`"]))
        for label in set(labels) & CLOSED - ({"method"} if name.startswith("blastmap_http_") else set()):
            assert labels[label] <= said, f"{name}: {labels[label] - said}"


def test_the_dashboard_shows_every_metric(exported):
    shown = {base(name, exported[0]) for query in dashboard_queries() for name in NAME.findall(query)}
    assert set(exported[0]) - shown == {"blastmap_build_info"}


def test_it_says_its_version(exported, demo):
    assert exported[1]["blastmap_build_info"]["version"] == {prints("--version").split()[-1]}


def test_every_panel_says_what_it_shows():
    ids = [own["id"] for own in DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)
    for panel in panels():
        assert panel["title"] and panel["description"].endswith("."), panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]


def test_no_two_panels_lie_over_each_other():
    taken = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
        assert place["x"] + place["w"] <= 24 and not cells & taken, panel["title"]
        taken |= cells


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_every_alert_says_what_to_do(rule):
    assert rule["alert"].startswith("Blastmap") and re.fullmatch(r"\d+[mh]", rule["for"])
    assert rule["labels"]["severity"] in {"critical", "warning", "info"}
    assert set(rule["annotations"]) == {"summary", "description", "runbook"}
    path, _, anchor = rule["annotations"]["runbook"].partition("#")
    headings = re.findall(r"^#+ (.+)$", (REPOSITORY / path).read_text(), re.M)
    assert anchor == rule["alert"].lower() and rule["alert"] in headings


@pytest.mark.skipif(not PROMTOOL, reason="promtool, of the package prometheus, is not here")
@pytest.mark.parametrize("arguments", [["check", "rules", ALERTS], ["test", "rules", Path(__file__).with_name("alerts_cases.yaml")]], ids=["check", "cases"])
def test_prometheus_takes_the_rules(arguments):
    done = subprocess.run([PROMTOOL, *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_has_a_case_that_fires():
    cases = yaml.safe_load(Path(__file__).with_name("alerts_cases.yaml").read_text())
    fires = {re.search(r'alertname="(\w+)"', own["labels"]).group(1) for test in cases["tests"] for expression in test.get("promql_expr_test", []) for own in expression["exp_samples"]}
    assert fires == {rule["alert"] for rule in RULES}

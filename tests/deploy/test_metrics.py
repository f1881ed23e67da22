"""Dashboard, alert rules and docs name what the server exports, and the docs name all of it."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from program import DEPLOY, REPOSITORY

DASHBOARD = json.loads((DEPLOY / "grafana/blastmap.json").read_text())
ALERTS = DEPLOY / "prometheus/alerts.yaml"
RULES = [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]
OPERATING = REPOSITORY / "docs/operating.md"
PROMTOOL = shutil.which("promtool")

# What Prometheus itself says of whatever it scrapes.
OF_PROMETHEUS = {"up"}
LABELS_OF_PROMETHEUS = {"job", "instance", "le"}

NAME = re.compile(r"\b(?:blastmap|process)_[a-z0-9_]+")


@pytest.fixture(scope="module")
def exported(demo):
    """Names, without what a histogram adds, and the labels of each."""
    demo.get("/graphql", b'{"query":"{ __typename }"}', **{"content-type": "application/json"})
    demo.get("/metrics")
    status, text = demo.get("/metrics")
    assert status == 200
    names = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M))
    labels = {}
    for name, inside in re.findall(r"^([a-z0-9_]+)\{(.*)\} ", text, re.M):
        labels.setdefault(base(name, names), set()).update(re.findall(r'(\w+)="', inside))
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
    there = set().union(*(labels.get(name, set()) for name in named)) | LABELS_OF_PROMETHEUS
    assert used <= there, f"no such labels: {used - there}"


def documented():
    rows = re.findall(r"^\| `([a-z_]+)` \| (counter|gauge|histogram) \|", OPERATING.read_text(), re.M)
    return dict(rows)


def test_the_docs_name_every_metric_and_no_other(exported):
    assert documented() == exported[0]


def test_the_docs_name_the_labels(exported):
    rows = re.findall(r"^\| `([a-z_]+)` \| (?:counter|gauge|histogram) \|([^|]*)\|", OPERATING.read_text(), re.M)
    named = {name: set(re.findall(r"`(\w+)`", cell)) for name, cell in rows}
    assert named == {name: exported[1].get(name, set()) - {"le"} for name in exported[0]}


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

"""What SECURITY.md and docs/faults.md say that a test shows, a test shows: it is there by that name."""

import re

import pytest
from program import REPOSITORY

# Each says in tables what is promised, and which test shows it.
PAGES = ["SECURITY.md", "docs/faults.md"]
TEXT = "".join((REPOSITORY / page).read_text() for page in PAGES)
SHOWN = sorted(set(re.findall(r"`([\w./-]+\.(?:rs|py|ts|mjs|toml))(?:::(\w+))?`", TEXT)))


@pytest.mark.parametrize(("path", "name"), SHOWN, ids=lambda own: own or "-")
def test_what_is_named_is_there(path, name):
    text = (REPOSITORY / path).read_text()
    assert not name or re.search(rf"^ *(?:async )?(?:fn|def) {name}\b", text, re.M)


def test_every_threat_is_shown_by_something():
    rows = [row for row in re.findall(r"^\|(.+)\|$", TEXT, re.M) if not re.match(r"[-| ]+$", row) and "| shown by " not in row]
    assert len(rows) > 20
    for row in rows:
        threat, promised, shown, *figures = [cell.strip() for cell in row.split("|")]
        assert threat and promised and shown.startswith(("`", "[")) and len(figures) < 2, row


@pytest.mark.parametrize("page", [*PAGES, "docs/operating.md", "docs/upgrading.md", "deploy/README.md", "deploy/terraform/README.md"])
def test_links_lead_somewhere(page):
    own = REPOSITORY / page
    for link in re.findall(r"\]\(([^)]+)\)", own.read_text()):
        if link.startswith("http"):
            continue
        path, _, anchor = link.partition("#")
        target = (own.parent / path).resolve() if path else own
        assert target.exists(), link
        if anchor:
            headings = re.findall(r"^#+ (.+)$", target.read_text(), re.M)
            assert anchor in {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}, link

"""The policies in deploy/ are the binary's own. BLASTMAP_BLESS=1 writes them again."""

import json
import os
import re

import hcl2
import pytest
import templates
from policies import CLOUDFORMATION, TERRAFORM, printed, with_block
from program import DEPLOY, prints

BLESS = os.environ.get("BLASTMAP_BLESS")


@pytest.mark.parametrize("path", TERRAFORM, ids=lambda path: str(path.relative_to(DEPLOY)))
def test_terraform_has_the_policy_that_is_printed(path):
    text = prints("policy", "--format", "terraform")
    if BLESS:
        path.write_text(text)
    assert path.read_text() == text, "run `make schema`"


@pytest.mark.parametrize("path", CLOUDFORMATION, ids=lambda path: str(path.relative_to(DEPLOY)))
def test_cloudformation_has_the_policy_that_is_printed(path):
    if BLESS:
        path.write_text(with_block(path.read_text()))
    assert path.read_text() == with_block(path.read_text()), "run `make schema`"
    # Read by a reader of YAML, it says the same.
    crawl = [own for role in templates.of_type(templates.load(path), "AWS::IAM::Role") for own in role["Properties"].get("Policies", []) if own["PolicyName"] == "crawl"]
    assert [own["PolicyDocument"]["Statement"] for own in crawl] == [[{**own, "Resource": listed(own["Resource"])} for own in printed()]]


def listed(one_or_all):
    return [one_or_all] if isinstance(one_or_all, str) else one_or_all


# What the binary adds to the policy where a crawl reaches further.
FURTHER = ["--region", "all", "--organization", "blastmap"]


def added():
    """The actions that reaching further takes."""
    before, after = ({action for own in printed(*arguments) for action in own["Action"]} for arguments in ([], FURTHER))
    return after - before


def test_terraform_adds_what_reaching_further_takes():
    roles = hcl2.loads((DEPLOY / "terraform/roles.tf").read_text())
    [reach] = [own for data in roles["data"] for kind in data.values() for name, own in kind.items() if name.strip('"') == "reach"]
    found = set(re.findall(r"\b[a-z0-9-]+:[A-Z]\w+", json.dumps(reach)))
    assert found == added()


def test_cloudformation_adds_what_reaching_further_takes():
    template = templates.load(CLOUDFORMATION[0])
    statements = template["Resources"]["ReachPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    found = {action for own in statements for action in own["Fn::If"][1]["Action"]}
    assert found == added()


def test_an_inline_policy_may_be_as_long_as_ours():
    """All inline policies of a role together: 10,240 characters without white space.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    """
    policy = json.loads(prints("policy", *FURTHER))
    assert len(json.dumps(policy, separators=(",", ":"))) < 9_000, "the store's policy has to fit in, too"

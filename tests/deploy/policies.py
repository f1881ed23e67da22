"""The policies that deploy/ holds, and what the binary prints of them."""

import json
import re

from program import DEPLOY, prints

TERRAFORM = [DEPLOY / "terraform/policy.tf", DEPLOY / "terraform/member-role/policy.tf"]
CLOUDFORMATION = [DEPLOY / "cloudformation/blastmap.yaml", DEPLOY / "cloudformation/member-role.yaml"]

BLOCK = re.compile(r"^( *)# policy: begin\n(.*?)^ *# policy: end\n", re.M | re.S)


def printed(*arguments):
    """The statements that `blastmap policy` prints."""
    return json.loads(prints("policy", *arguments))["Statement"]


def block_of(text):
    """What stands between the marks of a template."""
    return BLOCK.search(text).group(2)


def as_block(statements, indent):
    """Statements as a template has them."""
    lines = ['Version: "2012-10-17"', "Statement:"]
    for statement in statements:
        lines += [f"  - Sid: {statement['Sid']}", f"    Effect: {statement['Effect']}", "    Action:"]
        lines += [f"      - {action}" for action in statement["Action"]]
        resources = statement["Resource"]
        lines.append("    Resource:")
        lines += [f'      - "{resource}"' for resource in ([resources] if isinstance(resources, str) else resources)]
    return "".join(f"{indent}{line}\n" for line in lines)


def with_block(text):
    """A template with the policy as it is printed now."""

    def renewed(found):
        indent = found.group(1)
        return f"{indent}# policy: begin\n{as_block(printed(), indent)}{indent}# policy: end\n"

    return BLOCK.sub(renewed, text)

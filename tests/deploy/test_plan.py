"""Terraform plans the module, with a provider that makes values up instead of asking AWS."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from program import DEPLOY, environment

TERRAFORM = shutil.which("terraform")


def providers():
    """Where providers lie unpacked, as `terraform init -plugin-dir` takes it; it is too large to fetch it for this.

    https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories
    """
    given = os.environ.get("TERRAFORM_PROVIDERS")
    usual = [Path.home() / ".terraform.d/plugins", *map(Path, ("/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins")), *Path("/opt").glob("*")]
    folders = [Path(given)] if given else usual
    return next((folder for folder in folders if (folder / "registry.terraform.io/hashicorp/aws").is_dir()), None)


PROVIDERS = providers()

pytestmark = pytest.mark.skipif(not TERRAFORM or not PROVIDERS, reason="terraform or its provider for AWS is not here")

# What has to be given, without the subnets.
GIVEN = {
    "image": '"blastmap:1"',
    "vpc_id": '"vpc-1"',
    "allowed_cidrs": '["10.0.0.0/8"]',
    "host_name": '"blastmap.example.com"',
    "certificate_arn": '"arn:aws:acm:eu-west-1:111122223333:certificate/12345678-1234-1234-1234-123456789012"',
    "oidc": '{ issuer = "https://i", authorization_endpoint = "https://i/a", token_endpoint = "https://i/t", user_info_endpoint = "https://i/u", client_id = "b" }',
    "oidc_client_secret": '"secret"',
}

SUBNETS = {"balancer_subnet_ids": '["subnet-1", "subnet-2"]', "task_subnet_ids": '["subnet-3", "subnet-4"]'}

PROVIDER = """
mock_provider "aws" {
  mock_data "aws_subnet" {
    defaults = { availability_zone = "eu-west-1a", cidr_block = "10.0.1.0/24" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}
"""


def assigned(values):
    return "".join(f"  {name} = {value}\n" for name, value in values.items())


def run(name, body="", **values):
    """A run that plans, with variables and whatever else it has."""
    return f'run "{name}" {{\n  command = plan\n  variables {{\n{assigned({**GIVEN, **SUBNETS, **values})}  }}\n{body}\n}}\n'


def plans(folder, *runs):
    """Runs them in a folder with a configuration; {name: whether it passed}, and all that was said."""
    (folder / "tests").mkdir()
    (folder / "tests/runs.tftest.hcl").write_text(PROVIDER + "".join(runs))
    said = ""
    for arguments in (["init", "-backend=false", "-input=false", f"-plugin-dir={PROVIDERS}"], ["test"]):
        done = subprocess.run([TERRAFORM, *arguments, "-no-color"], cwd=folder, env=environment(CHECKPOINT_DISABLE="1"), capture_output=True, text=True, timeout=120)
        said += done.stdout + done.stderr
    return {name: how == "pass" for name, how in re.findall(r'run "(\w+)"\.\.\. (\w+)', said)}, said


@pytest.fixture
def module(tmp_path):
    """The module without what lies beside it."""
    own = tmp_path / "module"
    own.mkdir()
    for path in (DEPLOY / "terraform").glob("*.tf"):
        shutil.copy(path, own)
    return own


def test_it_says_who_is_what_and_wants_the_balancer_in_the_tasks_zones(module):
    elsewhere = 'override_data {\n    target = data.aws_subnet.task\n    values = { availability_zone = "eu-west-1c" }\n  }\n'
    named = [
        f'assert {{\n    condition = local.environment["{name}"] == "{value}"\n    error_message = "{name}"\n  }}\n'
        for name, value in [("BLASTMAP_AUTH_VIEWER", "engineering,support"), ("BLASTMAP_AUTH_OPERATOR", "platform"), ("BLASTMAP_AUTH_ROLE_CLAIM", "roles")]
    ]
    nothing = 'assert {\n    condition = length([for own in keys(local.environment) : own if can(regex("VIEWER|OPERATOR|CLAIM", own))]) == 0\n    error_message = "set"\n  }\n'
    passed, said = plans(
        module,
        run("plain", nothing),
        run("roles", "".join(named), auth_viewers='["engineering", "support"]', auth_operators='["platform"]', auth_role_claim='"roles"'),
        run("comma", "expect_failures = [var.auth_viewers]", auth_viewers='["cn=engineering,o=example"]'),
        run("elsewhere", elsewhere + "expect_failures = [aws_ecs_service.blastmap]"),
    )
    assert passed == dict.fromkeys(["plain", "roles", "comma", "elsewhere"], True), said


def test_it_is_planned_where_the_same_configuration_makes_what_it_takes(module):
    """Ids and ARNs are not known by then; all but those that the README names may be so."""
    made = {
        "balancer_subnet_ids": "terraform_data.made[*].id", "task_subnet_ids": "[terraform_data.made[0].id]",
        "role_arns": "[terraform_data.made[0].id]", "alarm_topic_arns": "[terraform_data.made[0].id]",
    }
    made |= dict.fromkeys(["vpc_id", "certificate_arn", "image_repository_arn", "kms_key_arn", "oidc_client_secret"], "terraform_data.made[0].id")
    root = module.parent
    (root / "main.tf").write_text(
        'terraform {\n  required_providers {\n    aws = { source = "hashicorp/aws" }\n  }\n}\n\n'
        'provider "aws" {}\n\n'
        'resource "terraform_data" "made" {\n  count = 2\n}\n\n'
        f'module "blastmap" {{\n  source = "./module"\n{assigned({**GIVEN, **made})}}}\n'
    )
    passed, said = plans(root, 'run "made" {\n  command = plan\n}\n')
    assert passed == {"made": True}, said

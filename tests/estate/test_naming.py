"""How the oracle understands names; the rules are AWS's."""

import pytest

from aws import ACCOUNT
from naming import Names, arn, crawled, kind_of, repository, role

SECRETS = [{"Name": "prod/db", "ARN": arn("secretsmanager", "secret:prod/db-AbCdEf")},
           {"Name": "api-client", "ARN": arn("secretsmanager", "secret:api-client-GhIjKl")}]
KEY = arn("kms", "key/1234")
NAMES = Names(SECRETS, [{"AliasName": "alias/app", "TargetKeyId": "1234"}, {"AliasName": "alias/aws/unused"}])
DB, CLIENT = SECRETS[0]["ARN"], SECRETS[1]["ARN"]


@pytest.mark.parametrize("value, meant", [
    (DB, DB), (f"{DB}:user::", DB), (f"{DB}:user:AWSCURRENT:", DB), (arn("secretsmanager", "secret:prod/db"), DB),
    (arn("secretsmanager", "secret:prod/db:user::"), DB), (arn("secretsmanager", "secret:api-client"), CLIENT),
    (arn("secretsmanager", "secret:prod/db-Zz9Yy8"), arn("secretsmanager", "secret:prod/db-Zz9Yy8")),
    (arn("secretsmanager", "secret:prod/db", "eu-west-1"), arn("secretsmanager", "secret:prod/db", "eu-west-1")),
    ("/aws/reference/secretsmanager/prod/db", DB), (arn("ssm", "parameter/aws/reference/secretsmanager/prod/db"), DB),
    ("/a/b", arn("ssm", "parameter/a/b")), ("plain", arn("ssm", "parameter/plain")), (arn("ssm", "parameter/x", "eu-west-1"), arn("ssm", "parameter/x", "eu-west-1"))])
def test_value_from(value, meant):
    assert NAMES.value_from(value) == meant


@pytest.mark.parametrize("value, meant", [
    ("1234", KEY), (KEY, KEY), ("alias/app", KEY), (arn("kms", "alias/app"), KEY), ("alias/gone", arn("kms", "alias/gone")),
    ("alias/aws/unused", arn("kms", "alias/aws/unused")), (arn("kms", "alias/app", "eu-west-1"), arn("kms", "alias/app", "eu-west-1"))])
def test_keys(value, meant):
    assert NAMES.key(value) == meant


@pytest.mark.parametrize("resource, meant", [
    ("*", None), (arn("ssm", "parameter/*"), None), (arn("ssm", "parameter/x"), arn("ssm", "parameter/x")),
    (arn("secretsmanager", "secret:prod/db-??????"), DB), (arn("secretsmanager", "secret:prod/db-*"), DB), (arn("secretsmanager", "secret:prod/*"), None),
    ("arn:aws:s3:::b", "arn:aws:s3:::b"), ("arn:aws:s3:::b/*", "arn:aws:s3:::b"), ("arn:aws:s3:::b/in/x.csv", "arn:aws:s3:::b"),
    ("arn:aws:s3:::b-*/*", None), ("arn:aws:s3:::b/in*/x", None), (arn("logs", "log-group:/ecs/a:*"), arn("logs", "log-group:/ecs/a")),
    (arn("logs", "log-group:/ecs/*"), None), (arn("dynamodb", "table/t"), arn("dynamodb", "table/t")),
    (arn("dynamodb", "table/t/index/*"), arn("dynamodb", "table/t")), (arn("dynamodb", "table/*"), None), (arn("sqs", "q", account="210987654321"), arn("sqs", "q", account="210987654321"))])
def test_what_a_policy_names_in_full(resource, meant):
    assert NAMES.granted(resource) == meant


@pytest.mark.parametrize("image, meant", [
    (f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/team/app:v1", arn("ecr", "repository/team/app")),
    (f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/app@sha256:00", arn("ecr", "repository/app", "eu-west-1")),
    (f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/app:v1@sha256:00", arn("ecr", "repository/app")),
    ("public.ecr.aws/x/y:1", None), ("nginx", None), ("registry.example.com:5000/app:1", None)])
def test_images(image, meant):
    assert repository(image) == meant


def test_what_is_crawled():
    assert crawled(KEY) and not crawled(arn("kms", "key/1", "eu-west-1")) and not crawled("arn:aws:s3:::b")
    assert crawled("arn:aws:iam::aws:policy/X") and not crawled("arn:aws:iam::210987654321:role/x")
    assert kind_of(arn("rds", "db:t")) is None and kind_of("$NAME") is None
    assert role("worker") == f"arn:aws:iam::{ACCOUNT}:role/worker"

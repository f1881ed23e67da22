"""Clients of one account and region: the stand-in's, over HTTP or in its own process."""

import os
from contextlib import contextmanager

import boto3
from botocore.config import Config

ACCOUNT = "123456789012"
REGION = "us-east-1"


class Here:
    """The account and region that is built or read at the moment: where short names stand for something."""

    account, region = ACCOUNT, REGION


@contextmanager
def within(account, region):
    """Names stand for what is in this account and region as long as it lasts."""
    before = Here.account, Here.region
    Here.account, Here.region = account, region
    try:
        yield
    finally:
        Here.account, Here.region = before


def isolate():
    """Takes this process off anybody's real credentials, profiles and endpoints."""
    for name in [n for n in os.environ if n.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(
        AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull, AWS_EC2_METADATA_DISABLED="true",
        NO_PROXY="127.0.0.1,localhost", no_proxy="127.0.0.1,localhost")


class Aws:
    """`aws("ecs")` is a boto3 client. Without an endpoint the calls go to moto in this process."""

    def __init__(self, endpoint=None, region=REGION, key="test", secret="test", token=None, account=ACCOUNT):
        self.endpoint, self.region, self.key, self.secret, self.token, self.account = endpoint, region, key, secret, token, account
        self.clients, self.members = {}, {}

    def __call__(self, service):
        if service not in self.clients:
            self.clients[service] = boto3.client(
                service, region_name=self.region, endpoint_url=self.endpoint, aws_access_key_id=self.key,
                aws_secret_access_key=self.secret, aws_session_token=self.token, config=Config(retries={"max_attempts": 1}, max_pool_connections=20))
        return self.clients[service]

    def member(self, account, region):
        """Clients of another account, as a role that the stand-in takes for granted, or of another region of this one."""
        if (account, region) not in self.members:
            keys = self.key, self.secret, self.token
            if account != self.account:
                role = f"arn:aws:iam::{account}:role/blastmap"
                given = self("sts").assume_role(RoleArn=role, RoleSessionName="estate")["Credentials"]
                keys = given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"]
            self.members[account, region] = Aws(self.endpoint, region, *keys, account)
        return self.members[account, region]

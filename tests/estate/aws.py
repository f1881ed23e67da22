"""Clients of one account and region: the stand-in's, over HTTP or in its own process."""

import os

import boto3
from botocore.config import Config

ACCOUNT = "123456789012"
REGION = "us-east-1"


def isolate():
    """Takes this process off anybody's real credentials, profiles and endpoints."""
    for name in [n for n in os.environ if n.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(
        AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull, AWS_EC2_METADATA_DISABLED="true",
        NO_PROXY="127.0.0.1,localhost", no_proxy="127.0.0.1,localhost")


class Aws:
    """`aws("ecs")` is a boto3 client. Without an endpoint the calls go to moto in this process."""

    account = ACCOUNT

    def __init__(self, endpoint=None, region=REGION, key="test", secret="test"):
        self.endpoint, self.region, self.key, self.secret = endpoint, region, key, secret
        self.clients = {}

    def __call__(self, service):
        if service not in self.clients:
            self.clients[service] = boto3.client(
                service, region_name=self.region, endpoint_url=self.endpoint, aws_access_key_id=self.key,
                aws_secret_access_key=self.secret, config=Config(retries={"max_attempts": 1}, max_pool_connections=20))
        return self.clients[service]

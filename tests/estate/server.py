"""A stand-in for AWS: moto's server with what it lacks filled in, empty or with one of the estates.

    python tests/estate/server.py -p 0 --estate company
    python tests/estate/server.py -p 5555 --estate many --services 100
    python tests/estate/server.py -p 5555 --estate many --services 1000 --wide

Prints its URL when it is ready to be asked. Equal arguments give equal ids.
"""

import argparse
import importlib
import logging
import os
import signal
import sys
from contextlib import contextmanager

os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")

import patches
from aws import ACCOUNT, REGION, Aws, isolate, within
from cbor import understands_cbor
from many_data import OTHER_ACCOUNT

SEED = 20261123

# The accounts and regions of the wide estate, whose parts name one another.
WIDE = [(account, region) for account in (ACCOUNT, OTHER_ACCOUNT) for region in (REGION, "eu-west-1", "eu-central-1")]


def prepare():
    """Patches moto, and makes what it makes on first use, so that the ids that follow are the same in every run."""
    isolate()
    patches.apply()
    from moto.ec2 import ec2_backends
    from moto.iam.models import iam_backends
    from moto.moto_api._internal import mock_random

    mock_random.seed(SEED)
    ec2_backends[ACCOUNT][REGION]
    iam_backends[ACCOUNT]["aws"]
    mock_random.seed(SEED)


@contextmanager
def in_process():
    """Calls go to moto in this process, through the public API but without HTTP between."""
    from moto import mock_aws

    mock = mock_aws()
    mock.start(reset=False)
    try:
        yield Aws()
    finally:
        mock.stop(remove_data=False)


def build(estate, **options):
    """Builds an estate by its module's name."""
    with in_process() as aws:
        return importlib.import_module(estate).build(aws, **options)


def build_wide(services):
    """The estate 'many' over accounts and regions, each with its part of the services."""
    import many

    with in_process() as aws:
        for number, (account, region) in enumerate(WIDE):
            mine = (services + number) // len(WIDE)
            with within(account, region):
                many.build(aws.member(account, region), services=mine, seed=7 + number, tail="" if region == REGION else f"-{region}")


def serve(port, ready):
    """Serves until the process is told to stop; calls ready with the URL."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    application = understands_cbor(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", port, application, threaded=True, request_handler=MotoRequestHandler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    ready(f"http://127.0.0.1:{server.server_port}")
    server.serve_forever()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-p", "--port", type=int, default=5555, help="0 takes a free one")
    parser.add_argument("--estate", choices=["company", "many"])
    parser.add_argument("--services", type=int, default=100, help="how many services the estate 'many' has")
    parser.add_argument("--wide", action="store_true", help="spread them over two accounts and three regions")
    options = parser.parse_args()
    prepare()
    if options.estate == "company":
        build("company")
    elif options.wide:
        build_wide(options.services)
    elif options.estate == "many":
        build("many", services=options.services)
    serve(options.port, lambda url: print(url, flush=True))


if __name__ == "__main__":
    main()

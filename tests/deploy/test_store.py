"""Which calls a store in S3 makes: exactly those that the roles in deploy/ allow."""

import json
import re
import threading

import boto3
import hcl2
import pytest
import templates
import zstandard
from policies import CLOUDFORMATION
from program import DEPLOY, REPOSITORY, run
from werkzeug.serving import make_server

BUCKET, PREFIX = "blastmap-store", "store"
KEPT = 30


class S3:
    """A stand-in for S3 that notes what is asked of it."""

    def __init__(self):
        # Slow to import, and only this needs it.
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

        inner = DomainDispatcherApplication(create_backend_app)
        self.asked = set()

        def noting(request, start):
            self.asked.add(self.action(request["REQUEST_METHOD"], request["PATH_INFO"], request.get("QUERY_STRING", "")))
            return inner(request, start)

        self.server = make_server("127.0.0.1", 0, noting, threaded=True)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @staticmethod
    def action(method, path, query):
        """The action of IAM for a request, and what it is asked of.

        https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
        """
        key = path.removeprefix(f"/{BUCKET}").strip("/")
        if not key:
            actions = {"GET": "s3:ListBucket", "POST": "s3:DeleteObject" if query.startswith("delete") else query}
            return actions.get(method, method), "bucket" if method == "GET" else "objects"
        assert key.startswith(f"{PREFIX}/"), f"outside of the prefix: {key}"
        return {"PUT": "s3:PutObject", "GET": "s3:GetObject", "HEAD": "s3:GetObject", "DELETE": "s3:DeleteObject"}[method], "objects"


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """What crawls, reads and forgetting ask of S3."""
    s3 = S3()
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    client = boto3.client("s3", endpoint_url=s3.url, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
    client.create_bucket(Bucket=BUCKET)
    snapshot = (REPOSITORY / "tests/deploy/snapshots/1-first.jsonl").read_text()
    for number in range(KEPT):
        name = f"20260901T12{number:02}00Z-0a1b"
        text = snapshot.replace("20260901T120000Z-0a1b", name).replace("2026-09-01T12:00:00Z", f"2026-09-01T12:{number:02}:00Z")
        client.put_object(Bucket=BUCKET, Key=f"{PREFIX}/snapshots/{name}.jsonl.zst", Body=zstandard.compress(text.encode()))
    s3.asked.clear()
    home = tmp_path_factory.mktemp("home")
    recording = home / "recording"
    recording.mkdir()
    calls = zstandard.ZstdDecompressor().stream_reader((REPOSITORY / "backend/aws/demo/calls.jsonl.zst").open("rb")).read()
    (recording / "calls.jsonl").write_bytes(calls)
    store = f"s3://{BUCKET}/{PREFIX}"
    more = {**keys, "AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL": s3.url, "home": home}
    crawled = run("crawl", "--replay", recording, "--region", "us-east-1", "--store", store, **more)
    assert crawled.returncode == 0, crawled.stderr
    read = run("radius", "payments-execution", "--store", store, **more)
    assert read.returncode == 0 and "payments-execution" in read.stdout, read.stderr
    left = client.list_objects_v2(Bucket=BUCKET, Prefix=f"{PREFIX}/snapshots/")["Contents"]
    assert len([own for own in left if own["Key"].endswith(".jsonl.zst")]) < KEPT + 1, "nothing was forgotten"
    s3.server.shutdown()
    return s3.asked


def test_terraform_allows_what_is_asked_and_no_more(asked):
    roles = hcl2.loads((DEPLOY / "terraform/roles.tf").read_text())
    [document] = [own for data in roles["data"] for kind in data.values() for name, own in kind.items() if name.strip('"') == "store"]
    allowed = {(action, "objects" if "/*" in json.dumps(own["resources"]) else "bucket")
               for own in document["statement"] for action in re.findall(r"s3:\w+", json.dumps(own["actions"]))}
    assert allowed == asked
    assert not any("condition" in own for own in document["statement"]), "what is not there has to be 404"


def test_cloudformation_allows_what_is_asked_and_no_more(asked):
    role = templates.load(CLOUDFORMATION[0])["Resources"]["TaskRole"]
    [policy] = [own["PolicyDocument"] for own in role["Properties"]["Policies"] if own["PolicyName"] == "store"]
    allowed = {(action, "objects" if "/*" in json.dumps(own["Resource"]) else "bucket") for own in policy["Statement"] for action in own["Action"]}
    assert allowed == asked
    assert not any("Condition" in own for own in policy["Statement"]), "what is not there has to be 404"

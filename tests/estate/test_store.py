"""A store in S3 does what a store in a folder does."""

import json
import os
import re
import subprocess
from pathlib import Path

from aws import Aws
from rules_jobs import asked_again

REPOSITORY = Path(__file__).resolve().parents[2]


def test_two_crawls_over_a_bucket_and_a_radius_from_it(few, blastmap):
    aws = Aws(few.url)
    aws("s3").create_bucket(Bucket="blastmap-store")
    store = ["--store", "s3://blastmap-store/team"]
    first = blastmap.run("crawl", "--region", "us-east-1", *store, url=few.url)
    assert first.returncode == 0, first.stderr
    assert "ecs:DescribeTaskDefinition" in first.stdout
    second = blastmap.run("crawl", "--region", "us-east-1", *store, url=few.url)
    assert second.returncode == 0, second.stderr
    _, facts = few.oracle()
    asked = re.search(r"(\d+)  ecs:DescribeTaskDefinition", second.stdout)
    assert int(asked.group(1) if asked else 0) == len(asked_again(facts)), "a known definition was asked for again"
    cluster = aws("ecs").list_clusters()["clusterArns"][0]
    radius = blastmap.run("radius", cluster, *store, "--format", "json", url=few.url)
    assert radius.returncode == 0, radius.stderr
    assert json.loads(radius.stdout)["totalCount"] > 0


def test_the_store_s_own_tests_on_s3(few):
    done = subprocess.run(
        ["cargo", "test", "--workspace", "--locked", "--test", "s3"],
        cwd=REPOSITORY, env={**os.environ, "BLASTMAP_TEST_S3": few.url}, capture_output=True, text=True, timeout=1200,
    )
    assert done.returncode == 0, done.stdout + done.stderr

"""Facts that no link shows are what boto3 reads, and absent where they could not be read."""

import json

import pytest

from compare import same
from test_faults import spot


def attributes(crawl):
    """The attributes of each resource by its id."""
    with open(crawl.file) as file:
        return {r["id"]: r.get("attributes", {}) for line in file if (r := json.loads(line).get("resource"))}


def kinds(crawl, kind):
    mine = {id for id, (own, presence) in crawl.snapshot()[0].items() if (own, presence) == (kind, "LIVE")}
    return {id: facts for id, facts in attributes(crawl).items() if id in mine}


@pytest.fixture(scope="module")
def crawls(company, few, tmp_path_factory):
    from harness import Blastmap

    program = Blastmap(tmp_path_factory.mktemp("facts"))
    return {"company": (company, program.crawl(company.url)), "few": (few, program.crawl(few.url))}


@pytest.fixture(params=["company", "few"])
def crawled(request, crawls):
    return crawls[request.param]


def shape(document):
    """A policy but for what it compares with, which may be a fingerprint."""
    document = json.loads(document) if isinstance(document, str) else document
    return [(s["Effect"], s.get("Sid"), s.get("Principal"), s["Action"], {o: sorted(keys) for o, keys in s.get("Condition", {}).items()})
            for s in document["Statement"]]


def same_policy(facts, document, where):
    assert facts and facts["Read"] is True, where
    assert (shape(facts["Document"]) if facts.get("Document") else None) == (shape(document) if document else None), where


def test_policies_of_keys(crawled):
    stand, crawl = crawled
    kms, seen = stand.aws("kms"), set()
    for id, facts in kinds(crawl, "KMS_KEY").items():
        seen.add(facts["KeyManager"])
        if facts["KeyManager"] == "AWS":
            assert "Policy" not in facts
        else:
            same_policy(facts["Policy"], kms.get_key_policy(KeyId=id, PolicyName="default")["Policy"], id)
    assert seen == {"AWS", "CUSTOMER"}


def test_policies_of_secrets(crawled):
    stand, crawl = crawled
    read = {target for _, relation, target in crawl.snapshot()[1] if relation == "READS_SECRET"}
    for id, facts in kinds(crawl, "SECRET").items():
        if id in read:
            same_policy(facts["ResourcePolicy"], stand.aws("secretsmanager").get_resource_policy(SecretId=id).get("ResourcePolicy"), id)
        else:
            assert "ResourcePolicy" not in facts


def test_policies_of_repositories(crawled, crawls):
    stand, crawl = crawled
    ecr, documents = stand.aws("ecr"), []
    for id, facts in kinds(crawl, "ECR_REPOSITORY").items():
        if "imagesInUse" in facts:
            try:
                document = ecr.get_repository_policy(repositoryName=facts["repositoryName"])["policyText"]
                documents.append(document)
            except ecr.exceptions.RepositoryPolicyNotFoundException:
                document = None
            same_policy(facts["repositoryPolicy"], document, id)
        else:
            assert "repositoryPolicy" not in facts
    assert len(documents) == (1 if stand is crawls["few"][0] else 0)


def test_images_of_repositories_in_use(crawled):
    stand, crawl = crawled
    ecr, some = stand.aws("ecr"), 0
    for id, facts in kinds(crawl, "ECR_REPOSITORY").items():
        mine = facts.get("images", [])
        assert not mine or "imagesInUse" in facts, id
        if mine:
            there = ecr.describe_images(repositoryName=facts["repositoryName"])["imageDetails"]
            assert [(i["imageDigest"], i.get("imageTags", [])) for i in mine] == [
                (i["imageDigest"], sorted(i.get("imageTags", [])))
                for i in sorted(there, key=lambda i: (i["imagePushedAt"], i["imageDigest"]))], id
            some += len(mine)
    assert some


def test_platforms_of_images(crawls):
    facts = kinds(crawls["few"][1], "ECR_REPOSITORY")
    platforms = {facts["repositoryName"]: image.get("platforms") for facts in facts.values() for image in facts.get("imagesInUse", [])}
    assert platforms.pop("shared/agent") == ["linux/amd64", "linux/arm/v7", "linux/arm64"]
    assert set(platforms.values()) == {None}


def test_file_systems(crawled):
    stand, crawl = crawled
    efs = stand.aws("efs")
    found = kinds(crawl, "EFS_FILE_SYSTEM")
    assert found
    for id, facts in found.items():
        there = efs.describe_file_systems(FileSystemId=facts["FileSystemId"])["FileSystems"][0]
        assert {name: there[name] for name in ("FileSystemArn", "LifeCycleState", "Encrypted", "NumberOfMountTargets", "Name")} == {
            name: facts[name] for name in ("FileSystemArn", "LifeCycleState", "Encrypted", "NumberOfMountTargets", "Name")}
        try:
            document = efs.describe_file_system_policy(FileSystemId=facts["FileSystemId"])["Policy"]
        except efs.exceptions.PolicyNotFound:
            document = None
        same_policy(facts["FileSystemPolicy"], document, id)
    for id, facts in kinds(crawl, "EFS_MOUNT_TARGET").items():
        there = efs.describe_mount_targets(MountTargetId=id)["MountTargets"][0]
        groups = efs.describe_mount_target_security_groups(MountTargetId=id)["SecurityGroups"]
        assert facts == {**there, "SecurityGroups": sorted(groups)}
    for facts in kinds(crawl, "EFS_ACCESS_POINT").values():
        there = efs.describe_access_points(AccessPointId=facts["AccessPointId"])["AccessPoints"][0]
        assert (facts["PosixUser"], facts["RootDirectory"]) == (there["PosixUser"], there["RootDirectory"])


def test_network_acls(crawled):
    stand, crawl = crawled
    acls = {a["SubnetId"]: acl for acl in stand.aws("ec2").describe_network_acls()["NetworkAcls"] for a in acl["Associations"]}
    for facts in kinds(crawl, "SUBNET").values():
        own, there = facts["NetworkAcl"], acls[facts["SubnetId"]]
        assert (own["NetworkAclId"], own["IsDefault"]) == (there["NetworkAclId"], there["IsDefault"])
        fields = ("Egress", "RuleNumber", "Protocol", "RuleAction", "CidrBlock")
        assert [[e.get(f) for f in fields] for e in own["Entries"]] == sorted([e.get(f) for f in fields] for e in there["Entries"])


def test_dns_of_vpcs(crawled):
    stand, crawl = crawled
    ec2 = stand.aws("ec2")
    subnets = {facts["SubnetId"]: facts["VpcId"] for facts in kinds(crawl, "SUBNET").values()}
    used = {subnets.get(to.rpartition("/")[2]) for _, relation, to in crawl.snapshot()[1] if relation == "PLACED_IN"}
    for facts in kinds(crawl, "VPC").values():
        for name in ("EnableDnsSupport", "EnableDnsHostnames"):
            value = ec2.describe_vpc_attribute(VpcId=facts["VpcId"], Attribute=name[0].lower() + name[1:])[name]["Value"]
            assert facts.get(name) == (value if facts["VpcId"] in used else None)


def test_hosts(crawled):
    stand, crawl = crawled
    ec2 = stand.aws("ec2")
    found = kinds(crawl, "EC2_INSTANCE")
    assert found
    for facts in found.values():
        there = ec2.describe_instances(InstanceIds=[facts["InstanceId"]])["Reservations"][0]["Instances"][0]
        kind = ec2.describe_instance_types(InstanceTypes=[there["InstanceType"]])["InstanceTypes"][0]
        info = facts["InstanceTypeInfo"]
        assert (facts["InstanceType"], facts["State"]["Name"], facts["Placement"]["AvailabilityZone"], facts["SubnetId"], facts["PrivateIpAddress"]) == (
            there["InstanceType"], there["State"]["Name"], there["Placement"]["AvailabilityZone"], there["SubnetId"], there["PrivateIpAddress"])
        assert len(facts["NetworkInterfaces"]) == len(there["NetworkInterfaces"])
        assert (info["MaximumNetworkInterfaces"], info["DefaultVCpus"], info["MemorySizeInMiB"], info["SupportedArchitectures"]) == (
            kind["NetworkInfo"]["MaximumNetworkInterfaces"], kind["VCpuInfo"]["DefaultVCpus"], kind["MemoryInfo"]["SizeInMiB"],
            kind["ProcessorInfo"]["SupportedArchitectures"])


# action -> the kind that it tells more of, and the field of it
MORE = {
    "kms:GetKeyPolicy": ("KMS_KEY", "Policy"), "secretsmanager:GetResourcePolicy": ("SECRET", "ResourcePolicy"),
    "ecr:GetRepositoryPolicy": ("ECR_REPOSITORY", "repositoryPolicy"), "elasticfilesystem:DescribeFileSystemPolicy": ("EFS_FILE_SYSTEM", "FileSystemPolicy"),
    "ec2:DescribeNetworkAcls": ("SUBNET", "NetworkAcl"), "ec2:DescribeVpcAttribute": ("VPC", "EnableDnsSupport"),
    "ec2:DescribeInstanceTypes": ("EC2_INSTANCE", "InstanceTypeInfo")}


def test_a_denied_detail_leaves_the_rest(few, proxies, blastmap):
    """The graph is whole, the resources are live, and the field is not there."""
    proxy = proxies(few)
    proxy.faults = [{"match": action, "kind": "deny"} for action in MORE]
    crawl = blastmap.crawl(proxy.url)
    assert crawl.status == 0, crawl.err
    whole = few.oracle()[0]
    named = {link["to"] for link in whole["links"] if ":network-acl/" in link["to"]}  # an ACL that is not read is not there
    same(crawl, {"resources": [r for r in whole["resources"] if r["id"] not in named],
                 "links": [link for link in whole["links"] if not named & {link["from"], link["to"]}]})
    for action, (kind, field) in MORE.items():
        assert spot(crawl, action)["reason"] == "ACCESS_DENIED"
        assert kind in spot(crawl, action)["kinds"]
        assert [id for id, facts in kinds(crawl, kind).items() if field in facts] == []

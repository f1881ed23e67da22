"""The oracle's roles, policies and instance profiles: as the account's details tell, or one by one where these may not be read."""

import fnmatch
import json

from aws import Here


def read(reader, facts):
    """The account's details by ARN; None where they may not be read. `roles` are all that are known, whichever way."""
    pages = reader.pages_of("iam", "get_account_authorization_details")
    refused = "iam:GetAccountAuthorizationDetails" in reader.refusals
    everything = [own for page in pages for own in page["RoleDetailList"]]
    facts["details"] = None if refused else {
        "roles": {own["Arn"]: role_facts(own, [p["PolicyDocument"] for p in own.get("RolePolicyList", [])], own.get("AttachedManagedPolicies", []))
                  for own in everything},
        "policies": {p["Arn"]: next(v["Document"] for v in p["PolicyVersionList"] if v["IsDefaultVersion"]) for page in pages for p in page["Policies"]},
        "profiles": {profile["Arn"]: profile for own in everything for profile in own.get("InstanceProfileList", [])}}
    facts["roles"] = {} if refused else facts["details"]["roles"]


def role_facts(role, inline, attached):
    return {"trust": json.dumps(role["AssumeRolePolicyDocument"]), "inline": inline, "attached": [own["PolicyArn"] for own in attached],
            "boundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")}


def role(graph, reader, facts, names, id):
    """A role that something names; says whether it is there."""
    if not facts["details"]:
        found = one_role(reader, id)
        facts["roles"].update({id: found} if found else {})
    found = facts["roles"].get(id)
    if not found:
        return False
    graph.node(id)
    for own in found["attached"]:
        graph.link(id, "GRANTED_BY", own)
    graph.link(id, "BOUNDED_BY", found["boundary"])
    for document in documents(reader, facts, found):
        for resource in allowed(document):
            graph.link(id, "GRANTED_ON", names.granted(resource))
    return True


def one_role(reader, id):
    """A role by its name, with as much of it as may be read."""
    name = id.rpartition("/")[2]
    found = reader.call("iam", "get_role", RoleName=name)
    if not found or found["Role"]["Arn"] != id:
        return None
    inline = [reader.call("iam", "get_role_policy", RoleName=name, PolicyName=own) for own in reader.pages("iam", "list_role_policies", "PolicyNames", RoleName=name)]
    return role_facts(found["Role"], [own["PolicyDocument"] for own in inline if own],
                      reader.pages("iam", "list_attached_role_policies", "AttachedPolicies", RoleName=name))


def policy(reader, facts, id):
    """What a managed policy says; None where it is not there, or where that may not be read."""
    if facts["details"] and id in facts["details"]["policies"]:
        return facts["details"]["policies"][id]
    found = reader.call("iam", "get_policy", PolicyArn=id)
    version = found and reader.call("iam", "get_policy_version", PolicyArn=id, VersionId=found["Policy"]["DefaultVersionId"])
    return version and version["PolicyVersion"]["Document"]


def documents(reader, facts, found):
    """All that a role's policies say."""
    return found["inline"] + [document for own in found["attached"] if (document := policy(reader, facts, own))]


def profile(graph, reader, facts, id):
    """An instance profile that something names; that of a role comes with it."""
    known = facts["details"]["profiles"].get(id) if facts["details"] else None
    answer = None if known else reader.call("iam", "get_instance_profile", InstanceProfileName=id.rpartition("/")[2])
    found = known or answer and answer["InstanceProfile"]
    if found:
        facts["profiles"].append(found)
        graph.node(id)
        for own in found["Roles"]:
            graph.link(id, "ASSUMES", own["Arn"])
    return bool(found)


def profile_of_name(reader, facts, name):
    """The ARN of the instance profile of this name; where nobody tells its path, it is taken for none."""
    known = [own["Arn"] for own in facts["details"]["profiles"].values() if own["InstanceProfileName"] == name] if facts["details"] else []
    answer = None if known else reader.call("iam", "get_instance_profile", InstanceProfileName=name)
    return known[0] if known else answer["InstanceProfile"]["Arn"] if answer else f"arn:aws:iam::{Here.account}:instance-profile/{name}"


def allowed(document):
    """The resources that a policy's Allow statements name."""
    for statement in statements(document):
        if statement["Effect"] == "Allow":
            resources = statement.get("Resource", [])
            yield from [resources] if isinstance(resources, str) else resources


def statements(document):
    return document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]


def runners(reader, facts):
    """The known roles whose policies allow to start a task, each with what it says of whom it trusts."""
    return {id: own["trust"] for id, own in facts["roles"].items() if any(map(runs_tasks, documents(reader, facts, own)))}


def runs_tasks(document):
    for statement in (s for s in statements(document) if s["Effect"] == "Allow"):
        given = statement.get("Action", statement.get("NotAction", []))
        fits = any(fnmatch.fnmatchcase(action, pattern.lower()) for pattern in ([given] if isinstance(given, str) else given)
                   for action in ("ecs:runtask", "ecs:starttask"))
        if fits == ("Action" in statement):
            return True
    return False

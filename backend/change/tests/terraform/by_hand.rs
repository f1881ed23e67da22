//! Addresses that a reviewer ties to resources, where the plan's own names lead to none.

use blastmap_change::{Match, Proposal, read_mapped};
use blastmap_model::Inventory;
use serde_json::{Value, json};

use crate::support::{
    EC2, ECS, IAM, create, delete, estate, facts, live, plan, redactor, resource, update,
};

const SERVICE: &str = "arn:aws:ecs:eu-west-1:123456789012:service/main/checkout";
const ROLE: &str = "arn:aws:iam::123456789012:role/checkout-execution";

fn there() -> Inventory {
    estate(vec![
        live(
            SERVICE,
            json!({"serviceName": "checkout", "serviceArn": SERVICE, "desiredCount": 4,
                   "clusterArn": format!("{ECS}cluster/main")}),
        ),
        live(
            ROLE,
            json!({"RoleName": "checkout-execution", "Arn": ROLE, "RolePolicyList": [
                {"PolicyName": "read", "PolicyDocument": {"Statement": []}}]}),
        ),
        live(
            &format!("{EC2}security-group/sg-1"),
            json!({"GroupId": "sg-1", "GroupName": "checkout", "IpPermissions": [
                {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}]}),
        ),
        resource(
            &format!("{IAM}role/gone"),
            blastmap_model::ResourceKind::IamRole,
            blastmap_model::Presence::Missing,
            &json!({}),
        ),
    ])
}

/// A service under the names that it had before it moved.
fn old_service(after: Value) -> Value {
    update(
        "aws_ecs_service.checkout",
        json!({"id": format!("{ECS}service/old/shop"), "name": "shop", "desired_count": 4}),
        after,
    )
}

fn mapped(changes: Vec<Value>, mapping: &[(&str, &str)]) -> Result<Proposal, String> {
    let mapping: Vec<(String, String)> = mapping
        .iter()
        .map(|(address, id)| ((*address).to_owned(), (*id).to_owned()))
        .collect();
    let bytes = plan(changes).to_string();
    read_mapped(bytes.as_bytes(), &there(), &redactor(), &mapping)
        .map_err(|error| error.to_string())
}

#[test]
fn what_matches_nothing_is_what_the_reviewer_says() {
    let alone = mapped(vec![old_service(json!({"desired_count": 0}))], &[]).unwrap();
    assert_eq!(alone.changes[0].matched, Match::NotFound);
    assert!(!alone.changes[0].mapped);
    assert!(alone.edits.after.is_empty());

    let told = [("aws_ecs_service.checkout", SERVICE)];
    let found = mapped(vec![old_service(json!({"desired_count": 0}))], &told).unwrap();
    assert_eq!(found.changes[0].matched, Match::Matched);
    assert!(found.changes[0].mapped);
    let id = found.changes[0].resource.as_ref().unwrap();
    assert_eq!(id.as_str(), SERVICE);
    assert_eq!(facts(&found, SERVICE)["desiredCount"], 0);

    let gone = delete(
        "aws_ecs_service.checkout",
        json!({"id": format!("{ECS}service/old/shop"), "name": "shop"}),
    );
    let found = mapped(vec![gone], &told).unwrap();
    assert_eq!(facts(&found, SERVICE), Value::Null);
}

#[test]
fn the_rest_of_the_plan_means_the_same_resource_by_its_old_names() {
    let group = update(
        "aws_security_group.checkout",
        json!({"id": "sg-old", "name": "shop", "tags": {}}),
        json!({"tags": {"team": "shop"}}),
    );
    let rule = create(
        "aws_vpc_security_group_ingress_rule.https",
        json!({"security_group_id": "sg-old", "ip_protocol": "tcp", "from_port": 443, "to_port": 443,
               "cidr_ipv4": "10.0.0.0/8"}),
    );
    let told = [("aws_security_group.checkout", "sg-1")];
    let by_arn = format!("{EC2}security-group/sg-1");
    let found = mapped(vec![group, rule], &[(told[0].0, &by_arn)]).unwrap();
    let rules = facts(&found, &by_arn)["IpPermissions"].clone();
    assert_eq!(rules.as_array().unwrap().len(), 2, "{rules}");
}

#[test]
fn a_part_belongs_to_whom_the_reviewer_says() {
    let policy = delete(
        "aws_iam_role_policy.read",
        json!({"name": "read", "role": "shop-execution", "policy": "{}"}),
    );
    let alone = mapped(vec![policy.clone()], &[]).unwrap();
    assert_eq!(alone.changes[0].matched, Match::NotFound);
    let found = mapped(vec![policy], &[("aws_iam_role_policy.read", ROLE)]).unwrap();
    assert_eq!(found.changes[0].matched, Match::Matched);
    let role = facts(&found, ROLE);
    assert_eq!(role["RoleName"], "checkout-execution");
    let policies = role["RolePolicyList"].as_array();
    assert!(policies.is_none_or(Vec::is_empty), "{role}");
}

#[test]
fn what_cannot_be_is_refused_by_name() {
    let service = || old_service(json!({"desired_count": 2}));
    let new = || create("aws_ecs_service.new", json!({"name": "new"}));
    let strange = || update("aws_strange_thing.a", json!({"id": "a"}), json!({"b": 1}));
    let matching = || {
        update(
            "aws_iam_role.own",
            json!({"id": "checkout-execution", "name": "checkout-execution", "arn": ROLE, "path": "/"}),
            json!({"path": "/x/"}),
        )
    };
    let other_role = format!("{IAM}role/gone");
    let cases: [(Value, &str, &str, &str); 7] = [
        (
            service(),
            "aws_ecs_service.checkout",
            "arn:nowhere",
            "no such resource",
        ),
        (
            service(),
            "aws_ecs_service.checkout",
            &other_role,
            "no such resource",
        ),
        (
            service(),
            "aws_ecs_service.else",
            SERVICE,
            "no such address",
        ),
        (
            service(),
            "aws_ecs_service.checkout",
            ROLE,
            "aws_ecs_service is, or belongs to, a service, and this is a role",
        ),
        (new(), "aws_ecs_service.new", SERVICE, "made by this change"),
        (
            strange(),
            "aws_strange_thing.a",
            SERVICE,
            "does not judge aws_strange_thing",
        ),
        (matching(), "aws_iam_role.own", SERVICE, "this is a service"),
    ];
    for (change, address, id, said) in cases {
        let error = mapped(vec![change], &[(address, id)]).unwrap_err();
        assert!(error.contains(said), "{error}");
        assert!(error.contains(address) && error.contains(id), "{error}");
    }
    // What is found by itself stays what it is; saying so again is no error.
    assert!(mapped(vec![matching()], &[("aws_iam_role.own", ROLE)]).is_ok());
    let twice = [("aws_ecs_service.checkout", SERVICE); 2];
    let error = mapped(vec![service()], &twice).unwrap_err();
    assert!(error.contains("as well"), "{error}");
}

#[test]
fn a_list_of_resources_names_them_itself() {
    let list = json!({"resources": [{"id": SERVICE, "action": "DELETE"}]}).to_string();
    let told = [("web".to_owned(), SERVICE.to_owned())];
    let error = read_mapped(list.as_bytes(), &there(), &redactor(), &told).unwrap_err();
    assert!(
        error.to_string().starts_with("web cannot be mapped"),
        "{error}"
    );
}

//! `CloudFormation`'s properties as facts: most have the API's names but for their case; here is what differs.
//!
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html>

use blastmap_model::{Arn, ResourceKind};
use serde_json::{Map, Value, json};

use super::parts;

/// Properties that are no facts, and whose change harms nobody.
pub(super) const HARMLESS: &[&str] = &[
    "Tags",
    "TagList",
    "PropagateTags",
    "EnableECSManagedTags",
    "Description",
    "Value",
    "SecretString",
    "GenerateSecretString",
    "HostedZoneTags",
];

/// The kind that a type is, or that it is a part of.
pub(super) fn kind_of(type_name: &str) -> Option<ResourceKind> {
    let whole = ResourceKind::ALL
        .iter()
        .copied()
        .find(|kind| !type_name.is_empty() && kind.cloudformation_type() == type_name);
    whole
        .or_else(|| parts::owner(type_name))
        .or(match type_name {
            "AWS::ServiceDiscovery::HttpNamespace"
            | "AWS::ServiceDiscovery::PublicDnsNamespace" => Some(ResourceKind::CloudMapNamespace),
            "AWS::CloudWatch::CompositeAlarm" => Some(ResourceKind::CloudwatchAlarm),
            "AWS::KMS::ReplicaKey" => Some(ResourceKind::KmsKey),
            _ => None,
        })
}

/// Gives properties the API's names and forms, as far as these differ in more than case.
pub(super) fn adapt(kind: ResourceKind, mut properties: Map<String, Value>) -> Map<String, Value> {
    let renamed: &[(&str, &str)] = match kind {
        ResourceKind::EcsService => &[
            ("Cluster", "clusterArn"),
            ("Role", "roleArn"),
            ("PlacementStrategies", "placementStrategy"),
        ],
        ResourceKind::EcsCluster => &[("ClusterSettings", "settings")],
        ResourceKind::IamRole => &[
            ("Policies", "RolePolicyList"),
            ("ManagedPolicyArns", "AttachedManagedPolicies"),
        ],
        ResourceKind::IamPolicy => &[("ManagedPolicyName", "PolicyName")],
        ResourceKind::LoadBalancer => &[
            ("Name", "LoadBalancerName"),
            ("Subnets", "AvailabilityZones"),
            ("SubnetMappings", "AvailabilityZones"),
        ],
        ResourceKind::TargetGroup => &[("Name", "TargetGroupName")],
        ResourceKind::SecurityGroup => &[("GroupDescription", "Description")],
        ResourceKind::VpcEndpoint => &[("SecurityGroupIds", "Groups")],
        _ => &[],
    };
    for (from, to) in renamed {
        if let Some(value) = properties.remove(*from) {
            properties.insert((*to).to_owned(), value);
        }
    }
    let mut each = |field: &str, change: fn(Value) -> Value| {
        if let Some(Value::Array(values)) = properties.get_mut(field) {
            for value in values {
                *value = change(value.take());
            }
        }
    };
    match kind {
        ResourceKind::IamRole => {
            each("AttachedManagedPolicies", |policy| match policy.as_str() {
                Some(arn) if arn.starts_with("arn:") => {
                    json!({"PolicyArn": arn, "PolicyName": crate::birth::last_part(arn)})
                }
                _ => policy,
            });
            if let Some(boundary) = properties.get_mut("PermissionsBoundary")
                && boundary.is_string()
            {
                *boundary = json!({"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": boundary.take()});
            }
        }
        ResourceKind::LoadBalancer => each("AvailabilityZones", |subnet| match &subnet {
            Value::String(id) if id.starts_with("subnet-") => json!({ "SubnetId": id }),
            _ => subnet,
        }),
        ResourceKind::VpcEndpoint => each("Groups", |group| match &group {
            Value::String(id) if !id.contains("{{") => json!({ "GroupId": id }),
            _ => group,
        }),
        ResourceKind::ListenerRule => each("Conditions", condition),
        ResourceKind::IamInstanceProfile => each("Roles", |role| match role.as_str() {
            Some(name) if !name.contains("{{") => json!({ "RoleName": name }),
            _ => role,
        }),
        ResourceKind::AutoScalingGroup => {
            if let Some(Value::Array(subnets)) = properties.get("VPCZoneIdentifier") {
                let subnets: Vec<&str> = subnets.iter().filter_map(Value::as_str).collect();
                let joined = Value::String(subnets.join(","));
                properties.insert("VPCZoneIdentifier".to_owned(), joined);
            }
        }
        ResourceKind::EcrRepository => {
            let text = match properties.remove("LifecyclePolicy") {
                Some(Value::Object(mut policy)) => policy.remove("LifecyclePolicyText"),
                other => other,
            };
            if let Some(text) = text {
                properties.insert("LifecyclePolicyText".to_owned(), text);
            }
        }
        ResourceKind::KmsKey => {
            let enabled = properties.get("Enabled").map(|enabled| {
                let disabled = enabled == &json!(false) || enabled == "false";
                if disabled { "Disabled" } else { "Enabled" }
            });
            if let Some(state) = enabled {
                properties.insert("KeyState".to_owned(), state.into());
            }
        }
        _ => {}
    }
    properties
}

/// Conditions with the values of whatever configuration they have, as facts keep them.
fn condition(condition: Value) -> Value {
    let Value::Object(mut fields) = condition else {
        return condition;
    };
    let configs = [
        "HostHeaderConfig",
        "PathPatternConfig",
        "HttpRequestMethodConfig",
        "SourceIpConfig",
        "HttpHeaderConfig",
    ];
    for name in configs {
        let Some(Value::Object(mut config)) = fields.remove(name) else {
            continue;
        };
        for own in ["Values", "HttpHeaderName"] {
            if let Some(value) = config.remove(own) {
                fields.insert(own.to_owned(), value);
            }
        }
    }
    if let Some(Value::Object(config)) = fields.remove("QueryStringConfig") {
        let pairs = config.get("Values").and_then(Value::as_array);
        let of = |name: &str| -> Value {
            let pairs = pairs.into_iter().flatten();
            pairs.filter_map(|pair| pair.get(name).cloned()).collect()
        };
        fields.insert("Values".to_owned(), of("Value"));
        fields.insert("QueryStringKeys".to_owned(), of("Key"));
    }
    Value::Object(fields)
}

/// What `Ref`, or `Fn::GetAtt` with an attribute, gives of a resource.
pub(super) fn reference(kind: ResourceKind, own: &Arn, attribute: Option<&str>) -> Option<String> {
    let by_arn = matches!(
        kind,
        ResourceKind::EcsService
            | ResourceKind::EcsTaskDefinition
            | ResourceKind::LoadBalancer
            | ResourceKind::TargetGroup
            | ResourceKind::Listener
            | ResourceKind::ListenerRule
            | ResourceKind::Secret
            | ResourceKind::IamPolicy
    );
    match attribute {
        None if by_arn => Some(own.to_string()),
        None if kind == ResourceKind::LogGroup || kind == ResourceKind::EcrRepository => {
            Some(own.resource_name().to_owned())
        }
        None if kind == ResourceKind::SsmParameter => {
            Some(blastmap_model::kinds::ssm_parameter::name_of(own))
        }
        None
        | Some(
            "GroupId" | "VpcId" | "SubnetId" | "RouteTableId" | "NatGatewayId"
            | "InternetGatewayId" | "KeyId" | "Id" | "FileSystemId" | "AccessPointId",
        ) => Some(own.last_part().to_owned()),
        Some(name) if name == "Arn" || name.ends_with("Arn") => Some(own.to_string()),
        Some("RepositoryUri") => Some(format!(
            "{}.dkr.ecr.{}.amazonaws.com/{}",
            own.account(),
            own.region(),
            own.resource_name()
        )),
        Some("Name") => Some(own.last_part().to_owned()),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifecycle_policy_is_a_fact_of_its_repository() {
        let text = json!("{\"rules\": []}");
        let cases = [
            (
                json!({"LifecyclePolicy": {"LifecyclePolicyText": text, "RegistryId": "1"}}),
                json!({ "LifecyclePolicyText": text }),
            ),
            (
                json!({"LifecyclePolicy": null}),
                json!({"LifecyclePolicyText": null}),
            ),
            (json!({"LifecyclePolicy": {"RegistryId": "1"}}), json!({})),
            (
                json!({"RepositoryName": "web"}),
                json!({"RepositoryName": "web"}),
            ),
        ];
        for (given, expected) in cases {
            let given = given.as_object().cloned().unwrap_or_default();
            let adapted = adapt(ResourceKind::EcrRepository, given);
            assert_eq!(Value::Object(adapted), expected);
        }
    }
}

//! Load balancers, listeners, their rules and target groups.
//!
//! <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lb_listener_rule>

use blastmap_model::{Redactor, ResourceId, ResourceKind};
use serde_json::{Value, json};

use super::{
    fields::{Shape, field, list},
    mapping::{Finish, Naming, Own, Part, Whole, owner},
    side::Side,
};
use crate::{Workbench, redaction::redact};

pub(super) const LOAD_BALANCER: Whole = Whole {
    own: |naming| {
        let kind = match naming.side.text("load_balancer_type") {
            Some("network") => "net",
            Some("gateway") => "gwy",
            _ => "app",
        };
        let name = naming
            .side
            .text("name")
            .unwrap_or(&naming.made_up)
            .to_owned();
        naming.invented(
            "elasticloadbalancing",
            &format!("loadbalancer/{kind}/{name}/"),
        )
    },
    fields: &[
        field("name", "LoadBalancerName", Shape::Text),
        field("load_balancer_type", "Type", Shape::Text),
        field(
            "internal",
            "Scheme",
            Shape::Word("internal", "internet-facing"),
        ),
        field("ip_address_type", "IpAddressType", Shape::Text),
        field("security_groups", "SecurityGroups", Shape::Texts),
        field("vpc_id", "VpcId", Shape::Text),
    ],
    finish: finish_balancer,
    delete: |workbench, id, _| {
        // Its listeners and their rules go with it.
        // https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteLoadBalancer.html
        remove_inside(workbench, id, ":loadbalancer/", ":listener/");
        remove_inside(workbench, id, ":loadbalancer/", ":listener-rule/");
        workbench.remove(id);
    },
    ..Whole::of(ResourceKind::LoadBalancer)
};

/// What lies in another has its path in its ARN.
fn remove_inside(workbench: &mut Workbench<'_>, id: &ResourceId, from: &str, to: &str) {
    for inside in workbench.beginning(&format!("{}/", id.as_str().replacen(from, to, 1))) {
        workbench.remove(&inside);
    }
}

fn finish_balancer(finish: &mut Finish<'_>) {
    if finish.is_new {
        finish.set("LoadBalancerArn", finish.own.as_str());
        finish.set("State", json!({"Code": "active"}));
        if finish.facts.get("Type").is_none() {
            finish.set("Type", "application");
        }
        if finish.facts.get("Scheme").is_none() {
            finish.set("Scheme", "internet-facing");
        }
    }
    let marked = |name: &str| {
        finish
            .writing
            .unknown
            .get(name)
            .is_some_and(super::fields::is_marked)
    };
    let configured = finish.configured;
    // Terraform computes the one of the two that is not set.
    let (subnets, mappings) = (
        finish.writing.changes("subnets") && (!marked("subnets") || configured("subnets")),
        finish.writing.changes("subnet_mapping")
            && (!marked("subnet_mapping") || configured("subnet_mapping")),
    );
    if !subnets && !mappings {
        return;
    }
    if marked("subnets") || marked("subnet_mapping") {
        finish.unknown.push("AvailabilityZones".to_owned());
    }
    let mut ids = finish.side().texts("subnets");
    if ids.is_empty() {
        let mappings = finish.side().blocks("subnet_mapping").into_iter();
        ids = mappings
            .filter_map(|mapping| mapping.text("subnet_id").map(str::to_owned))
            .collect();
    }
    let zones: Vec<Value> = ids
        .into_iter()
        .map(|id| {
            let names = [id.clone()];
            let zone = match finish.finder.find(ResourceKind::Subnet, &names) {
                crate::Lookup::One(subnet) => finish
                    .finder
                    .facts(&subnet)
                    .and_then(|facts| facts.get("AvailabilityZone").cloned()),
                _ => None,
            };
            json!({"SubnetId": id, "ZoneName": zone})
        })
        .collect();
    finish.set("AvailabilityZones", zones);
}

pub(super) const LISTENER: Whole = Whole {
    rank: 1,
    names: |side| side.names(&["arn", "id"]),
    own: |naming| inside_of(naming, "load_balancer_arn", "loadbalancer/", "listener/"),
    fields: &[
        field("load_balancer_arn", "LoadBalancerArn", Shape::Text),
        field("port", "Port", Shape::Number),
        field("protocol", "Protocol", Shape::Text),
        field("ssl_policy", "SslPolicy", Shape::Text),
        field("default_action", "DefaultActions", Shape::Custom(actions)),
    ],
    finish: finish_listener,
    delete: |workbench, id, _| {
        remove_inside(workbench, id, ":listener/", ":listener-rule/");
        workbench.remove(id);
    },
    ..Whole::of(ResourceKind::Listener)
};

/// The ARN of what lies in another: its path and one part more.
fn inside_of(naming: &mut Naming<'_, '_>, attribute: &str, from: &str, to: &str) -> Option<Own> {
    let outer = naming
        .side
        .text(attribute)
        .and_then(|arn| arn.split_once(from));
    let path = outer.map_or_else(
        || format!("app/{0}/{0}", naming.made_up),
        |(_, path)| path.to_owned(),
    );
    naming.invented("elasticloadbalancing", &format!("{to}{path}/"))
}

fn finish_listener(finish: &mut Finish<'_>) {
    finish.set_new("ListenerArn", finish.own.as_str());
    if finish.writing.changes("certificate_arn") {
        let arn = finish.side().text("certificate_arn").map(str::to_owned);
        if !finish.is_set("certificate_arn") && (finish.configured)("certificate_arn") {
            finish.unknown.push("Certificates".to_owned());
        }
        let certificates = list(finish.facts, "Certificates");
        certificates.retain(|own| own["IsDefault"] == false);
        if let Some(arn) = arn {
            certificates.insert(0, json!({"CertificateArn": arn, "IsDefault": true}));
        }
    }
    if finish.writing.changes("default_action") && !finish.is_new {
        // The default rule says the same once more.
        let beginning = finish
            .own
            .as_str()
            .replacen(":listener/", ":listener-rule/", 1);
        let made = finish.facts["DefaultActions"].clone();
        for rule in finish.finder.beginning(&format!("{beginning}/")) {
            if finish
                .finder
                .facts(&rule)
                .is_some_and(|facts| facts["IsDefault"] == true)
            {
                finish.also.push((rule, "Actions", made.clone()));
            }
        }
    }
}

/// Actions; of a plain target group, the weighted form as well, as AWS answers.
fn actions(value: &Value) -> Value {
    let actions = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut made: Vec<Value> = actions
        .iter()
        .filter_map(Value::as_object)
        .map(|own| action(Side(own)))
        .collect();
    made.sort_by_key(|action| action["Order"].as_i64().unwrap_or(i64::MAX));
    Value::Array(made)
}

fn action(action: Side<'_>) -> Value {
    let group = action.text("target_group_arn");
    let forward = action.block("forward").map(|forward| {
        let groups = forward.blocks("target_group");
        groups
            .into_iter()
            .map(|group| json!({"TargetGroupArn": group.text("arn"), "Weight": group.number("weight").unwrap_or(1)}))
            .collect::<Vec<_>>()
    });
    let groups = forward.or_else(|| Some(vec![json!({"TargetGroupArn": group?, "Weight": 1})]));
    let redirect = action.block("redirect").map(|own| {
        json!({
            "Protocol": own.text("protocol"), "Port": own.plain("port"), "Host": own.text("host"),
            "Path": own.text("path"), "StatusCode": own.text("status_code"),
        })
    });
    let fixed = action
        .block("fixed_response")
        .map(|own| json!({"StatusCode": own.plain("status_code")}));
    let single = group
        .map(str::to_owned)
        .or_else(|| match groups.as_deref() {
            Some([only]) => only["TargetGroupArn"].as_str().map(str::to_owned),
            _ => None,
        });
    json!({
        "Type": action.text("type"),
        "Order": action.number("order"),
        "TargetGroupArn": single,
        "ForwardConfig": groups.map(|groups| json!({"TargetGroups": groups})),
        "RedirectConfig": redirect,
        "FixedResponseConfig": fixed,
    })
}

pub(super) const RULE: Whole = Whole {
    rank: 2,
    names: |side| side.names(&["arn", "id"]),
    own: |naming| inside_of(naming, "listener_arn", ":listener/", "listener-rule/"),
    fields: &[
        field("priority", "Priority", Shape::NumberAsText),
        field("action", "Actions", Shape::Custom(actions)),
    ],
    finish: |finish| {
        finish.set_new("RuleArn", finish.own.as_str());
        finish.set_new("IsDefault", false);
        unknown_groups(finish);
        if finish.writing.changes("condition") {
            let conditions = conditions(finish.side(), finish.redactor);
            finish.set("Conditions", conditions);
        }
    },
    ..Whole::of(ResourceKind::ListenerRule)
};

/// Only the apply tells an action's order as well, which matters to nobody.
fn unknown_groups(finish: &mut Finish<'_>) {
    let matters = |mark: &Value| {
        mark == &Value::Bool(true)
            || ["target_group_arn", "forward", "type"]
                .iter()
                .any(|name| mark.get(name).is_some_and(super::fields::is_marked))
    };
    let marks = finish.writing.unknown.get("action");
    let matters = marks.is_some_and(|marks| {
        matters(marks)
            || marks
                .as_array()
                .is_some_and(|marks| marks.iter().any(matters))
    });
    if !matters {
        finish.unknown.retain(|field| field != "Actions");
    }
}

/// Values of headers and queries may be secrets, as in a crawl.
fn conditions(side: Side<'_>, redactor: &Redactor) -> Value {
    let mut conditions = Vec::new();
    for own in side.blocks("condition") {
        let plain = [
            ("host_header", "host-header"),
            ("path_pattern", "path-pattern"),
            ("http_request_method", "http-request-method"),
            ("source_ip", "source-ip"),
        ];
        for (attribute, field) in plain {
            if let Some(block) = own.block(attribute) {
                conditions.push(json!({"Field": field, "Values": block.texts("values")}));
            }
        }
        if let Some(header) = own.block("http_header") {
            conditions.push(json!({"Field": "http-header", "Values": header.texts("values"), "HttpHeaderName": header.text("http_header_name")}));
        }
        let queries = own.blocks("query_string");
        if !queries.is_empty() {
            let values: Vec<_> = queries
                .iter()
                .filter_map(|query| query.text("value"))
                .collect();
            let keys: Vec<_> = queries
                .iter()
                .filter_map(|query| query.text("key"))
                .collect();
            conditions
                .push(json!({"Field": "query-string", "Values": values, "QueryStringKeys": keys}));
        }
    }
    let mut conditions = Value::Array(conditions);
    redact(Some(ResourceKind::ListenerRule), &mut conditions, redactor);
    conditions
}

pub(super) const TARGET_GROUP: Whole = Whole {
    own: |naming| {
        let name = naming
            .side
            .text("name")
            .unwrap_or(&naming.made_up)
            .to_owned();
        naming.invented("elasticloadbalancing", &format!("targetgroup/{name}/"))
    },
    fields: &[
        field("name", "TargetGroupName", Shape::Text),
        field("port", "Port", Shape::Number),
        field("protocol", "Protocol", Shape::Text),
        field("protocol_version", "ProtocolVersion", Shape::Text),
        field("vpc_id", "VpcId", Shape::Text),
        field("target_type", "TargetType", Shape::Text),
        field("ip_address_type", "IpAddressType", Shape::Text),
        field(
            "health_check",
            "",
            Shape::Block(&[
                field("enabled", "HealthCheckEnabled", Shape::Flag),
                field("protocol", "HealthCheckProtocol", Shape::Text),
                field("port", "HealthCheckPort", Shape::NumberAsText),
                field("path", "HealthCheckPath", Shape::Text),
                field("interval", "HealthCheckIntervalSeconds", Shape::Number),
                field("timeout", "HealthCheckTimeoutSeconds", Shape::Number),
                field("healthy_threshold", "HealthyThresholdCount", Shape::Number),
                field(
                    "unhealthy_threshold",
                    "UnhealthyThresholdCount",
                    Shape::Number,
                ),
            ]),
        ),
    ],
    finish: finish_group,
    ..Whole::of(ResourceKind::TargetGroup)
};

fn finish_group(finish: &mut Finish<'_>) {
    if finish.is_new {
        finish.set("TargetGroupArn", finish.own.as_str());
        if finish.facts.get("TargetType").is_none() {
            finish.set("TargetType", "instance");
        }
        if finish.facts.get("HealthCheckEnabled").is_none() {
            finish.set("HealthCheckEnabled", true);
        }
    }
    if !finish.is_set("health_check") {
        return;
    }
    let matcher = finish
        .side()
        .block("health_check")
        .and_then(|check| check.plain("matcher").map(std::borrow::Cow::into_owned));
    let grpc = finish.facts["ProtocolVersion"] == "GRPC";
    let matcher = matcher.map(|codes| {
        if grpc {
            json!({"GrpcCode": codes})
        } else {
            json!({"HttpCode": codes})
        }
    });
    finish.set("Matcher", matcher.unwrap_or_default());
}

pub(super) const TARGET: Part = Part {
    kind: ResourceKind::TargetGroup,
    owners: |finder, side| {
        owner(
            finder,
            ResourceKind::TargetGroup,
            side,
            &["target_group_arn"],
        )
    },
    remove: |owner| {
        let (id, port) = (
            owner.side.text("target_id").map(str::to_owned),
            owner.side.number("port"),
        );
        if owner.facts.get("TargetHealthDescriptions").is_none() {
            return;
        }
        list(owner.facts, "TargetHealthDescriptions").retain(|own| {
            let target = &own["Target"];
            let same = target["Id"].as_str() == id.as_deref()
                && port.is_none_or(|port| target["Port"] == port);
            !same
        });
    },
    add: |owner| {
        if owner.is_unknown("target_id") {
            owner.unknown.push("TargetHealthDescriptions".to_owned());
            return;
        }
        // Without the others, one target would look like all.
        let seen = owner.facts.get("TargetHealthDescriptions").is_some();
        let planned = owner.own.last_part().starts_with("planned-");
        if seen || planned {
            let target = json!({"Id": owner.side.text("target_id"), "Port": owner.side.number("port"),
                "AvailabilityZone": owner.side.text("availability_zone")});
            list(owner.facts, "TargetHealthDescriptions")
                .push(json!({"Target": target, "TargetHealth": {"State": "initial"}}));
        }
    },
    last: false,
};

pub(super) const CERTIFICATE: Part = Part {
    kind: ResourceKind::Listener,
    owners: |finder, side| owner(finder, ResourceKind::Listener, side, &["listener_arn"]),
    remove: |owner| {
        let arn = owner.side.text("certificate_arn").map(str::to_owned);
        list(owner.facts, "Certificates")
            .retain(|own| own["CertificateArn"].as_str() != arn.as_deref());
    },
    add: |owner| {
        if let Some(arn) = owner.side.text("certificate_arn").map(str::to_owned) {
            list(owner.facts, "Certificates")
                .push(json!({"CertificateArn": arn, "IsDefault": false}));
        }
    },
    last: false,
};

//! What starts tasks by the clock or on events, and where services are looked up by name.
//!
//! <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudwatch_event_target>

use blastmap_model::{Arn, ResourceKind};
use serde_json::Value;

use super::{
    fields::{Field, Shape, field, list, set, whole},
    mapping::{Id, Part, Whole},
    side::Side,
};
use crate::Lookup;

pub(super) const NAMESPACE: Whole = Whole {
    names: |side| side.names(&["arn", "id"]),
    own: |naming| naming.invented("servicediscovery", "namespace/"),
    id: Id::Last,
    fields: &[field("name", "Name", Shape::Text)],
    finish: |finish| {
        finish.set_new("Arn", finish.own.as_str());
        finish.set_new("Id", finish.own.last_part());
        let private = finish.side().get("vpc").is_some();
        finish.set_new("Type", if private { "DNS_PRIVATE" } else { "HTTP" });
    },
    ..Whole::of(ResourceKind::CloudMapNamespace)
};

pub(super) const DISCOVERY_SERVICE: Whole = Whole {
    names: |side| side.names(&["arn", "id"]),
    own: |naming| naming.invented("servicediscovery", "service/"),
    id: Id::Last,
    fields: &[
        field("name", "Name", Shape::Text),
        field("namespace_id", "NamespaceId", Shape::Text),
        field("type", "Type", Shape::Text),
        field(
            "dns_config",
            "",
            Shape::Block(&[
                field("namespace_id", "NamespaceId", Shape::Text),
                field("routing_policy", "DnsConfig.RoutingPolicy", Shape::Text),
                field(
                    "dns_records",
                    "DnsConfig.DnsRecords",
                    Shape::Blocks(&[
                        field("type", "Type", Shape::Text),
                        field("ttl", "TTL", Shape::Number),
                    ]),
                ),
            ]),
        ),
        field(
            "health_check_config",
            "HealthCheckConfig",
            Shape::Block(&[
                field("type", "Type", Shape::Text),
                field("resource_path", "ResourcePath", Shape::Text),
                field("failure_threshold", "FailureThreshold", Shape::Number),
            ]),
        ),
        field(
            "health_check_custom_config",
            "HealthCheckCustomConfig",
            Shape::Block(&[field(
                "failure_threshold",
                "FailureThreshold",
                Shape::Number,
            )]),
        ),
    ],
    empty_when_new: &["namespace_id", "type"],
    finish: |finish| {
        finish.set_new("Arn", finish.own.as_str());
        finish.set_new("Id", finish.own.last_part());
    },
    ..Whole::of(ResourceKind::CloudMapService)
};

pub(super) const EVENT_RULE: Whole = Whole {
    names: |side| {
        let mut names = side.names(&["arn"]);
        names.extend(rule_names(
            side.text("event_bus_name"),
            side.text("name").or_else(|| side.text("id")),
        ));
        names
    },
    own: |naming| {
        let bus = naming
            .side
            .text("event_bus_name")
            .filter(|bus| *bus != "default")
            .map(bus_name);
        let beginning = bus.map_or_else(|| "rule/".to_owned(), |bus| format!("rule/{bus}/"));
        naming.named("events", &beginning, "name")
    },
    id: Id::None,
    fields: &[
        field("name", "Name", Shape::Text),
        field("event_bus_name", "EventBusName", Shape::Text),
        field("schedule_expression", "ScheduleExpression", Shape::Text),
        field("event_pattern", "EventPattern", Shape::Text),
        field("role_arn", "RoleArn", Shape::Text),
    ],
    finish: |finish| {
        finish.set_new("Arn", finish.own.as_str());
        finish.set_new("State", "ENABLED");
        // Newer providers say `state`; what the other says follows from it.
        let state = finish
            .side()
            .text("state")
            .filter(|_| finish.is_set("state"))
            .map(str::to_owned);
        let enabled = finish
            .side()
            .flag("is_enabled")
            .filter(|_| finish.is_set("is_enabled"));
        let enabled =
            enabled.map(|enabled| if enabled { "ENABLED" } else { "DISABLED" }.to_owned());
        if let Some(state) = state.or(enabled) {
            finish.set("State", state);
        }
    },
    ..Whole::of(ResourceKind::EventRule)
};

fn bus_name(bus: &str) -> &str {
    bus.rsplit('/').next().unwrap_or(bus)
}

/// The default bus is not in the names of its rules.
fn rule_names(bus: Option<&str>, rule: Option<&str>) -> Option<String> {
    let rule = rule?;
    Some(
        match bus
            .map(bus_name)
            .filter(|bus| *bus != "default" && !rule.contains('/'))
        {
            Some(bus) => format!("{bus}/{rule}"),
            None => rule.to_owned(),
        },
    )
}

const CONSTRAINT: Shape = Shape::Blocks(&[
    field("type", "type", Shape::Text),
    field("expression", "expression", Shape::Text),
]);

const SPREAD: Shape = Shape::Blocks(&[
    field("type", "type", Shape::Text),
    field("field", "field", Shape::Text),
]);

const NETWORK: Field = field(
    "network_configuration",
    "NetworkConfiguration.awsvpcConfiguration",
    Shape::Block(&[
        field("subnets", "Subnets", Shape::Texts),
        field("security_groups", "SecurityGroups", Shape::Texts),
        field(
            "assign_public_ip",
            "AssignPublicIp",
            Shape::Word("ENABLED", "DISABLED"),
        ),
    ]),
);

const STRATEGY: Shape = Shape::Blocks(&[
    field("capacity_provider", "capacityProvider", Shape::Text),
    field("weight", "weight", Shape::Number),
    field("base", "base", Shape::Number),
]);

/// The two kinds name the last two blocks differently.
const fn ecs(constraints: &'static str, strategy: &'static str) -> [Field; 13] {
    [
        field("task_definition_arn", "TaskDefinitionArn", Shape::Text),
        field("task_count", "TaskCount", Shape::Number),
        field("launch_type", "LaunchType", Shape::Text),
        field("platform_version", "PlatformVersion", Shape::Text),
        field("group", "Group", Shape::Text),
        field("propagate_tags", "PropagateTags", Shape::Text),
        field(
            "enable_ecs_managed_tags",
            "EnableECSManagedTags",
            Shape::Flag,
        ),
        field(
            "enable_execute_command",
            "EnableExecuteCommand",
            Shape::Flag,
        ),
        field("reference_id", "ReferenceId", Shape::Text),
        NETWORK,
        field(
            "capacity_provider_strategy",
            "CapacityProviderStrategy",
            STRATEGY,
        ),
        field(constraints, "PlacementConstraints", CONSTRAINT),
        field(strategy, "PlacementStrategy", SPREAD),
    ]
}

const OF_RULE: [Field; 13] = ecs("placement_constraint", "ordered_placement_strategy");
const OF_SCHEDULE: [Field; 13] = ecs("placement_constraints", "placement_strategy");

const LIMITS: [Field; 2] = [
    field(
        "maximum_event_age_in_seconds",
        "MaximumEventAgeInSeconds",
        Shape::Number,
    ),
    field(
        "maximum_retry_attempts",
        "MaximumRetryAttempts",
        Shape::Number,
    ),
];

const TASK_TARGET: &[Field] = &[
    field("arn", "Arn", Shape::Text),
    field("role_arn", "RoleArn", Shape::Text),
    field("ecs_target", "EcsParameters", Shape::Block(&OF_RULE)),
    field(
        "dead_letter_config",
        "DeadLetterConfig",
        Shape::Block(&[field("arn", "Arn", Shape::Text)]),
    ),
    field("retry_policy", "RetryPolicy", Shape::Block(&LIMITS)),
];

/// A rule's targets are facts of the rule, those that start tasks.
pub(super) const EVENT_TARGET: Part = Part {
    kind: ResourceKind::EventRule,
    owners: |finder, side| {
        let name = rule_names(side.text("event_bus_name"), side.text("rule"));
        vec![name.map_or(Lookup::Nothing, |name| {
            finder.find(ResourceKind::EventRule, &[name])
        })]
    },
    remove: |owner| {
        let id = target_id(owner.side);
        list(owner.facts, "Targets").retain(|own| own["Id"] != id);
    },
    add: |owner| {
        let id = target_id(owner.side);
        list(owner.facts, "Targets").retain(|own| own["Id"] != id);
        let starts_tasks = owner.side.block("ecs_target").is_some();
        if !starts_tasks {
            return;
        }
        let mut made = whole(TASK_TARGET, owner.side.0);
        set(&mut made, "Id", id.into());
        overrides(&mut made, owner.side.text("input"));
        list(owner.facts, "Targets").push(made);
        for attribute in ["arn", "role_arn", "ecs_target"] {
            if owner.is_unknown(attribute) {
                owner.unknown.push("Targets".to_owned());
            }
        }
    },
    last: false,
};

/// Names in `input` of roles to take in the place of the task definition's; nothing else of it is kept.
fn overrides(made: &mut Value, input: Option<&str>) {
    let input = input.and_then(|input| serde_json::from_str::<Value>(input).ok());
    for (name, to) in [
        ("taskRoleArn", "OverrideTaskRoleArn"),
        ("executionRoleArn", "OverrideExecutionRoleArn"),
    ] {
        let role = input.as_ref().and_then(|input| input.get(name)?.as_str());
        if let Some(role) = role.filter(|role| Arn::parse(role).is_ok()) {
            set(made, to, role.into());
        }
    }
}

fn target_id(side: Side<'_>) -> String {
    side.text("target_id").unwrap_or("planned").to_owned()
}

pub(super) const SCHEDULE: Whole = Whole {
    names: |side| {
        let mut names = side.names(&["arn", "id"]);
        if let Some(name) = side.text("name") {
            names.push(format!(
                "{}/{name}",
                side.text("group_name").unwrap_or("default")
            ));
        }
        names
    },
    own: |naming| {
        let group = naming
            .side
            .text("group_name")
            .unwrap_or("default")
            .to_owned();
        naming.named("scheduler", &format!("schedule/{group}/"), "name")
    },
    id: Id::Name,
    fields: &[
        field("name", "Name", Shape::Text),
        field("group_name", "GroupName", Shape::Text),
        field("state", "State", Shape::Text),
        field("schedule_expression", "ScheduleExpression", Shape::Text),
        field(
            "schedule_expression_timezone",
            "ScheduleExpressionTimezone",
            Shape::Text,
        ),
        field("start_date", "StartDate", Shape::Text),
        field("end_date", "EndDate", Shape::Text),
        field("kms_key_arn", "KmsKeyArn", Shape::Text),
        field(
            "target",
            "Target",
            Shape::Block(&[
                field("arn", "Arn", Shape::Text),
                field("role_arn", "RoleArn", Shape::Text),
                field(
                    "ecs_parameters",
                    "EcsParameters",
                    Shape::Block(&OF_SCHEDULE),
                ),
                field(
                    "dead_letter_config",
                    "DeadLetterConfig",
                    Shape::Block(&[field("arn", "Arn", Shape::Text)]),
                ),
                field("retry_policy", "RetryPolicy", Shape::Block(&LIMITS)),
            ]),
        ),
    ],
    empty_when_new: &["start_date", "end_date"],
    finish: |finish| {
        finish.set_new("Arn", finish.own.as_str());
        if finish.is_new && finish.facts.get("State").is_none() {
            finish.set("State", "ENABLED");
        }
        if finish.writing.changes("target") {
            let input = finish
                .side()
                .block("target")
                .and_then(|target| target.text("input").map(str::to_owned));
            if let Some(target) = finish.facts.get_mut("Target") {
                overrides(target, input.as_deref());
            }
        }
    },
    ..Whole::of(ResourceKind::Schedule)
};

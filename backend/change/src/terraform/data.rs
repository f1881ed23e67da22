//! Log groups, parameters, secrets, keys, repositories, queues, and what is only matched.
//!
//! <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kms_key>

use blastmap_model::{
    ResourceKind,
    kinds::{dynamodb_table::DynamodbTable, sqs_queue::SqsQueue},
};
use serde_json::{Value, json};

use super::{
    fields::{Shape, field, list, set},
    mapping::{Finish, Id, Lacks, Owner, Part, Stated, Whole, owner},
    side::{Side, number},
};
use crate::{
    deletion::delete_at,
    policies::{account_decides, on_resource},
};

/// In the place of the time at which a deletion begins.
const ON_APPLY: &str = "when the change is applied";

fn put_policy(owner: &mut Owner<'_>, field: &str) {
    if owner.is_unknown("policy") {
        set(owner.facts, field, Value::Null);
        owner.unknown.push(field.to_owned());
        return;
    }
    let policy = owner.side.get("policy").unwrap_or(&Value::Null);
    set(owner.facts, field, on_resource(policy));
}

pub(super) const LOG_GROUP: Whole = Whole {
    own: |naming| naming.named("logs", "log-group:", "name"),
    id: Id::Name,
    fields: &[
        field("name", "logGroupName", Shape::Text),
        // 0 is for ever.
        field(
            "retention_in_days",
            "retentionInDays",
            Shape::Custom(|value| {
                number(value)
                    .filter(|days| *days != 0)
                    .map_or(Value::Null, Value::from)
            }),
        ),
        field("kms_key_id", "kmsKeyId", Shape::Text),
        field("log_group_class", "logGroupClass", Shape::Text),
    ],
    finish: |finish| finish.set_new("logGroupArn", finish.own.as_str()),
    delete: |workbench, id, side| {
        if side.flag("skip_destroy") != Some(true) {
            workbench.remove(id);
        }
    },
    stated: Some(Stated::WHOLE),
    ..Whole::of(ResourceKind::LogGroup)
};

pub(super) const PARAMETER: Whole = Whole {
    // A name that begins with a slash does not double it.
    own: |naming| {
        let slash = naming
            .side
            .text("name")
            .is_some_and(|name| name.starts_with('/'));
        naming.named(
            "ssm",
            if slash { "parameter" } else { "parameter/" },
            "name",
        )
    },
    id: Id::Name,
    fields: &[
        field("name", "Name", Shape::Text),
        field("type", "Type", Shape::Text),
        field("key_id", "KeyId", Shape::Text),
        field("description", "Description", Shape::Text),
        field("tier", "Tier", Shape::Text),
        field("data_type", "DataType", Shape::Text),
    ],
    finish: |finish| finish.set_new("ARN", finish.own.as_str()),
    stated: Some(Stated::WHOLE),
    ..Whole::of(ResourceKind::SsmParameter)
};

pub(super) const SECRET: Whole = Whole {
    // AWS appends six characters; whoever names it without them means it as well.
    own: |naming| naming.named("secretsmanager", "secret:", "name"),
    fields: &[
        field("name", "Name", Shape::Text),
        field("description", "Description", Shape::Text),
        field("kms_key_id", "KmsKeyId", Shape::Text),
        field("policy", "ResourcePolicy", Shape::Custom(on_resource)),
    ],
    empty_when_new: &["policy"],
    finish: |finish| finish.set_new("ARN", finish.own.as_str()),
    delete: |workbench, id, side| {
        if side.number("recovery_window_in_days") == Some(0) {
            workbench.remove(id);
        } else {
            delete_at(workbench, id, ON_APPLY);
        }
    },
    stated: Some(Stated::without(&[
        Lacks::Unset("policy", "ResourcePolicy"),
        Lacks::Unknown("SecretVersionsToStages"),
    ])),
    ..Whole::of(ResourceKind::Secret)
};

pub(super) const SECRET_VERSION: Part = Part {
    kind: ResourceKind::Secret,
    owners: |finder, side| {
        owner(
            finder,
            ResourceKind::Secret,
            side,
            &["secret_id", "secret_arn"],
        )
    },
    // The version that is current stays: AWS keeps one.
    remove: |_| {},
    add: |owner| {
        let versions = owner
            .facts
            .get("SecretVersionsToStages")
            .and_then(Value::as_object);
        if versions.is_none_or(serde_json::Map::is_empty) {
            set(
                owner.facts,
                "SecretVersionsToStages",
                json!({"planned": ["AWSCURRENT"]}),
            );
        }
    },
    last: false,
};

pub(super) const SECRET_POLICY: Part = Part {
    kind: ResourceKind::Secret,
    owners: |finder, side| owner(finder, ResourceKind::Secret, side, &["secret_arn", "id"]),
    remove: |owner| set(owner.facts, "ResourcePolicy", on_resource(&Value::Null)),
    add: |owner| put_policy(owner, "ResourcePolicy"),
    last: false,
};

pub(super) const KEY: Whole = Whole {
    names: |side| side.names(&["arn", "key_id", "id"]),
    own: |naming| naming.invented("kms", "key/"),
    id: Id::Last,
    fields: &[
        field("description", "Description", Shape::Text),
        field("key_usage", "KeyUsage", Shape::Text),
        field("customer_master_key_spec", "KeySpec", Shape::Text),
        field("multi_region", "MultiRegion", Shape::Flag),
        field("policy", "Policy", Shape::Custom(on_resource)),
    ],
    empty_when_new: &["policy"],
    finish: finish_key,
    delete: |workbench, id, _| {
        delete_at(workbench, id, ON_APPLY);
        workbench.change(id, |facts| set(facts, "DeletionDate", ON_APPLY.into()));
    },
    stated: Some(Stated::without(&[Lacks::Unset("policy", "Policy")])),
    ..Whole::of(ResourceKind::KmsKey)
};

fn finish_key(finish: &mut Finish<'_>) {
    if finish.is_new {
        finish.set("Arn", finish.own.as_str());
        finish.set("KeyId", finish.own.last_part());
        finish.set("KeyManager", "CUSTOMER");
        finish.set("KeyState", "Enabled");
        finish.set("Enabled", true);
        if finish.facts.get("Policy").is_none()
            && !finish.unknown.iter().any(|field| field == "Policy")
        {
            finish.set("Policy", on_resource(&account_decides(finish.own)));
        }
    }
    for attribute in ["is_enabled", "enabled"] {
        let enabled = finish
            .side()
            .flag(attribute)
            .filter(|_| finish.is_set(attribute));
        if let Some(enabled) = enabled {
            finish.set("Enabled", enabled);
            finish.set("KeyState", if enabled { "Enabled" } else { "Disabled" });
        }
    }
}

pub(super) const ALIAS: Part = Part {
    kind: ResourceKind::KmsKey,
    owners: |finder, side| {
        owner(
            finder,
            ResourceKind::KmsKey,
            side,
            &["target_key_arn", "target_key_id"],
        )
    },
    remove: |owner| {
        let name = alias_name(owner.side);
        list(owner.facts, "Aliases").retain(|alias| *alias != name);
    },
    add: |owner| {
        let name = alias_name(owner.side);
        let aliases = list(owner.facts, "Aliases");
        if !name.is_empty() && !aliases.iter().any(|alias| *alias == name) {
            aliases.push(name.into());
            aliases.sort_by(|one, other| one.as_str().cmp(&other.as_str()));
        }
    },
    last: false,
};

fn alias_name(side: Side<'_>) -> String {
    side.text("name")
        .or_else(|| side.text("id"))
        .unwrap_or_default()
        .to_owned()
}

pub(super) const KEY_POLICY: Part = Part {
    kind: ResourceKind::KmsKey,
    owners: |finder, side| owner(finder, ResourceKind::KmsKey, side, &["key_id", "id"]),
    // Terraform puts AWS's default policy in its place.
    remove: |owner| {
        set(
            owner.facts,
            "Policy",
            on_resource(&account_decides(owner.own)),
        );
    },
    add: |owner| put_policy(owner, "Policy"),
    last: false,
};

pub(super) const REPOSITORY: Whole = Whole {
    own: |naming| naming.named("ecr", "repository/", "name"),
    id: Id::Name,
    fields: &[
        field("name", "repositoryName", Shape::Text),
        field("image_tag_mutability", "imageTagMutability", Shape::Text),
        field(
            "encryption_configuration",
            "encryptionConfiguration",
            Shape::Block(&[
                field("encryption_type", "encryptionType", Shape::Text),
                field("kms_key", "kmsKey", Shape::Text),
            ]),
        ),
    ],
    finish: finish_repository,
    ..Whole::of(ResourceKind::EcrRepository)
};

pub(super) const PULL_THROUGH_CACHE_RULE: Whole = Whole {
    own: |naming| naming.named("ecr", "pull-through-cache-rule/", "ecr_repository_prefix"),
    id: Id::Name,
    names: |side| side.names(&["ecr_repository_prefix", "id"]),
    fields: &[
        field("ecr_repository_prefix", "ecrRepositoryPrefix", Shape::Text),
        field("upstream_registry_url", "upstreamRegistryUrl", Shape::Text),
        field(
            "upstream_repository_prefix",
            "upstreamRepositoryPrefix",
            Shape::Text,
        ),
        field("registry_id", "registryId", Shape::Text),
        field("credential_arn", "credentialArn", Shape::Text),
        field("custom_role_arn", "customRoleArn", Shape::Text),
    ],
    empty_when_new: &[
        "credential_arn",
        "custom_role_arn",
        "upstream_repository_prefix",
    ],
    ..Whole::of(ResourceKind::EcrPullThroughCacheRule)
};

fn finish_repository(finish: &mut Finish<'_>) {
    if !finish.is_new {
        return;
    }
    let (own, name) = (finish.own, finish.own.resource_name());
    finish.set("repositoryArn", own.as_str());
    finish.set("registryId", own.account());
    finish.set(
        "repositoryUri",
        format!(
            "{}.dkr.ecr.{}.amazonaws.com/{name}",
            own.account(),
            own.region()
        ),
    );
    finish.set("repositoryPolicy", json!({"Read": true}));
    // One that is made again is empty: no image that is in use is in it any more.
    let in_use = finish
        .old
        .and_then(|old| old.get("imagesInUse")?.as_array())
        .into_iter()
        .flatten();
    let gone: Vec<Value> = in_use
        .map(|image| json!({"named": image["named"], "exists": false}))
        .collect();
    finish.set("imagesInUse", gone);
}

pub(super) const REPOSITORY_POLICY: Part = Part {
    kind: ResourceKind::EcrRepository,
    owners: |finder, side| {
        owner(
            finder,
            ResourceKind::EcrRepository,
            side,
            &["repository", "id"],
        )
    },
    remove: |owner| {
        set(owner.facts, "repositoryPolicy", on_resource(&Value::Null));
    },
    add: |owner| put_policy(owner, "repositoryPolicy"),
    last: false,
};

/// Only another policy than it had becomes a fact: the same one has taken away already what it takes.
pub(super) const LIFECYCLE_POLICY: Part = Part {
    kind: ResourceKind::EcrRepository,
    owners: |finder, side| {
        owner(
            finder,
            ResourceKind::EcrRepository,
            side,
            &["repository", "id"],
        )
    },
    remove: |owner| set(owner.facts, "lifecyclePolicyText", Value::Null),
    add: |owner| {
        if owner.is_unknown("policy") {
            set(owner.facts, "lifecyclePolicyText", Value::Null);
            owner.unknown.push("lifecyclePolicyText".to_owned());
            return;
        }
        let same = owner.was.is_some_and(|was| {
            was.text("repository") == owner.side.text("repository")
                && was.document("policy") == owner.side.document("policy")
        });
        if !same {
            let policy = owner.side.document("policy");
            set(
                owner.facts,
                "lifecyclePolicyText",
                policy.unwrap_or_default(),
            );
        }
    },
    last: false,
};

pub(super) const QUEUE: Whole = Whole {
    own: |naming| naming.named("sqs", "", "name"),
    id: Id::None,
    fields: &[
        field("name", "QueueName", Shape::Text),
        field("policy", "Policy", Shape::Custom(on_resource)),
        field("redrive_policy", "RedrivePolicy", Shape::Document),
        field("kms_master_key_id", "KmsMasterKeyId", Shape::Text),
        field(
            "sqs_managed_sse_enabled",
            "SqsManagedSseEnabled",
            Shape::Flag,
        ),
        field(
            "visibility_timeout_seconds",
            "VisibilityTimeout",
            Shape::Number,
        ),
        field(
            "message_retention_seconds",
            "MessageRetentionPeriod",
            Shape::Number,
        ),
        field("fifo_queue", "FifoQueue", Shape::Flag),
    ],
    finish: |finish| {
        finish.set_new("QueueArn", finish.own.as_str());
        // So that a task definition of the same plan is known to name it.
        let mut named = SqsQueue::default();
        named.set_fingerprints(finish.own, finish.redactor);
        finish.set_new("AddressFingerprints", named.address_fingerprints);
        if let Some(fingerprint) = named.name_fingerprint {
            finish.set_new("NameFingerprint", fingerprint);
        }
    },
    ..Whole::of(ResourceKind::SqsQueue)
};

fn queue(finder: &mut dyn super::mapping::Find, side: Side<'_>) -> Vec<crate::Lookup> {
    let url = side
        .text("queue_url")
        .or_else(|| side.text("id"))
        .unwrap_or_default();
    let name = url.rsplit('/').next().unwrap_or(url).to_owned();
    vec![finder.find(ResourceKind::SqsQueue, &[name])]
}

pub(super) const QUEUE_POLICY: Part = Part {
    kind: ResourceKind::SqsQueue,
    owners: queue,
    remove: |owner| set(owner.facts, "Policy", on_resource(&Value::Null)),
    add: |owner| put_policy(owner, "Policy"),
    last: false,
};

pub(super) const QUEUE_REDRIVE: Part = Part {
    kind: ResourceKind::SqsQueue,
    owners: queue,
    remove: |owner| set(owner.facts, "RedrivePolicy", Value::Null),
    add: |owner| {
        let policy = owner.side.document("redrive_policy");
        set(owner.facts, "RedrivePolicy", policy.unwrap_or_default());
    },
    last: false,
};

pub(super) const TABLE: Whole = Whole {
    own: |naming| naming.named("dynamodb", "table/", "name"),
    id: Id::Name,
    fields: &[field("name", "TableName", Shape::Text)],
    finish: |finish| {
        // So that a task definition of the same plan is known to name it.
        let named = DynamodbTable::named(finish.own, finish.redactor);
        finish.set_new("TableArn", named.table_arn);
        finish.set_new("AddressFingerprint", named.address_fingerprint);
        finish.set_new("NameFingerprint", named.name_fingerprint);
    },
    ..Whole::of(ResourceKind::DynamodbTable)
};

/// Of streams nothing is read: they are known by name, to tell who sends logs to one that is deleted.
pub(super) const STREAM: Whole = Whole {
    own: |naming| naming.named("kinesis", "stream/", "name"),
    ..Whole::of(ResourceKind::KinesisStream)
};

pub(super) const DELIVERY_STREAM: Whole = Whole {
    own: |naming| naming.named("firehose", "deliverystream/", "name"),
    ..Whole::of(ResourceKind::FirehoseStream)
};

pub(super) const BUCKET: Whole = Whole {
    names: |side| side.names(&["arn", "bucket", "id"]),
    own: |naming| naming.named("s3", "", "bucket"),
    id: Id::Last,
    ..Whole::of(ResourceKind::S3Bucket)
};

pub(super) const BUCKET_POLICY: Part = Part {
    kind: ResourceKind::S3Bucket,
    owners: |finder, side| owner(finder, ResourceKind::S3Bucket, side, &["bucket", "id"]),
    remove: |owner| set(owner.facts, "Policy", Value::Null),
    add: |owner| {
        let policy = owner.side.document("policy");
        set(owner.facts, "Policy", policy.unwrap_or_default());
    },
    last: false,
};

/// An object, of which only its deletion matters: a task that names it as an environment file does not start without it.
pub(super) const OBJECT: Part = Part {
    kind: ResourceKind::S3Bucket,
    owners: |finder, side| owner(finder, ResourceKind::S3Bucket, side, &["bucket"]),
    remove: |owner| {
        let Some(key) = owner.side.text("key") else {
            return;
        };
        let keys = list(owner.facts, "DeletedKeys");
        keys.push(key.into());
        keys.sort_by(|one, other| one.as_str().cmp(&other.as_str()));
        keys.dedup();
    },
    add: |owner| {
        let key = owner.side.text("key");
        list(owner.facts, "DeletedKeys").retain(|own| own.as_str() != key);
    },
    last: false,
};

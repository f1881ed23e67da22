//! Images, secrets, keys, logs, volumes and names: what a start reads.

use blastmap_judge::{
    Level,
    Outcome::{AtRisk, Degraded, Down, FailsOnNextStart},
    estate::{
        Estate, allow, arn, ec2, gone, iam, patched, planned, together, trust, web_definition,
    },
};
use blastmap_model::{
    Phase::{Run, Start},
    kinds::{
        ecr_repository::{EcrRepository, ImageInUse, StoredImage},
        ecs_service::EcsService,
        ecs_task::{Container, EcsTask},
        ecs_task_definition::{
            ContainerDefinition, EcsTaskDefinition, EnvironmentFile, SecretReference,
        },
        iam_role::IamRole,
        kms_key::KmsKey,
        log_group::LogGroup,
    },
};
use serde_json::json;

use crate::{estates::*, harness::*};

/// A new revision of the service's definition, to which the service moves.
pub(crate) fn rolled(
    name: &'static str,
    estate: Estate,
    change: impl Fn(&mut EcsTaskDefinition) + 'static,
) -> Case {
    edited(name, estate, move |snapshot| {
        let old = snapshot
            .inventory()
            .find(&definition())
            .expect("a definition");
        let mut new: EcsTaskDefinition = snapshot.resource(old).attributes.facts().expect("facts");
        let id = arn("ecs", "task-definition/web:2");
        new.task_definition_arn.clone_from(&id);
        new.revision = 2;
        change(&mut new);
        let moved = patched::<EcsService>(snapshot, &service(), |own| {
            own.task_definition = Some(id.clone())
        });
        together([planned(&id, &id, &new), moved])
    })
}

fn container(
    change: impl Fn(&mut ContainerDefinition) + 'static,
) -> impl Fn(&mut EcsTaskDefinition) {
    move |own| change(&mut own.container_definitions[0])
}

/// Repository `web` with three images, of which the oldest is in use.
fn with_images() -> Estate {
    nat().with::<EcrRepository>(&arn("ecr", "repository/web"), |own| {
        let image = |digest: &str, tags: &[&str], month: u8| StoredImage {
            image_digest: digest.to_owned(),
            image_tags: tags.iter().map(ToString::to_string).collect(),
            image_pushed_at: Some(format!("1969-{month:02}-01T00:00:00Z")),
            ..StoredImage::default()
        };
        own.images = Some(vec![
            image("sha256:1111", &["1.0"], 7),
            image("sha256:2222", &["feature-1"], 8),
            image("sha256:3333", &[], 9),
        ]);
    })
}

/// A rule of a lifecycle policy.
fn expire(
    priority: u8,
    mut selection: serde_json::Value,
    count: &str,
    number: u8,
) -> serde_json::Value {
    selection["countType"] = json!(count);
    selection["countNumber"] = json!(number);
    json!({"rulePriority": priority, "selection": selection, "action": {"type": "expire"}})
}

fn lifecycle(rules: &[serde_json::Value]) -> serde_json::Value {
    json!({"repository": "web", "policy": json!({ "rules": rules }).to_string()})
}

pub(crate) fn cases() -> Vec<Case> {
    let group = arn("logs", "log-group:/ecs/web");
    let repository = arn("ecr", "repository/web");
    let fails = |case: Case| {
        case.hits(&service(), FailsOnNextStart, Start)
            .share(0, 2)
            .level(Level::High)
    };
    let digest = |own: &mut EcrRepository| {
        own.images_in_use.push(ImageInUse {
            named: "sha256:1111".to_owned(),
            exists: true,
            image_digest: Some("sha256:1111".to_owned()),
            ..ImageInUse::default()
        });
    };
    let arm =
        |own: &mut EcrRepository| own.images_in_use[0].platforms = vec!["linux/amd64".to_owned()];
    let creates_group = nat().with::<EcsTaskDefinition>(&definition(), |own| {
        let log = own.container_definitions[0]
            .log_configuration
            .as_mut()
            .expect("logs");
        log.options
            .insert("awslogs-create-group".to_owned(), "true".to_owned());
    });
    let may_create = creates_group
        .clone()
        .with::<IamRole>(&execution_role(), |own| {
            own.role_policy_list[0].policy_document = allow(&["ecr:*", "logs:*"], &["*"]);
        });
    let by_stage = |stage: &'static str| {
        container(move |own| own.secrets[1].value_from = format!("{}::{stage}:", secret()))
    };
    let with_file = nat()
        .with::<EcsTaskDefinition>(&definition(), |own| {
            own.container_definitions[0].environment_files = vec![EnvironmentFile {
                value: "arn:aws:s3:::settings/web.env".to_owned(),
                r#type: "s3".to_owned(),
            }];
        })
        .with::<IamRole>(&execution_role(), |own| {
            own.role_policy_list
                .push(blastmap_model::kinds::iam_role::InlinePolicy {
                    policy_name: "settings".to_owned(),
                    policy_document: allow(
                        &["s3:GetObject", "s3:GetBucketLocation"],
                        &["arn:aws:s3:::settings", "arn:aws:s3:::settings/*"],
                    ),
                });
        });
    vec![
        // Images.
        fails(resources("the repository is deleted", nat(), [delete(&repository)])).by("image-exists"),
        // Of a tag that nothing named when the repository was read, nobody knows.
        rolled("a new revision names a tag that nothing named before", nat(), container(|own| {
            own.image = own.image.replace(":1.0", ":9.9");
        }))
        .hits(&service(), AtRisk, Start).by("image-exists"),
        fails(rolled("a new revision names a tag that nobody pushed", nat().with::<EcrRepository>(&repository, |own| {
            own.images_in_use.push(ImageInUse { named: "9.9".to_owned(), exists: false, ..ImageInUse::default() });
        }), container(|own| own.image = own.image.replace(":1.0", ":9.9"))))
        .by("image-exists"),
        resources("the repository's tags become immutable", nat(), [update(&repository, json!({"imageTagMutability": "IMMUTABLE"}))]),
        rolled("a new revision names the image by its digest", nat().with(&repository, digest), container(|own| {
            own.image = own.image.replace(":1.0", "@sha256:1111");
        })),
        fails(rolled("an image for x86 alone on ARM64", nat().with(&repository, arm), |own| {
            own.runtime_platform = Some(blastmap_model::kinds::ecs_task_definition::RuntimePlatform {
                cpu_architecture: Some("ARM64".to_owned()),
                operating_system_family: Some("LINUX".to_owned()),
            });
        }))
        .by("image-platform"),
        rolled("an image for both on ARM64", nat().with::<EcrRepository>(&repository, |own| {
            own.images_in_use[0].platforms = vec!["linux/amd64".to_owned(), "linux/arm64".to_owned()];
        }), |own| {
            own.runtime_platform = Some(blastmap_model::kinds::ecs_task_definition::RuntimePlatform {
                cpu_architecture: Some("ARM64".to_owned()),
                operating_system_family: Some("LINUX".to_owned()),
            });
        }),
        // Environment files.
        fails(terraform("an environment file is deleted", with_file.clone(), [tf_delete(
            "aws_s3_object",
            json!({"id": "web.env", "bucket": "settings", "key": "web.env"}),
        )]))
        .by("environment-files-exist"),
        fails(resources("the bucket of an environment file is deleted", with_file.clone(), [delete("arn:aws:s3:::settings")]))
            .by("environment-files-exist"),
        terraform("another object of the bucket is deleted", with_file.clone(), [tf_delete(
            "aws_s3_bucket_object",
            json!({"id": "api.env", "bucket": "settings", "key": "api.env"}),
        )]),
        terraform("an environment file gets other content", with_file.clone(), [tf_update(
            "aws_s3_object",
            json!({"id": "web.env", "bucket": "settings", "key": "web.env", "etag": "1"}),
            json!({"etag": "2"}),
        )]),
        // Lifecycle policies.
        fails(terraform("a lifecycle policy keeps fewer images than are newer than the one in use", with_images(), [tf_create(
            "aws_ecr_lifecycle_policy",
            lifecycle(&[expire(1, json!({"tagStatus": "any"}), "imageCountMoreThan", 2)]),
        )]))
        .by("image-kept"),
        fails(resources("a lifecycle policy keeps images for a month", with_images(), [update(&repository, json!({
            "lifecyclePolicyText": {"rules": [expire(1, json!({"tagStatus": "any"}), "sinceImagePushed", 30)]},
        }))]))
        .by("image-kept"),
        // The tag has moved on; the deployment has not.
        fails(terraform(
            "a lifecycle policy expires the untagged image to which the deployment is held",
            with_images().with::<EcsTask>(&arn("ecs", "task/main/1"), |own| {
                own.containers = vec![Container {
                    name: Some("web".to_owned()),
                    image_digest: Some("sha256:3333".to_owned()),
                    ..Container::default()
                }];
            }),
            [tf_create("aws_ecr_lifecycle_policy", lifecycle(&[expire(1, json!({"tagStatus": "untagged"}), "sinceImagePushed", 7)]))],
        ))
        .by("image-kept"),
        terraform("a lifecycle policy expires untagged images alone", with_images(), [tf_create(
            "aws_ecr_lifecycle_policy",
            lifecycle(&[expire(1, json!({"tagStatus": "untagged"}), "sinceImagePushed", 7)]),
        )]),
        terraform("a first rule keeps what a later one would expire", with_images(), [tf_create(
            "aws_ecr_lifecycle_policy",
            lifecycle(&[
                expire(1, json!({"tagStatus": "tagged", "tagPatternList": ["*.*"]}), "imageCountMoreThan", 9),
                expire(2, json!({"tagStatus": "any"}), "imageCountMoreThan", 1),
            ]),
        )]),
        terraform("a lifecycle policy is written otherwise", with_images(), [tf_update(
            "aws_ecr_lifecycle_policy",
            lifecycle(&[expire(1, json!({"tagStatus": "any"}), "imageCountMoreThan", 2)]),
            json!({"policy": json!({"rules": [expire(1, json!({"tagStatus": "any"}), "imageCountMoreThan", 2)]}).to_string() + " "}),
        )]),
        terraform("a lifecycle policy goes", with_images(), [tf_delete(
            "aws_ecr_lifecycle_policy",
            lifecycle(&[expire(1, json!({"tagStatus": "any"}), "imageCountMoreThan", 2)]),
        )]),
        terraform("a lifecycle policy that only the apply will tell", with_images(), [tf_unknown(
            "aws_ecr_lifecycle_policy",
            lifecycle(&[]),
            json!({"policy": true}),
        )])
        .hits(&service(), AtRisk, Start).by("image-kept"),
        // Definitions.
        edited("a revision that nobody runs is deregistered", nat(), |_| {
            let mut own = web_definition();
            own.task_definition_arn = arn("ecs", "task-definition/web:7");
            own.revision = 7;
            own.status = Some("INACTIVE".to_owned());
            planned(&own.task_definition_arn.clone(), &own.task_definition_arn.clone(), &own)
        }),
        resources("the revision that the service runs is deregistered", nat(), [update(&definition(), json!({"status": "INACTIVE"}))]),
        // Secrets and parameters.
        fails(terraform("the parameter is deleted", nat(), [tf_delete("aws_ssm_parameter", json!({
            "id": "/prod/url", "name": "/prod/url", "arn": parameter(), "type": "String",
        }))]))
        .by("secrets-exist"),
        fails(terraform("the secret is made again under its name", nat(), [tf_replace("aws_secretsmanager_secret", json!({
            "id": secret(), "arn": secret(), "name": "prod/db",
        }), json!({"name": "prod/db"}))]))
        .by("secrets-exist"),
        fails(resources("the secret is scheduled for deletion", nat(), [update(&secret(), json!({"DeletedDate": "2026-12-01T00:00:00Z"}))])),
        fails(resources("nobody reads this parameter, but another's is deleted too", nat(), [
            create(&arn("ssm", "parameter/prod/other"), json!({"Name": "/prod/other", "Type": "String"})),
            delete(&parameter()),
        ])),
        edited("the parameter goes and with it the reference", nat(), |snapshot| {
            let id = arn("ecs", "task-definition/web:2");
            let mut new = web_definition();
            new.task_definition_arn.clone_from(&id);
            new.revision = 2;
            new.container_definitions[0].secrets.remove(0);
            together([
                gone(&parameter()),
                planned(&id, &id, &new),
                patched::<EcsService>(snapshot, &service(), |own| own.task_definition = Some(id.clone())),
            ])
        }),
        resources("the parameter's text of description changes", nat(), [update(&parameter(), json!({"Description": "where the database is"}))]),
        resources("the secret rotates", nat(), [update(&secret(), json!({
            "SecretVersionsToStages": {"v1": ["AWSPREVIOUS"], "v2": ["AWSCURRENT"]}, "RotationEnabled": true,
        }))]),
        rolled("the version of a secret by a stage that it has", nat(), by_stage("AWSCURRENT")),
        fails(rolled("the version of a secret by a stage that it has not", nat(), by_stage("BLUE"))),
        fails(rolled("a new revision reads a secret that is not there", nat(), container(|own| {
            own.secrets.push(SecretReference { name: "NEW".to_owned(), value_from: arn("ssm", "parameter/prod/nowhere") });
        }))),
        edited("a new revision reads a parameter that the same plan makes", nat(), |snapshot| {
            let id = arn("ecs", "task-definition/web:2");
            let mut new = web_definition();
            new.task_definition_arn.clone_from(&id);
            new.revision = 2;
            let name = arn("ssm", "parameter/prod/new");
            new.container_definitions[0].secrets.push(SecretReference { name: "NEW".to_owned(), value_from: name.clone() });
            let facts = blastmap_model::kinds::ssm_parameter::SsmParameter {
                arn: Some(name.clone()), name: "/prod/new".to_owned(), r#type: Some("String".to_owned()),
                ..blastmap_model::kinds::ssm_parameter::SsmParameter::default()
            };
            together([
                planned(&name, &name, &facts),
                planned(&id, &id, &new),
                patched::<EcsService>(snapshot, &service(), |own| own.task_definition = Some(id.clone())),
            ])
        }),
        terraform("a parameter that nobody reads is made", nat(), [tf_create("aws_ssm_parameter", json!({
            "name": "/prod/new", "type": "String",
        }))]),
        resources("the parameter that was lacking is made", nat().missing(&parameter()), [create(&parameter(), json!({
            "Name": "/prod/url", "Type": "String",
        }))])
        .mends(&service()),
        // Keys.
        fails(resources("the secret's key is disabled", with_key(nat()), [update(&key(), json!({"KeyState": "Disabled", "Enabled": false}))]))
            .by("keys-usable"),
        fails(resources("the secret's key is scheduled for deletion", with_key(nat()), [update(&key(), json!({"KeyState": "PendingDeletion", "Enabled": false}))])),
        fails(edited("the key's policy no longer gives its account the say", with_key(nat()), |snapshot| {
            patched::<KmsKey>(snapshot, &key(), |own| {
                own.policy = Some(blastmap_model::kinds::resource_policy::ResourcePolicy::of(json!({"Version": "2012-10-17", "Statement": [
                    {"Effect": "Allow", "Principal": {"AWS": iam("role/admin")}, "Action": "kms:*", "Resource": "*"},
                ]})));
            })
        })),
        resources("the key's alias moves to another name", with_key(nat()), [update(&key(), json!({"Aliases": ["alias/production"]}))]),
        resources("the key's description changes", with_key(nat()), [update(&key(), json!({"Description": "of the secrets"}))]),
        fails(edited("the execution role may no longer decrypt", with_key(nat()), |snapshot| {
            patched::<IamRole>(snapshot, &execution_role(), |own| own.role_policy_list.retain(|own| own.policy_name != "key"))
        }))
        .by("secrets-allowed"),
        // Logs.
        fails(terraform("the log group is deleted", nat(), [tf_delete("aws_cloudwatch_log_group", json!({
            "id": "/ecs/web", "name": "/ecs/web", "arn": group,
        }))]))
        .by("log-group-exists"),
        resources("a log group that the driver may make again is deleted", may_create, [delete(&group)]),
        fails(resources("a log group that the driver would make, but may not, is deleted", creates_group, [delete(&group)])),
        edited("the log group keeps its lines for a shorter time", nat(), move |snapshot| {
            patched::<LogGroup>(snapshot, &arn("logs", "log-group:/ecs/web"), |own| own.retention_in_days = Some(1))
        }),
        // Environment files.
        fails(edited("the execution role may not read the file of environment variables", with_file.clone(), |snapshot| {
            patched::<IamRole>(snapshot, &execution_role(), |own| own.role_policy_list.retain(|own| own.policy_name != "settings"))
        }))
        .by("environment-files-allowed"),
        resources("the file of environment variables has a new description on its role", with_file, [update(&execution_role(), json!({"Path": "/"}))]),
        // Volumes.
        resources("one of two mount targets is deleted", with_volume(false), [delete("fsmt-b")])
            .hits(&service(), Degraded, Run).share(1, 2).by("volumes-there"),
        resources("the mount target of a zone in which no task runs is deleted", with_volume(false).without(&arn("ecs", "task/main/2")).without(&ec2("eni-2")), [delete("fsmt-b")])
            .hits(&service(), FailsOnNextStart, Start).by("volumes-reachable"),
        fails(resources("the access point is deleted", with_volume(false), [delete(&access_point())])),
        fails(edited("the mount targets' group lets NFS in no more", with_volume(false), |snapshot| {
            patched::<blastmap_model::kinds::security_group::SecurityGroup>(snapshot, &ec2("sg-efs"), |own| own.ip_permissions.clear())
        })),
        fails(resources("a file system's policy refuses who mounts by IAM", with_volume(true), [update(&file_system(), json!({
            "FileSystemPolicy": {"read": true, "document": {"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Principal": {"AWS": iam("role/other")}, "Action": "elasticfilesystem:*"},
            ]}},
        }))])),
        resources("the file system gets another name", with_volume(false), [update(&file_system(), json!({"Name": "shared"}))]),
        resources("the file system is deleted", with_volume(false), [delete(&file_system())])
            .hits(&service(), Down, Run).by("volumes-there"),
        edited("the group of the mount targets closes, and the file system's access point has nobody to serve", with_volume(false), |snapshot| together([
            patched::<blastmap_model::kinds::security_group::SecurityGroup>(snapshot, &ec2("sg-efs"), |own| own.ip_permissions.clear()),
        ]))
        .hits(&service(), FailsOnNextStart, Start).by("mount-target-serves"),
        resources("the file system of an access point is deleted", with_volume(true), [delete(&file_system())])
            .hits(&service(), Down, Run).by("access-point-serves"),
        fails(edited("the role with which ECS makes the tasks' volumes trusts tasks alone", with_made_volume(), |snapshot| {
            patched::<IamRole>(snapshot, &iam("role/volumes"), |own| own.assume_role_policy_document = trust("ecs-tasks.amazonaws.com"))
        }))
        .by("volumes-attached"),
        fails(resources("the role with which ECS makes the tasks' volumes is deleted", with_made_volume(), [delete(&iam("role/volumes"))])),
        edited("the role with which ECS makes the tasks' volumes may do more", with_made_volume(), |snapshot| {
            patched::<IamRole>(snapshot, &iam("role/volumes"), |own| own.role_policy_list[0].policy_document = allow(&["ec2:*"], &["*"]))
        }),
        // Names.
        resources("the service's name in Cloud Map is deleted while tasks are registered", with_discovery(), [delete(&registry())])
            .refused("cloud-map-service-in-use"),
        terraform("the service's name in Cloud Map is deleted by force", with_discovery(), [
            tf_delete("aws_service_discovery_service", json!({"arn": registry(), "id": "srv-1", "name": "web", "force_destroy": true})),
        ])
            .hits(&service(), FailsOnNextStart, Start)
            .by("discovery-exists"),
        resources("the name in Cloud Map gets a longer lifetime", with_discovery(), [update(&registry(), json!({
            "DnsConfig": {"DnsRecords": [{"Type": "A", "TTL": 60}]},
        }))]),
    ]
}

//! Launch templates: each change is a version of its own.
//!
//! <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/launch_template>

use blastmap_model::ResourceKind;

use super::{
    fields::{Field, Shape, field, list, whole},
    mapping::{Finish, Id, Whole},
};

/// What a version is made of; never its user data.
const VERSION: &[Field] = &[
    field("latest_version", "VersionNumber", Shape::Number),
    field("image_id", "ImageId", Shape::Text),
    field("instance_type", "InstanceType", Shape::Text),
    field(
        "iam_instance_profile",
        "IamInstanceProfile",
        Shape::Block(&[
            field("arn", "Arn", Shape::Text),
            field("name", "Name", Shape::Text),
        ]),
    ),
    field("vpc_security_group_ids", "SecurityGroupIds", Shape::Texts),
    field(
        "network_interfaces",
        "NetworkInterfaces",
        Shape::Blocks(&[
            field("subnet_id", "SubnetId", Shape::Text),
            field("security_groups", "Groups", Shape::Texts),
        ]),
    ),
];

pub(super) const TEMPLATE: Whole = Whole {
    own: |naming| naming.invented("ec2", "launch-template/"),
    id: Id::Last,
    fields: &[field("name", "LaunchTemplateName", Shape::Text)],
    finish,
    ..Whole::of(ResourceKind::LaunchTemplate)
};

fn finish(finish: &mut Finish<'_>) {
    finish.set_new("LaunchTemplateId", finish.own.last_part());
    let changes = |own: &Field| finish.writing.changes(own.from);
    if !VERSION.iter().any(changes) {
        return;
    }
    let version = whole(VERSION, finish.writing.after);
    // Whoever asks for a version by its number keeps it.
    let versions = list(finish.facts, "Versions");
    versions.retain(|own| own["VersionNumber"] != version["VersionNumber"]);
    versions.push(version);
}

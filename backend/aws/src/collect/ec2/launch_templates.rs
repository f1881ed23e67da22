//! Launch templates that Auto Scaling groups name, in the versions that they name. User data is never read.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::types::{
    LaunchTemplateVersion as SdkVersion, ResponseLaunchTemplateData as SdkData,
};
use blastmap_model::{
    Found, InventoryBuilder, ResourceId, ResourceKind, Scope, Source,
    kinds::{
        auto_scaling_group::AutoScalingGroup,
        launch_template::{
            InterfaceOfTemplate, LaunchTemplate, LaunchTemplateVersion, ProfileOfTemplate,
        },
    },
};
use futures_util::{StreamExt as _, stream};

use super::arn;
use crate::{
    clients::Clients,
    collect::{Action, Collector, Place, Wanted, not_read, owned, text},
    error::CallError,
    pages::{Page, Pages},
};

const API: &str = "ec2:DescribeLaunchTemplateVersions";

const KINDS: &[ResourceKind] = &[ResourceKind::LaunchTemplate];

/// What AWS calls a template that it does not have.
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>
const GONE: &[&str] = &[
    "InvalidLaunchTemplateId.NotFound",
    "InvalidLaunchTemplateId.NotFoundException",
    "InvalidLaunchTemplateName.NotFoundException",
];

/// One of the versions, or the only one, is not there.
const NO_SUCH_VERSION: &[&str] = &["InvalidLaunchTemplateId.VersionNotFound"];

pub(in crate::collect) const LAUNCH_TEMPLATES: Collector = Collector {
    kinds: KINDS,
    actions: &[Action {
        name: API,
        reads: &[
            "launchTemplateVersionSet",
            "launchTemplateId",
            "launchTemplateName",
            "versionNumber",
            "defaultVersion",
            "launchTemplateData",
            "imageId",
            "instanceType",
            "iamInstanceProfile",
            "arn",
            "name",
            "securityGroupIdSet",
            "networkInterfaceSet",
            "subnetId",
            "groupSet",
            "groupId",
            "nextToken",
        ],
    }],
    place: Place::Region,
    wanted: Some(wanted),
    never_changes: None,
    collect: |clients, wanted, found| Box::pin(collect(clients, wanted, found)),
};

/// The parts are the versions, as the groups name them.
fn wanted(builder: &InventoryBuilder, scope: &Scope) -> Vec<Wanted> {
    let mut wanted = Wanted::unseen(builder, ResourceKind::LaunchTemplate, scope);
    if wanted.is_empty() {
        return wanted;
    }
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for group in builder.kept(ResourceKind::AutoScalingGroup, scope) {
        let Ok(facts) = group.attributes.facts::<AutoScalingGroup>() else {
            continue;
        };
        for (template, _) in facts.launch_templates() {
            let named = template.named().unwrap_or_default().to_owned();
            let version = template.version().to_owned();
            versions.entry(named).or_default().insert(version);
        }
    }
    for own in &mut wanted {
        own.parts = versions.remove(name_of(&own.id)).unwrap_or_default();
    }
    wanted
}

/// The template's id or, where a group says no more, its name.
fn name_of(id: &ResourceId) -> &str {
    let (_, name) = id.as_str().rsplit_once('/').unwrap_or_default();
    name
}

async fn collect(
    clients: &Clients,
    wanted: Vec<Wanted>,
    found: &mut Found,
) -> Result<(), CallError> {
    let mut answers = stream::iter(wanted)
        .map(|wanted| async move {
            let read = template(clients, &wanted).await;
            (wanted, read)
        })
        .buffer_unordered(8);
    while let Some((wanted, read)) = answers.next().await {
        match read {
            Ok(facts) => {
                let id = Some(facts.launch_template_id.as_str());
                let id = id.filter(|id| !id.is_empty());
                match arn(clients, "launch-template", None, id) {
                    Some(arn) => found.offer(&arn, &facts, [], Source::of(API)),
                    None => found.unreadable(wanted.id),
                }
            }
            Err(error) => not_read(&error, wanted.id, GONE, KINDS, clients, found),
        }
    }
    Ok(())
}

/// One call for all versions that groups name; where one of them is not there, one call each, as AWS then answers none.
async fn template(clients: &Clients, wanted: &Wanted) -> Result<LaunchTemplate, CallError> {
    let name = name_of(&wanted.id);
    let mut facts = LaunchTemplate::default();
    if name.starts_with("lt-") {
        name.clone_into(&mut facts.launch_template_id);
    }
    let all: Vec<String> = wanted.parts.iter().cloned().collect();
    match versions(clients, name, &all).await {
        Ok(answered) => describe(&answered, &mut facts),
        Err(error) if !error.has_code(NO_SUCH_VERSION) => return Err(error),
        Err(_none_at_all) => {
            for version in all {
                match versions(clients, name, std::slice::from_ref(&version)).await {
                    Ok(answered) => describe(&answered, &mut facts),
                    Err(error) if error.has_code(NO_SUCH_VERSION) => {
                        facts.missing_versions.push(version);
                    }
                    Err(error) => return Err(error),
                }
            }
        }
    }
    // `$Latest` and a number may mean one version.
    facts.versions.sort_by_key(|own| own.version_number);
    facts.versions.dedup_by_key(|own| own.version_number);
    Ok(facts)
}

async fn versions(
    clients: &Clients,
    name: &str,
    versions: &[String],
) -> Result<Vec<SdkVersion>, CallError> {
    let (mut answered, mut pages) = (Vec::new(), Pages::of(API));
    while let Some(Page(token)) = pages.next() {
        let request = clients.ec2.describe_launch_template_versions();
        let request = if name.starts_with("lt-") {
            request.launch_template_id(name)
        } else {
            request.launch_template_name(name)
        };
        let request = request
            .set_versions(Some(versions.to_vec()))
            .set_next_token(token);
        let answer = clients.call(API, request.send()).await?;
        answered.extend_from_slice(answer.launch_template_versions());
        pages.turn(answer.next_token())?;
    }
    Ok(answered)
}

fn describe(answered: &[SdkVersion], facts: &mut LaunchTemplate) {
    for version in answered {
        if let Some(id) = version.launch_template_id() {
            id.clone_into(&mut facts.launch_template_id);
        }
        if let Some(name) = version.launch_template_name() {
            name.clone_into(&mut facts.launch_template_name);
        }
        let mut own = LaunchTemplateVersion {
            version_number: version.version_number().unwrap_or_default(),
            default_version: version.default_version(),
            ..LaunchTemplateVersion::default()
        };
        if let Some(data) = version.launch_template_data() {
            describe_data(data, &mut own);
        }
        facts.versions.push(own);
    }
}

fn describe_data(data: &SdkData, version: &mut LaunchTemplateVersion) {
    version.image_id = owned(data.image_id());
    version.instance_type = text!(data.instance_type());
    version.iam_instance_profile = data.iam_instance_profile().map(|own| ProfileOfTemplate {
        arn: owned(own.arn()),
        name: owned(own.name()),
    });
    version.security_group_ids = data.security_group_ids().to_vec();
    let interfaces = data.network_interfaces().iter();
    version.network_interfaces = interfaces
        .map(|own| InterfaceOfTemplate {
            subnet_id: owned(own.subnet_id()),
            groups: own.groups().to_vec(),
        })
        .collect();
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::types::InstanceType;

    use super::*;

    #[test]
    fn user_data_is_left_behind() {
        let data = SdkData::builder()
            .image_id("ami-1")
            .instance_type(InstanceType::M5Large)
            .user_data("aHVudGVyMg==")
            .security_group_ids("sg-1");
        let version = SdkVersion::builder()
            .launch_template_id("lt-1")
            .launch_template_name("hosts")
            .version_number(3)
            .launch_template_data(data.build());
        let mut facts = LaunchTemplate::default();
        describe(&[version.build()], &mut facts);
        assert_eq!(facts.launch_template_id, "lt-1");
        let [version] = facts.versions.as_slice() else {
            panic!("{facts:?}")
        };
        let told = (version.version_number, version.instance_type.as_deref());
        assert_eq!(told, (3, Some("m5.large")));
        assert!(!format!("{facts:?}").contains("aHVudGVyMg"), "{facts:?}");
    }
}

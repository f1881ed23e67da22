//! IAM roles that something names, with their policies: all at once where that is allowed, else one by one.

use aws_sdk_iam::types::{
    AttachedPolicy as SdkAttachedPolicy, EntityType, InstanceProfile, ManagedPolicyDetail,
    RoleDetail, Tag,
};
use blastmap_model::{
    Arn, Found, Redactor, ResourceKind, Source,
    kinds::{
        iam_instance_profile::{IamInstanceProfile, RoleOfProfile},
        iam_policy::IamPolicy,
        iam_role::{AttachedPolicy, IamRole, InlinePolicy, PermissionsBoundary},
    },
};
use futures_util::{StreamExt as _, stream};

use super::{Action, Collector, Place, Wanted, not_read, owned, text, time};
use crate::{
    clients::Clients,
    error::CallError,
    pages::{Page, Pages},
    policy,
};

const KINDS: &[ResourceKind] = &[ResourceKind::IamRole, ResourceKind::IamPolicy];
/// Found by what their roles may do.
const STARTERS: &[ResourceKind] = &[ResourceKind::LambdaFunction, ResourceKind::StateMachine];
const PROFILE: &[ResourceKind] = &[ResourceKind::IamInstanceProfile];
/// What AWS says of a name that it does not know.
const GONE: &[&str] = &["NoSuchEntity", "NoSuchEntityException"];
const ALL: &str = "iam:GetAccountAuthorizationDetails";
const ONE_PROFILE: &str = "iam:GetInstanceProfile";

/// Every role and policy of the account. Where it fails, the collectors below ask one by one for what is needed.
pub(super) const DETAILS: Collector = Collector {
    kinds: KINDS,
    actions: &[Action {
        name: ALL,
        reads: &[
            "IsTruncated",
            "Marker",
            "RoleDetailList",
            "InstanceProfileList",
            "InstanceProfileName",
            "InstanceProfileId",
            "Roles",
            "Path",
            "RoleName",
            "RoleId",
            "Arn",
            "CreateDate",
            "AssumeRolePolicyDocument",
            "RolePolicyList",
            "PolicyName",
            "PolicyDocument",
            "AttachedManagedPolicies",
            "PolicyArn",
            "PermissionsBoundary",
            "PermissionsBoundaryType",
            "PermissionsBoundaryArn",
            "Tags",
            "Key",
            "Value",
            "Policies",
            "DefaultVersionId",
            "PolicyVersionList",
            "Document",
            "VersionId",
            "IsDefaultVersion",
        ],
    }],
    place: Place::Global,
    wanted: None,
    never_changes: None,
    collect: |clients, _, found| Box::pin(all(clients, found)),
};

/// Roles that are named and were not among all.
pub(super) const ONE_BY_ONE: Collector = Collector {
    kinds: KINDS,
    actions: &[
        Action {
            name: "iam:GetRole",
            reads: &[
                "Role",
                "Path",
                "RoleName",
                "RoleId",
                "Arn",
                "CreateDate",
                "AssumeRolePolicyDocument",
                "PermissionsBoundary",
                "PermissionsBoundaryType",
                "PermissionsBoundaryArn",
                "Tags",
                "Key",
                "Value",
            ],
        },
        Action {
            name: "iam:ListRolePolicies",
            reads: &["PolicyNames", "IsTruncated", "Marker"],
        },
        Action {
            name: "iam:GetRolePolicy",
            reads: &["RoleName", "PolicyName", "PolicyDocument"],
        },
        Action {
            name: "iam:ListAttachedRolePolicies",
            reads: &[
                "AttachedPolicies",
                "PolicyName",
                "PolicyArn",
                "IsTruncated",
                "Marker",
            ],
        },
    ],
    place: Place::Global,
    // A role that is not among all of them does not exist: no need to ask again.
    wanted: Some(|builder, scope| {
        if builder.is_listed(ResourceKind::IamRole, scope) {
            Vec::new()
        } else {
            Wanted::unseen(builder, ResourceKind::IamRole, scope)
        }
    }),
    never_changes: None,
    collect: |clients, wanted, found| Box::pin(one_by_one(clients, wanted, found)),
};

/// Managed policies that are named and were not among all.
pub(super) const POLICIES: Collector = Collector {
    kinds: KINDS,
    actions: &[
        Action {
            name: "iam:GetPolicy",
            reads: &["Policy", "PolicyName", "Arn", "Path", "DefaultVersionId"],
        },
        Action {
            name: "iam:GetPolicyVersion",
            reads: &["PolicyVersion", "Document", "VersionId", "IsDefaultVersion"],
        },
    ],
    place: Place::Global,
    wanted: Some(|builder, scope| Wanted::unseen(builder, ResourceKind::IamPolicy, scope)),
    never_changes: None,
    collect: |clients, wanted, found| Box::pin(policies(clients, wanted, found)),
};

/// Instance profiles that are named and came with none of the roles.
pub(super) const PROFILES: Collector = Collector {
    kinds: PROFILE,
    actions: &[Action {
        name: ONE_PROFILE,
        reads: &[
            "InstanceProfile",
            "Path",
            "InstanceProfileName",
            "InstanceProfileId",
            "Arn",
            "CreateDate",
            "Roles",
            "RoleName",
            "RoleId",
            "Tags",
            "Key",
            "Value",
        ],
    }],
    place: Place::Global,
    wanted: Some(|builder, scope| Wanted::unseen(builder, ResourceKind::IamInstanceProfile, scope)),
    never_changes: None,
    collect: |clients, wanted, found| Box::pin(profiles(clients, wanted, found)),
};

async fn all(clients: &Clients, found: &mut Found) -> Result<(), CallError> {
    let mut pages = Pages::of(ALL);
    let mut complete = false;
    while let Some(Page(marker)) = pages.next() {
        let request = clients
            .iam
            .get_account_authorization_details()
            .set_filter(Some(vec![
                EntityType::Role,
                EntityType::LocalManagedPolicy,
                EntityType::AwsManagedPolicy,
            ]))
            .max_items(1000)
            .set_marker(marker);
        let answer = match clients.call(ALL, request.send()).await {
            Ok(answer) => answer,
            // What is needed is asked for one by one; what cannot be read even so becomes a blind spot there.
            Err(error) => {
                tracing::info!(aws.action = ALL, "Asking for roles one by one: {error}");
                // But who may start tasks without being named by anything is told by no other call.
                found.blind_spot(error.blind_spot(clients.scope(), STARTERS));
                return Ok(());
            }
        };
        for role in answer.role_detail_list() {
            describe_role(role, found);
        }
        for managed in answer.policies() {
            describe_policy(managed, found);
        }
        complete = !answer.is_truncated();
        pages.turn(answer.marker().filter(|_| answer.is_truncated()))?;
    }
    if complete {
        found.listed(ResourceKind::IamRole);
    }
    Ok(())
}

fn describe_role(role: &RoleDetail, found: &mut Found) {
    let Ok(arn) = Arn::parse(role.arn().unwrap_or_default()) else {
        return;
    };
    let redactor = found.redactor().clone();
    let mut inline: Vec<_> = role
        .role_policy_list()
        .iter()
        .map(|own| {
            inline_policy(
                own.policy_name().unwrap_or_default(),
                own.policy_document().unwrap_or_default(),
                &redactor,
            )
        })
        .collect();
    inline.sort_by(|one, other| one.policy_name.cmp(&other.policy_name));
    let facts = IamRole {
        role_name: role.role_name().unwrap_or_default().to_owned(),
        arn: arn.to_string(),
        path: owned(role.path()),
        role_id: owned(role.role_id()),
        assume_role_policy_document: policy::document(
            role.assume_role_policy_document().unwrap_or_default(),
            &redactor,
        ),
        role_policy_list: inline,
        attached_managed_policies: attached(role.attached_managed_policies()),
        permissions_boundary: role.permissions_boundary().and_then(boundary),
        create_date: time(role.create_date()),
    };
    found.offer(&arn, &facts, tags(role.tags()), Source::of(ALL));
    for profile in role.instance_profile_list() {
        describe_profile(profile, Source::of(ALL), found);
    }
}

fn describe_profile(profile: &InstanceProfile, source: Source, found: &mut Found) {
    let Ok(arn) = Arn::parse(profile.arn()) else {
        return;
    };
    let facts = IamInstanceProfile {
        arn: arn.to_string(),
        instance_profile_name: profile.instance_profile_name().to_owned(),
        path: owned(Some(profile.path())),
        roles: profile
            .roles()
            .iter()
            .map(|role| RoleOfProfile {
                arn: role.arn().to_owned(),
                role_name: role.role_name().to_owned(),
            })
            .collect(),
    };
    // A launch template may name it without its path.
    let by_name = format!("instance-profile/{}", profile.instance_profile_name());
    if let Ok(by_name) = arn.sibling("iam", &by_name)
        && by_name != arn
    {
        found.also_named(by_name.into(), (&arn).into());
    }
    found.offer(&arn, &facts, tags(profile.tags()), source);
}

async fn profiles(
    clients: &Clients,
    wanted: Vec<Wanted>,
    found: &mut Found,
) -> Result<(), CallError> {
    let mut answers = stream::iter(wanted)
        .map(|wanted| async move {
            let name = wanted.id.arn().map(|arn| arn.last_part().to_owned());
            let request = clients
                .iam
                .get_instance_profile()
                .instance_profile_name(name.unwrap_or_default());
            let answer = clients.call(ONE_PROFILE, request.send()).await;
            (wanted.id, answer)
        })
        .buffer_unordered(8);
    while let Some((id, answer)) = answers.next().await {
        match answer {
            Ok(answer) => match answer.instance_profile() {
                Some(profile) => describe_profile(profile, Source::of(ONE_PROFILE), found),
                None => found.unreadable(id),
            },
            Err(error) => not_read(&error, id, GONE, PROFILE, clients, found),
        }
    }
    Ok(())
}

fn describe_policy(managed: &ManagedPolicyDetail, found: &mut Found) {
    let Ok(arn) = Arn::parse(managed.arn().unwrap_or_default()) else {
        return;
    };
    let version = managed
        .policy_version_list()
        .iter()
        .find(|version| version.is_default_version());
    let document = version
        .and_then(|version| version.document())
        .unwrap_or_default();
    let facts = IamPolicy {
        policy_name: managed
            .policy_name()
            .map_or_else(|| arn.last_part().to_owned(), str::to_owned),
        arn: arn.to_string(),
        path: owned(managed.path()),
        default_version_id: owned(managed.default_version_id()),
        policy_document: policy::document(document, found.redactor()),
    };
    found.offer(&arn, &facts, [], Source::of(ALL));
}

/// Which call gave what of a role that was read one by one.
const ROLE_SOURCE: Source = Source {
    api: "iam:GetRole",
    by_field: &[
        ("AttachedManagedPolicies", "iam:ListAttachedRolePolicies"),
        ("RolePolicyList", "iam:GetRolePolicy"),
    ],
};

async fn one_by_one(
    clients: &Clients,
    wanted: Vec<Wanted>,
    found: &mut Found,
) -> Result<(), CallError> {
    let mut answers = stream::iter(wanted)
        .map(|wanted| async move {
            let role = role(clients, &wanted).await;
            (wanted, role)
        })
        .buffer_unordered(8);
    while let Some((wanted, answer)) = answers.next().await {
        match answer {
            Ok((arn, facts, tags, failed)) => {
                found.offer(&arn, &facts, tags, ROLE_SOURCE);
                for error in failed {
                    found.blind_spot(error.blind_spot(clients.scope(), KINDS));
                }
            }
            Err(error) => not_read(&error, wanted.id, GONE, KINDS, clients, found),
        }
    }
    Ok(())
}

/// A role as far as it can be read: with the errors of the calls for its parts.
async fn role(
    clients: &Clients,
    wanted: &Wanted,
) -> Result<(Arn, IamRole, Vec<(String, String)>, Vec<CallError>), CallError> {
    let unexpected = || CallError::unexpected("iam:GetRole", "the answer holds no role");
    let named = wanted.id.arn().ok_or_else(unexpected)?;
    let name = named.last_part();
    let answer = clients
        .call("iam:GetRole", clients.iam.get_role().role_name(name).send())
        .await?;
    let role = answer.role().ok_or_else(unexpected)?;
    let arn = Arn::parse(role.arn())
        .map_err(|error| CallError::unexpected("iam:GetRole", error.to_string()))?;
    let mut failed = Vec::new();
    let inline = inline_policies(clients, name)
        .await
        .unwrap_or_else(|error| {
            failed.push(error);
            Vec::new()
        });
    let managed = attached_policies(clients, name)
        .await
        .unwrap_or_else(|error| {
            failed.push(error);
            Vec::new()
        });
    let facts = IamRole {
        role_name: role.role_name().to_owned(),
        arn: arn.to_string(),
        path: Some(role.path().to_owned()),
        role_id: Some(role.role_id().to_owned()),
        assume_role_policy_document: policy::document(
            role.assume_role_policy_document().unwrap_or_default(),
            clients.redactor(),
        ),
        role_policy_list: inline,
        attached_managed_policies: attached(&managed),
        permissions_boundary: role.permissions_boundary().and_then(boundary),
        create_date: time(Some(role.create_date())),
    };
    Ok((arn, facts, tags(role.tags()), failed))
}

async fn inline_policies(clients: &Clients, role: &str) -> Result<Vec<InlinePolicy>, CallError> {
    let (mut policies, mut pages) = (Vec::new(), Pages::of("iam:ListRolePolicies"));
    while let Some(Page(marker)) = pages.next() {
        let request = clients
            .iam
            .list_role_policies()
            .role_name(role)
            .max_items(1000)
            .set_marker(marker);
        let answer = clients.call("iam:ListRolePolicies", request.send()).await?;
        for name in answer.policy_names() {
            let request = clients
                .iam
                .get_role_policy()
                .role_name(role)
                .policy_name(name);
            let own = clients.call("iam:GetRolePolicy", request.send()).await?;
            policies.push(inline_policy(
                name,
                own.policy_document(),
                clients.redactor(),
            ));
        }
        pages.turn(answer.marker().filter(|_| answer.is_truncated()))?;
    }
    policies.sort_by(|one, other| one.policy_name.cmp(&other.policy_name));
    Ok(policies)
}

async fn attached_policies(
    clients: &Clients,
    role: &str,
) -> Result<Vec<SdkAttachedPolicy>, CallError> {
    const API: &str = "iam:ListAttachedRolePolicies";
    let (mut policies, mut pages) = (Vec::new(), Pages::of(API));
    while let Some(Page(marker)) = pages.next() {
        let request = clients
            .iam
            .list_attached_role_policies()
            .role_name(role)
            .max_items(1000)
            .set_marker(marker);
        let answer = clients.call(API, request.send()).await?;
        policies.extend(answer.attached_policies().iter().cloned());
        pages.turn(answer.marker().filter(|_| answer.is_truncated()))?;
    }
    Ok(policies)
}

async fn policies(
    clients: &Clients,
    wanted: Vec<Wanted>,
    found: &mut Found,
) -> Result<(), CallError> {
    let mut answers = stream::iter(wanted)
        .map(|wanted| async move {
            let answer = managed_policy(clients, &wanted).await;
            (wanted, answer)
        })
        .buffer_unordered(8);
    while let Some((wanted, answer)) = answers.next().await {
        match answer {
            Ok((arn, facts)) => found.offer(&arn, &facts, [], Source::of("iam:GetPolicyVersion")),
            Err(error) => not_read(&error, wanted.id, GONE, KINDS, clients, found),
        }
    }
    Ok(())
}

async fn managed_policy(clients: &Clients, wanted: &Wanted) -> Result<(Arn, IamPolicy), CallError> {
    let unexpected = || CallError::unexpected("iam:GetPolicy", "the answer holds no policy");
    let answer = clients
        .call(
            "iam:GetPolicy",
            clients
                .iam
                .get_policy()
                .policy_arn(wanted.id.as_str())
                .send(),
        )
        .await?;
    let managed = answer.policy().ok_or_else(unexpected)?;
    let arn = Arn::parse(managed.arn().unwrap_or_default()).map_err(|_no_arn| unexpected())?;
    let version = managed.default_version_id().unwrap_or_default();
    let request = clients
        .iam
        .get_policy_version()
        .policy_arn(arn.as_str())
        .version_id(version);
    let document = clients.call("iam:GetPolicyVersion", request.send()).await?;
    let document = document
        .policy_version()
        .and_then(|version| version.document())
        .unwrap_or_default();
    let facts = IamPolicy {
        policy_name: managed
            .policy_name()
            .map_or_else(|| arn.last_part().to_owned(), str::to_owned),
        arn: arn.to_string(),
        path: owned(managed.path()),
        default_version_id: owned(managed.default_version_id()),
        policy_document: policy::document(document, clients.redactor()),
    };
    Ok((arn, facts))
}

fn inline_policy(name: &str, document: &str, redactor: &Redactor) -> InlinePolicy {
    InlinePolicy {
        policy_name: name.to_owned(),
        policy_document: policy::document(document, redactor),
    }
}

fn attached(policies: &[SdkAttachedPolicy]) -> Vec<AttachedPolicy> {
    let mut attached: Vec<_> = policies
        .iter()
        .map(|own| AttachedPolicy {
            policy_name: own.policy_name().unwrap_or_default().to_owned(),
            policy_arn: own.policy_arn().unwrap_or_default().to_owned(),
        })
        .collect();
    attached.sort_by(|one, other| one.policy_arn.cmp(&other.policy_arn));
    attached
}

fn boundary(
    boundary: &aws_sdk_iam::types::AttachedPermissionsBoundary,
) -> Option<PermissionsBoundary> {
    Some(PermissionsBoundary {
        permissions_boundary_type: text!(boundary.permissions_boundary_type()),
        permissions_boundary_arn: boundary.permissions_boundary_arn()?.to_owned(),
    })
}

fn tags(tags: &[Tag]) -> Vec<(String, String)> {
    tags.iter()
        .map(|tag| (tag.key().to_owned(), tag.value().to_owned()))
        .collect()
}

//! `CodeDeploy`'s deployment groups of the services that it rolls out.

use std::collections::BTreeSet;

use aws_sdk_codedeploy::types::{ComputePlatform, DeploymentGroupInfo, TargetGroupPairInfo};
use blastmap_model::{
    Arn, Found, InventoryBuilder, ResourceKind, Scope, Source,
    kinds::{
        codedeploy_group::{
            AlarmConfiguration, AutoRollbackConfiguration, BlueGreenDeploymentConfiguration,
            CodedeployGroup, DeploymentReadyOption, DeploymentStyle, GroupService,
            LoadBalancerInfo, Named, TargetGroupPair, TerminateBlue, TrafficRoute,
        },
        ecs_service::EcsService,
    },
};

use super::{Action, Collector, Place, Wanted, owned, text};
use crate::{
    clients::Clients,
    error::CallError,
    pages::{Page, Pages},
};

const APPLICATIONS: &str = "codedeploy:ListApplications";
const PLATFORMS: &str = "codedeploy:BatchGetApplications";
const GROUPS: &str = "codedeploy:ListDeploymentGroups";
const DESCRIPTIONS: &str = "codedeploy:BatchGetDeploymentGroups";

const KINDS: &[ResourceKind] = &[ResourceKind::CodedeployGroup];

pub(super) const COLLECTOR: Collector = Collector {
    kinds: KINDS,
    actions: &[
        Action {
            name: APPLICATIONS,
            reads: &["applications", "nextToken"],
        },
        Action {
            name: PLATFORMS,
            reads: &["applicationsInfo", "applicationName", "computePlatform"],
        },
        Action {
            name: GROUPS,
            reads: &["applicationName", "deploymentGroups", "nextToken"],
        },
        Action {
            name: DESCRIPTIONS,
            reads: &[
                "deploymentGroupsInfo",
                "applicationName",
                "deploymentGroupId",
                "deploymentGroupName",
                "deploymentConfigName",
                "serviceRoleArn",
                "computePlatform",
                "deploymentStyle",
                "deploymentType",
                "deploymentOption",
                "alarmConfiguration",
                "enabled",
                "ignorePollAlarmFailure",
                "alarms",
                "name",
                "autoRollbackConfiguration",
                "events",
                "blueGreenDeploymentConfiguration",
                "terminateBlueInstancesOnDeploymentSuccess",
                "action",
                "terminationWaitTimeInMinutes",
                "deploymentReadyOption",
                "actionOnTimeout",
                "waitTimeInMinutes",
                "loadBalancerInfo",
                "targetGroupPairInfoList",
                "targetGroups",
                "prodTrafficRoute",
                "testTrafficRoute",
                "listenerArns",
                "ecsServices",
                "serviceName",
                "clusterName",
            ],
        },
    ],
    place: Place::Region,
    wanted: Some(wanted),
    never_changes: None,
    collect: |clients, services, found| Box::pin(collect(clients, services, found)),
};

/// Services that say that `CodeDeploy` rolls them out.
fn wanted(builder: &InventoryBuilder, scope: &Scope) -> Vec<Wanted> {
    let services = builder.kept(ResourceKind::EcsService, scope).into_iter();
    services
        .filter(|service| {
            let facts = service.attributes.facts::<EcsService>();
            facts.is_ok_and(|facts| {
                let controller = facts.deployment_controller;
                controller.is_some_and(|own| own.r#type == "CODE_DEPLOY")
            })
        })
        .map(Wanted::of)
        .collect()
}

/// The most that one call describes, of applications and of groups.
const BATCH: usize = 100;

async fn collect(
    clients: &Clients,
    services: Vec<Wanted>,
    found: &mut Found,
) -> Result<(), CallError> {
    let services: BTreeSet<(String, String)> = services.into_iter().filter_map(names).collect();
    let mut failed = None;
    for application in applications(clients).await? {
        match groups_of(clients, &application).await {
            Ok(groups) => {
                for group in &groups {
                    describe(clients, group, &services, found);
                }
            }
            // Removed since it was listed.
            Err(error) if error.has_code(&["ApplicationDoesNotExistException"]) => {}
            Err(error) => failed = Some(error),
        }
    }
    failed.map_or(Ok(()), Err)
}

/// The names of a service and its cluster, by which groups name it.
fn names(service: Wanted) -> Option<(String, String)> {
    let facts = service.known?.attributes.facts::<EcsService>().ok()?;
    let cluster = Arn::parse(&facts.cluster_arn).ok()?;
    Some((cluster.last_part().to_owned(), facts.service_name))
}

/// Names of the applications for ECS.
async fn applications(clients: &Clients) -> Result<Vec<String>, CallError> {
    let (mut names, mut pages) = (Vec::new(), Pages::of(APPLICATIONS));
    while let Some(Page(token)) = pages.next() {
        let request = clients.codedeploy.list_applications().set_next_token(token);
        let answer = clients.call(APPLICATIONS, request.send()).await?;
        names.extend_from_slice(answer.applications());
        pages.turn(answer.next_token())?;
    }
    let mut for_ecs = Vec::new();
    for batch in names.chunks(BATCH) {
        let request = clients
            .codedeploy
            .batch_get_applications()
            .set_application_names(Some(batch.to_vec()));
        let answer = match clients.call(PLATFORMS, request.send()).await {
            Ok(answer) => answer,
            // The groups say themselves whether they roll out ECS services.
            Err(error) => {
                tracing::info!(aws.action = PLATFORMS, "Asking every application: {error}");
                for_ecs.extend_from_slice(batch);
                continue;
            }
        };
        let of_batch = answer.applications_info().iter();
        let of_batch = of_batch.filter(|own| own.compute_platform() == Some(&ComputePlatform::Ecs));
        for_ecs.extend(of_batch.filter_map(|own| owned(own.application_name())));
    }
    for_ecs.sort();
    Ok(for_ecs)
}

async fn groups_of(
    clients: &Clients,
    application: &str,
) -> Result<Vec<DeploymentGroupInfo>, CallError> {
    let (mut names, mut pages) = (Vec::new(), Pages::of(GROUPS));
    while let Some(Page(token)) = pages.next() {
        let request = clients
            .codedeploy
            .list_deployment_groups()
            .application_name(application)
            .set_next_token(token);
        let answer = clients.call(GROUPS, request.send()).await?;
        names.extend_from_slice(answer.deployment_groups());
        pages.turn(answer.next_token())?;
    }
    let mut groups = Vec::new();
    for batch in names.chunks(BATCH) {
        let request = clients
            .codedeploy
            .batch_get_deployment_groups()
            .application_name(application)
            .set_deployment_group_names(Some(batch.to_vec()));
        let answer = clients.call(DESCRIPTIONS, request.send()).await?;
        groups.extend(answer.deployment_groups_info.unwrap_or_default());
    }
    Ok(groups)
}

/// Keeps a group that rolls out one of `services`. Its ARN is in AWS's documented form, as no answer holds it.
///
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodedeploy.html>
fn describe(
    clients: &Clients,
    group: &DeploymentGroupInfo,
    services: &BTreeSet<(String, String)>,
    found: &mut Found,
) {
    let ecs_services: Vec<GroupService> = group
        .ecs_services()
        .iter()
        .map(|own| GroupService {
            service_name: own.service_name().unwrap_or_default().to_owned(),
            cluster_name: own.cluster_name().unwrap_or_default().to_owned(),
        })
        .collect();
    let is_of = |own: &GroupService| {
        services.contains(&(own.cluster_name.clone(), own.service_name.clone()))
    };
    let application = group.application_name().unwrap_or_default();
    let name = group.deployment_group_name().unwrap_or_default();
    let scope = clients.scope();
    let resource = format!("deploymentgroup:{application}/{name}");
    let arn = Arn::new(
        &clients.partition,
        "codedeploy",
        &scope.region,
        &scope.account,
        &resource,
    );
    let (Ok(arn), true) = (arn, ecs_services.iter().any(is_of)) else {
        return;
    };
    let alarms = group.alarm_configuration();
    let rollback = group.auto_rollback_configuration();
    let facts = CodedeployGroup {
        application_name: application.to_owned(),
        deployment_group_id: owned(group.deployment_group_id()),
        deployment_group_name: name.to_owned(),
        deployment_config_name: owned(group.deployment_config_name()),
        service_role_arn: owned(group.service_role_arn()),
        compute_platform: text!(group.compute_platform()),
        deployment_style: group.deployment_style().map(|style| DeploymentStyle {
            deployment_type: text!(style.deployment_type()),
            deployment_option: text!(style.deployment_option()),
        }),
        alarm_configuration: alarms.map(|own| AlarmConfiguration {
            enabled: own.enabled(),
            ignore_poll_alarm_failure: own.ignore_poll_alarm_failure(),
            alarms: named(own.alarms().iter().map(|alarm| alarm.name())),
        }),
        auto_rollback_configuration: rollback.map(|own| AutoRollbackConfiguration {
            enabled: own.enabled(),
            events: own
                .events()
                .iter()
                .map(|event| event.as_str().to_owned())
                .collect(),
        }),
        blue_green_deployment_configuration: group
            .blue_green_deployment_configuration()
            .map(blue_green),
        load_balancer_info: group.load_balancer_info().map(|info| LoadBalancerInfo {
            target_group_pair_info_list: info
                .target_group_pair_info_list()
                .iter()
                .map(pair)
                .collect(),
        }),
        ecs_services,
    };
    found.resource(&arn, &facts, [], Source::of(DESCRIPTIONS));
}

fn named<'n>(names: impl Iterator<Item = Option<&'n str>>) -> Vec<Named> {
    let names = names.flatten().map(str::to_owned);
    names.map(|name| Named { name }).collect()
}

fn blue_green(
    configuration: &aws_sdk_codedeploy::types::BlueGreenDeploymentConfiguration,
) -> BlueGreenDeploymentConfiguration {
    BlueGreenDeploymentConfiguration {
        terminate_blue_instances_on_deployment_success: configuration
            .terminate_blue_instances_on_deployment_success()
            .map(|own| TerminateBlue {
                action: text!(own.action()),
                termination_wait_time_in_minutes: own.termination_wait_time_in_minutes(),
            }),
        deployment_ready_option: configuration.deployment_ready_option().map(|own| {
            DeploymentReadyOption {
                action_on_timeout: text!(own.action_on_timeout()),
                wait_time_in_minutes: own.wait_time_in_minutes(),
            }
        }),
    }
}

fn pair(pair: &TargetGroupPairInfo) -> TargetGroupPair {
    let route = |route: Option<&aws_sdk_codedeploy::types::TrafficRoute>| {
        route.map(|own| TrafficRoute {
            listener_arns: own.listener_arns().to_vec(),
        })
    };
    TargetGroupPair {
        target_groups: named(pair.target_groups().iter().map(|group| group.name())),
        prod_traffic_route: route(pair.prod_traffic_route()),
        test_traffic_route: route(pair.test_traffic_route()),
    }
}

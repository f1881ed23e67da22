//! Lambda functions that start tasks, or take from queues that something else names.

use std::collections::{BTreeMap, HashMap, HashSet};

use aws_sdk_lambda::types::FunctionConfiguration;
use blastmap_model::{
    Arn, Found, InventoryBuilder, Redactor, ResourceId, ResourceKind, Scope, Source,
    kinds::lambda_function::{
        DeadLetterConfig, Environment, EventSourceMapping, LambdaFunction, VpcConfig,
    },
};

use super::{Action, Collector, Place, Wanted, owned, text};
use crate::{
    clients::Clients,
    error::CallError,
    pages::{Page, Pages},
};

const LIST: &str = "lambda:ListFunctions";
const MAPPINGS: &str = "lambda:ListEventSourceMappings";

const KINDS: &[ResourceKind] = &[ResourceKind::LambdaFunction];

pub(super) const COLLECTOR: Collector = Collector {
    kinds: KINDS,
    actions: &[
        Action {
            name: LIST,
            reads: &[
                "Functions",
                "FunctionArn",
                "FunctionName",
                "State",
                "Role",
                "VpcConfig",
                "VpcId",
                "SubnetIds",
                "SecurityGroupIds",
                "KMSKeyArn",
                "DeadLetterConfig",
                "TargetArn",
                "Environment",
                "Variables",
                "NextMarker",
            ],
        },
        Action {
            name: MAPPINGS,
            reads: &[
                "EventSourceMappings",
                "EventSourceArn",
                "FunctionArn",
                "UUID",
                "State",
                "NextMarker",
            ],
        },
    ],
    place: Place::Region,
    wanted: Some(wanted),
    never_changes: None,
    collect: |clients, wanted, found| Box::pin(collect(clients, wanted, found)),
};

const SOURCE: Source = Source {
    api: LIST,
    by_field: &[("EventSourceMappings", MAPPINGS)],
};

/// One question for all functions, and with it the roles that may start tasks: every role is known before the first cluster is.
fn wanted(builder: &InventoryBuilder, scope: &Scope) -> Vec<Wanted> {
    let once = Wanted::once_there_are_clusters(builder, scope);
    if once.is_empty() {
        return once;
    }
    let roles = builder.roles_that_start_tasks(&scope.account);
    once.into_iter().chain(roles.map(Wanted::of)).collect()
}

async fn collect(
    clients: &Clients,
    wanted: Vec<Wanted>,
    found: &mut Found,
) -> Result<(), CallError> {
    let (roles, once): (Vec<_>, Vec<_>) = wanted.into_iter().partition(|own| own.known.is_some());
    if once.is_empty() {
        // A role that became known later: functions are listed once.
        return Ok(());
    }
    let starters: HashSet<ResourceId> = roles.into_iter().map(|role| role.id).collect();
    let mut functions = list(clients).await?;
    // Whatever the mappings say, there are no more.
    found.listed(ResourceKind::LambdaFunction);
    let mut mappings = HashMap::new();
    if let Err(error) = list_mappings(clients, &mut mappings).await {
        found.blind_spot(error.blind_spot(clients.scope(), KINDS));
    }
    for facts in &mut functions {
        let Ok(arn) = Arn::parse(&facts.function_arn) else {
            continue;
        };
        let mut own = mappings.remove(&facts.function_arn).unwrap_or_default();
        own.sort();
        facts.event_source_mappings = own;
        let role = facts.role.as_deref().map(ResourceId::new);
        facts.may_run_tasks = role.is_some_and(|role| starters.contains(&role));
        keep(facts, &arn, found);
    }
    Ok(())
}

/// A function is kept for the queues that hand it messages and, if it may start tasks, for what its environment names.
fn keep(facts: &LambdaFunction, arn: &Arn, found: &mut Found) {
    let queues = facts.queues().map(|(_, queue)| ResourceId::from(queue));
    let mut subjects: Vec<_> = queues.collect();
    if facts.may_run_tasks {
        subjects.extend(facts.named_in_environment(arn));
    }
    found.follow(&arn.into(), arn, facts, [], SOURCE, subjects);
}

async fn list(clients: &Clients) -> Result<Vec<LambdaFunction>, CallError> {
    let (mut functions, mut pages) = (Vec::new(), Pages::of(LIST));
    while let Some(Page(token)) = pages.next() {
        let request = clients
            .lambda
            .list_functions()
            .max_items(50)
            .set_marker(token);
        let answer = clients.call(LIST, request.send()).await?;
        let described = answer.functions().iter();
        functions.extend(described.map(|own| describe(own, clients.redactor())));
        pages.turn(answer.next_marker())?;
    }
    Ok(functions)
}

/// Mappings by the function that they hand messages to; whoever they name a version or an alias of.
async fn list_mappings(
    clients: &Clients,
    mappings: &mut HashMap<String, Vec<EventSourceMapping>>,
) -> Result<(), CallError> {
    let mut pages = Pages::of(MAPPINGS);
    while let Some(Page(token)) = pages.next() {
        let request = clients
            .lambda
            .list_event_source_mappings()
            .max_items(100)
            .set_marker(token);
        let answer = clients.call(MAPPINGS, request.send()).await?;
        for mapping in answer.event_source_mappings() {
            let (Some(function), Some(source)) =
                (mapping.function_arn(), mapping.event_source_arn())
            else {
                continue;
            };
            mappings
                .entry(without_qualifier(function))
                .or_default()
                .push(EventSourceMapping {
                    event_source_arn: source.to_owned(),
                    uuid: mapping.uuid().unwrap_or_default().to_owned(),
                    state: owned(mapping.state()),
                });
        }
        pages.turn(answer.next_marker())?;
    }
    Ok(())
}

/// A function's ARN without the version or alias behind it.
fn without_qualifier(arn: &str) -> String {
    arn.split(':').take(7).collect::<Vec<_>>().join(":")
}

fn describe(function: &FunctionConfiguration, redactor: &Redactor) -> LambdaFunction {
    LambdaFunction {
        function_arn: function.function_arn().unwrap_or_default().to_owned(),
        function_name: function.function_name().unwrap_or_default().to_owned(),
        state: text!(function.state()),
        role: owned(function.role()),
        vpc_config: function.vpc_config().map(|own| VpcConfig {
            vpc_id: owned(own.vpc_id()).filter(|id| !id.is_empty()),
            subnet_ids: own.subnet_ids().to_vec(),
            security_group_ids: own.security_group_ids().to_vec(),
        }),
        kms_key_arn: owned(function.kms_key_arn()),
        dead_letter_config: function.dead_letter_config().map(|own| DeadLetterConfig {
            target_arn: owned(own.target_arn()),
        }),
        environment: function.environment().map(|own| Environment {
            variables: own
                .variables()
                .into_iter()
                .flatten()
                .map(|(name, value)| (name.clone(), redactor.fingerprint(value)))
                .collect::<BTreeMap<_, _>>(),
        }),
        event_source_mappings: Vec::new(),
        may_run_tasks: false,
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_lambda::types::EnvironmentResponse;

    use super::*;

    #[test]
    fn values_of_an_environment_become_fingerprints() {
        let environment = EnvironmentResponse::builder().variables("TOKEN", "hunter2");
        let function = FunctionConfiguration::builder()
            .function_name("starter")
            .environment(environment.build())
            .build();
        let described = describe(&function, &Redactor::new([1; 32]));
        let variables = described.environment.clone().unwrap().variables;
        assert!(variables["TOKEN"].starts_with("fingerprint:"));
        assert!(!format!("{described:?}").contains("hunter2"));
    }

    #[test]
    fn a_mapping_to_a_version_is_its_functions() {
        let function = "arn:aws:lambda:eu-west-1:123456789012:function:watch";
        for qualified in [
            function.to_owned(),
            format!("{function}:live"),
            format!("{function}:7"),
        ] {
            assert_eq!(without_qualifier(&qualified), function);
        }
    }
}

//! State machines of Step Functions that run tasks.

use aws_sdk_sfn::operation::describe_state_machine::DescribeStateMachineOutput;
use blastmap_model::{
    Arn, Found, InventoryBuilder, Resource, ResourceKind, Scope, Source,
    kinds::{
        iam_role::IamRole,
        state_machine::{EncryptionConfiguration, StateMachine, run_tasks},
    },
};
use futures_util::{StreamExt as _, stream};

use super::{Action, Collector, Place, Wanted, owned, text};
use crate::{
    clients::Clients,
    error::CallError,
    pages::{Page, Pages},
};

const LIST: &str = "states:ListStateMachines";
const DESCRIBE: &str = "states:DescribeStateMachine";

const KINDS: &[ResourceKind] = &[ResourceKind::StateMachine];

pub(super) const COLLECTOR: Collector = Collector {
    kinds: KINDS,
    actions: &[
        Action {
            name: LIST,
            reads: &["stateMachines", "stateMachineArn", "name", "nextToken"],
        },
        Action {
            name: DESCRIBE,
            reads: &[
                "stateMachineArn",
                "name",
                "status",
                "roleArn",
                "definition",
                "encryptionConfiguration",
                "kmsKeyId",
            ],
        },
    ],
    place: Place::Region,
    wanted: Some(wanted),
    never_changes: None,
    collect: |clients, _, found| Box::pin(collect(clients, found)),
};

/// Each machine costs a call, so none is asked about where no role that Step Functions may assume could start a task.
fn wanted(builder: &InventoryBuilder, scope: &Scope) -> Vec<Wanted> {
    let once = Wanted::once_there_are_clusters(builder, scope);
    if once.is_empty() {
        return once;
    }
    let mut roles = builder.roles_that_start_tasks(&scope.account);
    if roles.any(trusts_step_functions) {
        once
    } else {
        Vec::new()
    }
}

fn trusts_step_functions(role: &Resource) -> bool {
    role.attributes.facts::<IamRole>().is_ok_and(|facts| {
        // Also written with a region: `states.eu-west-1.amazonaws.com`.
        let trust = facts.assume_role_policy_document.to_string();
        trust.contains("\"states.")
    })
}

async fn collect(clients: &Clients, found: &mut Found) -> Result<(), CallError> {
    let (mut machines, mut pages) = (Vec::new(), Pages::of(LIST));
    while let Some(Page(token)) = pages.next() {
        let request = clients
            .states
            .list_state_machines()
            .max_results(1000)
            .set_next_token(token);
        let answer = clients.call(LIST, request.send()).await?;
        let listed = answer.state_machines().iter();
        machines.extend(listed.map(|own| own.state_machine_arn().to_owned()));
        pages.turn(answer.next_token())?;
    }
    let mut answers = stream::iter(machines)
        .map(|arn| {
            let request = clients
                .states
                .describe_state_machine()
                .state_machine_arn(arn);
            clients.call(DESCRIBE, request.send())
        })
        .buffer_unordered(8);
    let mut complete = true;
    while let Some(answer) = answers.next().await {
        match answer {
            Ok(answer) => keep(&answer, found),
            // Deleted since it was listed.
            Err(error) if error.has_code(&["StateMachineDoesNotExist"]) => {}
            Err(error) => {
                complete = false;
                found.blind_spot(error.blind_spot(clients.scope(), KINDS));
            }
        }
    }
    if complete {
        found.listed(ResourceKind::StateMachine);
    }
    Ok(())
}

/// Only machines that run tasks are kept, and of their definitions only what they run.
fn keep(machine: &DescribeStateMachineOutput, found: &mut Found) {
    let Ok(arn) = Arn::parse(machine.state_machine_arn()) else {
        return;
    };
    let definition = serde_json::from_str(machine.definition()).unwrap_or_default();
    let run_tasks = run_tasks(&definition);
    if run_tasks.is_empty() {
        return;
    }
    let key = machine
        .encryption_configuration()
        .and_then(|own| own.kms_key_id());
    let facts = StateMachine {
        state_machine_arn: arn.to_string(),
        name: machine.name().to_owned(),
        status: text!(machine.status()),
        role_arn: owned(Some(machine.role_arn())),
        encryption_configuration: key.map(|key| EncryptionConfiguration {
            kms_key_id: Some(key.to_owned()),
        }),
        run_tasks,
    };
    found.resource(&arn, &facts, [], Source::of(DESCRIBE));
}

/// A definition with nothing in it but the states that run tasks, for a recording.
pub(crate) fn only_run_tasks(definition: &str) -> String {
    let states = run_tasks(&serde_json::from_str(definition).unwrap_or_default());
    let states = states.iter().map(|own| {
        let given =
            serde_json::json!({"Cluster": own.cluster, "TaskDefinition": own.task_definition});
        serde_json::json!({"Type": "Task", "Resource": own.resource, "Parameters": given})
    });
    let states: Vec<_> = states.collect();
    serde_json::json!({ "States": states }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_holds_the_states_that_run_tasks() {
        let definition = r#"{"States": {
            "a": {"Type": "Task", "Resource": "arn:aws:states:::ecs:runTask", "Parameters": {"Cluster": "main", "TaskDefinition": "report", "Overrides": "hunter2"}},
            "b": {"Type": "Pass", "Result": "hunter3"}
        }}"#;
        let kept = only_run_tasks(definition);
        assert!(!kept.contains("hunter"), "{kept}");
        let again = run_tasks(&serde_json::from_str(&kept).unwrap());
        assert_eq!(again, run_tasks(&serde_json::from_str(definition).unwrap()));
        assert_eq!(only_run_tasks("no json"), r#"{"States":[]}"#);
    }
}

//! Plans of Terraform and `OpenTofu`, as `terraform show -json` prints them.
//!
//! <https://developer.hashicorp.com/terraform/internals/json-format>

mod by_hand;
mod data;
mod dhcp_options;
mod ecs;
mod fields;
mod iam;
mod launching;
mod load_balancing;
mod mapping;
mod messaging;
mod network;
mod network_acls;
mod network_edges;
mod places;
mod plan;
mod reader;
mod references;
mod rolling;
mod scaling;
mod scheduling;
mod security_groups;
mod sensitive;
mod shown;
mod side;
mod stated;
mod storage;
mod traffic;
mod types;
mod unknown;

use blastmap_model::{Inventory, Redactor};
use serde_json::Value;

use crate::{ChangeError, Proposal, error::parse, mapped::Mapped};

const WHAT: &str = "Terraform plan";
const COMMAND: &str = "terraform show -json PLAN";

/// Reads a plan against what is there.
pub fn read(
    bytes: &[u8],
    inventory: &Inventory,
    redactor: &Redactor,
) -> Result<Proposal, ChangeError> {
    read_mapped(bytes, inventory, redactor, &Mapped::default())
}

pub(crate) fn read_mapped(
    bytes: &[u8],
    inventory: &Inventory,
    redactor: &Redactor,
    mapped: &Mapped<'_>,
) -> Result<Proposal, ChangeError> {
    let plan: plan::Plan = parse(bytes, WHAT, COMMAND)?;
    check_version(plan.format_version.as_ref())?;
    let made_at = plan.made_at();
    let mut notes = plan.notes();
    let changes = match plan.resource_changes {
        Some(Value::Array(changes)) => changes,
        // A plan without changes may leave them out.
        None | Some(Value::Null) if plan.planned_values.is_some() => Vec::new(),
        None | Some(Value::Null) => return Err(lacks("resource_changes")),
        Some(_) => {
            return Err(ChangeError::Unusable {
                what: WHAT,
                why: "`resource_changes` is no list".to_owned(),
            });
        }
    };
    let given = changes.len();
    let entries: Vec<plan::Entry> = changes.into_iter().filter_map(plan::Entry::read).collect();
    let unread = given - entries.len();
    if unread > 0 {
        let (are, entries) = if unread == 1 {
            ("is", "entry")
        } else {
            ("are", "entries")
        };
        notes.push(format!(
            "{unread} {entries} of `resource_changes` {are} no change of a resource, and not judged"
        ));
    }
    let changed = reader::Reader {
        entries,
        configuration: &plan.configuration,
        variables: &plan.variables,
        prior: plan.prior_state.as_deref(),
        made_at,
        inventory,
        redactor,
        mapped,
    };
    Ok(Proposal {
        notes,
        ..changed.read()?
    })
}

fn lacks(field: &'static str) -> ChangeError {
    ChangeError::Lacks {
        what: WHAT,
        field,
        command: COMMAND,
    }
}

/// Format versions 1.x only add to what was there; another major means other things.
///
/// <https://developer.hashicorp.com/terraform/internals/json-format#format-summary>
fn check_version(version: Option<&Value>) -> Result<(), ChangeError> {
    let version = match version {
        Some(Value::String(version)) => version.clone(),
        Some(Value::Number(version)) => version.to_string(),
        _ => return Err(lacks("format_version")),
    };
    if version == "1" || version.starts_with("1.") {
        return Ok(());
    }
    Err(ChangeError::PlanVersion {
        version: version.chars().take(40).collect(),
    })
}

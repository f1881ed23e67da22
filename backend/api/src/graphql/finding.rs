//! Findings: what a snapshot shows by itself, without any change.

use std::sync::Arc;

use async_graphql::{ID, InputObject, SimpleObject};
use blastmap_graph::Snapshot;
use blastmap_judge as judge;

use crate::{
    graphql::{
        assessment::RiskLevel,
        connection::{Connection, read_cursor, write_cursor},
        resource::Resource,
    },
    problem::Problem,
};

const LIST: char = 'F';

/// A best practice that a resource does not follow.
#[derive(SimpleObject, Clone)]
pub(crate) struct Finding {
    id: ID,
    /// The rule's name, kebab-case.
    rule: String,
    level: RiskLevel,
    title: String,
    detail: String,
    remediation: String,
    resource: Resource,
    /// AWS documentation on the behaviour.
    documentation: Option<String>,
}

/// Narrows a list of findings.
#[derive(InputObject)]
pub(crate) struct FindingFilter {
    levels: Option<Vec<RiskLevel>>,
    rules: Option<Vec<String>>,
    resource: Option<ID>,
}

impl FindingFilter {
    fn takes(&self, snapshot: &Snapshot, finding: &judge::Finding) -> bool {
        let level = RiskLevel::from(finding.rule.level);
        let rule = finding.rule.name;
        let id = snapshot.resource(finding.resource).id.as_str();
        self.levels.as_ref().is_none_or(|own| own.contains(&level))
            && self
                .rules
                .as_ref()
                .is_none_or(|own| own.iter().any(|own| own == rule))
            && self.resource.as_ref().is_none_or(|own| own.as_str() == id)
    }
}

impl Finding {
    pub(super) fn new(snapshot: &Arc<Snapshot>, finding: judge::Finding) -> Self {
        Self {
            id: ID(finding.id),
            rule: finding.rule.name.to_owned(),
            level: finding.rule.level.into(),
            title: finding.said.title,
            detail: finding.said.detail,
            remediation: finding.said.remediation,
            resource: Resource::new(snapshot, finding.resource),
            documentation: Some(finding.rule.documentation.to_owned()),
        }
    }

    fn cursor(&self) -> String {
        write_cursor(LIST, &[self.id.as_str()])
    }
}

/// One page of the findings that a filter takes. A cursor whose finding is gone starts from the beginning.
pub(super) fn page_of_findings(
    snapshot: &Arc<Snapshot>,
    filter: Option<&FindingFilter>,
    first: usize,
    after: Option<&str>,
) -> Result<Connection<Finding>, Problem> {
    let after = after
        .map(|after| read_cursor::<1>(LIST, after))
        .transpose()?;
    let mut findings = judge::findings::all(snapshot);
    findings.retain(|own| filter.is_none_or(|filter| filter.takes(snapshot, own)));
    let all = findings.len();
    let before = after.map_or(0, |[seen]| {
        let place = findings.iter().position(|own| own.id == seen);
        place.map_or(0, |place| place + 1)
    });
    let page = findings.into_iter().skip(before).take(first);
    let page = page.map(|own| Finding::new(snapshot, own)).collect();
    Ok(Connection::new(page, Finding::cursor, before, all))
}

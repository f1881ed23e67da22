//! Answers as JSON: the API's types `BlastRadius` and `Assessment`, with ids in place of the ends of links.

use blastmap_change::{AttributeChange, Change};
use blastmap_graph::{BlastRadius, LinkIndex, RadiusQuery, Snapshot, blast_radius};
use blastmap_judge::{Assessment, Impact, Risk};
use blastmap_model::{BlindSpot, ResourceIndex};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

/// What `blastmap radius --format json` prints: each Resource as `{id, kind, name, account, region, presence, owner}`,
/// each Link as `{from, to, relation, phases, evidence}`.
///
/// # Panics
/// On the radius of another snapshot.
pub fn radius_json(snapshot: &Snapshot, radius: &BlastRadius) -> Value {
    let resources = |indices: &[ResourceIndex]| -> Value {
        indices
            .iter()
            .map(|index| resource(snapshot, *index))
            .collect()
    };
    let links = |indices: &[LinkIndex]| -> Value {
        indices.iter().map(|index| link(snapshot, *index)).collect()
    };
    let nodes: Vec<Value> = radius
        .nodes
        .iter()
        .map(|node| {
            json!({
                "resource": resource(snapshot, node.resource),
                "distance": node.distance,
                "path": links(&node.path),
            })
        })
        .collect();
    let by_kind: Vec<Value> = radius
        .by_kind
        .iter()
        .map(|(kind, count)| json!({ "kind": kind.name(), "count": count }))
        .collect();
    let by_owner: Vec<Value> = radius
        .by_owner
        .iter()
        .map(|(owner, count)| json!({ "owner": owner, "count": count }))
        .collect();
    let blind_spots: Vec<Value> = radius.blind_spots.iter().map(blind_spot).collect();
    json!({
        "roots": resources(&radius.roots),
        "nodes": nodes,
        "links": links(&radius.links),
        "totalCount": radius.total_count,
        "truncated": radius.truncated,
        "byKind": by_kind,
        "byOwner": by_owner,
        "blindSpots": blind_spots,
    })
}

fn blind_spot(spot: &BlindSpot) -> Value {
    let kinds: Vec<&str> = spot.kinds.iter().map(|kind| kind.name()).collect();
    json!({
        "account": spot.account,
        "region": spot.region,
        "api": spot.api,
        "reason": spot.reason.name(),
        "message": spot.message,
        "kinds": kinds,
    })
}

/// What `blastmap review --format json` prints: the API's type `Assessment` in the same way, with at most a thousand nodes of its
/// blast radius.
pub fn assessment_json(assessment: &Assessment) -> Value {
    let estate = assessment.excerpt.snapshot();
    let radius = blast_radius(estate, &assessment.roots, &RadiusQuery::default());
    let impacts = |impacts: &[Impact]| -> Value {
        impacts.iter().map(|own| impact(assessment, own)).collect()
    };
    let changes = |changes: &mut dyn Iterator<Item = &(Change, Option<ResourceIndex>)>| -> Value {
        changes
            .map(|(own, place)| change(estate, own, *place))
            .collect()
    };
    let risks: Vec<Value> = assessment
        .risks
        .iter()
        .map(|own| risk(assessment, own))
        .collect();
    let blind_spots: Vec<Value> = assessment.blind_spots.iter().map(blind_spot).collect();
    json!({
        "risk": assessment.level.name(),
        "risks": risks,
        "impacts": impacts(&assessment.impacts),
        "alreadyBroken": impacts(&assessment.already_broken),
        "mended": impacts(&assessment.mended),
        "changes": changes(&mut assessment.changes.iter()),
        "notJudged": changes(&mut assessment.not_judged()),
        "blastRadius": radius_json(estate, &radius),
        "blindSpots": blind_spots,
        "snapshot": {
            "id": assessment.snapshot_id,
            "takenAt": assessment.taken_at.to_offset(time::UtcOffset::UTC).format(&Rfc3339).ok(),
            "resources": assessment.resources,
            "links": assessment.links,
        },
    })
}

fn change(estate: &Snapshot, change: &Change, place: Option<ResourceIndex>) -> Value {
    let attributes: Vec<Value> = change.attributes.iter().map(attribute).collect();
    json!({
        "resource": place.map(|place| resource(estate, place)),
        "address": change.address,
        "action": change.action.name(),
        "match": change.matched.name(),
        "attributes": attributes,
    })
}

fn attribute(change: &AttributeChange) -> Value {
    json!({
        "name": change.name,
        "before": change.before,
        "after": change.after,
        "unknown": change.unknown,
        "sensitive": change.sensitive,
    })
}

fn impact(assessment: &Assessment, impact: &Impact) -> Value {
    let estate = assessment.excerpt.snapshot();
    let path: Vec<Value> = assessment
        .path_of(impact)
        .into_iter()
        .map(|own| link(estate, own))
        .collect();
    json!({
        "resource": resource(estate, impact.resource),
        "outcome": impact.outcome.name(),
        "phase": impact.phase.name(),
        "lost": impact.share.map(|share| share.lost),
        "of": impact.share.map(|share| share.of),
        "cause": impact.cause,
        "path": path,
        "awsError": impact.aws_error,
    })
}

fn risk(assessment: &Assessment, risk: &Risk) -> Value {
    let estate = assessment.excerpt.snapshot();
    let affected: Vec<Value> = risk
        .affected
        .iter()
        .map(|place| resource(estate, *place))
        .collect();
    let evidence: Vec<Value> = assessment
        .evidence_of(risk)
        .into_iter()
        .map(|own| link(estate, own))
        .collect();
    json!({
        "id": risk.id,
        "rule": risk.rule,
        "level": risk.level.name(),
        "title": risk.title,
        "detail": risk.detail,
        "remediation": risk.remediation,
        "resource": risk.resource.map(|place| resource(estate, place)),
        "affected": affected,
        "evidence": evidence,
        "documentation": risk.documentation,
    })
}

fn resource(snapshot: &Snapshot, index: ResourceIndex) -> Value {
    let resource = snapshot.resource(index);
    json!({
        "id": resource.id,
        "kind": resource.kind.name(),
        "name": resource.name,
        "account": resource.account,
        "region": resource.region,
        "presence": resource.presence.name(),
        "owner": snapshot.owner(index),
    })
}

fn link(snapshot: &Snapshot, index: LinkIndex) -> Value {
    let (link, evidence) = (snapshot.link(index), snapshot.evidence(index));
    let dependent = snapshot.resource(link.from);
    let observed_at = evidence.observed_at.unwrap_or(dependent.observed_at);
    let phases: Vec<&str> = link
        .phases
        .iter()
        .map(blastmap_model::Phase::name)
        .collect();
    json!({
        "from": dependent.id,
        "to": snapshot.resource(link.to).id,
        "relation": link.relation.name(),
        "phases": phases,
        "evidence": {
            "api": evidence.api,
            "field": evidence.field,
            "inferred": evidence.inferred,
            "observedAt": observed_at.to_offset(time::UtcOffset::UTC).format(&Rfc3339).ok(),
        },
    })
}

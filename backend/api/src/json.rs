//! Answers as JSON: the API's types `BlastRadius`, `Assessment` and `GraphDiff`, with ids in place of the ends of links.

use blastmap_change::{AttributeChange, Change};
use blastmap_graph::{
    BlastRadius, Differences, LinkDifferences, LinkIndex, RadiusQuery, Snapshot,
    attribute_differences, blast_radius,
};
use blastmap_judge::{
    Assessment, Impact, Risk,
    report::{Kept, Report},
};
use blastmap_model::{BlindSpot, ResourceIndex};
use serde_json::{Value, json};
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

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
    let by_distance: Vec<Value> = radius
        .by_distance
        .iter()
        .map(|(distance, count)| json!({ "distance": distance, "count": count }))
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
        "byDistance": by_distance,
        "blindSpots": blind_spots,
    })
}

/// What `blastmap diff --format json` prints: the API's type `GraphDiff` in the same way, with all that differs.
pub fn diff_json(before: &Snapshot, after: &Snapshot) -> Value {
    let resources = Differences::between(before, after);
    let links = LinkDifferences::between(before, after);
    let named = |snapshot: &Snapshot| {
        json!({
            "id": snapshot.id(),
            "takenAt": rfc3339(snapshot.taken_at()),
            "resources": snapshot.inventory().resources().len(),
            "links": snapshot.inventory().links().len(),
        })
    };
    let all = |snapshot: &Snapshot, places: &[ResourceIndex]| -> Value {
        let places = places.iter();
        places.map(|place| resource(snapshot, *place)).collect()
    };
    let all_links = |snapshot: &Snapshot, links: &[LinkIndex]| -> Value {
        links.iter().map(|own| link(snapshot, *own)).collect()
    };
    let changed: Vec<Value> = resources
        .changed
        .iter()
        .map(|(earlier, later)| {
            let differences =
                attribute_differences(before.resource(*earlier), after.resource(*later));
            let attributes: Vec<Value> = differences
                .into_iter()
                .map(|own| {
                    attribute(&AttributeChange {
                        name: own.name,
                        before: own.before,
                        after: own.after,
                        unknown: false,
                        sensitive: false,
                    })
                })
                .collect();
            json!({
                "before": resource(before, *earlier),
                "after": resource(after, *later),
                "attributes": attributes,
            })
        })
        .collect();
    let by_kind: Vec<Value> = resources
        .by_kind(before, after)
        .iter()
        .map(|own| {
            json!({
                "kind": own.kind.name(),
                "added": own.added,
                "removed": own.removed,
                "changed": own.changed,
            })
        })
        .collect();
    json!({
        "from": named(before),
        "to": named(after),
        "added": all(after, &resources.added),
        "removed": all(before, &resources.removed),
        "changed": changed,
        "linksAdded": all_links(after, &links.added),
        "linksRemoved": all_links(before, &links.removed),
        "addedCount": resources.added.len(),
        "removedCount": resources.removed.len(),
        "changedCount": resources.changed.len(),
        "linksAddedCount": links.added.len(),
        "linksRemovedCount": links.removed.len(),
        "byKind": by_kind,
    })
}

fn rfc3339(time: OffsetDateTime) -> Option<String> {
    time.to_offset(UtcOffset::UTC).format(&Rfc3339).ok()
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
            "takenAt": rfc3339(assessment.taken_at),
            "resources": assessment.resources,
            "links": assessment.links,
        },
    })
}

/// The same of a review that is kept, with what is kept beside its assessment as `review`.
pub(crate) fn report_json(report: &Report<'_>) -> Value {
    let mut written = assessment_json(report.assessment);
    if let Some(kept) = &report.kept {
        written["review"] = review(kept);
    }
    written
}

fn review(kept: &Kept<'_>) -> Value {
    let marks: Vec<Value> = kept
        .marks
        .iter()
        .map(|own| {
            json!({
                "risk": own.risk,
                "mark": own.mark.name(),
                "note": own.note,
                "markedAt": rfc3339(own.marked_at),
            })
        })
        .collect();
    json!({
        "id": kept.review.id,
        "title": kept.review.title,
        "createdAt": rfc3339(kept.review.created_at),
        "link": kept.link,
        "marks": marks,
    })
}

fn change(estate: &Snapshot, change: &Change, place: Option<ResourceIndex>) -> Value {
    let attributes: Vec<Value> = change.attributes.iter().map(attribute).collect();
    json!({
        "resource": place.map(|place| resource(estate, place)),
        "address": change.address,
        "action": change.action.name(),
        "match": change.matched.name(),
        "mapped": change.mapped,
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
        "unit": impact.unit(estate.kind(impact.resource)),
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
        "addresses": risk.addresses,
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
            "observedAt": rfc3339(observed_at),
        },
    })
}

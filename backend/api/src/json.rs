//! A blast radius as JSON: the API's type `BlastRadius`, with ids in place of the ends of links.

use blastmap_graph::{BlastRadius, LinkIndex, Snapshot};
use blastmap_model::ResourceIndex;
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
    let blind_spots: Vec<Value> = radius
        .blind_spots
        .iter()
        .map(|spot| {
            let kinds: Vec<&str> = spot.kinds.iter().map(|kind| kind.name()).collect();
            json!({
                "account": spot.account,
                "region": spot.region,
                "api": spot.api,
                "reason": spot.reason.name(),
                "message": spot.message,
                "kinds": kinds,
            })
        })
        .collect();
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

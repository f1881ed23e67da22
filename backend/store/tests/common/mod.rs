//! What the tests of a folder and of a bucket share.

use blastmap_model::{
    Attributes, Evidence, Inventory, NamedLink, Presence, Relation, Resource, ResourceId,
    ResourceKind, Tags,
};
use blastmap_store::{Retention, Store};
use time::{Duration, OffsetDateTime, macros::datetime};

pub(crate) const FIRST: OffsetDateTime = datetime!(2026-11-23 18:00 UTC);

fn resource(name: &str, kind: ResourceKind) -> Resource {
    Resource {
        id: ResourceId::new(&format!("arn:aws:ecs:eu-west-1:123456789012:{name}")),
        kind,
        name: name.into(),
        account: "123456789012".into(),
        region: "eu-west-1".into(),
        presence: Presence::Live,
        tags: Tags::default(),
        attributes: Attributes::none(),
        observed_at: FIRST,
    }
}

/// Two resources and a link, taken so many minutes after the first.
pub(crate) fn inventory(id: &str, minutes: i64) -> Inventory {
    let service = resource("service/shop/web", ResourceKind::EcsService);
    let cluster = resource("cluster/shop", ResourceKind::EcsCluster);
    let link = NamedLink {
        from: service.id.clone(),
        to: cluster.id.clone(),
        relation: Relation::PartOf,
        phases: None,
        evidence: Evidence {
            api: "ecs:DescribeServices".into(),
            field: "clusterArn".into(),
            inferred: false,
            observed_at: None,
        },
    };
    Inventory::new(
        id.to_owned(),
        FIRST + Duration::minutes(minutes),
        Vec::new(),
        Vec::new(),
        vec![service, cluster],
        vec![link],
    )
    .unwrap()
}

/// Ids as the store lists them.
pub(crate) async fn ids(store: &Store) -> Vec<String> {
    let entries = store.list_snapshots().await.unwrap();
    entries.into_iter().map(|entry| entry.id).collect()
}

/// So many of the newest snapshots stay, and no others.
pub(crate) fn newest(newest: usize) -> Retention {
    Retention { newest, days: 0 }
}

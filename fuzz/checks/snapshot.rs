//! What must hold for snapshot files of any bytes. The fuzz target runs it, and a test of `blastmap-graph` on the corpus.

use std::collections::BTreeSet;

use blastmap_graph::{Direction, RadiusQuery, Snapshot, blast_radius};
use blastmap_model::{Evidence, Inventory, Phases, Relation, ResourceIndex, record};

/// With what they are known by: where that lies in memory depends on the order of the file.
fn links(
    inventory: &Inventory,
) -> Vec<(ResourceIndex, ResourceIndex, Relation, Phases, &Evidence)> {
    let links = inventory.links().iter();
    links
        .map(|own| {
            let evidence = inventory.evidence(own);
            (own.from, own.to, own.relation, own.phases, evidence)
        })
        .collect()
}

/// Whatever is read can be written, and read again as it was; a part of it is what the whole has; and its graph can be walked.
pub(crate) fn check(bytes: &[u8]) {
    let Ok(inventory) = record::read(bytes) else {
        return;
    };
    let mut written = Vec::new();
    record::write_plain(&inventory, &mut written).expect("what was read can be written");
    let again = record::read(written.as_slice()).expect("what was written can be read");
    assert_eq!(inventory.resources(), again.resources());
    assert_eq!(links(&inventory), links(&again));
    assert_eq!(inventory.blind_spots, again.blind_spots);

    let ids: BTreeSet<&str> = inventory
        .resources()
        .iter()
        .take(2)
        .map(|own| own.id.as_str())
        .collect();
    if let Ok(part) = record::read_part(bytes, &ids, ids.first().copied()) {
        let whole = inventory.resources().iter().take(2);
        assert_eq!(part.resources, whole.cloned().collect::<Vec<_>>());
    }
    let roots: Vec<_> = inventory.indices().take(2).collect();
    let snapshot = Snapshot::new(inventory, vec!["owner".to_owned()]);
    for direction in [Direction::Dependents, Direction::Dependencies] {
        let query = RadiusQuery {
            direction,
            ..RadiusQuery::default()
        };
        blast_radius(&snapshot, &roots, &query);
    }
}

//! `blastmap radius`.

use blastmap_graph::{
    BlastRadius, RadiusQuery, Snapshot, blast_radius, named, nearest_ids, render,
};
use blastmap_model::ResourceIndex;

use crate::{
    args::{Direction, Radius, RadiusFormat},
    failure::NoSuchResource,
    output, source,
};

pub(crate) async fn run(args: Radius) -> anyhow::Result<()> {
    let inventory = source::load(&args.source).await?;
    let snapshot = Snapshot::new(inventory, args.owners.owner_tag.clone());
    let root = find(&snapshot, &args.resource)?;
    let query = RadiusQuery {
        direction: match args.direction {
            Direction::Dependents => blastmap_graph::Direction::Dependents,
            Direction::Dependencies => blastmap_graph::Direction::Dependencies,
        },
        max_depth: args.depth,
        kinds: None,
        phases: None,
        limit: usize::MAX,
    };
    let radius = blast_radius(&snapshot, &[root], &query);
    output::print(&draw(&snapshot, &radius, args.format))?;
    if let Some(depth) = args.depth {
        output::say(&format!(
            "Looked {depth} links far: there may be more beyond."
        ));
    }
    Ok(())
}

fn draw(snapshot: &Snapshot, radius: &BlastRadius, format: RadiusFormat) -> String {
    match format {
        RadiusFormat::Tree => render::tree(snapshot, radius),
        RadiusFormat::Dot => render::dot(snapshot, radius),
        RadiusFormat::Mermaid => render::mermaid(snapshot, radius),
        RadiusFormat::Json => format!("{:#}\n", blastmap_api::radius_json(snapshot, radius)),
    }
}

/// The one resource that this names: by ARN, by id, or by a name that no other has.
pub(crate) fn find(snapshot: &Snapshot, text: &str) -> Result<ResourceIndex, NoSuchResource> {
    let ids = |found: &[ResourceIndex]| -> Vec<String> {
        found
            .iter()
            .map(|index| snapshot.resource(*index).id.to_string())
            .collect()
    };
    match named(snapshot, text).as_slice() {
        [one] => Ok(*one),
        [] => {
            let nearest: Vec<String> = nearest_ids(snapshot, text, 3)
                .iter()
                .map(ToString::to_string)
                .collect();
            Err(NoSuchResource::none(text, &nearest))
        }
        several => Err(NoSuchResource::several(text, &ids(several))),
    }
}

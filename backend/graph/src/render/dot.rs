//! A blast radius in the DOT language, for Graphviz.
//!
//! <https://graphviz.org/doc/info/lang.html>

use super::{
    picture::{Picture, Role, label},
    width::plain,
};
use crate::{BlastRadius, Snapshot};

/// A graph in the DOT language; arrows point from the dependent to the dependency.
pub fn dot(snapshot: &Snapshot, radius: &BlastRadius) -> String {
    let picture = Picture::of(snapshot, radius);
    let mut lines = vec![
        "digraph radius {".to_owned(),
        "  rankdir=LR;".to_owned(),
        "  node [shape=box];".to_owned(),
    ];
    for (index, role) in &picture.resources {
        let (kind, name) = label(snapshot, *index);
        let style = match role {
            Role::Root => ", style=bold",
            Role::Told => "",
            Role::Between => ", style=dashed",
        };
        lines.push(format!(
            "  n{} [label=\"{}\\n{}\"{style}];",
            index.0,
            escape(&kind),
            escape(name)
        ));
    }
    for link in &picture.links {
        let link = snapshot.link(*link);
        lines.push(format!(
            "  n{} -> n{} [label=\"{}\"];",
            link.from.0, link.to.0, link.relation
        ));
    }
    lines.push("}".to_owned());
    lines.join("\n") + "\n"
}

/// For the inside of a quoted label, where quotes end it and backslashes begin a code.
fn escape(text: &str) -> String {
    plain(text).replace('\\', "\\\\").replace('"', "\\\"")
}

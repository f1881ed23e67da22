//! A blast radius as text: a tree for a terminal, and pictures for Graphviz and Mermaid.

use crate::{BlastRadius, Snapshot};

/// A tree for a terminal, at most 100 columns wide.
pub fn tree(_snapshot: &Snapshot, _radius: &BlastRadius) -> String {
    String::new()
}

/// A graph in the DOT language.
pub fn dot(_snapshot: &Snapshot, _radius: &BlastRadius) -> String {
    String::new()
}

/// A Mermaid flowchart.
pub fn mermaid(_snapshot: &Snapshot, _radius: &BlastRadius) -> String {
    String::new()
}

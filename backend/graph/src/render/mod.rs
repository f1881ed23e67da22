//! A blast radius as text: a tree for a terminal, and pictures for Graphviz and Mermaid. And what changed between two snapshots.

mod diff;
mod dot;
mod mermaid;
mod picture;
#[cfg(test)]
mod tests;
mod tree;
mod width;

pub use self::{
    diff::diff,
    dot::dot,
    mermaid::mermaid,
    tree::tree,
    width::{columns, plain},
};

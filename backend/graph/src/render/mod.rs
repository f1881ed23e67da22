//! A blast radius as text: a tree for a terminal, and pictures for Graphviz and Mermaid.

mod dot;
mod mermaid;
mod picture;
#[cfg(test)]
mod tests;
mod tree;
mod width;

pub use self::{
    dot::dot,
    mermaid::mermaid,
    tree::tree,
    width::{columns, plain},
};

//! A blast radius as a Mermaid flowchart.
//!
//! <https://mermaid.js.org/syntax/flowchart.html>

use super::{
    picture::{Picture, Role, label},
    width::plain,
};
use crate::{BlastRadius, Snapshot};

/// A Mermaid flowchart; arrows point from the dependent to the dependency.
pub fn mermaid(snapshot: &Snapshot, radius: &BlastRadius) -> String {
    let picture = Picture::of(snapshot, radius);
    let mut lines = vec!["flowchart LR".to_owned()];
    for (index, role) in &picture.resources {
        let (kind, name) = label(snapshot, *index);
        let (open, close) = match role {
            Role::Root => ("([", "])"),
            Role::Told => ("[", "]"),
            Role::Between => ("(", ")"),
        };
        lines.push(format!(
            "  n{}{open}\"{}<br/>{}\"{close}",
            index.0,
            escape(&kind),
            escape(name)
        ));
    }
    for link in &picture.links {
        let link = snapshot.link(*link);
        lines.push(format!(
            "  n{} -->|{}| n{}",
            link.from.0, link.relation, link.to.0
        ));
    }
    lines.join("\n") + "\n"
}

/// Letters, digits and a few signs without a meaning in Mermaid stay; all else becomes its number.
///
/// <https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters>
fn escape(text: &str) -> String {
    let escape = |letter: char| {
        if letter.is_alphanumeric() || " -_./()".contains(letter) {
            letter.to_string()
        } else {
            format!("#{};", u32::from(letter))
        }
    };
    plain(text).chars().map(escape).collect()
}

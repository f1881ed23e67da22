//! An assessment for people and for other tools: one file a format, and what they have in common in `summary`.

mod html;
mod markdown;
mod sarif;
mod summary;
mod text;

pub use html::{STYLE, html};
pub use markdown::markdown;
pub use sarif::sarif;
pub use text::{Colours, text};

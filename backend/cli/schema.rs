//! `blastmap schema`.

use crate::output;

pub(crate) fn run() -> anyhow::Result<()> {
    output::print(&blastmap_api::schema_text())
}

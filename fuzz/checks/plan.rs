//! What must hold for changes of any bytes and in any format. The fuzz target runs it, and a test of `blastmap-judge` on the corpus.

use std::sync::LazyLock;

use blastmap_graph::Snapshot;
use blastmap_judge::{Level, assess, estate::Estate};
use blastmap_model::Redactor;

static ESTATE: LazyLock<Snapshot> = LazyLock::new(|| {
    Estate::new()
        .vpc_with_nat()
        .fargate_service()
        .alb()
        .snapshot()
});

/// Whatever is read is judged, twice alike; what changes nothing is no risk.
pub(crate) fn check(bytes: &[u8]) {
    let redactor = Redactor::new([7; 32]);
    let Ok(proposal) = blastmap_change::read(bytes, ESTATE.inventory(), &redactor) else {
        return;
    };
    let found = assess(&ESTATE, &proposal);
    let again = assess(&ESTATE, &proposal);
    assert_eq!(found.risks, again.risks, "two answers to one change");
    assert_eq!(found.impacts, again.impacts, "two answers to one change");
    if proposal.changes.is_empty() && proposal.edits.is_empty() && proposal.notes.is_empty() {
        assert_eq!(found.level, Level::None, "a risk of nothing");
    }
}

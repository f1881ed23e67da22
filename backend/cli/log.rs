//! Log lines go to standard error.

use std::io::IsTerminal as _;

use tokio::runtime::Handle;
use tracing::{Level, Metadata};
use tracing_subscriber::{
    EnvFilter, Layer as _,
    filter::{FilterExt as _, filter_fn},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

use crate::{
    args::{Args, Color, Command},
    traces::{self, Traces},
};

/// Who did what, on a server: written whatever else is, unless a filter names it.
const AUDIT: &str = "blastmap::audit";

/// Starts logging as the arguments say, and traces where somebody takes them; in place of a filter that cannot be read is the usual one.
pub(crate) fn start(args: &Args, runtime: &Handle) -> Traces {
    // A server's log is all that tells what it went on without; other commands say so in their results.
    let serves = matches!(args.command, Command::Serve(_));
    let usual = if serves {
        "warn,aws_config=error"
    } else {
        "error,aws_config=off"
    };
    let with_audit = |wanted: &str| {
        if serves && !wanted.contains(AUDIT) {
            format!("{wanted},{AUDIT}=info")
        } else {
            wanted.to_owned()
        }
    };
    let wanted = args.log.as_deref().unwrap_or(usual);
    let read = EnvFilter::try_new(with_audit(wanted));
    let unreadable = read.as_ref().err().map(ToString::to_string);
    let filter = read
        .unwrap_or_else(|_not_a_filter| EnvFilter::new(with_audit(usual)))
        .and(filter_fn(holds_no_answer));
    let colored = match args.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            std::io::stderr().is_terminal()
                && anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never
        }
    };
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(colored);
    let lines = if args.log_json {
        lines.json().boxed()
    } else {
        lines.with_target(false).boxed()
    };
    let (spans, traces) = traces::open(runtime);
    tracing_subscriber::registry()
        .with(spans)
        .with(lines.with_filter(filter))
        .init();
    if let Some(why) = unreadable {
        tracing::error!("The log is as usual, for `--log {wanted}` is no filter: {why}");
    }
    traces
}

/// At `trace` the SDK and the libraries below it write down whole answers of AWS, and with them the values that never get
/// past the crawler.
fn holds_no_answer(metadata: &Metadata<'_>) -> bool {
    *metadata.level() < Level::TRACE || metadata.target().starts_with("blastmap")
}

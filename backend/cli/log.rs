//! Log lines go to standard error.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::args::{Args, Color, Command};

/// Starts logging as the arguments say; a filter that cannot be read is `warn`.
pub(crate) fn start(args: &Args) {
    // A server's log is all that tells what it went on without; other commands say so in their results.
    let usual = if matches!(args.command, Command::Serve(_)) {
        "warn,aws_config=error"
    } else {
        "error,aws_config=off"
    };
    let wanted = args.log.as_deref().unwrap_or(usual);
    let filter = EnvFilter::try_new(wanted).unwrap_or_else(|_| EnvFilter::new("warn"));
    let colored = match args.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            std::io::stderr().is_terminal()
                && anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never
        }
    };
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(colored);
    if args.log_json {
        subscriber.json().init();
    } else {
        subscriber.with_target(false).init();
    }
}

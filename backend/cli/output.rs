//! What people and programs read: results on standard output, all else on standard error.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use anstyle::{AnsiColor, Style};

/// Prints a result.
pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    let mut output = anstream::stdout().lock();
    output.write_all(text.as_bytes())?;
    output.flush()?;
    Ok(())
}

/// Says something that is not the result.
pub(crate) fn say(text: &str) {
    // Nobody reads: nothing to be done about it.
    drop(writeln!(anstream::stderr().lock(), "{text}"));
}

/// One line on what could not be done, with its causes.
pub(crate) fn failed(error: &anyhow::Error) -> ExitCode {
    let mut line = String::new();
    for cause in error.chain().map(ToString::to_string) {
        let cause = cause.split_whitespace().collect::<Vec<_>>().join(" ");
        if line.is_empty() {
            line = cause;
        } else if !line.contains(&cause) {
            line = format!("{line}: {cause}");
        }
    }
    let red = Style::new().bold().fg_color(Some(AnsiColor::Red.into()));
    say(&format!("{red}error:{red:#} {line}"));
    ExitCode::FAILURE
}

/// True where whoever read our output has gone, as `head` does.
pub(crate) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}

//! `blastmap.toml`: the same names as the flags, at top level for all commands and in `[serve]`, `[crawl]`, ... for one.
//! Its values become the defaults of the flags, so that environment and flags go before it.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::{Arg, Command};
use toml::{Table, Value};

/// Where the file is, if nobody says.
const FILE: &str = "blastmap.toml";

/// Puts the file's values into the command line's defaults. No file, no change.
pub(crate) fn apply(command: Command) -> anyhow::Result<Command> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the file is needed before the flags are read"
    )]
    let named = std::env::var("BLASTMAP_CONFIG").ok();
    let path = PathBuf::from(named.as_deref().unwrap_or(FILE));
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && named.is_none() => {
            return Ok(command);
        }
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    };
    let table: Table =
        toml::from_str(&text).with_context(|| format!("{} is not valid TOML", path.display()))?;
    apply_table(command, &table).with_context(|| format!("{} cannot be used", path.display()))
}

fn apply_table(mut command: Command, table: &Table) -> anyhow::Result<Command> {
    for (name, value) in table {
        if let (Value::Table(section), Some(_)) = (value, command.find_subcommand(name)) {
            check(&command, name, section)?;
            command = command.mut_subcommand(name, |own| with_defaults(own, section));
            continue;
        }
        let own = Table::from_iter([(name.clone(), value.clone())]);
        let mut used = has(&command, name);
        command = with_defaults(command, &own);
        let names: Vec<String> = command
            .get_subcommands()
            .map(|own| own.get_name().to_owned())
            .collect();
        for subcommand in names {
            used |= command
                .find_subcommand(&subcommand)
                .is_some_and(|found| has(found, name));
            command = command.mut_subcommand(subcommand, |found| with_defaults(found, &own));
        }
        if !used {
            bail!("`{name}` is not an option of blastmap");
        }
    }
    Ok(command)
}

fn check(command: &Command, section: &str, table: &Table) -> anyhow::Result<()> {
    let subcommand = command.find_subcommand(section);
    if let Some(unknown) = table
        .keys()
        .find(|name| !subcommand.is_some_and(|own| has(own, name)))
    {
        bail!("`{unknown}` is not an option of blastmap {section}");
    }
    Ok(())
}

/// Options are written as on the command line; underscores will do.
fn has(command: &Command, name: &str) -> bool {
    command
        .get_arguments()
        .any(|argument| is_named(argument, name))
}

fn is_named(argument: &Arg, name: &str) -> bool {
    argument
        .get_long()
        .is_some_and(|long| long == name.replace('_', "-"))
}

fn with_defaults(command: Command, table: &Table) -> Command {
    command.mut_args(|argument| {
        let value = table
            .iter()
            .find(|(name, _)| is_named(&argument, name))
            .map(|(_, value)| value);
        match value {
            None => argument,
            Some(Value::Array(values)) => {
                argument.default_values(values.iter().map(plain).collect::<Vec<_>>())
            }
            Some(value) => argument.default_value(plain(value)),
        }
    })
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Boolean(flag) => flag.to_string(),
        Value::Datetime(_) | Value::Array(_) | Value::Table(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, FromArgMatches as _};

    use super::*;
    use crate::args::{Args, Command as Subcommand};

    fn parse(file: &str, arguments: &[&str]) -> anyhow::Result<Args> {
        let command = apply_table(Args::command(), &toml::from_str(file)?)?;
        let matches = command.try_get_matches_from([&["blastmap"], arguments].concat())?;
        Ok(Args::from_arg_matches(&matches)?)
    }

    #[test]
    fn the_file_gives_defaults_and_flags_go_before() {
        let file = "log = \"info\"\nregion = [\"eu-west-1\", \"eu-central-1\"]\n[serve]\nlisten = \"127.0.0.1:9000\"\ninterval = \"1m\"\n";
        let Subcommand::Serve(serve) = parse(file, &["serve", "--interval", "2m"]).unwrap().command
        else {
            panic!("serve")
        };
        assert_eq!(serve.scope.region, ["eu-west-1", "eu-central-1"]);
        assert_eq!((serve.listen.port(), serve.interval.as_secs()), (9000, 120));
        assert_eq!(
            parse(file, &["schema"]).unwrap().log.as_deref(),
            Some("info")
        );
    }

    #[test]
    fn a_word_that_is_no_option_is_refused() {
        assert!(parse("regoin = \"eu-west-1\"", &["schema"]).is_err());
        assert!(parse("[serve]\nlisten_on = \"x\"", &["schema"]).is_err());
    }
}

//! A flag goes before a variable, and this before a line of the file, also where options exclude each other: then the
//! lower one is as if it were not there. Only where both stand equally high is that an error of the caller.

use std::ffi::OsString;

use clap::{ArgMatches, Command, builder::Resettable, parser::ValueSource};

/// What says where a crawl goes.
const OF_A_CRAWL: &[&str] = &["region", "role_arn", "organization", "replay", "record"];

/// Options, each with those that make no sense beside it.
const EXCLUDES: [(&str, &[&str]); 8] = [
    ("demo", &["snapshot", "server", "live"]),
    ("demo", OF_A_CRAWL),
    ("snapshot", &["server", "live"]),
    ("snapshot", OF_A_CRAWL),
    ("server", &["live"]),
    ("record", &["replay"]),
    ("organization", &["role_arn"]),
    (
        "insecure_no_auth",
        &["auth_tokens", "auth_oidc", "auth_alb"],
    ),
];

/// Takes the variable and the file's line from each option that is overruled.
pub(crate) fn settle(mut command: Command, arguments: &[OsString]) -> Command {
    let tried = command.clone().ignore_errors(true);
    let Ok(matches) = tried.try_get_matches_from(arguments) else {
        return command;
    };
    let Some((name, given)) = matches.subcommand() else {
        return command;
    };
    for (one, others) in EXCLUDES {
        for other in others {
            let overruled = match rank(given, one).cmp(&rank(given, other)) {
                std::cmp::Ordering::Greater => other,
                std::cmp::Ordering::Less => one,
                std::cmp::Ordering::Equal => continue,
            };
            if given.try_contains_id(overruled).is_ok() {
                command = command.mut_subcommand(name, |own| {
                    own.mut_arg(overruled, |argument| {
                        argument
                            .env(Resettable::Reset)
                            .default_value(Resettable::Reset)
                    })
                });
            }
        }
    }
    command
}

/// How high the place stands in which an option is given; nothing where it is not, or switched off.
fn rank(given: &ArgMatches, option: &str) -> Option<u8> {
    if !given.try_contains_id(option).unwrap_or(false)
        || matches!(given.try_get_one::<bool>(option), Ok(Some(false)))
    {
        return None;
    }
    match given.value_source(option)? {
        ValueSource::CommandLine => Some(2),
        ValueSource::EnvVariable => Some(1),
        _ => Some(0),
    }
}

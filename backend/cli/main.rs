//! `blastmap`: shows what breaks in an AWS ECS estate when something changes, how, when and why.

mod access;
mod args;
mod config_file;
mod crawl;
mod crawl_loop;
mod crawling;
mod descriptors;
mod diff;
mod failure;
mod log;
mod memory;
mod output;
mod policy;
mod precedence;
mod publishing;
mod radius;
mod review;
mod schema;
mod serve;
mod shards;
mod source;
mod store_watch;
mod stores;
mod token;
#[cfg_attr(not(feature = "otlp"), path = "no_traces.rs")]
mod traces;

use std::{ffi::OsString, process::ExitCode, time::Duration};

use clap::{CommandFactory as _, FromArgMatches as _};

use args::{Args, Command};

/// How long work beside the threads that answer may still take when all else has ended.
const LONGEST_END: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    let command = match config_file::apply(Args::command()) {
        Ok(command) => command,
        Err(error) => return output::failed(&error),
    };
    let arguments: Vec<OsString> = std::env::args_os().collect();
    // Clap prints usage errors itself; they end with status 2.
    let args = match precedence::settle(command, &arguments)
        .try_get_matches_from(&arguments)
        .and_then(|matches| Args::from_arg_matches(&matches))
    {
        Ok(args) => args,
        Err(error) => {
            drop(error.print());
            return if error.use_stderr() {
                ExitCode::from(2)
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    args.color.apply();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            return output::failed(&anyhow::Error::new(error).context("cannot start threads"));
        }
    };
    let traces = log::start(&args, runtime.handle());
    let ended = runtime.block_on(run(args));
    traces.end();
    // What still computes is for somebody who was given up: without a limit it would keep the process for as long as it takes.
    runtime.shutdown_timeout(LONGEST_END);
    match ended {
        Ok(status) => status,
        Err(error) if output::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => output::failed(&error),
    }
}

async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let done = match args.command {
        Command::Review(own) => return review::run(own).await,
        Command::Serve(serve) => serve::run(*serve).await,
        Command::Crawl(crawl) => Box::pin(crawl::run(crawl)).await,
        Command::Radius(radius) => radius::run(radius).await,
        Command::Diff(diff) => diff::run(diff).await,
        Command::Schema => schema::run(),
        Command::Policy(policy) => policy::run(&policy),
        Command::Token(own) => token::run(&own),
        Command::Completions(completions) => {
            let mut script = Vec::new();
            clap_complete::generate(
                completions.shell,
                &mut Args::command(),
                "blastmap",
                &mut script,
            );
            output::print(&String::from_utf8_lossy(&script))
        }
    };
    done.map(|()| ExitCode::SUCCESS)
}

//! `blastmap review`.

use std::{
    fs,
    io::{self, Read as _},
    path::Path,
    process::ExitCode,
};

use anyhow::Context as _;
use blastmap_graph::Snapshot;
use blastmap_judge::{Assessment, Level, assess, report};

use crate::{
    args::{FailOn, Review, ReviewFormat},
    output,
    radius::find,
    source,
};

/// The exit status where the change was reviewed and is as bad as `--fail-on` says, or worse.
const FAILED: u8 = 3;

pub(crate) async fn run(args: Review) -> anyhow::Result<ExitCode> {
    let bytes = read(&args.file)?;
    let inventory = source::load(&args.source).await?;
    let redactor = source::redactor(&args.source).await?;
    let snapshot = Snapshot::new(inventory, args.owners.owner_tag.clone());
    let mut mapping = Vec::new();
    for (address, text) in &args.mapping {
        let resource = find(&snapshot, text)?;
        mapping.push((address.clone(), snapshot.resource(resource).id.to_string()));
    }
    let proposal = blastmap_change::read_mapped(&bytes, snapshot.inventory(), &redactor, &mapping)
        .with_context(|| format!("{} cannot be reviewed", named(&args.file)))?;
    let assessment = assess(&snapshot, &proposal);
    let colours = match args.out {
        Some(_) => report::Colours::Off,
        None => report::Colours::On,
    };
    let text = write(&assessment, args.format, colours);
    match &args.out {
        Some(path) => fs::write(path, text)
            .with_context(|| format!("cannot write the report to {}", path.display()))?,
        None => output::print(&text)?,
    }
    Ok(if fails(args.fail_on, assessment.level) {
        ExitCode::from(FAILED)
    } else {
        ExitCode::SUCCESS
    })
}

fn named(file: &Path) -> String {
    if file == Path::new("-") {
        "standard input".to_owned()
    } else {
        file.display().to_string()
    }
}

fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    if file == Path::new("-") {
        let mut bytes = Vec::new();
        io::stdin()
            .read_to_end(&mut bytes)
            .context("cannot read standard input")?;
        return Ok(bytes);
    }
    fs::read(file).with_context(|| format!("cannot read {}", file.display()))
}

fn write(assessment: &Assessment, format: ReviewFormat, colours: report::Colours) -> String {
    match format {
        ReviewFormat::Text => report::text(assessment, colours),
        ReviewFormat::Json => format!("{:#}\n", blastmap_api::assessment_json(assessment)),
        ReviewFormat::Markdown => report::markdown(assessment),
        ReviewFormat::Html => report::html(assessment),
        ReviewFormat::Sarif => report::sarif(assessment),
    }
}

fn fails(on: FailOn, level: Level) -> bool {
    let bound = match on {
        FailOn::Never => return false,
        FailOn::Critical => Level::Critical,
        FailOn::High => Level::High,
        FailOn::Medium => Level::Medium,
        FailOn::Low => Level::Low,
    };
    level <= bound
}

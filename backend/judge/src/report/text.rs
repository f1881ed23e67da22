//! For a terminal: a hundred columns, worst first, the answer in the first line.

use std::fmt::Write as _;

use blastmap_graph::render::{columns, plain};

use super::summary::{Summary, change_line, moment, parts, stands_alone, step};
use crate::{Assessment, Impact, Level, Outcome, Risk};

const WIDTH: usize = 100;
/// More of one sort are counted, not listed.
const LISTED: usize = 25;

/// Whether a report has the terminal's colours in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colours {
    On,
    Off,
}

/// A report for a terminal.
pub fn text(assessment: &Assessment, colours: Colours) -> String {
    let mut page = Page {
        text: String::new(),
        colours,
    };
    let summary = Summary::of(assessment);
    let estate = assessment.excerpt.snapshot();

    let badge = page.paint(level_style(assessment.level), assessment.level.name());
    page.marked(0, &badge, &summary.headline);
    page.line(0, &format!("Changes: {}", summary.changes));
    if !summary.owners.is_empty() || summary.without_owner > 0 {
        let mut who = summary.owners.clone();
        if summary.without_owner > 0 {
            who.push(format!("{} without an owner", summary.without_owner));
        }
        page.line(0, &format!("Ask: {}", who.join(", ")));
    }

    let told: Vec<&Impact> = assessment
        .impacts
        .iter()
        .filter(|impact| stands_alone(estate, impact))
        .collect();
    if !told.is_empty() {
        page.title("What is hit");
    }
    for impact in told.iter().take(LISTED) {
        page.impact(assessment, impact);
    }
    if told.len() > LISTED {
        page.line(2, &format!("and {} more: --format json has them all", told.len() - LISTED));
    }

    let (notes, risks): (Vec<&Risk>, Vec<&Risk>) = assessment
        .risks
        .iter()
        .partition(|risk| risk.rule == "not-judged" || risk.rule == "blind-spot");
    if !risks.is_empty() {
        page.title("Risks");
    }
    for (number, risk) in risks.iter().take(LISTED).enumerate() {
        page.risk(number + 1, risk);
    }
    if risks.len() > LISTED {
        page.line(2, &format!("and {} more", risks.len() - LISTED));
    }

    for (title, impacts) in [
        ("Broken today already", &assessment.already_broken),
        ("Broken today, whole after the change", &assessment.mended),
    ] {
        let told: Vec<&Impact> = impacts
            .iter()
            .filter(|impact| stands_alone(estate, impact))
            .collect();
        if told.is_empty() {
            continue;
        }
        page.title(title);
        for impact in told.iter().take(LISTED) {
            let resource = estate.resource(impact.resource);
            page.line(2, &format!("{} ({}): {}", resource.name, resource.kind.label(), impact.cause));
        }
        if told.len() > LISTED {
            page.line(2, &format!("and {} more", told.len() - LISTED));
        }
    }
    if !notes.is_empty() {
        page.title("What was not seen or judged");
    }
    for risk in notes.iter().take(LISTED) {
        page.line(2, &format!("{}: {}", risk.title, risk.detail));
    }
    if notes.len() > LISTED {
        page.line(2, &format!("and {} more", notes.len() - LISTED));
    }
    page.title("The change as understood");
    let changing = || assessment.changes.iter().filter(|(change, _)| change.action.changes_something());
    for (change, place) in changing().take(LISTED) {
        page.line(2, &change_line(estate, change, *place));
    }
    let count = changing().count();
    if count > LISTED {
        page.line(2, &format!("and {} more", count - LISTED));
    }
    page.text.push('\n');
    page.line(
        0,
        &format!(
            "Judged against snapshot {} of {}: {} resources, {} links. Nothing was changed in AWS.",
            assessment.snapshot_id, moment(assessment.taken_at), assessment.resources, assessment.links
        ),
    );
    page.text
}

struct Page {
    text: String,
    colours: Colours,
}

impl Page {
    fn paint(&self, style: &str, text: &str) -> String {
        match self.colours {
            Colours::On => format!("\u{1b}[{style}m{text}\u{1b}[0m"),
            Colours::Off => text.to_owned(),
        }
    }

    fn title(&mut self, title: &str) {
        let title = self.paint("1", title);
        self.text.push('\n');
        self.text.push_str(&title);
        self.text.push('\n');
    }

    fn impact(&mut self, assessment: &Assessment, impact: &Impact) {
        let estate = assessment.excerpt.snapshot();
        let resource = estate.resource(impact.resource);
        let outcome = self.paint(outcome_style(impact.outcome), outcome_words(impact.outcome));
        let mut about = vec![format!("{} {}", resource.kind.label(), resource.name)];
        about.extend(parts(estate, impact));
        about.extend(estate.owner(impact.resource).map(|owner| format!("owner {owner}")));
        about.push(format!("in phase {}", impact.phase.name()));
        self.marked(2, &outcome, &about.join(", "));
        self.line(6, &impact.cause);
        for link in assessment.path_of(impact).into_iter().take(8) {
            self.line(6, &format!("- {}", step(estate, link)));
        }
    }

    fn risk(&mut self, number: usize, risk: &Risk) {
        let level = self.paint(level_style(risk.level), risk.level.name());
        self.marked(2, &format!("{number}. {level}"), &risk.title);
        self.line(6, &risk.detail);
        self.line(6, &format!("Do: {}", risk.remediation));
        if let Some(page) = &risk.documentation {
            self.line(6, &format!("See: {page}"));
        }
    }

    /// A line that begins with a mark of ours, which may have colours.
    fn marked(&mut self, indent: usize, mark: &str, text: &str) {
        let _infallible = write!(self.text, "{:indent$}{mark}  ", "");
        self.wrap(indent + 4, indent + columns_without_colours(mark) + 2, text);
    }

    fn line(&mut self, indent: usize, text: &str) {
        let _infallible = write!(self.text, "{:indent$}", "");
        self.wrap(indent, indent, text);
    }

    /// Goes on from a column, and breaks lines at the width. Names come from tags and files: they play no tricks here.
    fn wrap(&mut self, indent: usize, mut column: usize, text: &str) {
        let mut first = true;
        for word in plain(text).split(' ').filter(|word| !word.is_empty()) {
            let length = columns(word);
            if !first && column + 1 + length > WIDTH {
                let _infallible = write!(self.text, "\n{:indent$}", "");
                column = indent;
            } else if !first {
                self.text.push(' ');
                column += 1;
            }
            self.text.push_str(word);
            column += length;
            first = false;
        }
        self.text.push('\n');
    }
}

fn columns_without_colours(word: &str) -> usize {
    let mut count = 0;
    let mut escape = false;
    for character in word.chars() {
        match (escape, character) {
            (false, '\u{1b}') => escape = true,
            (true, 'm') => escape = false,
            (true, _) => {}
            (false, _) => count += 1,
        }
    }
    count
}

fn level_style(level: Level) -> &'static str {
    match level {
        Level::Critical => "1;97;41",
        Level::High => "1;31",
        Level::Medium => "1;33",
        Level::Low => "36",
        Level::None => "1;32",
    }
}

fn outcome_style(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Down => "1;31",
        Outcome::Degraded => "31",
        Outcome::FailsOnNextStart => "1;33",
        Outcome::AtRisk => "33",
    }
}

pub(super) fn outcome_words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Down => "DOWN",
        Outcome::Degraded => "DEGRADED",
        Outcome::FailsOnNextStart => "FAILS ON NEXT START",
        Outcome::AtRisk => "AT RISK",
    }
}

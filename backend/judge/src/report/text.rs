//! For a terminal: a hundred columns, worst first, the answer in the first line.

use std::{
    collections::{BTreeSet, HashMap, hash_map::Entry},
    fmt::Write as _,
};

use blastmap_graph::render::{columns, plain};
use blastmap_model::Phase;

use super::{
    Report,
    summary::{
        Summary, Told, change_line, judged_against, made, mark_line, parts, standing_alone, step,
        visible, when,
    },
};
use crate::{Assessment, Impact, Level, Outcome, Risk, words::counted};

const WIDTH: usize = 100;
/// More of one sort are counted, not listed.
const LISTED: usize = 25;
/// More who are hit alike are counted.
const NAMED: usize = 8;
/// More links of one path are counted.
const STEPS: usize = 8;

/// Whether a report has the terminal's colours in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colours {
    On,
    Off,
}

/// A report for a terminal.
pub fn text<'a>(report: impl Into<Report<'a>>, colours: Colours) -> String {
    let report = report.into();
    let assessment = report.assessment;
    let mut page = Page {
        text: String::new(),
        colours,
    };
    let told = Told::of(assessment);
    let summary = Summary::of(assessment, &told);
    let estate = assessment.excerpt.snapshot();

    let badge = page.paint(level_style(assessment.level), assessment.level.name());
    page.marked(0, &badge, &summary.headline);
    page.field("Changes", &summary.changes);
    if !summary.owners.is_empty() {
        page.field("Ask", &summary.owners.join(", "));
    }
    if let Some(kept) = &report.kept {
        let (title, made) = made(kept);
        page.field("Review", &format!("{title}{made}"));
        let link = page.paint("2", "Link");
        page.address(&link, 10 - "Link".len(), 0, kept.link);
    }

    page.list("What is hit", &alike(&told.impacts), |page, _, group| {
        page.group(assessment, group);
    });
    let causes: BTreeSet<&str> = told.impacts.iter().map(|impact| &*impact.cause).collect();
    page.list("Risks", &told.risks, |page, number, risk| {
        // What is said above is not said again.
        let said = causes.iter().any(|cause| risk.detail.starts_with(cause));
        page.risk(number, risk, !said);
        page.mark(&report, risk, 6);
    });
    for (title, impacts) in [
        ("Broken today already", &assessment.already_broken),
        ("Broken today, whole after the change", &assessment.mended),
    ] {
        let impacts = standing_alone(assessment, impacts);
        page.list(title, &impacts, |page, _, impact| {
            let resource = estate.resource(impact.resource);
            let what = format!("{} {}", resource.kind.label(), resource.name);
            page.item(&format!("{what}: {}", impact.cause));
        });
    }
    page.list(
        "What was not seen or judged",
        &told.unknown,
        |page, _, risk| {
            page.item(&format!("{}: {}", risk.title, risk.detail));
            page.mark(&report, risk, 4);
        },
    );
    let changing: Vec<_> = assessment
        .changes
        .iter()
        .filter(|(change, _)| change.action.changes_something())
        .collect();
    page.list(
        "The change as understood",
        &changing,
        |page, _, (change, place)| {
            page.item(&change_line(estate, change, *place));
        },
    );
    page.text.push('\n');
    page.line(0, &judged_against(assessment));
    page.text
}

/// Impacts of one outcome and cause, in the order of the first of each.
fn alike<'a>(impacts: &[&'a Impact]) -> Vec<Vec<&'a Impact>> {
    let mut groups: Vec<Vec<&Impact>> = Vec::new();
    let mut places: HashMap<(Outcome, Phase, &str), usize> = HashMap::new();
    for impact in impacts {
        let key = (impact.outcome, impact.phase, &*impact.cause);
        match places.entry(key) {
            Entry::Occupied(place) => groups[*place.get()].push(impact),
            Entry::Vacant(place) => {
                place.insert(groups.len());
                groups.push(vec![impact]);
            }
        }
    }
    groups
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

    /// A title and what stands under it, numbered from 1; nothing where there is nothing.
    fn list<T>(&mut self, title: &str, all: &[T], mut show: impl FnMut(&mut Self, usize, &T)) {
        if all.is_empty() {
            return;
        }
        self.title(title);
        for (number, each) in all.iter().take(LISTED).enumerate() {
            show(self, number + 1, each);
        }
        if all.len() > LISTED {
            let more = all.len() - LISTED;
            self.line(2, &format!("and {more} more: --format json has them all"));
        }
    }

    /// Those who are hit alike: the first in full, the others by name.
    fn group(&mut self, assessment: &Assessment, group: &[&Impact]) {
        let estate = assessment.excerpt.snapshot();
        let Some((first, others)) = group.split_first() else {
            return;
        };
        let label = |impact: &Impact| {
            let resource = estate.resource(impact.resource);
            format!("{} {}", resource.kind.label(), visible(&resource.name))
        };
        let outcome = self.paint(outcome_style(first.outcome), outcome_words(first.outcome));
        let mut about = vec![label(first)];
        about.extend(parts(estate, first));
        about.push(when(first.phase).to_owned());
        about.extend(
            estate
                .owner(first.resource)
                .map(|owner| format!("owner {owner}")),
        );
        self.marked(2, &outcome, &about.join(", "));
        if !others.is_empty() {
            let mut names: Vec<String> = others
                .iter()
                .take(NAMED)
                .map(|other| label(other))
                .collect();
            if others.len() > NAMED {
                names.push(format!("{} more", others.len() - NAMED));
            }
            self.line(6, &format!("and with it {}", names.join(", ")));
        }
        self.line(6, &first.cause);
        if let Some(error) = &first.aws_error {
            self.line(6, &format!("AWS reports: {error}"));
        }
        let path = assessment.path_of(first);
        for link in path.iter().take(STEPS) {
            self.marked(6, "-", &step(estate, *link));
        }
        if path.len() > STEPS {
            self.line(
                8,
                &format!("and {}", counted(path.len() - STEPS, "more link")),
            );
        }
    }

    fn risk(&mut self, number: usize, risk: &Risk, with_detail: bool) {
        let level = self.paint(level_style(risk.level), risk.level.name());
        self.marked(2, &format!("{number}. {level}"), &risk.title);
        if with_detail {
            self.line(6, &risk.detail);
        }
        self.line(6, &format!("Do: {}", risk.remediation));
        if let Some(page) = &risk.documentation {
            self.address("See:", 1, 6, page);
        }
    }

    /// What the reviewers said of a risk.
    fn mark(&mut self, report: &Report<'_>, risk: &Risk, indent: usize) {
        if let Some(mark) = report.mark_of(risk) {
            let said = mark_line(mark);
            self.line(indent, &said);
        }
    }

    fn field(&mut self, name: &str, text: &str) {
        let name = self.paint("2", &format!("{name:<8}"));
        self.marked(0, &name, text);
    }

    /// An address after its mark, on the next line where it is too long for this one. It stays whole, however wide, so that it can be
    /// followed.
    fn address(&mut self, mark: &str, gap: usize, indent: usize, address: &str) {
        let address: String = address.split_whitespace().map(plain).collect();
        let _infallible = write!(self.text, "{:indent$}{mark}", "");
        let column = indent + columns_without_colours(mark) + gap;
        if column + columns(&address) > WIDTH {
            let _infallible = writeln!(self.text, "\n{:indent$}{address}", "");
        } else {
            let _infallible = writeln!(self.text, "{:gap$}{address}", "");
        }
    }

    fn item(&mut self, text: &str) {
        self.marked(2, "-", text);
    }

    /// A line that begins with a mark of ours, which may have colours.
    fn marked(&mut self, indent: usize, mark: &str, text: &str) {
        let gap = if mark == "-" { 1 } else { 2 };
        let _infallible = write!(self.text, "{:indent$}{mark}{:gap$}", "", "");
        let hang = if mark == "-" { 2 } else { 4 };
        self.wrap(
            indent + hang,
            indent + columns_without_colours(mark) + gap,
            text,
        );
    }

    fn line(&mut self, indent: usize, text: &str) {
        let _infallible = write!(self.text, "{:indent$}", "");
        self.wrap(indent, indent, text);
    }

    /// Goes on from a column, and breaks lines at the width. Names come from tags and files: they play no tricks here.
    fn wrap(&mut self, indent: usize, mut column: usize, text: &str) {
        let mut first = true;
        for word in text.split_whitespace().map(plain) {
            let length = columns(&word);
            if !first && column + 1 + length > WIDTH {
                let _infallible = write!(self.text, "\n{:indent$}", "");
                column = indent;
            } else if !first {
                self.text.push(' ');
                column += 1;
            }
            // An ARN may be longer than any line.
            for letter in word.chars() {
                let wide = columns(letter.encode_utf8(&mut [0; 4]));
                if column + wide > WIDTH {
                    let _infallible = write!(self.text, "\n{:indent$}", "");
                    column = indent;
                }
                self.text.push(letter);
                column += wide;
            }
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

//! What changed between two snapshots, for a terminal.

use blastmap_model::{Presence, Resource, ResourceIndex};
use serde_json::Value;

use super::width::{columns, plain, shorten};
use crate::{
    AttributeDifference, Differences, LinkDifferences, LinkIndex, Snapshot, attribute_differences,
};

/// No line is longer, in columns.
const WIDTH: usize = 100;
/// More of one sort are counted, not listed.
const LISTED: usize = 50;
/// More attributes of one resource are counted.
const ATTRIBUTES: usize = 12;
/// The shortest that a value is told.
const LEAST_VALUE: usize = 16;

/// A summary, then each resource and link that came, went or changed, by kind and name; long lists are counted at their end.
pub fn diff(before: &Snapshot, after: &Snapshot) -> String {
    let resources = Differences::between(before, after);
    let links = LinkDifferences::between(before, after);
    let mut page = Page::default();
    page.line(0, &format!("From {}", named(before)));
    page.line(0, &format!("to   {}", named(after)));
    page.line(0, "");
    page.line(0, &summary(&resources, &links));

    let by_name = |snapshot: &Snapshot, places: &[ResourceIndex]| {
        let mut places = places.to_vec();
        places.sort_by_key(|place| order(snapshot, *place));
        places
    };
    page.list("Added", &by_name(after, &resources.added), |page, place| {
        page.line(2, &format!("+ {}", described(after, *place)));
    });
    page.list(
        "Removed",
        &by_name(before, &resources.removed),
        |page, place| page.line(2, &format!("- {}", described(before, *place))),
    );
    let mut changed = resources.changed.clone();
    changed.sort_by_key(|(_, later)| order(after, *later));
    page.list("Changed", &changed, |page, (earlier, later)| {
        page.line(2, &format!("~ {}", described(after, *later)));
        page.attributes(before.resource(*earlier), after.resource(*later));
    });
    page.list("Links added", &links.added, |page, link| {
        page.link("+", after, *link);
    });
    page.list("Links removed", &links.removed, |page, link| {
        page.link("-", before, *link);
    });
    page.text
}

#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn line(&mut self, indent: usize, text: &str) {
        let line = shorten(text, WIDTH - indent);
        if !line.is_empty() {
            self.text.push_str(&" ".repeat(indent));
        }
        self.text.push_str(&line);
        self.text.push('\n');
    }

    /// A title and what stands under it; nothing where there is nothing.
    fn list<T>(&mut self, title: &str, all: &[T], mut show: impl FnMut(&mut Self, &T)) {
        if all.is_empty() {
            return;
        }
        self.line(0, "");
        self.line(0, title);
        for each in all.iter().take(LISTED) {
            show(self, each);
        }
        if all.len() > LISTED {
            let more = all.len() - LISTED;
            self.line(2, &format!("and {more} more: --format json has them all"));
        }
    }

    fn attributes(&mut self, before: &Resource, after: &Resource) {
        let differences = attribute_differences(before, after);
        for difference in differences.iter().take(ATTRIBUTES) {
            self.line(6, &say(difference, WIDTH - 6));
        }
        if differences.len() > ATTRIBUTES {
            let more = differences.len() - ATTRIBUTES;
            self.line(6, &format!("and {more} more attributes"));
        }
    }

    fn link(&mut self, sign: &str, snapshot: &Snapshot, index: LinkIndex) {
        let (link, evidence) = (snapshot.link(index), snapshot.evidence(index));
        let end = |place| {
            let resource = snapshot.resource(place);
            format!("{} {}", resource.kind.label(), plain(&resource.name))
        };
        let relation = link.relation.name();
        self.line(
            2,
            &format!("{sign} {} {relation} {}", end(link.from), end(link.to)),
        );
        let how = if evidence.inferred { ", concluded" } else { "" };
        let said = format!("{} {}", plain(&evidence.api), plain(&evidence.field));
        self.line(6, &format!("{}{how}", said.trim_end()));
    }
}

/// By kind, then by name.
fn order(snapshot: &Snapshot, place: ResourceIndex) -> (&'static str, String, ResourceIndex) {
    let resource = snapshot.resource(place);
    (resource.kind.label(), resource.name.to_string(), place)
}

/// `snapshot, of 2026-11-23 18:00 UTC: 7 resources, 6 links`
fn named(snapshot: &Snapshot) -> String {
    let time = snapshot.taken_at().to_offset(time::UtcOffset::UTC);
    let inventory = snapshot.inventory();
    format!(
        "{}, of {} {:02}:{:02}:{:02} UTC: {}, {}",
        plain(snapshot.id()),
        time.date(),
        time.hour(),
        time.minute(),
        time.second(),
        count(inventory.resources().len(), "resource"),
        count(inventory.links().len(), "link"),
    )
}

fn count(number: usize, what: &str) -> String {
    match number {
        1 => format!("1 {what}"),
        _ => format!("{number} {what}s"),
    }
}

fn summary(resources: &Differences, links: &LinkDifferences) -> String {
    if *resources == Differences::default() && *links == LinkDifferences::default() {
        return "Nothing changed.".to_owned();
    }
    format!(
        "Resources: {} added, {} removed, {} changed. Links: {} added, {} removed.",
        resources.added.len(),
        resources.removed.len(),
        resources.changed.len(),
        links.added.len(),
        links.removed.len()
    )
}

/// `service web (missing), owner shop, eu-west-1`
fn described(snapshot: &Snapshot, place: ResourceIndex) -> String {
    let resource = snapshot.resource(place);
    let presence = match resource.presence {
        Presence::Live => String::new(),
        other => format!(" ({})", other.name().to_lowercase()),
    };
    let what = format!("{} {}{presence}", resource.kind.label(), resource.name);
    let owner = snapshot.owner(place).map(|owner| format!("owner {owner}"));
    let region = Some(resource.region.to_string()).filter(|region| !region.is_empty());
    let parts: Vec<String> = [Some(what), owner, region].into_iter().flatten().collect();
    plain(&parts.join(", "))
}

/// `desiredCount: 3 → 5`
fn say(difference: &AttributeDifference, room: usize) -> String {
    let name = plain(&difference.name);
    let write = |value: &Option<Value>| {
        value
            .as_ref()
            .map_or_else(|| "nothing".to_owned(), |value| plain(&value.to_string()))
    };
    let (before, after) = (write(&difference.before), write(&difference.after));
    let room = room.saturating_sub(columns(&name) + columns(":  → "));
    let half = (room / 2).max(LEAST_VALUE);
    // What one of them leaves over is the other's.
    let (short, long) = (columns(&before), columns(&after));
    let before = shorten(&before, half.max(room.saturating_sub(long)));
    let after = shorten(&after, half.max(room.saturating_sub(short)));
    format!("{name}: {before} → {after}")
}

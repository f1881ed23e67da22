//! The cluster query language of `memberOf` placement constraints.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-query-language.html>

use blastmap_model::kinds::ecs_task_definition::Attribute;
use regex::RegexBuilder;

/// Nesting beyond this is not read.
const DEPTH: usize = 32;
/// Bytes that a compiled pattern may take.
const PATTERN_LIMIT: usize = 1 << 20;

/// What a query asks of a container instance.
#[derive(Debug, Clone, Default)]
pub(crate) struct Instance<'a> {
    pub(crate) attributes: &'a [Attribute],
    pub(crate) agent_connected: bool,
    pub(crate) agent_version: Option<&'a str>,
    pub(crate) running_tasks: i32,
    pub(crate) ec2_instance_id: Option<&'a str>,
    /// The groups of the tasks on it.
    pub(crate) groups: Vec<String>,
}

/// Whether the instance satisfies the query; none where that cannot be told.
pub(crate) fn holds(query: &str, instance: &Instance<'_>) -> Option<bool> {
    let mut cursor = Cursor {
        rest: query.trim(),
        depth: 0,
    };
    let held = cursor.any(instance)?;
    cursor.skip();
    // What is left over was not understood.
    if cursor.rest.is_empty() { held } else { None }
}

struct Cursor<'q> {
    rest: &'q str,
    depth: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equals,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Exists,
    In,
    Matches,
}

/// An operator, and whether it asks for the contrary. Longer ones stand before those that they begin with.
const OPERATORS: &[(&str, Operator, bool)] = &[
    ("==", Operator::Equals, false),
    ("!=", Operator::Equals, true),
    (">=", Operator::GreaterOrEqual, false),
    ("<=", Operator::LessOrEqual, false),
    ("=~", Operator::Matches, false),
    ("!~", Operator::Matches, true),
    (">", Operator::Greater, false),
    ("<", Operator::Less, false),
    ("!exists", Operator::Exists, true),
    ("!in", Operator::In, true),
    ("equals", Operator::Equals, false),
    ("not_equals", Operator::Equals, true),
    ("greater_than_equal", Operator::GreaterOrEqual, false),
    ("greater_than", Operator::Greater, false),
    ("less_than_equal", Operator::LessOrEqual, false),
    ("less_than", Operator::Less, false),
    ("exists", Operator::Exists, false),
    ("not_exists", Operator::Exists, true),
    ("in", Operator::In, false),
    ("not_in", Operator::In, true),
    ("matches", Operator::Matches, false),
    ("not_matches", Operator::Matches, true),
];

/// The outer option is none where the query was not understood, the inner where the answer is not known.
type Held = Option<Option<bool>>;

impl<'q> Cursor<'q> {
    fn skip(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// Takes this word or sign, if it is what comes next.
    fn take(&mut self, word: &str) -> bool {
        self.skip();
        let Some(rest) = self.rest.strip_prefix(word) else {
            return false;
        };
        let is_word = word.ends_with(|last: char| last.is_alphanumeric());
        if is_word && rest.starts_with(is_of_name) {
            return false;
        }
        self.rest = rest;
        true
    }

    fn any(&mut self, instance: &Instance<'_>) -> Held {
        let mut held = self.all(instance)?;
        while self.take("||") || self.take("or") {
            let other = self.all(instance)?;
            held = match (held, other) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            };
        }
        Some(held)
    }

    fn all(&mut self, instance: &Instance<'_>) -> Held {
        let mut held = self.one(instance)?;
        while self.take("&&") || self.take("and") {
            let other = self.one(instance)?;
            held = match (held, other) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            };
        }
        Some(held)
    }

    fn one(&mut self, instance: &Instance<'_>) -> Held {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let held = if self.take("not") || self.take("!") {
            self.one(instance)?.map(|held| !held)
        } else if self.take("(") {
            let held = self.any(instance)?;
            if !self.take(")") {
                return None;
            }
            held
        } else {
            self.comparison(instance)?
        };
        self.depth -= 1;
        Some(held)
    }

    fn comparison(&mut self, instance: &Instance<'_>) -> Held {
        let subject = self.until(|next| !is_of_name(next))?;
        let (_, operator, contrary) = *OPERATORS.iter().find(|(word, ..)| self.take(word))?;
        let arguments = match operator {
            Operator::Exists => Vec::new(),
            Operator::In => self.list()?,
            _ => vec![self.until(|next| next.is_whitespace() || next == ')')?],
        };
        let held = compare(subject, operator, &arguments, instance);
        Some(held.map(|held| held != contrary))
    }

    fn until(&mut self, ends: impl Fn(char) -> bool) -> Option<&'q str> {
        self.skip();
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!word.is_empty()).then_some(word)
    }

    /// `[one, two]`.
    fn list(&mut self) -> Option<Vec<&'q str>> {
        if !self.take("[") {
            return None;
        }
        let (inside, rest) = self.rest.split_once(']')?;
        self.rest = rest;
        Some(inside.split(',').map(str::trim).collect())
    }
}

fn is_of_name(next: char) -> bool {
    next.is_alphanumeric() || matches!(next, ':' | '.' | '_' | '-' | '/')
}

fn compare(
    subject: &str,
    operator: Operator,
    arguments: &[&str],
    instance: &Instance<'_>,
) -> Option<bool> {
    let value = match subject {
        "agentConnected" => Some(instance.agent_connected.to_string()),
        "agentVersion" => Some(instance.agent_version?.to_owned()),
        "runningTasksCount" => Some(instance.running_tasks.to_string()),
        "ec2InstanceId" => Some(instance.ec2_instance_id?.to_owned()),
        "task:group" => {
            if operator == Operator::Exists {
                return Some(!instance.groups.is_empty());
            }
            let groups = instance.groups.iter();
            let each: Vec<_> = groups
                .map(|group| compare_value(group, operator, arguments))
                .collect();
            return if each.contains(&Some(true)) {
                Some(true)
            } else if each.contains(&None) {
                None
            } else {
                Some(false)
            };
        }
        // When an instance was registered is written in too many ways to compare.
        _ => {
            let name = subject.strip_prefix("attribute:")?;
            let attribute = instance.attributes.iter().find(|own| own.name == name);
            if operator == Operator::Exists {
                return Some(attribute.is_some());
            }
            attribute.map(|own| own.value.clone().unwrap_or_default())
        }
    };
    match (operator, value) {
        (Operator::Exists, value) => Some(value.is_some()),
        (_, None) => Some(false),
        (_, Some(value)) => compare_value(&value, operator, arguments),
    }
}

fn compare_value(value: &str, operator: Operator, arguments: &[&str]) -> Option<bool> {
    let first = arguments.first().copied().unwrap_or_default();
    match operator {
        Operator::Exists => Some(true),
        Operator::Equals => Some(value == first),
        Operator::In => Some(arguments.contains(&value)),
        Operator::Matches => matches(value, first),
        Operator::Greater => Some(version(value)? > version(first)?),
        Operator::GreaterOrEqual => Some(version(value)? >= version(first)?),
        Operator::Less => Some(version(value)? < version(first)?),
        Operator::LessOrEqual => Some(version(value)? <= version(first)?),
    }
}

/// A number, or a version of several.
fn version(text: &str) -> Option<Vec<u64>> {
    let parts = text.trim_start_matches('v').split('.');
    parts.map(|part| part.parse().ok()).collect()
}

/// AWS's patterns are Java's. Where it matters whether the pattern has to fit the whole value, nothing is said.
fn matches(value: &str, pattern: &str) -> Option<bool> {
    let finds = |pattern: &str| {
        let regex = RegexBuilder::new(pattern).size_limit(PATTERN_LIMIT).build();
        regex.ok().map(|regex| regex.is_match(value))
    };
    let whole = finds(&format!("^(?:{pattern})$"))?;
    let part = finds(pattern)?;
    (whole == part).then_some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_answered_as_documented() {
        let attributes: Vec<Attribute> = [
            ("ecs.instance-type", "m5.large"),
            ("ecs.availability-zone", "eu-central-1a"),
            ("stack", "prod"),
            ("empty", ""),
        ]
        .into_iter()
        .map(|(name, value)| Attribute {
            name: name.to_owned(),
            value: Some(value.to_owned()),
        })
        .collect();
        let instance = Instance {
            attributes: &attributes,
            agent_connected: true,
            agent_version: Some("1.82.0"),
            running_tasks: 2,
            ec2_instance_id: Some("i-1"),
            groups: vec!["service:web".to_owned(), "database".to_owned()],
        };
        let cases = [
            ("attribute:stack == prod", Some(true)),
            ("attribute:stack==prod", Some(true)),
            ("attribute:stack equals test", Some(false)),
            ("attribute:stack != prod", Some(false)),
            ("attribute:other == prod", Some(false)),
            ("attribute:other != prod", Some(true)),
            ("attribute:other not_in [prod]", Some(true)),
            ("attribute:empty exists", Some(true)),
            ("attribute:other !exists", Some(true)),
            ("attribute:ecs.instance-type =~ m5.*", Some(true)),
            ("attribute:ecs.instance-type =~ [mc]5\\..*", Some(true)),
            ("attribute:ecs.instance-type matches t2.*", Some(false)),
            ("attribute:ecs.instance-type !~ t2.*", Some(true)),
            // Java's `matches` wants the whole value, its `find` does not.
            ("attribute:ecs.instance-type =~ m5", None),
            ("attribute:ecs.instance-type =~ m5.*[", None),
            (
                "attribute:ecs.availability-zone in [eu-central-1a, eu-central-1b]",
                Some(true),
            ),
            (
                "attribute:ecs.availability-zone !in [eu-central-1a,eu-central-1b]",
                Some(false),
            ),
            ("agentConnected == true", Some(true)),
            ("agentVersion >= 1.9.0", Some(true)),
            ("agentVersion < 1.9.0", Some(false)),
            ("runningTasksCount < 2", Some(false)),
            ("runningTasksCount less_than_equal 2", Some(true)),
            ("ec2InstanceId in [i-1, i-2]", Some(true)),
            ("task:group == service:web", Some(true)),
            ("not(task:group == database)", Some(false)),
            ("task:group != service:web", Some(false)),
            ("task:group != service:other", Some(true)),
            ("registeredAt > 2018-06-18", None),
            (
                "attribute:stack == prod and attribute:other exists",
                Some(false),
            ),
            (
                "attribute:stack == prod && (attribute:other exists || agentConnected == true)",
                Some(true),
            ),
            (
                "registeredAt > 2018-06-18 and attribute:stack == test",
                Some(false),
            ),
            (
                "registeredAt > 2018-06-18 or attribute:stack == prod",
                Some(true),
            ),
            ("!(registeredAt > 2018-06-18)", None),
            ("attribute:stack", None),
            ("attribute:stack == prod attribute", None),
            ("(attribute:stack == prod", None),
            ("", None),
        ];
        for (query, expected) in cases {
            assert_eq!(holds(query, &instance), expected, "{query}");
        }
        let deep = format!(
            "{}agentConnected == true{}",
            "(".repeat(10_000),
            ")".repeat(10_000)
        );
        assert_eq!(holds(&deep, &instance), None);
        assert_eq!(holds(&"!".repeat(10_000), &instance), None);
    }
}

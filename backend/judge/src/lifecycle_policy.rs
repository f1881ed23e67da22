//! What a lifecycle policy of ECR does with an image at its next evaluation.
//!
//! <https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html>

use blastmap_model::kinds::ecr_repository::StoredImage;
use serde::Deserialize;
use serde_json::Value;
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

use crate::network::glob;

/// A policy whose rules could be read, in the order in which they are applied.
pub(crate) struct Policy {
    rules: Vec<Rule>,
}

/// <https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html>
#[derive(Deserialize)]
struct Rule {
    #[serde(rename = "rulePriority")]
    priority: i64,
    selection: Selection,
    action: Action,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Selection {
    tag_status: String,
    #[serde(default)]
    tag_prefix_list: Vec<String>,
    #[serde(default)]
    tag_pattern_list: Vec<String>,
    storage_class: Option<String>,
    count_type: String,
    count_number: i64,
}

#[derive(Deserialize)]
struct Action {
    r#type: String,
}

/// What becomes of an image within a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    Kept,
    Goes {
        /// The priority of the rule that does it.
        rule: i64,
        /// `expires`, or `archives`: what is archived cannot be pulled either.
        does: &'static str,
        why: String,
    },
    /// Cannot be told, for this reason.
    Unknown(String),
}

/// What is known of the repository when the policy is evaluated.
#[derive(Clone, Copy)]
pub(crate) struct Evaluation<'e> {
    /// Every image; none where not all are known.
    pub(crate) images: Option<&'e [StoredImage]>,
    /// AWS evaluates within a day from here.
    pub(crate) from: OffsetDateTime,
}

/// AWS acts on what meets a rule within this time.
const WITHIN: Duration = Duration::days(1);

impl Policy {
    /// None: not in the form that AWS documents.
    pub(crate) fn of(document: &Value) -> Option<Self> {
        #[derive(Deserialize)]
        struct Document {
            #[serde(default)]
            rules: Vec<Rule>,
        }
        let mut rules = Document::deserialize(document).ok()?.rules;
        rules.sort_by_key(|rule| rule.priority);
        Some(Self { rules })
    }

    /// An image that meets what a rule says of tags is that rule's alone, whether it keeps the image or not.
    pub(crate) fn fate(&self, image: &StoredImage, evaluation: &Evaluation<'_>) -> Fate {
        if !is_active(image) {
            return Fate::Kept;
        }
        for rule in self.rules.iter().filter(|rule| rule.is_of_active()) {
            match rule.selection.takes(image) {
                Some(true) => return rule.fate(image, evaluation),
                Some(false) => {}
                None => return Fate::Unknown(rule.not_understood()),
            }
        }
        Fate::Kept
    }
}

impl Rule {
    /// True for rules that look at images outside of the archive: without a storage class it is the standard one.
    fn is_of_active(&self) -> bool {
        let class = self.selection.storage_class.as_deref();
        class != Some("archive") && self.selection.count_type != "sinceImageTransitioned"
    }

    fn not_understood(&self) -> String {
        format!("its rule {} is not understood", self.priority)
    }

    fn fate(&self, image: &StoredImage, evaluation: &Evaluation<'_>) -> Fate {
        let does = match self.action.r#type.as_str() {
            "expire" => "expires",
            "transition" => "archives",
            _ => return Fate::Unknown(self.not_understood()),
        };
        let number = self.selection.count_number;
        let chosen = match (self.selection.count_type.as_str(), number) {
            (_, ..=0) => Err(self.not_understood()),
            ("imageCountMoreThan", _) => self.by_count(image, evaluation),
            ("sinceImagePushed", _) => by_age(image, number, evaluation),
            ("sinceImagePulled", _) => by_use(image, number, evaluation),
            _ => Err(self.not_understood()),
        };
        match chosen {
            Ok(None) => Fate::Kept,
            Ok(Some(_)) if may_follow_another(image, evaluation.images) => Fate::Unknown(
                "AWS keeps it as long as it keeps an image index that names it".to_owned(),
            ),
            Ok(Some(why)) => Fate::Goes {
                rule: self.priority,
                does,
                why,
            },
            Err(why) => Fate::Unknown(why),
        }
    }

    /// Of all images that the rule selects, whoever else marks them, the newest stay.
    fn by_count(
        &self,
        image: &StoredImage,
        evaluation: &Evaluation<'_>,
    ) -> Result<Option<String>, String> {
        let Some(images) = evaluation.images else {
            return Err("not all images of the repository are known".to_owned());
        };
        let own = since(image).ok_or(UNDATED)?;
        let others = images.iter().filter(|other| {
            other.image_digest != image.image_digest
                && is_active(other)
                && self.selection.takes(other) == Some(true)
        });
        let (mut surely, mut perhaps) = (0_i64, 0_i64);
        for other in others {
            match since(other) {
                Some(since) if since < own => {}
                Some(since) if since > own && !may_follow_another(other, Some(images)) => {
                    surely += 1;
                    perhaps += 1;
                }
                // Of two of one time AWS does not say which is the newer.
                _ => perhaps += 1,
            }
        }
        let number = self.selection.count_number;
        if surely >= number {
            return Ok(Some(format!(
                "of the images that the rule selects it keeps {number}, and {surely} are newer"
            )));
        }
        if perhaps < number {
            return Ok(None);
        }
        Err(format!(
            "of the images that the rule selects it keeps {number}, and between {surely} and {perhaps} are newer, depending on how AWS counts those of one time and those that an image index names"
        ))
    }
}

impl Selection {
    /// Whether an image meets what the rule says of tags. None: it says it in no way that AWS documents.
    fn takes(&self, image: &StoredImage) -> Option<bool> {
        let tags = &image.image_tags;
        match self.tag_status.as_str() {
            "any" => Some(true),
            "untagged" => Some(tags.is_empty()),
            "tagged" if self.tag_prefix_list.is_empty() && self.tag_pattern_list.is_empty() => None,
            // Each prefix and each pattern wants some tag.
            "tagged" => {
                let begins = |prefix: &String| tags.iter().any(|tag| tag.starts_with(prefix));
                let fits = |pattern: &String| {
                    let fit = tags.iter();
                    let mut fit = fit.map(|tag| glob::includes(&[pattern.as_str()], tag));
                    fit.any(|fit| fit == Some(true))
                };
                Some(
                    self.tag_prefix_list.iter().all(begins)
                        && self.tag_pattern_list.iter().all(fits),
                )
            }
            _ => None,
        }
    }
}

const UNDATED: &str = "nothing says when it was pushed";

fn by_age(
    image: &StoredImage,
    days: i64,
    evaluation: &Evaluation<'_>,
) -> Result<Option<String>, String> {
    let since = since(image).ok_or(UNDATED)?;
    let day = since.date();
    let came = if image.last_activated_at.is_some() {
        "it came out of the archive"
    } else {
        "it was pushed"
    };
    Ok(is_over(since, days, evaluation)
        .then(|| format!("{came} on {day}, and the rule keeps images for {days} days")))
}

/// It cannot have been pulled before it was pushed; after that, only AWS knows.
fn by_use(
    image: &StoredImage,
    days: i64,
    evaluation: &Evaluation<'_>,
) -> Result<Option<String>, String> {
    let since = since(image).ok_or(UNDATED)?;
    if is_over(since, days, evaluation) {
        return Err(format!(
            "it has to have been pulled within {days} days, and tasks that go on running do not pull it"
        ));
    }
    Ok(None)
}

/// True where so many days are over when AWS evaluates next.
fn is_over(since: OffsetDateTime, days: i64, evaluation: &Evaluation<'_>) -> bool {
    let next = evaluation.from.checked_add(WITHIN);
    let age = next.map(|next| next - since);
    age.is_some_and(|age| age.whole_seconds() > days.saturating_mul(86_400))
}

/// When it was pushed, or came out of the archive.
fn since(image: &StoredImage) -> Option<OffsetDateTime> {
    let text = image.last_activated_at.as_ref();
    let text = text.or(image.image_pushed_at.as_ref())?;
    OffsetDateTime::parse(text, &Rfc3339).ok()
}

fn is_active(image: &StoredImage) -> bool {
    image.image_status.as_deref() != Some("ARCHIVED")
}

/// True for what may go only with another: an image that an index names, a signature. Which images an index names is not known.
fn may_follow_another(image: &StoredImage, all: Option<&[StoredImage]>) -> bool {
    let is_index = |own: &StoredImage| own.image_manifest_media_type.is_some();
    image.image_tags.is_empty()
        && !is_index(image)
        && (image.subject_manifest_digest.is_some()
            || all.is_none_or(|all| all.iter().any(is_index)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-26 12:00 UTC);

    /// An image by its name, tags and age in hours.
    fn image(name: &str, tags: &[&str], hours: i64) -> StoredImage {
        let pushed = (NOW - Duration::hours(hours)).format(&Rfc3339);
        StoredImage {
            image_digest: format!("sha256:{name}"),
            image_tags: tags.iter().map(ToString::to_string).collect(),
            image_pushed_at: pushed.ok(),
            ..StoredImage::default()
        }
    }

    fn rule(priority: i64, selection: Value) -> Value {
        let mut rule = json!({"rulePriority": priority, "action": {"type": "expire"}});
        rule["selection"] = selection;
        rule
    }

    fn count(status: &str, list: &str, names: &[&str], number: i64) -> Value {
        let mut selection =
            json!({"tagStatus": status, "countType": "imageCountMoreThan", "countNumber": number});
        if !names.is_empty() {
            selection[list] = json!(names);
        }
        selection
    }

    fn age(status: &str, kind: &str, days: i64) -> Value {
        json!({"tagStatus": status, "countType": kind, "countUnit": "days", "countNumber": days})
    }

    /// `A by 1` for each image that goes, `A ?` for each that may.
    fn told(rules: &[Value], images: &[StoredImage]) -> String {
        let policy = Policy::of(&json!({ "rules": rules })).unwrap();
        let evaluation = Evaluation {
            images: Some(images),
            from: NOW,
        };
        let told = images.iter().filter_map(|image| {
            let name = &image.image_digest["sha256:".len()..];
            match policy.fate(image, &evaluation) {
                Fate::Kept => None,
                Fate::Goes { rule, .. } => Some(format!("{name} by {rule}")),
                Fate::Unknown(_) => Some(format!("{name} ?")),
            }
        });
        told.collect::<Vec<_>>().join(", ")
    }

    /// <https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_examples.html>
    #[test]
    fn as_in_the_examples_of_aws() {
        let days = 24;
        let three = [
            image("A", &["beta-1", "prod-1"], 10 * days),
            image("B", &["beta-2", "prod-2"], 9 * days),
            image("C", &["beta-3"], 8 * days),
        ];
        let several = [
            image("A", &["alpha-1"], 12 * days),
            image("B", &["beta-1"], 11 * days),
            image("C", &["alpha-2", "beta-2"], 10 * days),
            image("D", &["alpha-3"], 4 * days),
            image("E", &[], 3 * days),
            image("F", &[], 2 * days),
        ];
        let prefix = "tagPrefixList";
        let pattern = "tagPatternList";
        let cases: &[(&[StoredImage], Vec<Value>, &str)] = &[
            (
                &three,
                vec![
                    rule(1, count("tagged", prefix, &["prod"], 1)),
                    rule(2, count("tagged", prefix, &["beta"], 1)),
                ],
                "A by 1",
            ),
            (
                &three,
                vec![
                    rule(1, count("tagged", prefix, &["beta"], 1)),
                    rule(2, count("tagged", prefix, &["prod"], 1)),
                ],
                "A by 1, B by 1",
            ),
            // In whatever order they stand.
            (
                &three,
                vec![
                    rule(2, count("tagged", pattern, &["prod*"], 1)),
                    rule(1, count("tagged", pattern, &["*eta-*"], 1)),
                ],
                "A by 1, B by 1",
            ),
            // All prefixes of a rule have to fit.
            (
                &several,
                vec![rule(1, count("tagged", prefix, &["alpha", "beta"], 1))],
                "",
            ),
            (
                &several,
                vec![rule(1, count("tagged", pattern, &["alpha-*", "*-2"], 1))],
                "",
            ),
            // What a rule keeps, no later one takes; and yet later ones count it.
            (
                &several,
                vec![
                    rule(1, count("tagged", prefix, &["alpha"], 1)),
                    rule(2, count("untagged", "", &[], 1)),
                    rule(3, count("any", "", &[], 1)),
                ],
                "A by 1, B by 3, C by 1, E by 2",
            ),
            (
                &several,
                vec![rule(1, age("any", "sinceImagePushed", 4))],
                "A by 1, B by 1, C by 1, D by 1",
            ),
            (
                &several,
                vec![rule(1, age("untagged", "sinceImagePushed", 5))],
                "",
            ),
        ];
        for (images, rules, expected) in cases {
            assert_eq!(told(rules, images), *expected, "{rules:?}");
        }
    }

    #[test]
    fn what_is_not_sure_is_not_said() {
        let index = |mut own: StoredImage| {
            own.image_manifest_media_type = Some("index".to_owned());
            own
        };
        let archived = |mut own: StoredImage| {
            own.image_status = Some("ARCHIVED".to_owned());
            own
        };
        let restored = |mut own: StoredImage| {
            own.last_activated_at = NOW.format(&Rfc3339).ok();
            own
        };
        let any = |number| vec![rule(1, count("any", "", &[], number))];
        let archive = |kind: &str| {
            let mut own = rule(1, age("any", kind, 30));
            own["action"] = json!({"type": "transition", "targetStorageClass": "archive"});
            vec![own]
        };
        let of_archive = |mut own: Value| {
            own["selection"]["storageClass"] = json!("archive");
            vec![own]
        };
        let cases = [
            // Two of one time.
            (
                any(1),
                vec![image("A", &["a"], 5), image("B", &["b"], 5)],
                "A ?, B ?",
            ),
            // What an index names goes after it, and may not count.
            (
                any(2),
                vec![
                    image("A", &["a"], 9),
                    image("B", &[], 5),
                    index(image("C", &["c"], 5)),
                ],
                "A ?",
            ),
            (
                vec![rule(1, age("untagged", "sinceImagePushed", 1))],
                vec![image("B", &[], 99), index(image("C", &["c"], 5))],
                "B ?",
            ),
            (
                vec![rule(1, age("untagged", "sinceImagePushed", 1))],
                vec![index(image("B", &[], 99)), index(image("C", &["c"], 5))],
                "B by 1",
            ),
            // What is in the archive is no other rule's business.
            (
                any(1),
                vec![image("A", &["a"], 9), archived(image("B", &["b"], 5))],
                "",
            ),
            (
                of_archive(rule(1, age("any", "sinceImageTransitioned", 1))),
                vec![image("A", &["a"], 999)],
                "",
            ),
            (
                of_archive(rule(1, age("any", "sinceImagePushed", 1))),
                vec![image("A", &["a"], 999)],
                "",
            ),
            (
                vec![rule(1, age("any", "sinceImagePushed", 3))],
                vec![restored(image("A", &["a"], 999))],
                "",
            ),
            // An archived image cannot be pulled.
            (
                archive("sinceImagePushed"),
                vec![image("A", &["a"], 999)],
                "A by 1",
            ),
            (
                archive("sinceImagePulled"),
                vec![image("A", &["a"], 999), image("B", &["b"], 24 * 9)],
                "A ?",
            ),
            // Within the day it is old enough.
            (
                vec![rule(1, age("any", "sinceImagePushed", 2))],
                vec![image("A", &["a"], 25), image("B", &["b"], 23)],
                "A by 1",
            ),
            // What AWS refuses, or has new.
            (
                vec![rule(1, age("any", "sinceImageScanned", 1))],
                vec![image("A", &["a"], 5)],
                "A ?",
            ),
            (
                vec![rule(1, age("tagged", "sinceImagePushed", 1))],
                vec![image("A", &["a"], 5)],
                "A ?",
            ),
            (any(0), vec![image("A", &["a"], 5)], "A ?"),
            (
                vec![rule(1, age("any", "sinceImagePushed", i64::MAX))],
                vec![image("A", &["a"], 5)],
                "",
            ),
            (Vec::new(), vec![image("A", &["a"], 5)], ""),
        ];
        for (rules, images, expected) in cases {
            assert_eq!(told(&rules, &images), expected, "{rules:?}");
        }
    }

    #[test]
    fn without_the_other_images_only_age_can_be_told() {
        let image = image("A", &["a"], 24 * 40);
        let cases = [
            (count("any", "", &[], 1), "?"),
            (age("any", "sinceImagePushed", 14), "expires"),
            (age("any", "sinceImagePushed", 90), "kept"),
            (age("untagged", "sinceImagePushed", 14), "kept"),
        ];
        for (selection, expected) in cases {
            let policy = Policy::of(&json!({"rules": [rule(1, selection)]})).unwrap();
            let evaluation = Evaluation {
                images: None,
                from: NOW,
            };
            let told = match policy.fate(&image, &evaluation) {
                Fate::Kept => "kept",
                Fate::Goes { does, .. } => does,
                Fate::Unknown(_) => "?",
            };
            assert_eq!(told, expected);
        }
        for document in [
            json!("{"),
            json!({"rules": [{}]}),
            json!([1]),
            json!({"rules": 1}),
        ] {
            assert!(Policy::of(&document).is_none(), "{document}");
        }
    }
}

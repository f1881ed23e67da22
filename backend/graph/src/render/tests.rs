use blastmap_model::{Presence, ResourceKind};
use proptest::prelude::*;

use super::{dot, mermaid, tree, width::columns};
use crate::{
    BlastRadius, RadiusQuery, Snapshot, blast_radius,
    drawing::{ACCOUNT, Drawing, REGION, draw, find},
    oracle::any_estate,
};

fn shop() -> Drawing {
    draw(
        "
        web: ECS_SERVICE -RUNS-> def: ECS_TASK_DEFINITION -READS_SECRET-> db: SECRET
        task: ECS_TASK -PART_OF-> web
        task -RUNS-> def
        web -REGISTERED_IN-> tg: TARGET_GROUP
        rule: LISTENER_RULE -FORWARDS_TO-> tg",
    )
    .with("db", |db| db.presence = Presence::Missing)
}

fn radius(snapshot: &Snapshot, root: &str, query: &RadiusQuery) -> BlastRadius {
    blast_radius(snapshot, &[find(snapshot, root)], query)
}

#[test]
fn a_tree_shows_how_each_was_reached_and_how_we_know() {
    let snapshot = shop()
        .blind_spot(
            ACCOUNT,
            REGION,
            "ecs:DescribeTasks",
            &[ResourceKind::EcsTask],
        )
        .snapshot();
    let text = tree(&snapshot, &radius(&snapshot, "db", &RadiusQuery::default()));
    assert_eq!(
        text,
        "\
secret db (missing)
└─ task definition def  READS_SECRET ↑  ecs:DescribeThings dbArn
   ├─ task task  RUNS ↑  ecs:DescribeThings defArn
   └─ service web  RUNS ↑  ecs:DescribeThings defArn
      └─ target group tg  ↑ REGISTERED_IN it  ecs:DescribeThings tgArn
         └─ listener rule rule  FORWARDS_TO ↑  ecs:DescribeThings tgArn

5 reached: 1 service, 1 task, 1 task definition, 1 listener rule, 1 target group.
1 blind spot could hide more of it:
  123456789012 eu-west-1 ecs:DescribeTasks ACCESS_DENIED: not authorized
"
    );
}

#[test]
fn a_tree_says_what_it_leaves_out() {
    let snapshot = shop().snapshot();
    let query = RadiusQuery {
        kinds: Some(vec![ResourceKind::EcsTask, ResourceKind::TargetGroup]),
        limit: 1,
        ..RadiusQuery::default()
    };
    let text = tree(&snapshot, &radius(&snapshot, "db", &query));
    assert_eq!(
        text,
        "\
secret db (missing)
└─ (task definition def)  READS_SECRET ↑  ecs:DescribeThings dbArn
   └─ task task  RUNS ↑  ecs:DescribeThings defArn

2 reached: 1 task, 1 target group.
Shown: the nearest 1 of 2.
The snapshot does not say where was looked: there may be more of it.
"
    );
    let text = tree(
        &snapshot,
        &radius(
            &snapshot,
            "rule",
            &RadiusQuery {
                max_depth: Some(0),
                ..RadiusQuery::default()
            },
        ),
    );
    assert_eq!(
        text,
        "listener rule rule\n\nNothing reached.\nThe snapshot does not say where was looked: there may be more of it.\n"
    );
}

#[test]
fn pictures_show_what_is_told_and_what_lies_between() {
    let snapshot = shop().snapshot();
    let query = RadiusQuery {
        kinds: Some(vec![ResourceKind::EcsTask]),
        ..RadiusQuery::default()
    };
    let radius = radius(&snapshot, "db", &query);
    assert_eq!(
        dot(&snapshot, &radius),
        "\
digraph radius {
  rankdir=LR;
  node [shape=box];
  n0 [label=\"secret (missing)\\ndb\", style=bold];
  n1 [label=\"task definition\\ndef\", style=dashed];
  n3 [label=\"task\\ntask\"];
  n1 -> n0 [label=\"READS_SECRET\"];
  n3 -> n1 [label=\"RUNS\"];
}
"
    );
    assert_eq!(
        mermaid(&snapshot, &radius),
        "\
flowchart LR
  n0([\"secret (missing)<br/>db\"])
  n1(\"task definition<br/>def\")
  n3[\"task<br/>task\"]
  n1 -->|READS_SECRET| n0
  n3 -->|RUNS| n1
"
    );
}

#[test]
fn a_chain_as_long_as_an_estate_is_drawn() {
    let mut drawing = draw("");
    for place in 0..2000 {
        drawing.add(&format!("s{place:04}"), ResourceKind::EcsService);
    }
    for place in 1..2000 {
        drawing.link(
            &format!("s{place:04}"),
            "CALLS",
            &format!("s{:04}", place - 1),
            None,
        );
    }
    let snapshot = drawing.snapshot();
    let text = tree(
        &snapshot,
        &radius(
            &snapshot,
            "s0000",
            &RadiusQuery {
                limit: 5000,
                ..RadiusQuery::default()
            },
        ),
    );
    assert_eq!(
        text.lines().filter(|line| line.contains("CALLS")).count(),
        1999
    );
    assert!(text.lines().all(|line| columns(line) <= 100));
}

/// Names as an attacker, or a person of any language, might give them.
fn odd_name() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,40}",
        "[\"\\\\\\[\\]#;&<>`|%{}\\n\\r\\t'x -]{0,30}",
        Just("\"]; evil [label=\"".to_owned()),
        Just("%%{init: {}}%% end".to_owned()),
        Just("\u{1b}[31mred\u{202e}desrever".to_owned()),
        "[a-z\u{4e00}-\u{4e20}]{60,120}",
    ]
}

fn named(drawing: Drawing, names: &[String]) -> Snapshot {
    let ids = ["db", "def", "rule", "task", "tg", "web"];
    let drawing = ids.iter().zip(names).fold(drawing, |drawing, (id, name)| {
        drawing.with(id, |resource| resource.name = name.as_str().into())
    });
    drawing.snapshot()
}

/// What a terminal, and so a picture, is given of a name.
fn shown(name: &str) -> String {
    super::width::plain(name)
}

/// The texts between quotes, their codes undone as Graphviz does.
fn dot_labels(text: &str) -> Vec<String> {
    let (mut labels, mut label): (Vec<String>, Option<String>) = (Vec::new(), None);
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (&mut label, letter) {
            (None, '"') => label = Some(String::new()),
            (None, _) => {}
            (Some(_), '"') => labels.extend(label.take()),
            (Some(inside), '\\') => match letters.next() {
                Some('n') => inside.push('\n'),
                Some(code @ ('"' | '\\')) => inside.push(code),
                other => panic!("the code {other:?} means something else"),
            },
            (Some(inside), letter) => inside.push(letter),
        }
    }
    assert!(label.is_none(), "a label has no end");
    labels
}

/// The texts between quotes, their entities undone as Mermaid does.
fn mermaid_labels(text: &str) -> Vec<String> {
    let parts: Vec<&str> = text.split('"').collect();
    assert_eq!(parts.len() % 2, 1, "a label has no end");
    let decode = |label: &str| {
        let mut pieces = label.split('#');
        let first = pieces.next().unwrap_or_default().to_owned();
        pieces.fold(first, |mut decoded, piece| {
            let (number, rest) = piece.split_once(';').expect("an entity ends");
            decoded.push(char::from_u32(number.parse().expect("an entity is a number")).unwrap());
            decoded + rest
        })
    };
    parts
        .iter()
        .skip(1)
        .step_by(2)
        .map(|label| decode(label))
        .collect()
}

proptest! {
    #[test]
    fn no_name_breaks_a_picture(names in proptest::collection::vec(odd_name(), 6)) {
        let snapshot = named(shop(), &names);
        let radius = radius(&snapshot, "db", &RadiusQuery::default());
        let expected: Vec<_> = ["secret (missing)", "task definition", "listener rule", "task", "target group", "service"]
            .iter()
            .zip(&names)
            .map(|(kind, name)| (kind.to_string(), shown(name)))
            .collect();

        let text = dot(&snapshot, &radius);
        prop_assert_eq!(text.lines().count(), 3 + 6 + 6 + 1);
        let labels = dot_labels(&text);
        for (label, (kind, name)) in labels.iter().zip(&expected) {
            prop_assert_eq!(label, &format!("{kind}\n{name}"));
        }

        let text = mermaid(&snapshot, &radius);
        prop_assert_eq!(text.lines().count(), 1 + 6 + 6);
        prop_assert!(!text.contains("%%") && !text.contains('`'));
        for (label, (kind, name)) in mermaid_labels(&text).iter().zip(&expected) {
            prop_assert_eq!(label, &format!("{kind}<br/>{name}"));
        }
    }

    #[test]
    fn no_name_breaks_a_tree(names in proptest::collection::vec(odd_name(), 6)) {
        let snapshot = named(shop(), &names);
        let text = tree(&snapshot, &radius(&snapshot, "db", &RadiusQuery::default()));
        prop_assert_eq!(text.lines().count(), 9);
        prop_assert!(text.lines().all(|line| columns(line) <= 100), "{}", text);
        prop_assert!(!text.chars().any(|letter| letter != '\n' && letter.is_control()));
    }

    #[test]
    fn every_radius_can_be_drawn(snapshot in any_estate(14), depth in proptest::option::of(0..4_u32), limit in 0..20_usize) {
        let root = snapshot.inventory().indices().next().unwrap();
        let radius = blast_radius(&snapshot, &[root], &RadiusQuery { max_depth: depth, limit, ..RadiusQuery::default() });
        let text = tree(&snapshot, &radius);
        prop_assert!(text.lines().all(|line| columns(line) <= 100));
        let told = text.lines().take_while(|line| !line.is_empty()).skip(1).filter(|line| !line.contains("─ (")).count();
        prop_assert_eq!(told, radius.nodes.len());
        prop_assert!(dot(&snapshot, &radius).lines().count() >= 5 + radius.nodes.len() + radius.links.len());
        prop_assert!(mermaid(&snapshot, &radius).lines().count() >= 2 + radius.nodes.len() + radius.links.len());
    }
}

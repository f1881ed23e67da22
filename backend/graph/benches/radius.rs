//! How long questions to a large estate take: `cargo bench -p blastmap-graph --bench radius`.

#![expect(clippy::print_stdout, reason = "a benchmark's answer")]

use std::{hint::black_box, time::Instant};

use blastmap_graph::{
    Direction, Filter, Fold, GroupBy, RadiusQuery, Snapshot, blast_radius, estate, filter,
    folded_radius, nearest_ids, paths, search,
};
use blastmap_model::{
    Attributes, Evidence, Inventory, NamedLink, Presence, Relation, Resource, ResourceId,
    ResourceIndex, ResourceKind, Tags,
};
use time::OffsetDateTime;

const RESOURCES: usize = 100_000;
const LINKS: usize = 400_000;
const STARTS: usize = 100;

fn main() {
    let mut dice = Dice(0x2545_F491_4F6C_DD1D);
    for (name, links) in [
        ("hubs", hubs(&mut dice)),
        ("DAG", dag(&mut dice)),
        ("random", random(&mut dice)),
    ] {
        println!("{name}: {RESOURCES} resources, {} links", links.len());
        let inventory = inventory(&links);
        let begun = Instant::now();
        let snapshot = Snapshot::new(inventory, vec!["owner".to_owned()]);
        println!("  {:<34} {:>9.3} ms", "built", milliseconds(begun));
        let starts: Vec<ResourceIndex> = match name {
            "hubs" => (0..STARTS)
                .map(|place| place_of(&snapshot, place))
                .collect(),
            _ => (0..STARTS)
                .map(|_| place_of(&snapshot, dice.below(RESOURCES)))
                .collect(),
        };
        questions(&snapshot, &starts);
    }
}

fn questions(snapshot: &Snapshot, starts: &[ResourceIndex]) {
    for direction in [Direction::Dependents, Direction::Dependencies] {
        for limit in [0, 1000] {
            let query = RadiusQuery {
                direction,
                limit,
                ..RadiusQuery::default()
            };
            let mut reached: Vec<_> = starts
                .iter()
                .map(|start| blast_radius(snapshot, &[*start], &query).total_count)
                .collect();
            reached.sort_unstable();
            let label = format!(
                "{direction:?}, {limit} told, {} reached",
                reached[reached.len() / 2]
            );
            median(&label, starts, |start| {
                black_box(blast_radius(snapshot, &[*start], &query));
            });
        }
    }
    let query = RadiusQuery {
        limit: 150,
        ..RadiusQuery::default()
    };
    let fold = Fold {
        by: vec![GroupBy::Service, GroupBy::Owner, GroupBy::Kind],
        ..Fold::default()
    };
    median(
        "folded by service, owner and kind",
        &starts[..starts.len().min(9)],
        |start| {
            black_box(folded_radius(snapshot, &[*start], &query, &fold));
        },
    );
    let pairs: Vec<_> = starts.windows(2).take(20).collect();
    median("3 paths", &pairs, |pair| {
        black_box(paths(snapshot, pair[0], pair[1], 3));
    });
    let texts = [
        "service-500",
        "SVC-12345",
        "servce-777",
        "nothing like it",
        "e",
    ];
    for text in texts {
        median(&format!("search `{text}`"), &[text; 9], |text| {
            black_box(search(snapshot, text, 20));
        });
    }
    median(
        "nearest ids",
        &["arn:aws:ecs:eu-west-1:1:service/prod/servce-1"; 9],
        |text| {
            black_box(nearest_ids(snapshot, text, 3));
        },
    );
    let asked = Filter {
        text: Some("service-77".to_owned()),
        ..Filter::default()
    };
    median("filter by text", &[&asked; 9], |asked| {
        black_box(filter(snapshot, asked).count());
    });
    let by = [
        GroupBy::Region,
        GroupBy::Vpc,
        GroupBy::Cluster,
        GroupBy::Service,
    ];
    median("estate, four levels", &[by; 5], |by| {
        black_box(estate(snapshot, by, None, &Filter::default(), 4));
    });
}

/// Prints the median over the cases, after one round to warm up.
fn median<T>(label: &str, cases: &[T], mut run: impl FnMut(&T)) {
    cases.iter().take(3).for_each(&mut run);
    let mut times: Vec<f64> = cases
        .iter()
        .map(|case| {
            let begun = Instant::now();
            run(case);
            milliseconds(begun)
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("  {label:<44} {:>9.4} ms", times[times.len() / 2]);
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

type Ends = (usize, usize, Relation);

/// A hundred services that some 500 others call, each of which one more calls; the rest of the links is elsewhere.
fn hubs(dice: &mut Dice) -> Vec<Ends> {
    let mut links = Vec::with_capacity(LINKS);
    let half = RESOURCES / 2;
    for place in STARTS..half {
        links.push((place, dice.below(STARTS), Relation::Calls));
        links.push((place + half - STARTS, place, Relation::Calls));
    }
    while links.len() < LINKS {
        let to = RESOURCES - 1 - dice.below(STARTS);
        links.push((half + dice.below(half - STARTS), to, Relation::Calls));
    }
    links
}

/// Each depends on some that come after it, most of them near.
fn dag(dice: &mut Dice) -> Vec<Ends> {
    let link = |_| {
        let from = dice.below(RESOURCES - 1);
        let far = 1 + dice.below(RESOURCES - 1 - from);
        (from, from + 1 + dice.below(far), Relation::Calls)
    };
    (0..LINKS).map(link).collect()
}

fn random(dice: &mut Dice) -> Vec<Ends> {
    let link = |_| {
        (
            dice.below(RESOURCES),
            dice.below(RESOURCES),
            Relation::Calls,
        )
    };
    (0..LINKS).map(link).collect()
}

fn id(place: usize) -> ResourceId {
    let cluster = place % 40;
    ResourceId::new(&format!(
        "arn:aws:ecs:eu-west-1:123456789012:service/cluster-{cluster}/service-{place:06}"
    ))
}

fn place_of(snapshot: &Snapshot, place: usize) -> ResourceIndex {
    snapshot
        .inventory()
        .find(id(place).as_str())
        .expect("every place has its resource")
}

fn inventory(links: &[Ends]) -> Inventory {
    let resource = |place: usize| Resource {
        id: id(place),
        kind: ResourceKind::EcsService,
        name: format!("service-{place:06}").into(),
        account: "123456789012".into(),
        region: "eu-west-1".into(),
        presence: Presence::Live,
        tags: Tags::from([("owner".into(), format!("team-{}", place % 50).into())]),
        attributes: Attributes::none(),
        observed_at: OffsetDateTime::UNIX_EPOCH,
    };
    let evidence = Evidence {
        api: "ecs:DescribeServices".into(),
        field: "taskDefinition".into(),
        inferred: false,
        observed_at: None,
    };
    let links = links.iter().map(|(from, to, relation)| NamedLink {
        from: id(*from),
        to: id(*to),
        relation: *relation,
        phases: None,
        evidence: evidence.clone(),
    });
    Inventory::new(
        "bench".to_owned(),
        OffsetDateTime::UNIX_EPOCH,
        Vec::new(),
        Vec::new(),
        (0..RESOURCES).map(resource).collect(),
        links.collect(),
    )
    .expect("made to fit together")
}

/// Numbers that look random and are the same each time (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).expect("less than the bound")
    }
}

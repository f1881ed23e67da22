//! Snapshots of crawls side by side, made one, are what one crawl of everything gives.

#![expect(clippy::unwrap_used, reason = "what a test does not get fails it")]

use std::collections::{BTreeMap, BTreeSet};

use blastmap_model::{
    Arn, BlindSpot, BlindSpotReason, Elsewhere, Found, GLOBAL, Inventory, InventoryBuilder, Part,
    Presence, Redactor, ResourceKind, Scope, ScopeRecord, Source, keep_dropped,
    kinds::{
        dns_record::{AliasTarget, DnsRecord},
        ecs_task_definition::{ContainerDefinition, EcsTaskDefinition, KeyValue, LogConfiguration},
        iam_role::IamRole,
        load_balancer::LoadBalancer,
        sqs_queue::SqsQueue,
    },
    merge,
};
use proptest::prelude::*;
use time::{Duration, OffsetDateTime};

const ACCOUNTS: [&str; 2] = ["111111111111", "222222222222"];
const REGIONS: [&str; 2] = ["eu-west-1", "us-east-1"];
/// Of each thing, in each place.
const EACH: usize = 3;

/// A thing in one of the places: account, region, number.
type Place = (usize, usize, usize);

#[derive(Debug, Clone, Default)]
struct Estate {
    definitions: Vec<(Place, Definition)>,
    /// A queue, and where its dead letters go.
    queues: BTreeMap<Place, Option<Place>>,
    balancers: BTreeSet<Place>,
    /// A record of an account, and the balancer that it stands for.
    records: BTreeMap<(usize, usize), Place>,
    roles: BTreeSet<(usize, usize)>,
    roles_denied: BTreeSet<usize>,
    /// Places in which nothing may be read.
    denied: BTreeSet<(usize, usize)>,
}

#[derive(Debug, Clone)]
struct Definition {
    role: (usize, usize),
    queue: Option<Place>,
}

fn redactor() -> Redactor {
    Redactor::new([7; 32])
}

fn arn(service: &str, (account, region, _): Place, resource: &str) -> Arn {
    Arn::new("aws", service, REGIONS[region], ACCOUNTS[account], resource).unwrap()
}

fn queue_arn(place: Place) -> Arn {
    arn("sqs", place, &format!("jobs-{}", place.2))
}

fn role_arn((account, number): (usize, usize)) -> Arn {
    let role = format!("role/web-{number}");
    Arn::new("aws", "iam", "", ACCOUNTS[account], &role).unwrap()
}

fn host((account, region, number): Place) -> String {
    format!("b{number}-{account}.{}.elb.amazonaws.com", REGIONS[region])
}

fn found(scope: &Scope, minutes: i64) -> Found {
    let now = OffsetDateTime::UNIX_EPOCH + Duration::minutes(minutes);
    Found::new(scope.clone(), now, redactor())
}

fn denied(scope: &Scope, api: &str, kinds: &[ResourceKind]) -> BlindSpot {
    BlindSpot {
        account: scope.account.clone(),
        region: scope.region.clone(),
        api: api.into(),
        reason: BlindSpotReason::AccessDenied,
        message: "no".to_owned(),
        kinds: kinds.to_vec(),
    }
}

/// What collectors find in a region.
fn regional(estate: &Estate, account: usize, region: usize) -> Found {
    let scope = Scope::new(ACCOUNTS[account], REGIONS[region]);
    let mut found = found(&scope, 0);
    if estate.denied.contains(&(account, region)) {
        found.blind_spot(denied(&scope, "ecs:ListClusters", ResourceKind::ALL));
        return found;
    }
    let here = |place: &Place| (place.0, place.1) == (account, region);
    for (place, own) in estate.definitions.iter().filter(|(place, _)| here(place)) {
        let value = own
            .queue
            .map(|queue| redactor().fingerprint(&queue_arn(queue).to_string()));
        let variables = value.map(|value| KeyValue {
            name: "QUEUE".to_owned(),
            value,
        });
        let facts = EcsTaskDefinition {
            family: format!("web-{}", place.2),
            revision: 1,
            task_role_arn: Some(role_arn(own.role).to_string()),
            container_definitions: vec![ContainerDefinition {
                name: "app".to_owned(),
                environment: variables.into_iter().collect(),
                ..ContainerDefinition::default()
            }],
            ..EcsTaskDefinition::default()
        };
        let own = arn("ecs", *place, &format!("task-definition/web-{}:1", place.2));
        found.resource(&own, &facts, [], Source::of("ecs:DescribeTaskDefinition"));
    }
    for (place, dead) in estate.queues.iter().filter(|(place, _)| here(place)) {
        let own = queue_arn(*place);
        let facts = SqsQueue {
            queue_arn: own.to_string(),
            queue_name: own.resource().to_owned(),
            redrive_policy: dead.map_or(
                serde_json::Value::Null,
                |dead| serde_json::json!({ "deadLetterTargetArn": queue_arn(dead).to_string() }),
            ),
            address_fingerprints: vec![redactor().fingerprint(&own.to_string())],
            ..SqsQueue::default()
        };
        found.offer(&own, &facts, [], Source::of("sqs:GetQueueAttributes"));
    }
    found.listed(ResourceKind::SqsQueue);
    for place in estate.balancers.iter().filter(|place| here(place)) {
        let facts = LoadBalancer {
            load_balancer_name: format!("b{}", place.2),
            dns_name: Some(host(*place)),
            ..LoadBalancer::default()
        };
        let own = format!("loadbalancer/app/b{}/1", place.2);
        let own = arn("elasticloadbalancing", *place, &own);
        found.resource(
            &own,
            &facts,
            [],
            Source::of("elasticloadbalancing:DescribeLoadBalancers"),
        );
    }
    found
}

/// What collectors find of an account that is in no region.
fn global(estate: &Estate, account: usize) -> Found {
    let scope = Scope::new(ACCOUNTS[account], GLOBAL);
    let mut found = found(&scope, 0);
    for role in estate.roles.iter().filter(|role| role.0 == account) {
        let own = role_arn(*role);
        let facts = IamRole {
            role_name: format!("web-{}", role.1),
            arn: own.to_string(),
            ..IamRole::default()
        };
        found.offer(
            &own,
            &facts,
            [],
            Source::of("iam:GetAccountAuthorizationDetails"),
        );
    }
    if estate.roles_denied.contains(&account) {
        found.blind_spot(denied(&scope, "iam:GetRole", &[ResourceKind::IamRole]));
    } else {
        found.listed(ResourceKind::IamRole);
    }
    for ((_, number), target) in estate.records.iter().filter(|(own, _)| own.0 == account) {
        let facts = DnsRecord {
            hosted_zone_id: format!("Z{account}"),
            name: format!("r{number}.a{account}.example.com"),
            r#type: "A".to_owned(),
            alias_target: Some(AliasTarget {
                dns_name: host(*target),
                ..AliasTarget::default()
            }),
            ..DnsRecord::default()
        };
        let own = facts.own_arn("aws").unwrap();
        let subjects = facts
            .targets()
            .map(|(target, _)| blastmap_model::host_name_id(target))
            .collect::<Vec<_>>();
        let source = Source::of("route53:ListResourceRecordSets");
        found.follow(&(&own).into(), &own, &facts, [], source, subjects);
    }
    found
}

/// One crawl of some accounts' regions, and what is global there.
fn crawl(estate: &Estate, places: &[(usize, usize)], minutes: i64, beside: Elsewhere) -> Inventory {
    let accounts: BTreeSet<usize> = places.iter().map(|place| place.0).collect();
    let regional_scopes = places
        .iter()
        .map(|place| Scope::new(ACCOUNTS[place.0], REGIONS[place.1]));
    let global_scopes = accounts
        .iter()
        .map(|account| Scope::new(ACCOUNTS[*account], GLOBAL));
    let scopes: Vec<Scope> = regional_scopes.chain(global_scopes).collect();
    let mut builder = InventoryBuilder::new(scopes.clone()).beside(beside);
    for (account, region) in places {
        builder.absorb(regional(estate, *account, *region));
    }
    for account in accounts {
        builder.absorb(global(estate, account));
    }
    let taken_at = OffsetDateTime::UNIX_EPOCH + Duration::minutes(minutes);
    let records = scopes.into_iter().map(|scope| ScopeRecord {
        scope,
        crawled_at: Some(taken_at),
        duration_ms: None,
        api_calls: 0,
        kept: None,
    });
    builder
        .finish(format!("at-{minutes}"), taken_at, records.collect())
        .unwrap()
}

/// A part that nothing newer speaks against.
fn whole(inventory: &Inventory) -> Part {
    Part {
        holds: inventory
            .scopes
            .iter()
            .map(|own| own.scope.clone())
            .collect(),
        inventory: inventory.clone(),
    }
}

/// Everything that an inventory says, but for times.
fn said(inventory: &Inventory) -> BTreeSet<String> {
    let mut said = BTreeSet::new();
    for own in inventory.resources() {
        said.insert(format!(
            "{} {} {} {} {} {} {}",
            own.id,
            own.kind,
            own.name,
            own.account,
            own.region,
            own.presence.name(),
            own.attributes.as_str()
        ));
    }
    for link in inventory.links() {
        let id = |place| &inventory.resource(place).id;
        said.insert(format!(
            "{} {} {} {:?} {:?}",
            id(link.from),
            link.relation,
            id(link.to),
            link.phases,
            inventory.evidence(link)
        ));
    }
    said.extend(
        inventory
            .unnamed
            .iter()
            .map(|own| format!("unnamed {}", own.id)),
    );
    said.extend(inventory.blind_spots.iter().map(|own| format!("{own:?}")));
    said.extend(inventory.scopes.iter().map(|own| own.scope.to_string()));
    said
}

/// Crawls of the places side by side, each knowing what the others wrote last, until nothing changes.
fn side_by_side(estate: &Estate, groups: &[Vec<(usize, usize)>]) -> Inventory {
    let mut parts: Vec<Option<Inventory>> = vec![None; groups.len()];
    let mut minutes = 0;
    for _round in 0..8 {
        for (own, group) in groups.iter().enumerate() {
            minutes += 1;
            let others = parts.iter().enumerate().filter(|(other, _)| *other != own);
            let others: Vec<Part> = others
                .filter_map(|(_, part)| Some(whole(part.as_ref()?)))
                .collect();
            let beside = Elsewhere::of(&merge("others".to_owned(), others).unwrap());
            parts[own] = Some(crawl(estate, group, minutes, beside));
        }
    }
    let parts = parts.iter().flatten().map(whole).collect();
    merge("merged".to_owned(), parts).unwrap()
}

fn places() -> impl Strategy<Value = Place> {
    (0..ACCOUNTS.len(), 0..REGIONS.len(), 0..EACH)
}

fn estates() -> impl Strategy<Value = Estate> {
    let role = || (0..ACCOUNTS.len(), 0..EACH);
    let definition =
        (role(), prop::option::of(places())).prop_map(|(role, queue)| Definition { role, queue });
    (
        prop::collection::btree_map(places(), definition, 0..6),
        prop::collection::btree_map(places(), prop::option::of(places()), 0..8),
        prop::collection::btree_set(places(), 0..4),
        prop::collection::btree_map(role(), places(), 0..4),
        prop::collection::btree_set(role(), 0..5),
        prop::collection::btree_set(0..ACCOUNTS.len(), 0..2),
    )
        .prop_map(
            |(definitions, queues, balancers, records, roles, roles_denied)| Estate {
                definitions: definitions.into_iter().collect(),
                queues,
                balancers,
                records,
                roles,
                roles_denied,
                denied: BTreeSet::new(),
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn crawls_side_by_side_make_what_one_crawl_makes(estate in estates(), cut in 0..4_usize) {
        let all = [(0, 0), (0, 1), (1, 0), (1, 1)];
        let groups: Vec<Vec<_>> = match cut {
            0 => all.iter().map(|own| vec![*own]).collect(),
            1 => vec![all[..2].to_vec(), all[2..].to_vec()],
            2 => vec![vec![all[0], all[2]], vec![all[1], all[3]]],
            _ => vec![all[..3].to_vec(), all[3..].to_vec()],
        };
        let one = said(&crawl(&estate, &all, 0, Elsewhere::default()));
        let merged = said(&side_by_side(&estate, &groups));
        let (more, less): (Vec<_>, Vec<_>) = (merged.difference(&one).collect(), one.difference(&merged).collect());
        prop_assert!(more.is_empty() && less.is_empty(), "more: {more:#?}\nless: {less:#?}");
    }

    #[test]
    fn what_is_kept_of_a_scope_is_what_was_there(estate in estates(), hidden in 0..4_usize, percent in 0..100_u8) {
        let all = [(0, 0), (0, 1), (1, 0), (1, 1)];
        let before = crawl(&estate, &all, 0, Elsewhere::default());
        let hidden = all[hidden];
        let scope = Scope::new(ACCOUNTS[hidden.0], REGIONS[hidden.1]);
        let is_there = |own: &blastmap_model::Resource| {
            own.presence == Presence::Live && (&own.account, &own.region) == (&scope.account, &scope.region)
        };
        prop_assume!(before.resources().iter().any(is_there));
        let denied = Estate { denied: BTreeSet::from([hidden]), ..estate };
        let later = crawl(&denied, &all, 1, Elsewhere::default());
        let mut kept = keep_dropped(&before, later, |_| true, percent).unwrap();
        let own = kept.blind_spots.iter().filter(|spot| spot.account == scope.account && spot.region == scope.region);
        let own: Vec<&str> = own.map(|spot| &*spot.api).collect();
        prop_assert_eq!(own, ["crawl", "ecs:ListClusters"]);
        kept.blind_spots.clone_from(&before.blind_spots);
        // What was named from there alone was not looked for elsewhere.
        let place = format!(" {} {} ", scope.account, scope.region);
        let not_looked = |line: String| {
            let is_own = line.contains(&place);
            if is_own { line } else { line.replace(" MISSING ", " OUTSIDE ").replace(" UNREADABLE ", " OUTSIDE ") }
        };
        let of = |inventory: &Inventory| said(inventory).into_iter().map(not_looked).collect::<BTreeSet<String>>();
        let (kept, before) = (of(&kept), of(&before));
        let (more, less): (Vec<_>, Vec<_>) = (kept.difference(&before).collect(), before.difference(&kept).collect());
        prop_assert!(more.is_empty() && less.is_empty(), "more: {more:#?}\nless: {less:#?}");
    }

    #[test]
    fn one_part_alone_stays_as_it_is(estate in estates()) {
        let one = crawl(&estate, &[(0, 0), (1, 1)], 0, Elsewhere::default());
        let merged = merge("alone".to_owned(), vec![whole(&one)]).unwrap();
        prop_assert_eq!(said(&merged), said(&one));
    }

    #[test]
    fn the_order_of_parts_says_nothing(estate in estates()) {
        let parts: Vec<Part> = [(0, 0), (0, 1), (1, 0)]
            .iter()
            .zip(1..)
            .map(|(place, minutes)| whole(&crawl(&estate, &[*place], minutes, Elsewhere::default())))
            .collect();
        let back = parts.iter().rev().cloned().collect();
        let (one, other) = (merge("x".to_owned(), parts).unwrap(), merge("x".to_owned(), back).unwrap());
        prop_assert_eq!(said(&one), said(&other));
    }
}

/// A definition in the first region that reads a queue of the second.
fn a_queue_elsewhere(queue: bool) -> Estate {
    let (definition, own) = ((0, 0, 0), (0, 1, 0));
    Estate {
        definitions: vec![(
            definition,
            Definition {
                role: (0, 0),
                queue: Some(own),
            },
        )],
        queues: [((0, 0, 0), Some(own))]
            .into_iter()
            .chain(queue.then_some((own, None)))
            .collect(),
        roles: BTreeSet::from([(0, 0)]),
        ..Estate::default()
    }
}

#[test]
fn a_scope_is_what_the_part_that_holds_it_says() {
    let before = crawl(
        &a_queue_elsewhere(true),
        &[(0, 0), (0, 1)],
        0,
        Elsewhere::default(),
    );
    let later = a_queue_elsewhere(false);
    let newer = crawl(&later, &[(0, 1)], 1, Elsewhere::default());
    let merged = merge(
        "both".to_owned(),
        vec![
            Part {
                holds: BTreeSet::from([
                    Scope::new(ACCOUNTS[0], REGIONS[0]),
                    Scope::new(ACCOUNTS[0], GLOBAL),
                ]),
                inventory: before,
            },
            whole(&newer),
        ],
    )
    .unwrap();
    let gone = queue_arn((0, 1, 0)).to_string();
    assert!(
        merged.find(&gone).is_none(),
        "a guess at what is gone is no link"
    );
    let role = merged.find(&role_arn((0, 0)).to_string()).unwrap();
    assert_eq!(merged.resource(role).presence, Presence::Live);
    assert_eq!(merged.scopes.len(), 3);
}

#[test]
fn what_nobody_crawled_stays_outside() {
    let estate = Estate {
        definitions: vec![(
            (0, 0, 0),
            Definition {
                role: (1, 0),
                queue: None,
            },
        )],
        ..Estate::default()
    };
    let one = crawl(&estate, &[(0, 0)], 0, Elsewhere::default());
    let other = crawl(&estate, &[(0, 1)], 1, Elsewhere::default());
    let merged = merge("both".to_owned(), vec![whole(&one), whole(&other)]).unwrap();
    let role = merged.find(&role_arn((1, 0)).to_string()).unwrap();
    assert_eq!(merged.resource(role).presence, Presence::Outside);
    assert_eq!(merged.taken_at, other.taken_at);
}

#[test]
fn what_is_named_later_than_its_scope_was_crawled_is_not_missing() {
    for (crawled_at, presence) in [(10, Presence::Missing), (0, Presence::Outside)] {
        let scope = Scope::new(ACCOUNTS[0], REGIONS[0]);
        let mut own = found(&scope, 5);
        let group = arn("logs", (0, 1, 0), "log-group:/ecs/web");
        let options = BTreeMap::from([
            ("awslogs-group".to_owned(), "/ecs/web".to_owned()),
            ("awslogs-region".to_owned(), REGIONS[1].to_owned()),
        ]);
        let facts = EcsTaskDefinition {
            family: "web".to_owned(),
            revision: 1,
            container_definitions: vec![ContainerDefinition {
                name: "app".to_owned(),
                log_configuration: Some(LogConfiguration {
                    log_driver: "awslogs".to_owned(),
                    options,
                    ..LogConfiguration::default()
                }),
                ..ContainerDefinition::default()
            }],
            ..EcsTaskDefinition::default()
        };
        let definition = arn("ecs", (0, 0, 0), "task-definition/web:1");
        let source = Source::of("ecs:DescribeTaskDefinition");
        own.resource(&definition, &facts, [], source);
        let taken_at = OffsetDateTime::UNIX_EPOCH + Duration::minutes(5);
        let record = ScopeRecord {
            scope: scope.clone(),
            crawled_at: Some(taken_at),
            duration_ms: None,
            api_calls: 0,
            kept: None,
        };
        let mut builder = InventoryBuilder::new(vec![scope]);
        builder.absorb(own);
        let naming = builder
            .finish("naming".to_owned(), taken_at, vec![record])
            .unwrap();
        let (estate, nothing) = (Estate::default(), Elsewhere::default());
        let named = crawl(&estate, &[(0, 1)], crawled_at, nothing);
        let merged = merge("both".to_owned(), vec![whole(&naming), whole(&named)]).unwrap();
        let group = merged.find(&group.to_string()).unwrap();
        assert_eq!(merged.resource(group).presence, presence, "{crawled_at}");
    }
}

use std::collections::{BTreeMap, BTreeSet};

use blastmap_model::{Phase, Phases, ResourceIndex, ResourceKind};
use proptest::prelude::*;

use super::{BlastRadius, Direction, RadiusQuery, blast_radius};
use crate::{
    LinkIndex, Snapshot,
    drawing::{ACCOUNT, REGION, draw, find, find_all, say, say_link},
    oracle::{any_estate, any_phases, distances, follow, walked_links},
};

fn radius(snapshot: &Snapshot, roots: &[&str], query: &RadiusQuery) -> BlastRadius {
    blast_radius(snapshot, &find_all(snapshot, roots), query)
}

/// What harm to the roots reaches in a drawing.
fn reach(drawing: &str, roots: &[&str]) -> String {
    let snapshot = draw(drawing).snapshot();
    say(
        &snapshot,
        &radius(&snapshot, roots, &RadiusQuery::default()),
    )
}

fn path_to(snapshot: &Snapshot, radius: &BlastRadius, id: &str) -> Vec<String> {
    let index = find(snapshot, id);
    let node = radius
        .nodes
        .iter()
        .find(|node| node.resource == index)
        .unwrap();
    node.path
        .iter()
        .map(|link| say_link(snapshot, *link))
        .collect()
}

#[test]
fn each_row_of_the_rules() {
    let cases = [
        // Harm passes on as it came, to the dependent.
        (
            "web: ECS_SERVICE -RUNS-> def: ECS_TASK_DEFINITION",
            "def",
            "1 web",
        ),
        (
            "web: ECS_SERVICE -RUNS-> def: ECS_TASK_DEFINITION",
            "web",
            "",
        ),
        // A whole takes its parts with it.
        (
            "task: ECS_TASK -PART_OF-> web: ECS_SERVICE",
            "web",
            "1 task",
        ),
        (
            "web: ECS_SERVICE -REGISTERED_IN-> tg: TARGET_GROUP",
            "tg",
            "1 web",
        ),
        (
            "front: LISTENER -PART_OF-> lb: LOAD_BALANCER",
            "lb",
            "1 front",
        ),
        // Harm to a part climbs to the whole.
        (
            "task: ECS_TASK -PART_OF-> web: ECS_SERVICE",
            "task",
            "1 web",
        ),
        (
            "task: ECS_TASK -PART_OF-> set: ECS_TASK_SET -PART_OF-> web: ECS_SERVICE",
            "task",
            "1 set, 2 web",
        ),
        (
            "web: ECS_SERVICE -REGISTERED_IN-> tg: TARGET_GROUP",
            "web",
            "1 tg",
        ),
        (
            "rule: LISTENER_RULE -PART_OF-> front: LISTENER -PART_OF-> lb: LOAD_BALANCER",
            "rule",
            "1 front, 2 lb",
        ),
        // A service is no part of its cluster: its loss is not the cluster's.
        ("web: ECS_SERVICE -PART_OF-> prod: ECS_CLUSTER", "web", ""),
        (
            "web: ECS_SERVICE -PART_OF-> prod: ECS_CLUSTER",
            "prod",
            "1 web",
        ),
        // A share of the cluster's capacity is not the cluster.
        (
            "web: ECS_SERVICE -PART_OF-> prod: ECS_CLUSTER -CAPACITY_FROM-> spot: ECS_CAPACITY_PROVIDER",
            "spot",
            "1 prod",
        ),
        // A group's members lose the way in to those that let them in by it: harm goes to the dependency.
        (
            "db: SECURITY_GROUP -ALLOWS-> app: SECURITY_GROUP",
            "db",
            "1 app",
        ),
        (
            "db: SECURITY_GROUP -ALLOWS-> app: SECURITY_GROUP",
            "app",
            "",
        ),
        // They lose one way in, not all that they are.
        (
            "db: SECURITY_GROUP -ALLOWS-> app: SECURITY_GROUP
             lb: LOAD_BALANCER -PROTECTED_BY-> app
             front: LISTENER -PART_OF-> lb",
            "db",
            "1 app, 2 lb",
        ),
        // Both ways: without the rule its group gets no traffic, without the group the rule serves nothing.
        (
            "rule: LISTENER_RULE -FORWARDS_TO-> tg: TARGET_GROUP",
            "rule",
            "1 tg",
        ),
        (
            "rule: LISTENER_RULE -FORWARDS_TO-> tg: TARGET_GROUP",
            "tg",
            "1 rule",
        ),
        // A schedule starts the definition, which is the dependency.
        (
            "nightly: SCHEDULE -STARTS-> job: ECS_TASK_DEFINITION",
            "job",
            "1 nightly",
        ),
        (
            "nightly: SCHEDULE -STARTS-> job: ECS_TASK_DEFINITION",
            "nightly",
            "",
        ),
        // Links between kinds that the table does not list pass harm on as it came.
        ("q: SQS_QUEUE -PART_OF-> b: S3_BUCKET", "b", "1 q"),
        ("q: SQS_QUEUE -PART_OF-> b: S3_BUCKET", "q", ""),
    ];
    for (drawing, root, reached) in cases {
        assert_eq!(reach(drawing, &[root]), reached, "{drawing}, from {root}");
    }
}

#[test]
fn what_climbed_does_not_come_down_again() {
    let drawing = "
        one: ECS_TASK -PART_OF-> web: ECS_SERVICE -REGISTERED_IN-> tg: TARGET_GROUP
        two: ECS_TASK -PART_OF-> web
        one -REGISTERED_IN-> tg
        two -REGISTERED_IN-> tg
        rule: LISTENER_RULE -FORWARDS_TO-> tg
        other: LISTENER_RULE -FORWARDS_TO-> api: TARGET_GROUP
        rule -PART_OF-> front: LISTENER
        other -PART_OF-> front";
    assert_eq!(reach(drawing, &["one"]), "1 tg, 1 web, 2 rule, 3 front");
    assert_eq!(
        reach(drawing, &["tg"]),
        "1 one, 1 rule, 1 two, 1 web, 2 front"
    );
}

#[test]
fn a_role_is_felt_up_to_the_name_that_people_use() {
    let snapshot = draw(
        "
        web: ECS_SERVICE -RUNS-> def: ECS_TASK_DEFINITION -TASK_ROLE-> role: IAM_ROLE
        web -REGISTERED_IN-> tg: TARGET_GROUP
        front: LISTENER -FORWARDS_TO-> tg
        front -PART_OF-> lb: LOAD_BALANCER
        shop: DNS_RECORD -RESOLVES_TO-> lb",
    )
    .snapshot();
    let radius = radius(&snapshot, &["role"], &RadiusQuery::default());
    assert_eq!(
        say(&snapshot, &radius),
        "1 def, 2 web, 3 tg, 4 front, 5 lb, 6 shop"
    );
    assert_eq!(
        path_to(&snapshot, &radius, "shop"),
        [
            "def TASK_ROLE role",
            "web RUNS def",
            "web REGISTERED_IN tg",
            "front FORWARDS_TO tg",
            "front PART_OF lb",
            "shop RESOLVES_TO lb",
        ]
    );
}

#[test]
fn a_subnet_is_a_share_of_the_balancer_and_not_its_listeners() {
    let drawing = "
        lb: LOAD_BALANCER -PLACED_IN-> a: SUBNET
        lb -PLACED_IN-> b: SUBNET
        front: LISTENER -PART_OF-> lb
        shop: DNS_RECORD -RESOLVES_TO-> lb";
    assert_eq!(reach(drawing, &["a"]), "1 lb, 2 shop");
    assert_eq!(reach(drawing, &["lb"]), "1 front, 1 shop");
}

#[test]
fn a_secret_spreads_by_the_roles_that_tasks_act_as_and_not_by_those_that_start_them() {
    let drawing = "
        starter: IAM_ROLE -GRANTED_ON-> secret: SECRET
        web: ECS_TASK_DEFINITION -EXECUTION_ROLE-> starter
        worker: IAM_ROLE -GRANTED_ON-> secret
        job: ECS_TASK_DEFINITION -TASK_ROLE-> worker";
    assert_eq!(reach(drawing, &["secret"]), "1 starter, 1 worker, 2 job");
    assert_eq!(reach(drawing, &["starter"]), "1 web");
}

#[test]
fn an_endpoint_is_felt_by_all_that_reach_aws_through_it() {
    let drawing = "
        web: ECS_SERVICE -REACHES_AWS_VIA-> ep: VPC_ENDPOINT -PLACED_IN-> a: SUBNET
        task: ECS_TASK -REACHES_AWS_VIA-> ep
        task -PART_OF-> web
        ep -PROTECTED_BY-> sg: SECURITY_GROUP";
    assert_eq!(reach(drawing, &["sg"]), "1 ep, 2 task, 2 web");
}

#[test]
fn who_shares_a_subnet_is_not_reached_through_it() {
    let drawing = "
        web: ECS_SERVICE -PLACED_IN-> a: SUBNET
        api: ECS_SERVICE -PLACED_IN-> a
        task: ECS_TASK -HOSTED_ON-> host: ECS_CONTAINER_INSTANCE
        other: ECS_TASK -HOSTED_ON-> host";
    assert_eq!(reach(drawing, &["web", "task"]), "");
}

#[test]
fn what_lost_a_share_first_and_the_whole_later_is_walked_again() {
    let snapshot = draw(
        "
        role: IAM_ROLE -GRANTED_ON-> key: KMS_KEY
        role -GRANTED_BY-> policy: IAM_POLICY -ENCRYPTED_BY-> key
        web: ECS_TASK_DEFINITION -EXECUTION_ROLE-> role",
    )
    .snapshot();
    let radius = radius(&snapshot, &["key"], &RadiusQuery::default());
    assert_eq!(say(&snapshot, &radius), "1 policy, 1 role, 3 web");
    assert_eq!(path_to(&snapshot, &radius, "role"), ["role GRANTED_ON key"]);
    assert_eq!(
        path_to(&snapshot, &radius, "web"),
        [
            "policy ENCRYPTED_BY key",
            "role GRANTED_BY policy",
            "web EXECUTION_ROLE role"
        ]
    );
}

const SHOP: &str = "
    web: ECS_SERVICE -RUNS-> def: ECS_TASK_DEFINITION -READS_SECRET-> db: SECRET -ENCRYPTED_BY-> key: KMS_KEY
    task: ECS_TASK -PART_OF-> web
    task -RUNS-> def
    web -REGISTERED_IN-> tg: TARGET_GROUP
    def -LOGS_TO-> logs: LOG_GROUP -ENCRYPTED_BY-> key";

#[test]
fn dependencies_are_a_plain_walk() {
    let snapshot = draw(SHOP).snapshot();
    let query = RadiusQuery {
        direction: Direction::Dependencies,
        ..RadiusQuery::default()
    };
    let radius = radius(&snapshot, &["task"], &query);
    assert_eq!(
        say(&snapshot, &radius),
        "1 def, 1 web, 2 db, 2 logs, 2 tg, 3 key"
    );
    assert_eq!(
        path_to(&snapshot, &radius, "key"),
        [
            "task RUNS def",
            "def READS_SECRET db",
            "db ENCRYPTED_BY key"
        ]
    );
}

#[test]
fn stops_at_the_depth() {
    let snapshot = draw(SHOP).snapshot();
    let at = |depth| {
        let query = RadiusQuery {
            max_depth: Some(depth),
            ..RadiusQuery::default()
        };
        let radius = radius(&snapshot, &["db"], &query);
        let links: Vec<_> = radius
            .links
            .iter()
            .map(|link| say_link(&snapshot, *link))
            .collect();
        (say(&snapshot, &radius), links.join(", "))
    };
    assert_eq!(at(0), (String::new(), String::new()));
    assert_eq!(
        at(1),
        ("1 def".to_owned(), "def READS_SECRET db".to_owned())
    );
    assert_eq!(
        at(2),
        (
            "1 def, 2 task, 2 web".to_owned(),
            "def READS_SECRET db, task RUNS def, web RUNS def".to_owned()
        )
    );
}

#[test]
fn kinds_narrow_what_is_told_and_not_the_walk() {
    let snapshot = draw(SHOP).snapshot();
    let query = RadiusQuery {
        kinds: Some(vec![ResourceKind::TargetGroup, ResourceKind::Secret]),
        ..RadiusQuery::default()
    };
    let radius = radius(&snapshot, &["key"], &query);
    assert_eq!(say(&snapshot, &radius), "1 db, 4 tg");
    assert_eq!((radius.total_count, radius.truncated), (2, false));
    assert_eq!(
        radius.by_kind,
        [(ResourceKind::Secret, 1), (ResourceKind::TargetGroup, 1)]
    );
    assert_eq!(
        radius
            .links
            .iter()
            .map(|link| say_link(&snapshot, *link))
            .collect::<Vec<_>>(),
        ["db ENCRYPTED_BY key"]
    );
}

#[test]
fn phases_narrow_the_walk() {
    let snapshot = draw(SHOP).snapshot();
    let during = |root, phase| {
        let query = RadiusQuery {
            phases: Some(Phases::of(&[phase])),
            ..RadiusQuery::default()
        };
        say(&snapshot, &radius(&snapshot, &[root], &query))
    };
    let whole = "1 db, 1 logs, 2 def, 3 task, 3 web";
    assert_eq!(during("key", Phase::Run), whole);
    assert_eq!(during("key", Phase::Start), whole);
    assert_eq!(during("key", Phase::Schedule), "");
    // A secret is read when a task starts, and never again.
    assert_eq!(during("db", Phase::Start), "1 def, 2 task, 2 web");
    assert_eq!(during("db", Phase::Run), "");
}

#[test]
fn the_nearest_are_told_and_all_are_counted() {
    let snapshot = draw(SHOP)
        .tagged("web", &[("owner", "shop")])
        .tagged("task", &[("team", "shop")])
        .tagged("logs", &[("owner", "core")])
        .snapshot();
    let query = RadiusQuery {
        limit: 2,
        ..RadiusQuery::default()
    };
    let radius = radius(&snapshot, &["key"], &query);
    assert_eq!(say(&snapshot, &radius), "1 db, 1 logs");
    assert_eq!((radius.total_count, radius.truncated), (6, true));
    assert_eq!(radius.by_kind.len(), 6);
    let owner = |name: &str| Some(name.to_owned());
    assert_eq!(
        radius.by_owner,
        [(None, 3), (owner("shop"), 2), (owner("core"), 1)]
    );
}

#[test]
fn roots_are_told_once_and_never_reached() {
    let snapshot = draw(SHOP).snapshot();
    let radius = radius(&snapshot, &["web", "key", "web"], &RadiusQuery::default());
    assert_eq!(radius.roots, find_all(&snapshot, &["key", "web"]));
    assert_eq!(say(&snapshot, &radius), "1 db, 1 logs, 1 task, 1 tg, 2 def");
    assert_eq!(radius.links.len(), 8);
}

#[test]
fn a_blind_spot_counts_where_it_could_hide_more() {
    use ResourceKind::{EcsService, EcsTaskDefinition, KmsKey, LogGroup, Secret, TargetGroup};
    let spots = |drawing: &str, direction, root: &str| {
        let snapshot = draw(drawing)
            .blind_spot(ACCOUNT, REGION, "ecs:DescribeServices", &[EcsService])
            .blind_spot(
                ACCOUNT,
                REGION,
                "ecs:DescribeTaskDefinition",
                &[EcsTaskDefinition],
            )
            .blind_spot(ACCOUNT, REGION, "logs:DescribeLogGroups", &[LogGroup])
            .blind_spot(ACCOUNT, REGION, "secretsmanager:ListSecrets", &[Secret])
            .blind_spot(ACCOUNT, REGION, "x:Anything", &[])
            .blind_spot(
                ACCOUNT,
                "us-east-1",
                "elasticloadbalancing:DescribeTargetGroups",
                &[TargetGroup],
            )
            .blind_spot("999999999999", REGION, "kms:DescribeKey", &[KmsKey])
            .snapshot();
        let query = RadiusQuery {
            direction,
            ..RadiusQuery::default()
        };
        let apis = radius(&snapshot, &[root], &query)
            .blind_spots
            .iter()
            .map(|spot| spot.api.to_string())
            .collect::<Vec<_>>();
        apis.join(" ")
    };
    let secret = "def: ECS_TASK_DEFINITION -READS_SECRET-> db: SECRET";
    assert_eq!(
        spots(secret, Direction::Dependents, "db"),
        "ecs:DescribeServices ecs:DescribeTaskDefinition x:Anything"
    );
    // What the definition itself needs was not read.
    assert_eq!(
        spots(secret, Direction::Dependencies, "def"),
        "ecs:DescribeTaskDefinition logs:DescribeLogGroups secretsmanager:ListSecrets x:Anything"
    );
    // A role has no region: who uses it may be in any.
    assert_eq!(
        spots("role: IAM_ROLE", Direction::Dependents, "role"),
        "ecs:DescribeServices ecs:DescribeTaskDefinition x:Anything"
    );
}

#[test]
fn a_blind_spot_of_another_region_counts_where_that_region_may_hang_on_it() {
    use ResourceKind::EcsTaskDefinition;
    let count = |drawing: &str, direction, root: &str| {
        let snapshot = draw(drawing)
            .blind_spot(
                ACCOUNT,
                "us-east-1",
                "ecs:DescribeTaskDefinition",
                &[EcsTaskDefinition],
            )
            .snapshot();
        let query = RadiusQuery {
            direction,
            ..RadiusQuery::default()
        };
        radius(&snapshot, &[root], &query).blind_spots.len()
    };
    let drawing =
        "def: ECS_TASK_DEFINITION -TASK_ROLE-> role: IAM_ROLE -GRANTED_BY-> policy: IAM_POLICY";
    assert_eq!(count(drawing, Direction::Dependents, "role"), 1);
    assert_eq!(count(drawing, Direction::Dependents, "def"), 0);
    assert_eq!(count(drawing, Direction::Dependencies, "def"), 0);
}

#[test]
fn anyone_may_hang_on_what_is_awss_own() {
    let spots = |account: &str| {
        let snapshot = draw("policy: IAM_POLICY")
            .with("policy", |policy| policy.account = account.into())
            .blind_spot(ACCOUNT, "global", "iam:ListRoles", &[ResourceKind::IamRole])
            .snapshot();
        radius(&snapshot, &["policy"], &RadiusQuery::default())
            .blind_spots
            .len()
    };
    assert_eq!(
        (
            spots("aws"),
            spots(""),
            spots(ACCOUNT),
            spots("999999999999")
        ),
        (1, 1, 1, 0)
    );
}

#[test]
fn of_two_shortest_paths_the_one_by_the_first_link_is_told() {
    let snapshot = draw(
        "
        middle: ECS_SERVICE -REGISTERED_IN-> a: TARGET_GROUP
        z: ECS_SERVICE -CALLS-> middle
        front: LISTENER -FORWARDS_TO-> a
        front -CALLS-> z",
    )
    .snapshot();
    let radius = radius(&snapshot, &["middle"], &RadiusQuery::default());
    assert_eq!(
        path_to(&snapshot, &radius, "front"),
        ["middle REGISTERED_IN a", "front FORWARDS_TO a"]
    );
}

pub(super) fn any_query() -> impl Strategy<Value = RadiusQuery> {
    let kinds = proptest::sample::subsequence(ResourceKind::ALL, 5..40);
    (
        any::<bool>(),
        proptest::option::weighted(0.4, 0..6_u32),
        proptest::option::weighted(0.3, kinds),
        proptest::option::weighted(0.4, any_phases()),
        prop_oneof![Just(1000_usize), 0..6_usize],
    )
        .prop_map(|(down, max_depth, kinds, phases, limit)| RadiusQuery {
            direction: if down {
                Direction::Dependencies
            } else {
                Direction::Dependents
            },
            max_depth,
            kinds,
            phases,
            limit,
        })
}

pub(super) fn pick_roots(snapshot: &Snapshot, picks: &[usize]) -> Vec<ResourceIndex> {
    let all: Vec<_> = snapshot.inventory().indices().collect();
    picks.iter().map(|pick| all[pick % all.len()]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn agrees_with_the_rules_said_plainly(
        snapshot in any_estate(14),
        picks in proptest::collection::vec(any::<usize>(), 1..3),
        query in any_query(),
    ) {
        let roots = pick_roots(&snapshot, &picks);
        let radius = blast_radius(&snapshot, &roots, &query);
        let distances = distances(&snapshot, &roots, &query);

        // Reach, distance, kinds, order, limit.
        let mut nearest: BTreeMap<ResourceIndex, u32> = BTreeMap::new();
        for ((resource, _), distance) in &distances {
            let known = nearest.entry(*resource).or_insert(*distance);
            *known = (*known).min(*distance);
        }
        let asked = |kind| query.kinds.as_ref().is_none_or(|kinds| kinds.contains(&kind));
        let mut expected: Vec<(u32, ResourceIndex)> = nearest
            .iter()
            .filter(|(resource, _)| !roots.contains(resource) && asked(snapshot.resource(**resource).kind))
            .map(|(resource, distance)| (*distance, *resource))
            .collect();
        expected.sort_unstable();
        prop_assert_eq!(radius.total_count, expected.len());
        prop_assert_eq!(radius.truncated, expected.len() > query.limit);
        let mut by_kind: BTreeMap<_, usize> = BTreeMap::new();
        let mut by_owner: BTreeMap<_, usize> = BTreeMap::new();
        for (_, resource) in &expected {
            *by_kind.entry(snapshot.resource(*resource).kind).or_default() += 1;
            *by_owner.entry(snapshot.owner(*resource).map(str::to_owned)).or_default() += 1;
        }
        prop_assert_eq!(radius.by_kind.iter().copied().collect::<BTreeMap<_, _>>(), by_kind);
        prop_assert_eq!(radius.by_owner.iter().cloned().collect::<BTreeMap<_, _>>(), by_owner);
        let mut by_distance: BTreeMap<_, usize> = BTreeMap::new();
        for (distance, _) in &expected {
            *by_distance.entry(*distance).or_default() += 1;
        }
        prop_assert_eq!(&radius.by_distance, &by_distance.into_iter().collect::<Vec<_>>());
        prop_assert!(radius.by_kind.is_sorted_by_key(|(kind, count)| (std::cmp::Reverse(*count), kind.name())));
        prop_assert!(radius.by_owner.is_sorted_by_key(|(name, count)| (std::cmp::Reverse(*count), name.is_none(), name.clone())));
        expected.truncate(query.limit);
        let told: Vec<_> = radius.nodes.iter().map(|node| (node.distance, node.resource)).collect();
        prop_assert_eq!(&told, &expected);

        // Paths.
        for node in &radius.nodes {
            prop_assert_eq!(node.path.len(), node.distance as usize);
            let root = node.root(&snapshot).unwrap();
            prop_assert!(roots.contains(&root));
            prop_assert_eq!(follow(&snapshot, &query, root, &node.path), Some(node.resource));
        }

        // Links.
        let shown: BTreeSet<_> = told.iter().map(|(_, resource)| *resource).chain(roots.iter().copied()).collect();
        let links: BTreeSet<LinkIndex> = walked_links(&snapshot, &query, &distances)
            .into_iter()
            .filter(|(_, at, to)| shown.contains(at) && shown.contains(to))
            .map(|(link, _, _)| link)
            .collect();
        prop_assert_eq!(radius.links, links.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn the_order_of_the_roots_does_not_matter(snapshot in any_estate(10), picks in proptest::collection::vec(any::<usize>(), 1..5), query in any_query()) {
        let mut roots = pick_roots(&snapshot, &picks);
        let one = blast_radius(&snapshot, &roots, &query);
        roots.reverse();
        prop_assert_eq!(one, blast_radius(&snapshot, &roots, &query));
    }
}

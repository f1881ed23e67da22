use std::collections::{BTreeMap, BTreeSet};

use blastmap_model::{Phases, Presence, ResourceIndex};
use proptest::prelude::*;

use super::{
    BlastRadius, Fold, FoldedRadius, RadiusQuery, blast_radius, folded_radius,
    tests::{any_query, pick_roots},
};
use crate::{
    GroupBy, LinkIndex, Snapshot,
    drawing::{Drawing, draw, find, find_all, say_link},
    estate::Level,
    oracle::any_estate,
};

/// Two services behind one balancer, each with a definition that acts as one role.
fn shop() -> Drawing {
    draw(
        "
        web: ECS_SERVICE -RUNS-> web1: ECS_TASK_DEFINITION -TASK_ROLE-> role: IAM_ROLE
        api: ECS_SERVICE -RUNS-> api1: ECS_TASK_DEFINITION -TASK_ROLE-> role
        web-a: ECS_TASK -PART_OF-> web
        web-b: ECS_TASK -PART_OF-> web
        web-a -RUNS-> web1
        web-b -RUNS-> web1
        web -REGISTERED_IN-> web-tg: TARGET_GROUP
        api -REGISTERED_IN-> api-tg: TARGET_GROUP
        front: LISTENER -FORWARDS_TO-> web-tg
        front -FORWARDS_TO-> api-tg
        front -PART_OF-> lb: LOAD_BALANCER
        nightly: SCHEDULE -STARTS-> web1
        hourly: SCHEDULE -STARTS-> web1",
    )
}

fn by(groups: &[GroupBy]) -> Fold {
    Fold {
        by: groups.to_vec(),
        ..Fold::default()
    }
}

/// `1 web (3 more), 2 front`
fn say(snapshot: &Snapshot, folded: &FoldedRadius) -> String {
    let nodes = folded.nodes.iter().map(|node| {
        let more = match node.members.len() {
            1 => String::new(),
            all => format!(" ({} more)", all - 1),
        };
        let id = &snapshot.resource(node.resource).id;
        format!("{} {id}{more}", node.distance)
    });
    nodes.collect::<Vec<_>>().join(", ")
}

fn say_links(snapshot: &Snapshot, folded: &FoldedRadius) -> Vec<String> {
    let name = |index| snapshot.resource(index).id.as_str();
    let links = folded.links.iter().map(|link| {
        let relation = snapshot.link(link.link).relation;
        let more = match link.count {
            1 => String::new(),
            all => format!(" ({} more)", all - 1),
        };
        format!("{} {relation} {}{more}", name(link.from), name(link.to))
    });
    links.collect()
}

fn fold(snapshot: &Snapshot, root: &str, fold: &Fold) -> FoldedRadius {
    folded_radius(
        snapshot,
        &find_all(snapshot, &[root]),
        &RadiusQuery::default(),
        fold,
    )
}

#[test]
fn a_service_is_shown_with_all_that_is_its_own() {
    let snapshot = shop().snapshot();
    let folded = fold(&snapshot, "role", &by(&[GroupBy::Service]));
    assert_eq!(
        say(&snapshot, &folded),
        "1 api (2 more), 1 web (4 more), 2 hourly, 2 nightly, 4 front, 5 lb"
    );
    assert_eq!(
        (folded.total_count, folded.node_count, folded.truncated),
        (12, 6, false)
    );
    assert_eq!(folded.by_distance, [(1, 8), (2, 2), (4, 1), (5, 1)]);
    let web = folded.nodes[1].by_kind(&snapshot);
    let web: Vec<_> = web
        .iter()
        .map(|(kind, count)| (kind.name(), *count))
        .collect();
    assert_eq!(
        web,
        [
            ("ECS_TASK", 2),
            ("ECS_SERVICE", 1),
            ("ECS_TASK_DEFINITION", 1),
            ("TARGET_GROUP", 1)
        ]
    );
    assert_eq!(
        say_links(&snapshot, &folded),
        [
            "api TASK_ROLE role",
            "front FORWARDS_TO api",
            "front PART_OF lb",
            "front FORWARDS_TO web",
            "hourly STARTS web",
            "nightly STARTS web",
            "web TASK_ROLE role",
        ]
    );
}

#[test]
fn the_way_to_a_node_leads_to_its_nearest_member() {
    let snapshot = shop().snapshot();
    let folded = fold(&snapshot, "role", &by(&[GroupBy::Service]));
    let node = |id| {
        let resource = find(&snapshot, id);
        let mut nodes = folded.nodes.iter();
        nodes.find(|node| node.resource == resource).unwrap()
    };
    let say_path = |id| {
        let path = &node(id).path;
        path.iter()
            .map(|link| say_link(&snapshot, *link))
            .collect::<Vec<_>>()
    };
    let between = |id| {
        let path = folded.path_between_nodes(&snapshot, node(id));
        let name = |index| snapshot.resource(index).id.to_string();
        path.iter()
            .map(|link| format!("{} - {}", name(link.from), name(link.to)))
            .collect::<Vec<_>>()
    };
    assert_eq!(say_path("web"), ["web1 TASK_ROLE role"]);
    assert_eq!(between("web"), ["web - role"]);
    assert_eq!(
        say_path("front"),
        [
            "api1 TASK_ROLE role",
            "api RUNS api1",
            "api REGISTERED_IN api-tg",
            "front FORWARDS_TO api-tg"
        ]
    );
    assert_eq!(between("front"), ["api - role", "front - api"]);
}

#[test]
fn roots_stay_and_their_parts_are_shown_by_kind() {
    let snapshot = shop().snapshot();
    let folded = fold(&snapshot, "web", &by(&[GroupBy::Service]));
    assert_eq!(
        say(&snapshot, &folded),
        "1 web-a (1 more), 1 web-tg, 2 front, 3 lb"
    );
    let labels: Vec<&str> = folded.nodes.iter().map(|node| &*node.label).collect();
    assert_eq!(labels, ["task of web", "web-tg", "front", "lb"]);
}

#[test]
fn leaves_with_something_in_common_are_one() {
    let snapshot = shop()
        .tagged("nightly", &[("owner", "data"), ("env", "prod")])
        .tagged("hourly", &[("owner", "data"), ("env", "dev")])
        .tagged("lb", &[("owner", "data")])
        .snapshot();
    let folded = fold(&snapshot, "role", &by(&[GroupBy::Service, GroupBy::Owner]));
    // The balancer is farther away, and something hangs on the services.
    assert_eq!(
        say(&snapshot, &folded),
        "1 api (2 more), 1 web (4 more), 2 hourly (1 more), 4 front, 5 lb"
    );
    assert_eq!(folded.nodes[2].label, "data");
    assert_eq!(
        say_links(&snapshot, &folded)[4],
        "hourly STARTS web (1 more)"
    );

    let by_kind = by(&[GroupBy::Service, GroupBy::Owner, GroupBy::Kind]);
    assert_eq!(
        fold(&snapshot, "role", &by_kind).nodes[2].label,
        "data, schedule"
    );
    let by_tag = Fold {
        tag: Some("env".to_owned()),
        ..by(&[GroupBy::Tag])
    };
    assert!(
        say(&snapshot, &fold(&snapshot, "web1", &by_tag)).contains("1 hourly, 1 nightly"),
        "prod is not dev"
    );
}

#[test]
fn services_that_nothing_hangs_on_are_leaves_too() {
    let snapshot = draw(
        "
        one: ECS_SERVICE -RUNS-> one1: ECS_TASK_DEFINITION -TASK_ROLE-> role: IAM_ROLE
        two: ECS_SERVICE -RUNS-> two1: ECS_TASK_DEFINITION -TASK_ROLE-> role
        task: ECS_TASK -PART_OF-> two",
    )
    .snapshot();
    let folded = fold(&snapshot, "role", &by(&[GroupBy::Service, GroupBy::Kind]));
    assert_eq!(say(&snapshot, &folded), "1 one (4 more)");
    assert_eq!(folded.nodes[0].label, "service");
}

#[test]
fn what_is_not_live_is_not_hidden_behind_what_is() {
    let snapshot = shop()
        .with("web1", |definition| {
            definition.presence = Presence::Unreadable;
        })
        .with("hourly", |schedule| schedule.presence = Presence::Missing)
        .snapshot();
    let folded = fold(&snapshot, "role", &by(&[GroupBy::Service, GroupBy::Kind]));
    assert_eq!(
        say(&snapshot, &folded),
        "1 api (2 more), 1 web1, 2 hourly, 2 nightly, 2 web (3 more), 4 front, 5 lb"
    );
}

#[test]
fn what_is_hit_is_not_hidden_behind_what_is_hit_less() {
    let snapshot = shop().snapshot();
    let severity = |hits: &[(&str, u32)]| Fold {
        severity: hits
            .iter()
            .map(|(id, severity)| (find(&snapshot, id), *severity))
            .collect(),
        ..by(&[GroupBy::Service, GroupBy::Kind])
    };
    let told = |hits| say(&snapshot, &fold(&snapshot, "role", &severity(hits)));
    assert_eq!(
        told(&[("web", 2), ("web-a", 2), ("web-b", 1)]),
        "1 api (2 more), 1 web (4 more), 2 hourly (1 more), 4 front, 5 lb"
    );
    assert_eq!(
        told(&[("web-a", 2), ("nightly", 1)]),
        "1 api (2 more), 1 web (3 more), 2 hourly, 2 nightly, 2 web-a, 4 front, 5 lb"
    );
}

#[test]
fn the_limit_counts_nodes() {
    let snapshot = shop().snapshot();
    let query = RadiusQuery {
        limit: 2,
        ..RadiusQuery::default()
    };
    let folded = folded_radius(
        &snapshot,
        &find_all(&snapshot, &["role"]),
        &query,
        &by(&[GroupBy::Service]),
    );
    assert_eq!(say(&snapshot, &folded), "1 api (2 more), 1 web (4 more)");
    assert_eq!(
        (folded.total_count, folded.node_count, folded.truncated),
        (12, 6, true)
    );
    assert_eq!(folded.by_distance, [(1, 8), (2, 2), (4, 1), (5, 1)]);
    assert_eq!(
        say_links(&snapshot, &folded),
        ["api TASK_ROLE role", "web TASK_ROLE role"]
    );
}

#[test]
fn what_aws_states_stands_for_what_is_concluded() {
    let mut drawing = draw(
        "
        role: IAM_ROLE
        web: ECS_SERVICE -RUNS-> one: ECS_TASK_DEFINITION
        web -RUNS-> two: ECS_TASK_DEFINITION",
    );
    drawing.conclude("one", "TASK_ROLE", "role");
    drawing.link("two", "TASK_ROLE", "role", None);
    let snapshot = drawing.snapshot();
    let folded = fold(&snapshot, "role", &by(&[GroupBy::Service]));
    assert_eq!(
        say_links(&snapshot, &folded),
        ["web TASK_ROLE role (1 more)"]
    );
    assert!(!snapshot.evidence(folded.links[0].link).inferred);
}

const LEVELS: [GroupBy; 7] = [
    GroupBy::Service,
    GroupBy::Owner,
    GroupBy::Kind,
    GroupBy::Account,
    GroupBy::Region,
    GroupBy::Vpc,
    GroupBy::Cluster,
];

/// In which group of the estate each resource is; empty where in none.
fn keys(snapshot: &Snapshot, by: GroupBy) -> BTreeMap<ResourceIndex, String> {
    let level = Level::of(snapshot, by, None);
    let all = snapshot.inventory().indices();
    all.map(|index| (index, level.key(level.number_of(index)).to_owned()))
        .collect()
}

/// The rules of folding said once more, plainly: for each resource that was reached, who is one with it.
fn plainly(
    snapshot: &Snapshot,
    reached: &BlastRadius,
    fold: &Fold,
) -> BTreeSet<BTreeSet<ResourceIndex>> {
    let distance: BTreeMap<ResourceIndex, u32> = reached
        .nodes
        .iter()
        .map(|node| (node.resource, node.distance))
        .collect();
    let severity = |of: ResourceIndex| fold.severity.get(&of).copied().unwrap_or(0);
    let service: BTreeMap<ResourceIndex, ResourceIndex> = if fold.by.contains(&GroupBy::Service) {
        let keys = keys(snapshot, GroupBy::Service).into_iter();
        keys.filter(|(_, key)| !key.is_empty())
            .map(|(of, key)| (of, find(snapshot, &key)))
            .collect()
    } else {
        BTreeMap::new()
    };
    let shown_as_service = |of: &ResourceIndex| {
        service
            .get(of)
            .filter(|own| distance.contains_key(own) && severity(**own) >= severity(*of))
    };
    let one = |a: &ResourceIndex, b: &ResourceIndex| {
        if a == b {
            return true;
        }
        match (shown_as_service(a), shown_as_service(b)) {
            (Some(one), Some(other)) => one == other,
            (None, None) => {
                service.contains_key(a)
                    && service.get(a) == service.get(b)
                    && snapshot.kind(*a) == snapshot.kind(*b)
                    && distance[a] == distance[b]
                    && severity(*a) == severity(*b)
            }
            _ => false,
        }
    };
    let workloads: BTreeSet<BTreeSet<ResourceIndex>> = distance
        .keys()
        .map(|a| distance.keys().filter(|b| one(a, b)).copied().collect())
        .collect();

    let others: Vec<_> = fold
        .by
        .iter()
        .filter(|by| **by != GroupBy::Service)
        .map(|by| keys(snapshot, *by))
        .collect();
    if others.is_empty() {
        return workloads;
    }
    let far = |group: &BTreeSet<ResourceIndex>| group.iter().map(|of| distance[of]).min().unwrap();
    let face = |group: &BTreeSet<ResourceIndex>| {
        let own = group.iter().find_map(shown_as_service).copied();
        own.unwrap_or_else(|| *group.iter().min_by_key(|of| (distance[of], **of)).unwrap())
    };
    let is_leaf = |group: &BTreeSet<ResourceIndex>| {
        !reached.links.iter().any(|link| {
            let link = snapshot.link(*link);
            [(link.from, link.to), (link.to, link.from)]
                .iter()
                .any(|(here, there)| {
                    group.contains(here)
                        && workloads
                            .iter()
                            .any(|other| other.contains(there) && far(other) > far(group))
                })
        })
    };
    workloads
        .iter()
        .map(|group| {
            if !is_leaf(group) {
                return group.clone();
            }
            let same = |other: &&BTreeSet<ResourceIndex>| {
                is_leaf(other)
                    && far(other) == far(group)
                    && severity(face(other)) == severity(face(group))
                    && others
                        .iter()
                        .all(|keys| keys[&face(other)] == keys[&face(group)])
            };
            workloads.iter().filter(same).flatten().copied().collect()
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn agrees_with_the_rules_of_folding_said_plainly(
        snapshot in any_estate(12),
        picks in proptest::collection::vec(any::<usize>(), 1..3),
        query in any_query(),
        levels in proptest::sample::subsequence(LEVELS.to_vec(), 0..4),
        hits in proptest::collection::vec((any::<usize>(), 0..3_u32), 0..4),
    ) {
        let roots = pick_roots(&snapshot, &picks);
        let hit = hits.iter().map(|(pick, severity)| (pick_roots(&snapshot, &[*pick])[0], *severity));
        let fold = Fold { by: levels, tag: None, severity: hit.collect() };
        let everything = RadiusQuery { limit: usize::MAX, ..query.clone() };
        let reached = blast_radius(&snapshot, &roots, &everything);
        let whole = folded_radius(&snapshot, &roots, &everything, &fold);

        // Everything reached is in one node, with those that the rules say.
        let distance: BTreeMap<_, _> = reached.nodes.iter().map(|node| (node.resource, node.distance)).collect();
        let members: Vec<ResourceIndex> = whole.nodes.iter().flat_map(|node| node.members.clone()).collect();
        prop_assert_eq!(members.len(), distance.len());
        prop_assert_eq!(members.iter().copied().collect::<BTreeSet<_>>(), distance.keys().copied().collect::<BTreeSet<_>>());
        let groups: BTreeSet<BTreeSet<_>> = whole.nodes.iter().map(|node| node.members.iter().copied().collect()).collect();
        prop_assert_eq!(&groups, &plainly(&snapshot, &reached, &fold));

        // Nodes.
        for node in &whole.nodes {
            prop_assert_eq!(node.members[0], node.resource);
            prop_assert!(node.members[1..].is_sorted_by_key(|member| (distance[member], *member)));
            prop_assert_eq!(Some(node.distance), node.members.iter().map(|member| distance[member]).min());
            let mut nearest = reached.nodes.iter().filter(|own| node.members.contains(&own.resource) && own.distance == node.distance);
            prop_assert!(nearest.any(|own| own.path == node.path));
            let between = whole.path_between_nodes(&snapshot, node);
            prop_assert!(between.iter().all(|link| link.from != link.to));
            let last = between.last().unwrap();
            prop_assert!(last.from == node.resource || last.to == node.resource);
        }
        prop_assert!(whole.nodes.is_sorted_by_key(|node| (node.distance, node.resource)));

        // Counts.
        prop_assert_eq!(whole.total_count, reached.total_count);
        prop_assert_eq!((&whole.by_kind, &whole.by_owner), (&reached.by_kind, &reached.by_owner));
        prop_assert_eq!((whole.node_count, whole.truncated), (whole.nodes.len(), false));
        let mut by_distance: BTreeMap<u32, usize> = BTreeMap::new();
        for node in &whole.nodes {
            *by_distance.entry(node.distance).or_default() += node.members.len();
        }
        prop_assert_eq!(whole.by_distance.iter().copied().collect::<BTreeMap<_, _>>(), by_distance);

        // The first of it, where not all is asked for.
        let folded = folded_radius(&snapshot, &roots, &query, &fold);
        prop_assert_eq!(&folded.nodes[..], &whole.nodes[..query.limit.min(whole.nodes.len())]);
        prop_assert_eq!((folded.node_count, folded.total_count), (whole.node_count, whole.total_count));
        prop_assert_eq!(folded.truncated, folded.nodes.len() < folded.node_count);

        // Links.
        let face = |of: ResourceIndex| whole.nodes.iter().find(|node| node.members.contains(&of)).map_or(of, |node| node.resource);
        let shown: BTreeSet<_> = folded.nodes.iter().map(|node| node.resource).chain(folded.roots.iter().copied()).collect();
        let mut links: BTreeMap<_, Vec<LinkIndex>> = BTreeMap::new();
        for index in &reached.links {
            let link = snapshot.link(*index);
            let ends = (face(link.from), face(link.to));
            if ends.0 != ends.1 && shown.contains(&ends.0) && shown.contains(&ends.1) {
                links.entry((ends.0, ends.1, link.relation)).or_default().push(*index);
            }
        }
        let told: BTreeMap<_, usize> = folded.links.iter().map(|link| ((link.from, link.to, snapshot.link(link.link).relation), link.count)).collect();
        prop_assert_eq!(told.len(), folded.links.len());
        prop_assert_eq!(told, links.iter().map(|(ends, all)| (*ends, all.len())).collect::<BTreeMap<_, _>>());
        for link in &folded.links {
            let all = &links[&(link.from, link.to, snapshot.link(link.link).relation)];
            prop_assert!(all.contains(&link.link));
            let phases = all.iter().map(|own| snapshot.link(*own).phases).reduce(Phases::union);
            prop_assert_eq!(Some(link.phases), phases);
        }
    }

    #[test]
    fn folded_by_nothing_is_not_folded(snapshot in any_estate(12), picks in proptest::collection::vec(any::<usize>(), 1..3), query in any_query()) {
        let roots = pick_roots(&snapshot, &picks);
        let mut plain = FoldedRadius::unfolded(&snapshot, blast_radius(&snapshot, &roots, &query));
        // A link within a node is left out, be it of one resource.
        plain.links.retain(|link| link.from != link.to);
        prop_assert_eq!(folded_radius(&snapshot, &roots, &query, &Fold::default()), plain);
    }
}

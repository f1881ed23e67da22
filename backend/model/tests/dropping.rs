//! What a crawl that lost sight of much does to the data of the one before.

#![expect(clippy::unwrap_used, reason = "what a test does not get fails it")]

use blastmap_model::{
    Arn, BlindSpot, BlindSpotReason, Found, GLOBAL, Inventory, InventoryBuilder, Presence,
    Redactor, ResourceKind, Scope, ScopeDrop, ScopeRecord, Source, drops, keep_dropped,
    kinds::log_group::LogGroup,
};
use time::{Duration, OffsetDateTime};

const ACCOUNT: &str = "111111111111";
const IRELAND: &str = "eu-west-1";
const VIRGINIA: &str = "us-east-1";

/// What there is, and what AWS tells of it.
#[derive(Clone, Default)]
struct World {
    /// Log groups, by region.
    groups: Vec<(&'static str, &'static str)>,
    /// Regions in which a call is denied.
    denied: Vec<&'static str>,
    /// The account lets nobody in.
    closed: bool,
}

fn groups(region: &'static str, names: &[&'static str]) -> Vec<(&'static str, &'static str)> {
    names.iter().map(|name| (region, *name)).collect()
}

fn minute(minutes: i64) -> OffsetDateTime {
    OffsetDateTime::UNIX_EPOCH + Duration::minutes(minutes)
}

fn denied(scope: &Scope) -> BlindSpot {
    BlindSpot {
        account: scope.account.clone(),
        region: scope.region.clone(),
        api: "logs:DescribeLogGroups".into(),
        reason: BlindSpotReason::AccessDenied,
        message: "no".to_owned(),
        kinds: vec![ResourceKind::LogGroup],
    }
}

fn crawl(world: &World, minutes: i64) -> Inventory {
    let scopes = [IRELAND, VIRGINIA, GLOBAL].map(|region| Scope::new(ACCOUNT, region));
    let mut builder = InventoryBuilder::new(scopes.to_vec());
    for scope in &scopes {
        let mut found = Found::new(scope.clone(), minute(minutes), Redactor::new([7; 32]));
        let here = world
            .groups
            .iter()
            .filter(|(region, _)| *region == &*scope.region);
        for (region, name) in here.filter(|_| !world.closed) {
            let own =
                Arn::new("aws", "logs", region, ACCOUNT, &format!("log-group:{name}")).unwrap();
            let facts = LogGroup {
                log_group_name: (*name).to_owned(),
                ..LogGroup::default()
            };
            found.resource(&own, &facts, [], Source::of("logs:DescribeLogGroups"));
        }
        if world.closed || world.denied.contains(&&*scope.region) {
            found.blind_spot(denied(scope));
        }
        builder.absorb(found);
    }
    let records = scopes.into_iter().map(|scope| ScopeRecord {
        scope,
        crawled_at: (!world.closed).then(|| minute(minutes)),
        duration_ms: None,
        api_calls: 0,
        kept: None,
    });
    let records = records.collect();
    builder
        .finish(format!("at-{minutes}"), minute(minutes), records)
        .unwrap()
}

/// Ireland has four log groups, Virginia two.
fn whole() -> World {
    World {
        groups: [
            groups(IRELAND, &["a", "b", "c", "d"]),
            groups(VIRGINIA, &["v", "w"]),
        ]
        .concat(),
        ..World::default()
    }
}

/// Ireland's names are denied.
fn blind() -> World {
    World {
        groups: groups(VIRGINIA, &["v", "x"]),
        denied: vec![IRELAND],
        ..World::default()
    }
}

fn names(inventory: &Inventory) -> Vec<&str> {
    let live = inventory
        .resources()
        .iter()
        .filter(|own| own.presence == Presence::Live);
    live.map(|own| &*own.name).collect()
}

fn spots(inventory: &Inventory) -> Vec<(&str, BlindSpotReason)> {
    let spots = inventory.blind_spots.iter();
    spots.map(|spot| (&*spot.region, spot.reason)).collect()
}

fn record<'i>(inventory: &'i Inventory, region: &str) -> &'i ScopeRecord {
    let mut records = inventory.scopes.iter();
    records
        .find(|record| &*record.scope.region == region)
        .unwrap()
}

fn keep(before: &Inventory, crawled: Inventory) -> Inventory {
    keep_dropped(before, crawled, |_| true, 30).unwrap()
}

#[test]
fn a_region_that_cannot_be_seen_is_as_it_was_and_says_so() {
    let before = crawl(&whole(), 0);
    let kept = keep(&before, crawl(&blind(), 10));
    assert_eq!(names(&kept), ["a", "b", "c", "d", "v", "x"]);
    assert_eq!((&*kept.id, kept.taken_at), ("at-10", minute(10)));
    let ireland = record(&kept, IRELAND);
    assert_eq!(ireland.crawled_at, Some(minute(0)));
    let mark = ireland.kept.clone().unwrap();
    assert_eq!(
        (mark.since, mark.found, mark.answered),
        (minute(10), 0, false)
    );
    assert_eq!(record(&kept, VIRGINIA).crawled_at, Some(minute(10)));
    assert_eq!(record(&kept, VIRGINIA).kept, None);
    assert_eq!(
        spots(&kept),
        [
            (IRELAND, BlindSpotReason::Stale),
            (IRELAND, BlindSpotReason::AccessDenied)
        ]
    );
    let lost = ScopeDrop {
        scope: Scope::new(ACCOUNT, IRELAND),
        before: 4,
        after: 0,
    };
    assert_eq!(drops(&before, &kept), [lost]);
}

#[test]
fn what_is_denied_is_never_believed() {
    let mut now = crawl(&whole(), 0);
    for times in 1..=5 {
        now = keep(&now, crawl(&blind(), times * 10));
        assert_eq!(names(&now), ["a", "b", "c", "d", "v", "x"], "{times}");
        assert_eq!(
            record(&now, IRELAND).kept.clone().unwrap().since,
            minute(10)
        );
        assert_eq!(spots(&now).len(), 2, "{:?}", now.blind_spots);
    }
    let mut back = whole();
    back.groups.remove(0);
    let now = keep(&now, crawl(&back, 60));
    assert_eq!(names(&now), ["b", "c", "d", "v", "w"]);
    assert_eq!(
        (record(&now, IRELAND).kept.clone(), spots(&now)),
        (None, Vec::new())
    );
}

#[test]
fn what_aws_says_is_gone_is_believed_the_second_time() {
    let before = crawl(&whole(), 0);
    let after = World {
        groups: groups(VIRGINIA, &["v", "w"]),
        ..World::default()
    };
    let first = keep(&before, crawl(&after, 10));
    assert_eq!(names(&first).len(), 6);
    assert!(record(&first, IRELAND).kept.clone().unwrap().answered);
    let second = keep(&first, crawl(&after, 20));
    assert_eq!(names(&second), ["v", "w"]);
    assert_eq!(
        (record(&second, IRELAND).kept.clone(), spots(&second)),
        (None, Vec::new())
    );
}

#[test]
fn a_denial_in_between_is_no_second_time() {
    let gone = World {
        groups: groups(VIRGINIA, &["v", "w"]),
        ..World::default()
    };
    let first = keep(&crawl(&whole(), 0), crawl(&gone, 10));
    let denied = keep(&first, crawl(&blind(), 20));
    let third = keep(&denied, crawl(&gone, 30));
    assert_eq!(names(&third).len(), 6);
    assert_eq!(names(&keep(&third, crawl(&gone, 40))), ["v", "w"]);
}

#[test]
fn what_was_denied_before_already_may_hide_more_of_its_kinds_and_of_no_other() {
    for (kinds, answered) in [
        (vec![ResourceKind::LogGroup], false),
        (vec![ResourceKind::KmsKey], true),
    ] {
        let denied = |mut inventory: Inventory| {
            for spot in &mut inventory.blind_spots {
                spot.kinds.clone_from(&kinds);
            }
            inventory
        };
        let mut world = whole();
        world.denied = vec![IRELAND];
        let before = denied(crawl(&world, 0));
        world.groups.retain(|(region, _)| *region != IRELAND);
        let first = keep(&before, denied(crawl(&world, 10)));
        let mark = record(&first, IRELAND).kept.clone().unwrap();
        assert_eq!(mark.answered, answered, "{kinds:?}");
        let second = keep(&first, denied(crawl(&world, 20)));
        let left = if answered { 2 } else { 6 };
        assert_eq!(names(&second).len(), left, "{kinds:?}");
    }
}

#[test]
fn a_second_crawl_that_sees_much_less_than_the_first_is_no_second_time() {
    let left = |names: &[&'static str]| World {
        groups: [groups(IRELAND, names), groups(VIRGINIA, &["v", "w"])].concat(),
        ..World::default()
    };
    let first = keep(&crawl(&whole(), 0), crawl(&left(&["a", "b"]), 10));
    let second = keep(&first, crawl(&left(&["a"]), 20));
    assert_eq!(names(&second).len(), 6);
    let third = keep(&second, crawl(&left(&["a"]), 30));
    assert_eq!(names(&third), ["a", "v", "w"]);
}

#[test]
fn a_region_that_aws_lists_no_more_is_believed_the_second_time() {
    let without = |minutes: i64, spots: Vec<BlindSpot>| {
        let world = World {
            groups: groups(VIRGINIA, &["v", "w"]),
            ..World::default()
        };
        let mut crawled = crawl(&world, minutes);
        crawled.scopes.retain(|own| &*own.scope.region != IRELAND);
        crawled.blind_spots = spots;
        crawled
    };
    let first = keep(&crawl(&whole(), 0), without(10, Vec::new()));
    assert_eq!(names(&first).len(), 6);
    assert_eq!(names(&keep(&first, without(20, Vec::new()))), ["v", "w"]);
    let not_told = BlindSpot {
        api: "ec2:DescribeRegions".into(),
        ..denied(&Scope::new(ACCOUNT, GLOBAL))
    };
    let mut now = crawl(&whole(), 0);
    for times in 1..=3 {
        now = keep(&now, without(times * 10, vec![not_told.clone()]));
        assert_eq!(names(&now).len(), 6, "{times}");
    }
}

#[test]
fn an_account_that_lets_nobody_in_is_as_it_was() {
    let closed = World {
        closed: true,
        ..World::default()
    };
    let first = keep(&crawl(&whole(), 0), crawl(&closed, 10));
    assert_eq!(names(&first), names(&crawl(&whole(), 0)));
    assert!(!record(&first, IRELAND).kept.clone().unwrap().answered);
    assert_eq!(record(&first, GLOBAL).kept, None, "nothing was there");
}

#[test]
fn only_what_is_more_than_the_limit_and_was_to_be_crawled_is_kept() {
    // Groups that are left in Ireland, of four; the limit; whether Ireland was to be crawled; whether it is kept.
    let cases = [
        (3, 25, true, false),
        (3, 24, true, true),
        (2, 50, true, false),
        (0, 99, true, true),
        (0, 100, true, false),
        (4, 0, true, false),
        (0, 0, false, false),
    ];
    for (left, percent, wanted, is_kept) in cases {
        let mut world = whole();
        world.groups = [
            groups(IRELAND, &["a", "b", "c", "d"][..left]),
            groups(VIRGINIA, &["v", "w"]),
        ]
        .concat();
        let crawled = crawl(&world, 10);
        let is_wanted = |scope: &Scope| wanted || &*scope.region != IRELAND;
        let kept = keep_dropped(&crawl(&whole(), 0), crawled, is_wanted, percent).unwrap();
        assert_eq!(
            record(&kept, IRELAND).kept.is_some(),
            is_kept,
            "{left} {percent} {wanted}"
        );
        assert_eq!(names(&kept).len(), if is_kept { 6 } else { left + 2 });
    }
}

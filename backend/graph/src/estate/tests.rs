use std::collections::BTreeSet;

use blastmap_model::ResourceKind;
use proptest::prelude::*;

use super::*;
use crate::{
    drawing::{ACCOUNT, Drawing, REGION, draw},
    oracle::any_estate,
};

/// Two clusters in two VPCs, and what belongs to neither.
fn shop() -> Drawing {
    draw(
        "
        vpc-a: VPC
        vpc-b: VPC
        subnet-a: SUBNET -IN_VPC-> vpc-a
        subnet-b: SUBNET -IN_VPC-> vpc-b
        prod: ECS_CLUSTER
        web: ECS_SERVICE -PART_OF-> prod
        web -PLACED_IN-> subnet-a
        web -RUNS-> web1: ECS_TASK_DEFINITION
        web-task: ECS_TASK -PART_OF-> web
        web-task -RUNS-> web1
        web-task -ATTACHED_TO-> eni: NETWORK_INTERFACE -PLACED_IN-> subnet-a
        tg: TARGET_GROUP -IN_VPC-> vpc-a
        web -REGISTERED_IN-> tg
        api: ECS_SERVICE -PART_OF-> prod
        api -REGISTERED_IN-> tg-b: TARGET_GROUP -IN_VPC-> vpc-b
        api -RUNS-> shared: ECS_TASK_DEFINITION
        web -RUNS-> shared
        shared -TASK_ROLE-> role: IAM_ROLE
        web1 -TASK_ROLE-> role",
    )
}

fn say(groups: &[EstateGroup]) -> String {
    let say_one = |group: &EstateGroup| {
        let inner = say(&group.groups);
        let inner = if inner.is_empty() {
            inner
        } else {
            format!(" [{inner}]")
        };
        format!(
            "{} {}<{}{inner}",
            group.label, group.count, group.dependents
        )
    };
    groups.iter().map(say_one).collect::<Vec<_>>().join(", ")
}

#[test]
fn what_came_or_changed_is_counted_in_each_group() {
    let (before, after) = (
        draw(
            "
            prod: ECS_CLUSTER
            web: ECS_SERVICE -PART_OF-> prod
            gone: ECS_SERVICE -PART_OF-> prod
            role: IAM_ROLE",
        ),
        draw(
            "
            prod: ECS_CLUSTER
            web: ECS_SERVICE -PART_OF-> prod
            new: ECS_SERVICE -PART_OF-> prod
            role: IAM_ROLE",
        ),
    );
    let (before, after) = (before.snapshot(), after.snapshot());
    let changes = Differences::between(&before, &after);
    assert_eq!((changes.added.len(), changes.removed.len()), (1, 1));
    let by = [GroupBy::Cluster, GroupBy::Kind];
    let all = Filter::default();
    let groups = estate_changed(&after, &by, None, &all, 2, Some(&changes));
    let changed: Vec<Option<usize>> = groups.iter().map(|group| group.changed).collect();
    assert_eq!(changed, [Some(1), Some(0)], "prod, and what has no cluster");
    let mut kinds = groups[0].groups.iter();
    let services = kinds.find(|kind| kind.key == "ECS_SERVICE");
    assert_eq!(services.and_then(|kind| kind.changed), Some(1));
    let kinds = Filter {
        kinds: Some(vec![ResourceKind::IamRole]),
        ..Filter::default()
    };
    let filtered = estate_changed(&after, &by, None, &kinds, 2, Some(&changes));
    assert_eq!(
        filtered[0].changed,
        Some(0),
        "what is filtered out is not counted"
    );
    assert_eq!(estate(&after, &by, None, &all, 1)[0].changed, None);
}

fn fold(drawing: Drawing, by: &[GroupBy]) -> String {
    say(&estate(
        &drawing.snapshot(),
        by,
        None,
        &Filter::default(),
        9,
    ))
}

#[test]
fn a_vpc_holds_what_is_placed_in_it() {
    // prod, web1, shared and role have no place in a network.
    assert_eq!(
        fold(shop(), &[GroupBy::Vpc]),
        "vpc-a 6<0, vpc-b 4<0, not in a VPC 4<3"
    );
}

#[test]
fn a_service_holds_its_tasks_and_what_it_alone_uses() {
    assert_eq!(
        fold(shop(), &[GroupBy::Cluster, GroupBy::Service]),
        "prod 9<0 [web 5<0, api 2<0, not of one service 2<2], not in a cluster 5<6 [not of one service 5<6]"
    );
}

#[test]
fn a_task_set_is_on_the_way_to_the_service() {
    let drawing = draw(
        "task: ECS_TASK -PART_OF-> set: ECS_TASK_SET -PART_OF-> web: ECS_SERVICE -PART_OF-> prod: ECS_CLUSTER",
    );
    assert_eq!(
        fold(drawing, &[GroupBy::Service, GroupBy::Cluster]),
        "web 3<0 [prod 3<0], not of one service 1<1 [prod 1<1]"
    );
}

#[test]
fn keys_are_ids_and_values_and_labels_are_for_people() {
    let snapshot = shop()
        .tagged("web", &[("env", "prod"), ("owner", "shop")])
        .tagged("api", &[("env", "dev")])
        .snapshot();
    let keys = |by, tag| {
        let groups = estate(&snapshot, &[by], tag, &Filter::default(), 1);
        groups
            .into_iter()
            .map(|group| format!("{}={}", group.key, group.label))
            .collect::<Vec<_>>()
            .join(", ")
    };
    assert_eq!(
        keys(GroupBy::Tag, Some("env")),
        "dev=dev, prod=prod, =no tag env"
    );
    assert_eq!(keys(GroupBy::Tag, None), "=no tag asked for");
    assert_eq!(keys(GroupBy::Owner, None), "shop=shop, =no owner");
    assert_eq!(
        keys(GroupBy::Region, None),
        "eu-west-1=eu-west-1, global=global"
    );
    assert_eq!(keys(GroupBy::Account, None), "123456789012=123456789012");
    assert!(
        keys(GroupBy::Kind, None).starts_with(
            "ECS_SERVICE=service, ECS_TASK_DEFINITION=task definition, SUBNET=subnet, "
        )
    );
}

#[test]
fn only_so_many_levels_are_filled() {
    let snapshot = shop().snapshot();
    let at = |depth| {
        say(&estate(
            &snapshot,
            &[GroupBy::Region, GroupBy::Vpc],
            None,
            &Filter::default(),
            depth,
        ))
    };
    assert_eq!(at(0), "");
    assert_eq!(at(1), "eu-west-1 13<0, global 1<2");
    assert_eq!(
        at(2),
        "eu-west-1 13<0 [vpc-a 6<0, vpc-b 4<0, not in a VPC 3<3], global 1<2 [not in a VPC 1<2]"
    );
}

#[test]
fn a_filter_narrows_who_is_folded_and_not_who_depends_on_them() {
    let filter = Filter {
        kinds: Some(vec![ResourceKind::Subnet]),
        ..Filter::default()
    };
    let snapshot = shop().snapshot();
    assert_eq!(
        say(&estate(&snapshot, &[GroupBy::Vpc], None, &filter, 1)),
        "vpc-a 1<2, vpc-b 1<0"
    );
}

#[test]
fn blind_spots_count_where_they_hide_something() {
    let drawing = shop()
        .blind_spot(
            ACCOUNT,
            REGION,
            "ec2:DescribeVpcEndpoints",
            &[ResourceKind::VpcEndpoint],
        )
        .blind_spot(
            ACCOUNT,
            REGION,
            "ec2:DescribeSubnets",
            &[ResourceKind::Subnet],
        )
        .blind_spot(ACCOUNT, "global", "iam:ListRoles", &[ResourceKind::IamRole])
        .blind_spot(
            ACCOUNT,
            "us-east-1",
            "ecs:ListClusters",
            &[ResourceKind::EcsCluster],
        );
    let snapshot = drawing.snapshot();
    let count = |by: &[GroupBy], kinds: Option<Vec<ResourceKind>>| {
        let filter = Filter {
            kinds,
            ..Filter::default()
        };
        let groups = estate(&snapshot, by, None, &filter, 1);
        groups
            .into_iter()
            .map(|group| format!("{} {}", group.label, group.blind_spots))
            .collect::<Vec<_>>()
            .join(", ")
    };
    // Of a region no endpoint was seen, and that is what the blind spot says.
    assert_eq!(count(&[GroupBy::Region], None), "eu-west-1 2, global 1");
    assert_eq!(count(&[GroupBy::Account], None), "123456789012 4");
    assert_eq!(
        count(&[GroupBy::Account], Some(vec![ResourceKind::Subnet])),
        "123456789012 1"
    );
    assert_eq!(
        count(&[GroupBy::Vpc], None),
        "vpc-a 1, vpc-b 1, not in a VPC 1"
    );
}

const ALL: [GroupBy; 8] = [
    GroupBy::Account,
    GroupBy::Region,
    GroupBy::Vpc,
    GroupBy::Cluster,
    GroupBy::Service,
    GroupBy::Owner,
    GroupBy::Kind,
    GroupBy::Tag,
];

/// Every group holds what its groups hold, and its dependents are outside.
fn check(groups: &[EstateGroup], count: usize, total: usize) -> Result<(), TestCaseError> {
    prop_assert_eq!(groups.iter().map(|group| group.count).sum::<usize>(), count);
    let keys: BTreeSet<_> = groups.iter().map(|group| &group.key).collect();
    prop_assert_eq!(keys.len(), groups.len());
    for group in groups {
        prop_assert!(group.count > 0);
        prop_assert!(group.dependents <= total - group.count);
        if !group.groups.is_empty() {
            check(&group.groups, group.count, total)?;
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn everything_is_in_one_group_of_each_level(snapshot in any_estate(14), by in proptest::sample::subsequence(ALL.to_vec(), 1..4)) {
        let groups = estate(&snapshot, &by, Some("owner"), &Filter::default(), 9);
        let total = snapshot.inventory().resources().len();
        check(&groups, total, total)?;
    }

    #[test]
    fn dependents_are_those_with_a_link_from_outside(snapshot in any_estate(14)) {
        for group in estate(&snapshot, &[GroupBy::Kind], None, &Filter::default(), 1) {
            let inside = |index| snapshot.resource(index).kind.name() == group.key;
            let outside: BTreeSet<_> = snapshot.inventory().links().iter().filter(|link| inside(link.to) && !inside(link.from)).map(|link| link.from).collect();
            prop_assert_eq!(group.dependents, outside.len());
        }
    }
}

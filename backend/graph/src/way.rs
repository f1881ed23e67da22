//! The shortest way by which harm to one resource reaches another.

use std::collections::{BTreeMap, VecDeque};

use blastmap_model::ResourceIndex;

use crate::{LinkIndex, Snapshot, harm::State};

/// The links along which harm travels from a resource that is changed or lost to another, as few as there can be; none where they are
/// the same or harm does not come that way.
///
/// # Panics
/// On places of another snapshot.
pub fn way_of_harm(snapshot: &Snapshot, from: ResourceIndex, to: ResourceIndex) -> Vec<LinkIndex> {
    let topology = snapshot.topology();
    let start = (from, State::Whole);
    let mut came = BTreeMap::from([(start, None)]);
    let mut waiting = VecDeque::from([start]);
    let mut end = None;
    while let Some(place) = waiting.pop_front() {
        if place.0 == to {
            end = Some(place);
            break;
        }
        for step in topology.harm_from(place.0) {
            let Some(state) = step.passage.of(place.1) else {
                continue;
            };
            let next = (step.to, state);
            came.entry(next).or_insert_with(|| {
                waiting.push_back(next);
                Some((place, step.by))
            });
        }
    }
    let mut way = Vec::new();
    while let Some((before, link)) = end.and_then(|place| came.get(&place).copied().flatten()) {
        way.push(link);
        end = Some(before);
    }
    way.reverse();
    way
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drawing::draw;

    const CLUSTER: &str = "
        web: ECS_SERVICE
        api: ECS_SERVICE
        prod: ECS_CLUSTER
        subnet: SUBNET
        host: EC2_INSTANCE
        container: ECS_CONTAINER_INSTANCE
        task: ECS_TASK
        api -PLACED_IN-> subnet
        api -PART_OF-> prod
        web -PART_OF-> prod
        host -PLACED_IN-> subnet
        container -HOSTED_ON-> host
        task -HOSTED_ON-> container
        task -PART_OF-> web
    ";

    #[test]
    fn harm_takes_no_short_cut_over_what_it_does_not_hit() {
        let snapshot = draw(CLUSTER).snapshot();
        let find = |name: &str| {
            let all = snapshot.inventory().indices();
            let mut own = all.filter(|place| *snapshot.resource(*place).name == *name);
            own.next().unwrap()
        };
        let say = |from: &str, to: &str| {
            let way = way_of_harm(&snapshot, find(from), find(to)).into_iter();
            let links = way.map(|link| snapshot.link(link));
            let said = links.map(|link| {
                let (from, to) = (snapshot.resource(link.from), snapshot.resource(link.to));
                format!("{} {} {}", from.name, link.relation, to.name)
            });
            said.collect::<Vec<_>>().join(", ")
        };
        let cases = [
            ("subnet", "api", "api PLACED_IN subnet"),
            (
                "subnet",
                "web",
                "host PLACED_IN subnet, container HOSTED_ON host, task HOSTED_ON container, task PART_OF web",
            ),
            ("prod", "web", "web PART_OF prod"),
            ("api", "web", ""),
            ("web", "web", ""),
        ];
        for (from, to, expected) in cases {
            assert_eq!(say(from, to), expected, "{from} to {to}");
        }
    }
}

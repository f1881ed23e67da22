//! Room for tasks on the container instances of a cluster: which instances come into question, and how many tasks fit there.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement.html>

mod hosts;
pub(crate) mod query;
pub(crate) mod size;
pub(crate) mod tasks;

use blastmap_graph::Overlay;
use blastmap_model::{ResourceIndex, kinds::ecs_service::EcsService};

pub(crate) use self::hosts::provider_named;
use self::{
    hosts::{Floor, Growth, Room},
    size::{Count, Dimension, PLENTY},
};
use crate::{Host, Launch, Verdict, verdict::Share, words::counted};

/// Whether a task that stops can be replaced, and all tasks that are wanted have a place. What a service's own running tasks
/// take counts as free, since whatever starts takes the place of one that stopped; tasks wanted beyond those, and those
/// whose instance is being drained, have to fit beside what else runs there.
pub(crate) fn for_replacement(overlay: &Overlay<'_>, launch: &Launch) -> Verdict {
    if launch.host == Host::Fargate {
        return Verdict::met();
    }
    if let Some(unknown) = unknown_count(overlay, launch) {
        return unknown;
    }
    if launch.count == 0 {
        return Verdict::met();
    }
    let floor = match Floor::of(overlay, launch) {
        Ok(floor) => floor,
        Err(verdict) => return verdict,
    };
    let service = overlay.facts::<EcsService>(launch.subject);
    if service.is_some_and(|facts| !tasks::is_replica(&facts)) {
        return floor.for_daemon(overlay);
    }
    floor.for_replacement(overlay, launch)
}

/// Whether this many tasks fit beside all that runs.
pub(crate) fn beside(overlay: &Overlay<'_>, launch: &Launch, more: usize) -> Verdict {
    if launch.host == Host::Fargate || more == 0 {
        return Verdict::met();
    }
    match Floor::of(overlay, launch) {
        Ok(floor) => floor.beside(overlay, more),
        Err(verdict) => verdict,
    }
}

impl Floor {
    fn beside(&self, overlay: &Overlay<'_>, more: usize) -> Verdict {
        if let Some(none) = &self.none {
            return none.clone();
        }
        let rooms = self.rooms.iter();
        let fit = |ignoring| {
            let each = rooms.clone().map(|room| {
                let count = room.free.holds(&self.size, ignoring);
                let bound = if self.distinct && !room.own.is_empty() {
                    0
                } else {
                    self.bound()
                };
                room.certain(count.at_most(bound))
            });
            each.fold(self.growth.count(), Count::plus)
        };
        let count = fit(None);
        if count.sure >= more {
            return Verdict::met();
        }
        if count.maybe >= more {
            return self.doubtful(overlay);
        }
        let cause = Dimension::ALL
            .into_iter()
            .find(|dimension| fit(Some(*dimension)).maybe >= more);
        let most = |dimension| {
            rooms
                .clone()
                .filter_map(move |room| room.free.most(dimension))
                .max()
        };
        let text = match cause.map(|dimension| (dimension, self.need(dimension), most(dimension))) {
            Some((_, Some(need), Some(most))) if more == 1 => format!(
                "no instance of {} has {need} free beside what runs there: the largest has {}",
                self.name,
                most.clamp(0, PLENTY),
            ),
            Some((Dimension::Ports, ..)) if more == 1 => format!(
                "on every instance of {} something already holds {}",
                self.name,
                self.ports(),
            ),
            _ => format!(
                "{more} more of {} {} to fit beside what runs in {}, where there is room for {}",
                self.task,
                if more == 1 { "has" } else { "have" },
                self.name,
                count.maybe,
            ),
        };
        let about = self.cluster;
        let verdict = Verdict::unmet(about, text);
        match cause {
            Some(dimension) => verdict.reported_as(dimension.aws_error()),
            None => verdict.reported_as("RESOURCE"),
        }
    }

    fn for_replacement(&self, overlay: &Overlay<'_>, launch: &Launch) -> Verdict {
        if let Some(none) = &self.none {
            return none.clone();
        }
        let wanted = launch.count;
        let running: usize = self.rooms.iter().map(|room| room.own.len()).sum();
        // Scaling in stops tasks beyond the one that is replaced.
        let stops = running.saturating_sub(wanted) + 1;
        let one = self.rooms.iter().map(|room| room.after(stops, self, None));
        let one = one.fold(self.growth.count(), Count::plus);
        if one.maybe == 0 {
            if self.unseen >= wanted {
                return Verdict::unknown(
                    self.cluster,
                    format!(
                        "check that {} has room for {}: its running tasks were not read",
                        self.name, self.task
                    ),
                );
            }
            return self.nowhere(stops);
        }
        // Tasks on an instance whose agent is away stay there, and so do those of which no more than the number is known.
        let places = wanted.saturating_sub(self.stuck + self.unseen).max(1);
        let fit = |ignoring| {
            let each = self
                .rooms
                .iter()
                .map(|room| room.after(usize::MAX, self, ignoring));
            each.fold(self.growth.count(), Count::plus)
        };
        let all = fit(None);
        if all.sure >= places && one.sure > 0 {
            return Verdict::met();
        }
        if all.maybe >= places {
            return self.doubtful(overlay);
        }
        let cause = Dimension::ALL
            .into_iter()
            .find(|dimension| fit(Some(*dimension)).maybe >= places);
        let lost = places - all.maybe;
        let mut verdict = Verdict::unmet(
            self.cluster,
            format!(
                "{} has room for {} of the {} of {}",
                self.name,
                wanted - lost.min(wanted),
                counted(wanted, "task"),
                self.task,
            ),
        )
        .reported_as(cause.map_or("RESOURCE", Dimension::aws_error));
        verdict.share = Some(Share { lost, of: wanted });
        verdict
    }

    /// One task on each instance that comes into question.
    fn for_daemon(&self, overlay: &Overlay<'_>) -> Verdict {
        let each = self.rooms.iter().map(|room| {
            let count = room.after(1, self, None).at_most(1);
            if count.sure > 0 {
                return Verdict::met();
            }
            if count.maybe > 0 {
                return self.doubtful(overlay);
            }
            let name = &overlay.resource(room.place).name;
            let short = Dimension::ALL
                .into_iter()
                .find(|dimension| room.after(1, self, Some(*dimension)).maybe > 0);
            let text = format!("instance {name} has no room for {}", self.task);
            Verdict::unmet(room.place, text)
                .reported_as(short.map_or("RESOURCE", Dimension::aws_error))
        });
        Verdict::shared(each)
    }

    /// Why there is no instance on which one task fits.
    fn nowhere(&self, stops: usize) -> Verdict {
        let short = Dimension::ALL.into_iter().find(|dimension| {
            let each = self.rooms.iter().map(|room| room.freed(stops));
            each.map(|free| free.holds_by(*dimension, &self.size).maybe)
                .all(|count| count == 0)
        });
        let own = self.rooms.iter().any(|room| !room.own.is_empty());
        let then = if own {
            " once a task of its own stops"
        } else {
            ""
        };
        let text = match short {
            Some(Dimension::Ports) => format!(
                "on every instance of {} something already holds {}",
                self.name,
                self.ports(),
            ),
            Some(dimension) => {
                let most = self
                    .rooms
                    .iter()
                    .filter_map(|room| room.freed(stops).most(dimension));
                format!(
                    "no instance of {} has {} for it: the largest has {}{then}",
                    self.name,
                    self.need(dimension).unwrap_or_default(),
                    most.max().unwrap_or_default().clamp(0, PLENTY),
                )
            }
            None if self.distinct => format!(
                "every instance of {} already runs a task of the same kind, and {} asks for one of its own",
                self.name, self.task,
            ),
            None => format!(
                "no instance of {} has {}, {} and all else that it takes for it at once",
                self.name,
                self.need(Dimension::Cpu).unwrap_or_default(),
                self.need(Dimension::Memory).unwrap_or_default(),
            ),
        };
        let verdict = Verdict::unmet(self.cluster, text);
        verdict.reported_as(short.map_or("RESOURCE", Dimension::aws_error))
    }

    fn doubtful(&self, overlay: &Overlay<'_>) -> Verdict {
        let (about, what) = match &self.growth {
            Growth::Unknown(group) => (
                *group,
                format!(
                    "that {} starts instances large enough",
                    overlay.resource(*group).name
                ),
            ),
            _ => (self.cluster, "what its instances have left".to_owned()),
        };
        Verdict::unknown(
            about,
            format!(
                "check that {} has room for {}: {what}",
                self.name, self.task
            ),
        )
    }

    /// `2560 CPU units`.
    fn need(&self, dimension: Dimension) -> Option<String> {
        let amount = self.size.of_dimension(dimension)?;
        match dimension {
            Dimension::Cpu => Some(counted(amount, "CPU unit")),
            Dimension::Memory => Some(format!("{amount} MiB of memory")),
            Dimension::Gpu => Some(counted(amount, "GPU")),
            Dimension::Interfaces => Some(counted(amount, "network interface")),
            Dimension::Ports => None,
        }
    }

    /// `host port 8080`.
    fn ports(&self) -> String {
        let each = self.size.tcp.iter().chain(&self.size.udp);
        let each: Vec<String> = each.map(ToString::to_string).collect();
        format!("host port {}", each.join(" or "))
    }

    fn bound(&self) -> usize {
        if self.distinct { 1 } else { usize::MAX }
    }
}

impl Room {
    /// What is free once this many of the service's own tasks have stopped here.
    fn freed(&self, stops: usize) -> size::Free {
        let own = self.own.iter().take(stops);
        own.fold(self.free.clone(), |free, task| match task {
            Some(task) => free.without(task),
            None => free.without_some(),
        })
    }

    fn after(&self, stops: usize, floor: &Floor, ignoring: Option<Dimension>) -> Count {
        let left = self.own.len().saturating_sub(stops);
        let bound = if floor.distinct && left > 0 {
            0
        } else {
            floor.bound()
        };
        let count = self.freed(stops).holds(&floor.size, ignoring);
        self.certain(count.at_most(bound))
    }

    /// Where it is not known whether the instance comes into question at all, nothing is sure.
    fn certain(&self, count: Count) -> Count {
        Count {
            sure: if self.sure { count.sure } else { 0 },
            ..count
        }
    }
}

impl Growth {
    fn count(&self) -> Count {
        match self {
            Self::None => Count::default(),
            Self::By(count) => *count,
            Self::Unknown(_) => Count {
                sure: 0,
                maybe: usize::MAX,
            },
        }
    }
}

/// True where what is wanted of a cluster's instances was not readable.
pub(crate) fn is_blind(
    overlay: &Overlay<'_>,
    near: ResourceIndex,
    kind: blastmap_model::ResourceKind,
) -> bool {
    let resource = overlay.resource(near);
    let spots = &overlay.snapshot().inventory().blind_spots;
    spots.iter().any(|spot| {
        spot.account == resource.account
            && spot.region == resource.region
            && spot.kinds.contains(&kind)
    })
}

/// Sizes that only the change itself will tell.
fn is_size_unknown(overlay: &Overlay<'_>, launch: &Launch) -> bool {
    let (Some(place), Some(definition)) = (launch.definition_place, &launch.definition) else {
        return false;
    };
    let of_containers = |fields: &[&str]| {
        // Where all containers are unknown, so is the first, though there is none.
        let numbers = 0..definition.container_definitions.len().max(1);
        numbers.into_iter().any(|number| {
            let mut fields = fields.iter();
            fields.any(|field| {
                overlay.is_unknown(place, &format!("containerDefinitions[{number}].{field}"))
            })
        })
    };
    overlay.is_unknown(place, "networkMode")
        || overlay.is_unknown(place, "cpu")
        || overlay.is_unknown(place, "memory")
        || definition.cpu.is_none() && of_containers(&["cpu"])
        || definition.memory.is_none() && of_containers(&["memory", "memoryReservation"])
}

/// The verdict where only the change itself tells how many tasks are wanted.
pub(crate) fn unknown_count(overlay: &Overlay<'_>, launch: &Launch) -> Option<Verdict> {
    let subject = launch.subject;
    let unknown = overlay.is_unknown(subject, "desiredCount");
    unknown.then(|| {
        let name = &overlay.resource(subject).name;
        Verdict::unknown(
            subject,
            format!("check how many tasks {name} wants: known only after the change"),
        )
    })
}

//! From needs to outcomes, and from tasks to what people notice: services, target groups, rules, listeners, balancers, records.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use blastmap_graph::{Overlay, reach};
use blastmap_model::{
    Phase, Relation, ResourceIndex, ResourceKind,
    kinds::{ecs_service::EcsService, ecs_task::EcsTask, target_group::TargetGroup},
};

use super::{
    Impact, Outcome,
    candidates::contenders,
    compare::{Effect, compare},
    subject::{self, Judged},
    taken,
};
use crate::{
    needs::is_enabled,
    network::{
        listener_rules::{answers_instead, forwards_to, shadowed_by, still_answers},
        lookup::is_blind,
    },
    verdict::{Answer, Share},
};

/// Both estates, and what the change makes other.
pub(super) struct WhatIf<'w, 'a> {
    pub(super) before: &'w Overlay<'a>,
    pub(super) after: &'w Overlay<'a>,
    /// Places whose facts or presence differ.
    pub(super) touched: &'w BTreeSet<ResourceIndex>,
    /// Places that the change itself deletes.
    pub(super) deleted: &'w BTreeSet<ResourceIndex>,
}

/// What came out, in places of the estate after the change.
#[derive(Debug, Default)]
pub(super) struct Outcomes {
    pub(super) impacts: Vec<Impact>,
    pub(super) already_broken: Vec<Impact>,
    pub(super) mended: Vec<Impact>,
    /// The changed resources and all that harm can reach from them.
    pub(super) reached: BTreeSet<ResourceIndex>,
}

/// Judges every candidate.
pub(super) fn judge(what_if: &WhatIf<'_, '_>) -> Outcomes {
    let mut reached = reach(what_if.before, what_if.after, what_if.touched).places;
    let contending = contenders(what_if.before, what_if.after, what_if.touched, &reached);
    let climb = Climb::new(what_if);
    let mut outcomes = Outcomes::default();
    let mut done = BTreeSet::new();
    let mut waiting: BTreeSet<ResourceIndex> = reached.union(&contending).copied().collect();
    while !waiting.is_empty() {
        let mut hit = BTreeSet::new();
        for place in &waiting {
            done.insert(*place);
            if climb.tell(*place, &mut outcomes) {
                hit.insert(*place);
            }
        }
        // Whoever contends and is hit joins the radius, and harm goes on from there.
        hit.retain(|place| !reached.contains(place));
        let further = reach(what_if.before, what_if.after, &hit).places;
        reached.extend(further.iter().copied());
        waiting = further.difference(&done).copied().collect();
    }
    let rank = |impact: &Impact| {
        let resource = what_if.after.resource(impact.resource);
        (impact.outcome, resource.kind, resource.id.clone())
    };
    outcomes.impacts.sort_by_key(rank);
    outcomes.already_broken.sort_by_key(rank);
    outcomes.mended.sort_by_key(rank);
    outcomes.reached = reached;
    outcomes
}

/// A judged pair, and what the change does to it.
#[derive(Debug, Clone)]
struct Pair {
    before: Judged,
    after: Judged,
    effect: Effect,
}

/// What is lost of something that has parts.
#[derive(Debug, Clone, Default)]
struct Loss {
    lost: usize,
    of: usize,
    /// True where it served before, in whole or in part.
    served: bool,
    /// The worst that was found, with its causes.
    impact: Option<Impact>,
    at_risk: Option<Impact>,
}

impl Loss {
    fn is_whole(&self) -> bool {
        self.of > 0 && self.lost >= self.of
    }
}

struct Climb<'c, 'w, 'a> {
    what_if: &'c WhatIf<'w, 'a>,
    /// What is touched, and what touched things hang on: whose facts may be read otherwise after the change.
    near: BTreeSet<ResourceIndex>,
    pairs: RefCell<BTreeMap<(ResourceIndex, Phase), Pair>>,
    groups: RefCell<BTreeMap<ResourceIndex, Loss>>,
    tasks: RefCell<BTreeMap<ResourceIndex, Option<Impact>>>,
    /// Services that are sent requests which another answered, with the rule that was changed.
    sent: BTreeMap<ResourceIndex, (ResourceIndex, String)>,
}

impl<'c, 'w, 'a> Climb<'c, 'w, 'a> {
    fn new(what_if: &'c WhatIf<'w, 'a>) -> Self {
        let mut near = what_if.touched.clone();
        for estate in [what_if.before, what_if.after] {
            for place in what_if.touched {
                near.extend(estate.dependencies(*place).iter().map(|tie| tie.to));
            }
        }
        Self {
            near,
            pairs: RefCell::default(),
            groups: RefCell::default(),
            tasks: RefCell::default(),
            sent: requests_sent_elsewhere(what_if),
            what_if,
        }
    }

    /// Tells what becomes of a resource; true where the change hits it.
    fn tell(&self, place: ResourceIndex, outcomes: &mut Outcomes) -> bool {
        let (before, after) = (self.what_if.before, self.what_if.after);
        // What the change itself deletes is a change, not an impact.
        if self.what_if.deleted.contains(&place) {
            return false;
        }
        let was_there = before.holds(place) && before.is_there(place);
        if !was_there && !after.is_there(place) {
            return false;
        }
        let impact = match after.kind(place) {
            ResourceKind::EcsTask => self.task_impact(place, outcomes),
            ResourceKind::EcsService => self.service(place, outcomes),
            ResourceKind::TargetGroup => self.whole_or_part(place, self.group(place)),
            ResourceKind::ListenerRule => self.whole_or_part(place, self.rule(place)),
            ResourceKind::Listener => self.whole_or_part(place, self.listener(place)),
            ResourceKind::LoadBalancer => self.whole_or_part(place, self.balancer(place)),
            ResourceKind::DnsRecord => self.whole_or_part(place, self.record(place)),
            ResourceKind::EventRule | ResourceKind::Schedule => self.schedule(place, outcomes),
            ResourceKind::ScalableTarget | ResourceKind::ScalingPolicy => {
                self.by_own_need(place, Phase::Scale, outcomes)
            }
            ResourceKind::VpcEndpoint
            | ResourceKind::EfsMountTarget
            | ResourceKind::EfsAccessPoint => [Phase::Run, Phase::Start, Phase::Traffic]
                .into_iter()
                .find_map(|phase| self.by_own_need(place, phase, outcomes)),
            _ => None,
        };
        let hit = impact.is_some();
        outcomes.impacts.extend(impact);
        hit
    }

    // ------------------------------------------------------------ pairs

    /// The needs of a resource in a phase, before and after. What reads nothing near the change is judged once.
    fn pair(&self, place: ResourceIndex, phase: Phase) -> Pair {
        if let Some(known) = self.pairs.borrow().get(&(place, phase)) {
            return known.clone();
        }
        let (estate_before, estate_after) = (self.what_if.before, self.what_if.after);
        let judge = |estate: &Overlay<'_>| match phase {
            Phase::Start => subject::start(estate, place).and(subject::own(estate, place, phase)),
            _ => subject::own(estate, place, phase),
        };
        let was_there = estate_before.holds(place) && estate_before.is_there(place);
        let before = if was_there {
            judge(estate_before)
        } else {
            Judged::met()
        };
        let after = if was_there && before.read.is_disjoint(&self.near) {
            before.clone()
        } else if estate_after.is_there(place) {
            judge(estate_after)
        } else {
            Judged::met()
        };
        let mut effect = compare(&before.verdict, &after.verdict);
        let mut after = after;
        // What keeps a roll-out from moving does not excuse what newly keeps a drain from ending.
        if phase == Phase::Deploy
            && effect == Effect::AlreadyBroken
            && after.verdict.answer == Answer::Unmet
        {
            let old: BTreeSet<&str> = before.causes.iter().map(|own| own.need.name).collect();
            let mut fresh = after.causes.clone();
            fresh.retain(|own| !old.contains(own.need.name));
            if !fresh.is_empty() {
                effect = Effect::Breaks;
                after.causes = fresh;
            }
        }
        let pair = Pair {
            before,
            after,
            effect,
        };
        self.pairs.borrow_mut().insert((place, phase), pair.clone());
        pair
    }

    fn impact(
        &self,
        place: ResourceIndex,
        outcome: Outcome,
        phase: Phase,
        judged: &Judged,
    ) -> Impact {
        let cause = judged.causes.first();
        let about = judged.causes.iter().find_map(|cause| cause.reason.about);
        let mut from: Vec<ResourceIndex> = judged
            .causes
            .iter()
            .filter_map(|cause| cause.reason.about)
            .filter(|about| self.what_if.touched.contains(about))
            .collect();
        // A role's reason rests on the role, and comes from its policy: what is changed beside it goes before what was read elsewhere.
        let beside = judged.causes.iter().filter_map(|cause| cause.reason.about);
        let beside: Vec<ResourceIndex> = beside.flat_map(|about| self.beside(about)).collect();
        from.extend(
            beside.into_iter().filter(|place| {
                self.what_if.touched.contains(place) && judged.read.contains(place)
            }),
        );
        from.extend(judged.read.intersection(self.what_if.touched));
        let mut seen = BTreeSet::new();
        from.retain(|place| seen.insert(*place));
        Impact {
            resource: place,
            outcome,
            phase,
            share: None,
            cause: sentence(outcome, phase, judged),
            need: cause.map_or("", |cause| cause.need.name).into(),
            about,
            from,
            aws_error: judged
                .causes
                .iter()
                .find_map(|cause| cause.reason.aws_error)
                .map(Into::into),
            documentation: cause
                .map(|cause| cause.need.documentation)
                .filter(|page| !page.is_empty())
                .map(Into::into),
        }
    }

    /// What is linked to a resource, before the change or after it.
    fn beside(&self, place: ResourceIndex) -> Vec<ResourceIndex> {
        let estates = [self.what_if.before, self.what_if.after];
        let held = estates.into_iter().filter(|estate| estate.holds(place));
        held.flat_map(|estate| {
            let needed = estate.dependencies(place).into_iter().map(|tie| tie.to);
            let needing = estate.dependents(place).into_iter().map(|tie| tie.from);
            needed.chain(needing).collect::<Vec<_>>()
        })
        .collect()
    }

    /// Sorts a pair into what is broken already, mended, broken or at risk by the change.
    fn sort(
        &self,
        place: ResourceIndex,
        phase: Phase,
        told: Phase,
        outcome: Outcome,
        outcomes: &mut Outcomes,
    ) -> Option<Impact> {
        let pair = self.pair(place, phase);
        match pair.effect {
            Effect::Nothing => None,
            Effect::Breaks => Some(self.impact(place, outcome, told, &pair.after)),
            Effect::AtRisk => Some(self.impact(place, Outcome::AtRisk, told, &pair.after)),
            Effect::AlreadyBroken => {
                let broken = self.impact(place, outcome, told, &pair.before);
                outcomes.already_broken.push(broken);
                None
            }
            Effect::Mended => {
                let mended = self.impact(place, outcome, told, &pair.before);
                outcomes.mended.push(mended);
                None
            }
        }
    }

    fn by_own_need(
        &self,
        place: ResourceIndex,
        phase: Phase,
        outcomes: &mut Outcomes,
    ) -> Option<Impact> {
        if !self.what_if.after.is_there(place) {
            return Some(self.gone_along(place, phase));
        }
        let mut impact = self.sort(place, phase, phase, Outcome::Down, outcomes)?;
        let (before, after) = {
            let pair = self.pair(place, phase);
            (pair.before.verdict.share, pair.after.verdict.share)
        };
        if impact.outcome == Outcome::Down
            && let Some(share) = after
        {
            let lost = share.lost - before.map_or(0, |before| before.lost.min(share.lost));
            impact.share = Some(Share { lost, of: share.of });
            if share.lost < share.of {
                impact.outcome = Outcome::Degraded;
                impact.cause = in_part(impact.outcome, &impact.cause);
            }
        }
        Some(impact)
    }

    /// Something that goes because what it hangs on is deleted.
    fn gone_along(&self, place: ResourceIndex, phase: Phase) -> Impact {
        let before = self.what_if.before;
        let ties = before.dependencies(place).into_iter().map(|tie| tie.to);
        let ties = ties.chain(before.dependents(place).into_iter().map(|tie| tie.from));
        let from: Vec<_> = ties
            .filter(|other| self.what_if.deleted.contains(other))
            .collect();
        let cause = match from.first() {
            _ if self.what_if.deleted.contains(&place) => {
                format!("{} is deleted.", before.resource(place).name)
            }
            Some(owner) => {
                let owner = before.resource(*owner);
                format!(
                    "It goes with {} {}, which is deleted.",
                    owner.kind.label(),
                    owner.name
                )
            }
            None => "It is deleted along with what it belongs to.".to_owned(),
        };
        Impact {
            resource: place,
            outcome: Outcome::Down,
            phase,
            share: None,
            cause,
            need: "exists".into(),
            about: from.first().copied(),
            from,
            aws_error: None,
            documentation: None,
        }
    }

    // ------------------------------------------------------------ tasks

    /// Why a running task stops; none where it goes on.
    fn task(&self, place: ResourceIndex) -> Option<Impact> {
        if let Some(known) = self.tasks.borrow().get(&place) {
            return known.clone();
        }
        let pair = self.pair(place, Phase::Run);
        let impact = match pair.effect {
            Effect::Breaks => Some(self.impact(place, Outcome::Down, Phase::Run, &pair.after)),
            _ => None,
        };
        self.tasks.borrow_mut().insert(place, impact.clone());
        impact
    }

    fn task_impact(&self, place: ResourceIndex, outcomes: &mut Outcomes) -> Option<Impact> {
        let after = self.what_if.after;
        let service = after.needed(place, Relation::PartOf).into_iter();
        let service = service
            .clone()
            .find(|whole| after.kind(*whole) == ResourceKind::EcsService);
        let stops = self.sort(place, Phase::Run, Phase::Run, Outcome::Down, outcomes);
        if stops.is_some() || service.is_some() {
            // The service speaks for the rest.
            return stops;
        }
        self.sort(
            place,
            Phase::Start,
            Phase::Start,
            Outcome::FailsOnNextStart,
            outcomes,
        )
    }

    /// Running tasks of a service as it is.
    fn tasks_of(&self, service: ResourceIndex) -> Vec<ResourceIndex> {
        let before = self.what_if.before;
        if !before.holds(service) {
            return Vec::new();
        }
        let all = before.needing(service, Relation::PartOf).into_iter();
        all.filter(|place| {
            let facts = before.facts::<EcsTask>(*place);
            facts.is_some_and(|task| {
                let stopping = |status: &Option<String>| {
                    matches!(
                        status.as_deref(),
                        Some("STOPPED" | "STOPPING" | "DEPROVISIONING" | "DEACTIVATING")
                    )
                };
                !stopping(&task.last_status) && task.desired_status.as_deref() != Some("STOPPED")
            })
        })
        .collect()
    }

    // ------------------------------------------------------------ services

    fn service(&self, place: ResourceIndex, outcomes: &mut Outcomes) -> Option<Impact> {
        let (before, after) = (self.what_if.before, self.what_if.after);
        let tasks = self.tasks_of(place);
        let known = before
            .holds(place)
            .then(|| before.facts::<EcsService>(place))
            .flatten();
        let of = if tasks.is_empty() {
            let running = known.as_ref().map_or(0, |facts| facts.running_count);
            usize::try_from(running).unwrap_or_default()
        } else {
            tasks.len()
        };
        let mut found: Vec<Impact> = Vec::new();

        let stopping: Vec<Impact> = tasks.iter().filter_map(|task| self.task(*task)).collect();
        if let Some(first) = stopping.first() {
            found.push(Impact {
                resource: place,
                share: Some(Share {
                    lost: stopping.len(),
                    of,
                }),
                outcome: if stopping.len() >= of {
                    Outcome::Down
                } else {
                    Outcome::Degraded
                },
                cause: format!("{} of {of} tasks stop: {}", stopping.len(), first.cause),
                ..first.clone()
            });
        }
        found.extend(self.scaled_to_nothing(place, of));
        let (traffic, traffic_risk) = self.traffic(place, of);
        found.extend(traffic);
        for (phase, outcome) in [
            (Phase::Run, Outcome::Down),
            (Phase::Start, Outcome::FailsOnNextStart),
            (Phase::Deploy, Outcome::FailsOnNextStart),
            (Phase::Scale, Outcome::AtRisk),
        ] {
            found.extend(self.sort(place, phase, phase, outcome, outcomes));
        }
        found.extend(traffic_risk);
        if let Some((rule, text)) = self.sent.get(&place) {
            found.push(Impact {
                resource: place,
                outcome: Outcome::AtRisk,
                phase: Phase::Traffic,
                share: None,
                cause: text.clone(),
                need: "requests-unchanged".into(),
                about: Some(*rule),
                from: vec![*rule],
                aws_error: None,
                documentation: Some(RULES_PAGE.into()),
            });
        }
        found.extend(taken::from_task_role(self.what_if, place));
        if !after.is_there(place) {
            // Deleted along with something else; its own deletion is a change.
            return Some(self.gone_along(place, Phase::Run));
        }
        let mut worst = found
            .iter()
            .min_by_key(|impact| (impact.outcome, impact.phase))?
            .clone();
        let mut sentences = vec![worst.cause.clone()];
        for other in found {
            if other.phase != worst.phase && !sentences.contains(&other.cause) {
                sentences.push(other.cause);
            }
        }
        worst.cause = sentences.join(" ");
        if worst.share.is_none() && of > 0 && worst.outcome == Outcome::FailsOnNextStart {
            worst.share = Some(Share { lost: 0, of });
        }
        Some(worst)
    }

    /// A service that goes, or is told to run nothing, takes its tasks along.
    fn stops(&self, whole: ResourceIndex) -> bool {
        let after = self.what_if.after;
        !after.is_there(whole)
            || after.kind(whole) == ResourceKind::EcsService
                && self
                    .scaled_to_nothing(whole, self.tasks_of(whole).len())
                    .is_some()
    }

    /// A service that is told to run nothing stops.
    fn scaled_to_nothing(&self, place: ResourceIndex, of: usize) -> Option<Impact> {
        let after = self.what_if.after.facts::<EcsService>(place)?;
        let daemon = after.scheduling_strategy.as_deref() == Some("DAEMON");
        let before = self.what_if.before;
        let known = before
            .holds(place)
            .then(|| before.facts::<EcsService>(place))
            .flatten();
        let was_nothing = known.is_some_and(|own| own.desired_count == 0);
        if of == 0 || daemon || after.desired_count != 0 || was_nothing {
            return None;
        }
        Some(Impact {
            resource: place,
            outcome: Outcome::Down,
            phase: Phase::Run,
            share: Some(Share { lost: of, of }),
            cause: format!("{of} of {of} tasks stop: its desired count becomes 0."),
            need: "desired-count".into(),
            about: Some(place),
            from: vec![place],
            aws_error: None,
            documentation: Some("https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_definition_parameters.html".into()),
        })
    }

    /// What a service loses of its traffic, over all groups that served it.
    fn traffic(&self, place: ResourceIndex, tasks: usize) -> (Option<Impact>, Option<Impact>) {
        let before = self.what_if.before;
        if !before.holds(place) {
            return (None, None);
        }
        let registered = before.needed(place, Relation::RegisteredIn);
        let groups: Vec<Loss> = registered.iter().map(|group| self.group(*group)).collect();
        if let Some(moved) = self.moves_to_another_group(place, &registered) {
            return (None, Some(moved));
        }
        let at_risk = groups
            .iter()
            .find_map(|loss| loss.at_risk.clone())
            .map(|impact| Impact {
                resource: place,
                ..impact
            });
        let serving: Vec<&Loss> = groups.iter().filter(|loss| loss.served).collect();
        let Some(worst) = serving
            .iter()
            .filter(|loss| loss.lost > 0)
            .max_by_key(|loss| (loss.is_whole(), loss.lost))
        else {
            return (None, at_risk);
        };
        let down = serving.iter().all(|loss| loss.is_whole());
        let of = tasks.max(1);
        let lost = if worst.is_whole() {
            of
        } else {
            worst.lost.min(of)
        };
        let impact = worst.impact.clone().map(|impact| Impact {
            resource: place,
            outcome: if down {
                Outcome::Down
            } else {
                Outcome::Degraded
            },
            phase: Phase::Traffic,
            share: (tasks > 0).then_some(Share { lost, of }),
            ..impact
        });
        (impact, at_risk)
    }

    /// A service whose group goes while it is registered in another that is forwarded to: between the two lies a gap at most.
    fn moves_to_another_group(
        &self,
        place: ResourceIndex,
        before: &[ResourceIndex],
    ) -> Option<Impact> {
        let after = self.what_if.after;
        let gone = *before.iter().find(|group| !after.is_there(**group))?;
        let next = after
            .needed(place, Relation::RegisteredIn)
            .into_iter()
            .find(|group| !before.contains(group) && after.is_there(*group))?;
        if self.pair(next, Phase::Traffic).after.verdict.answer == Answer::Unmet {
            return None;
        }
        let (gone_name, next_name) = (&after.resource(gone).name, &after.resource(next).name);
        Some(Impact {
            resource: place,
            outcome: Outcome::AtRisk,
            phase: Phase::Traffic,
            share: None,
            cause: format!(
                "It moves from target group {gone_name} to {next_name}: check that its new targets are healthy before the old group stops being asked."
            ),
            need: "group-forwarded-to".into(),
            about: Some(gone),
            from: vec![gone],
            aws_error: None,
            documentation: Some(TARGET_GROUPS_PAGE.into()),
        })
    }

    // ------------------------------------------------------------ what serves

    #[expect(clippy::unused_self, reason = "reads as the others do")]
    fn whole_or_part(&self, place: ResourceIndex, loss: Loss) -> Option<Impact> {
        if !loss.served || loss.lost == 0 {
            return loss.at_risk.map(|impact| Impact {
                resource: place,
                ..impact
            });
        }
        let outcome = if loss.is_whole() {
            Outcome::Down
        } else {
            Outcome::Degraded
        };
        let share = Some(Share {
            lost: loss.lost,
            of: loss.of,
        });
        loss.impact.map(|impact| Impact {
            resource: place,
            outcome,
            phase: Phase::Traffic,
            share,
            cause: in_part(outcome, &impact.cause),
            ..impact
        })
    }

    /// Targets that a group loses, of those registered.
    fn group(&self, place: ResourceIndex) -> Loss {
        if let Some(known) = self.groups.borrow().get(&place) {
            return known.clone();
        }
        let loss = self.group_loss(place);
        self.groups.borrow_mut().insert(place, loss.clone());
        loss
    }

    fn group_loss(&self, place: ResourceIndex) -> Loss {
        let (before, after) = (self.what_if.before, self.what_if.after);
        if !before.holds(place) || !before.is_there(place) {
            return Loss::default();
        }
        let registered = before.facts::<TargetGroup>(place);
        let of = registered
            .as_ref()
            .and_then(|facts| facts.target_health_descriptions.as_ref())
            .map_or(0, Vec::len);
        let members: Vec<ResourceIndex> = before
            .needing(place, Relation::RegisteredIn)
            .into_iter()
            .filter(|member| before.kind(*member) == ResourceKind::EcsTask)
            .collect();
        let of = of.max(members.len());
        let pair = self.pair(place, Phase::Traffic);
        let whole_before = pair.before.verdict.answer == Answer::Unmet
            && pair
                .before
                .verdict
                .share
                .is_none_or(|share| share.lost >= share.of);
        let mut loss = Loss {
            of,
            served: of > 0 && !whole_before,
            ..Loss::default()
        };
        if !loss.served {
            return loss;
        }
        if !after.is_there(place) {
            loss.lost = of;
            loss.impact = Some(self.gone_along(place, Phase::Traffic));
            return loss;
        }
        let gone = |task: &&ResourceIndex| {
            let services = before.needed(**task, Relation::PartOf);
            !after.is_there(**task) || services.iter().any(|service| self.stops(*service))
        };
        let stopped: Vec<Impact> = members.iter().filter_map(|task| self.task(*task)).collect();
        let with_service: Vec<&ResourceIndex> = members.iter().filter(gone).collect();
        let stop = stopped.len().max(with_service.len());
        let (mut lost, mut impact) = (0, None);
        match pair.effect {
            Effect::Breaks => {
                lost = match (pair.before.verdict.share, pair.after.verdict.share) {
                    (before, Some(share)) if share.of > 0 => {
                        let lost = share.lost - before.map_or(0, |own| own.lost.min(share.lost));
                        // The needs may count other targets than those registered today.
                        if share.lost >= share.of { of } else { lost }
                    }
                    _ => of,
                };
                impact = Some(self.impact(place, Outcome::Down, Phase::Traffic, &pair.after));
            }
            Effect::AtRisk => {
                loss.at_risk =
                    Some(self.impact(place, Outcome::AtRisk, Phase::Traffic, &pair.after));
            }
            Effect::Nothing | Effect::AlreadyBroken | Effect::Mended => {}
        }
        if stop > lost {
            lost = stop;
            let why = stopped.first().cloned();
            impact = why.or_else(|| {
                let service = with_service.first().and_then(|task| {
                    let services = before.needed(**task, Relation::PartOf);
                    services.into_iter().find(|own| self.stops(*own))
                });
                let mut along = self.gone_along(place, Phase::Traffic);
                if let Some(service) = service {
                    let name = &before.resource(service).name;
                    let what = if after.is_there(service) {
                        "is to run no task"
                    } else {
                        "is deleted"
                    };
                    along.cause = format!("{stop} of {of} targets go with {name}, which {what}.");
                    along.from = vec![service];
                    along.about = Some(service);
                }
                Some(along)
            });
        }
        loss.lost = lost.min(of);
        loss.impact = impact;
        loss
    }

    /// What a rule forwards to, as parts: its groups with weight.
    fn flow(&self, place: ResourceIndex) -> Vec<Loss> {
        let estate = self.what_if.before;
        if !estate.holds(place) {
            return Vec::new();
        }
        forwards_to(estate, place)
            .into_iter()
            .filter(|(_, weight)| *weight > 0)
            .map(|(group, _)| self.group(group))
            .collect()
    }

    /// A rule serves where it is reached and one of its groups serves; what answers by itself serves where it is reached.
    fn rule(&self, place: ResourceIndex) -> Loss {
        let (before, after) = (self.what_if.before, self.what_if.after);
        if !before.holds(place) || !before.is_there(place) {
            return Loss::default();
        }
        let pair = self.pair(place, Phase::Traffic);
        let reached_before = pair.before.verdict.answer != Answer::Unmet;
        let groups = self.flow(place);
        let served = reached_before && (groups.is_empty() || groups.iter().any(|own| own.served));
        let mut loss = Loss {
            of: groups.len().max(1),
            served,
            ..Loss::default()
        };
        if !served {
            return loss;
        }
        if !after.is_there(place) {
            loss.lost = loss.of;
            loss.impact = Some(self.gone_along(place, Phase::Traffic));
            return loss;
        }
        match pair.effect {
            Effect::Breaks => {
                loss.lost = loss.of;
                loss.impact = Some(self.impact(place, Outcome::Down, Phase::Traffic, &pair.after));
                return loss;
            }
            Effect::AtRisk => {
                loss.at_risk =
                    Some(self.impact(place, Outcome::AtRisk, Phase::Traffic, &pair.after));
            }
            Effect::Nothing | Effect::AlreadyBroken | Effect::Mended => {}
        }
        // Where its groups are others after the change, those decide.
        let after_groups = forwards_to(after, place);
        let still = |group: ResourceIndex| {
            after_groups
                .iter()
                .any(|(own, weight)| *own == group && *weight > 0)
        };
        let before_groups = forwards_to(before, place);
        if before_groups
            .iter()
            .any(|(group, weight)| *weight > 0 && !still(*group))
        {
            if let Some(empty) = self.leads_nowhere(&after_groups) {
                let name = &after.resource(empty).name;
                loss.lost = loss.of;
                loss.impact = Some(Impact {
                    cause: format!(
                        "It forwards to target group {name}, in which nothing is registered."
                    ),
                    need: "group-has-targets".into(),
                    about: Some(empty),
                    from: vec![place],
                    documentation: Some(RULES_PAGE.into()),
                    ..self.impact(place, Outcome::Down, Phase::Traffic, &Judged::met())
                });
            }
            return loss;
        }
        merge(loss, &groups)
    }

    /// The first of these groups, where all that have weight are known to be empty and nobody is to fill them.
    fn leads_nowhere(&self, groups: &[(ResourceIndex, i32)]) -> Option<ResourceIndex> {
        let (before, after) = (self.what_if.before, self.what_if.after);
        let mut weighty = groups
            .iter()
            .filter(|(_, weight)| *weight > 0)
            .map(|(group, _)| *group);
        let empty = |group: ResourceIndex| {
            let facts = before
                .holds(group)
                .then(|| before.facts::<TargetGroup>(group))
                .flatten();
            let none = facts.is_some_and(|own| {
                own.target_type.as_deref() != Some("lambda")
                    && own
                        .target_health_descriptions
                        .as_ref()
                        .is_none_or(Vec::is_empty)
            });
            none && !is_blind(before, ResourceKind::TargetGroup, group)
                && after.needing(group, Relation::RegisteredIn).is_empty()
        };
        let first = weighty.clone().next()?;
        weighty.all(empty).then_some(first)
    }

    fn listener(&self, place: ResourceIndex) -> Loss {
        let (before, after) = (self.what_if.before, self.what_if.after);
        if !before.holds(place) || !before.is_there(place) {
            return Loss::default();
        }
        let mut parts: Vec<Loss> = Vec::new();
        let rules: Vec<ResourceIndex> = before
            .needing(place, Relation::PartOf)
            .into_iter()
            .filter(|rule| before.kind(*rule) == ResourceKind::ListenerRule)
            .collect();
        for rule in &rules {
            if forwards_to(before, *rule)
                .iter()
                .any(|(_, weight)| *weight > 0)
            {
                let mut own = self.rule(*rule);
                // A rule that the change itself takes away is no harm to its listener.
                if self.what_if.deleted.contains(rule) {
                    own.lost = 0;
                }
                parts.push(own);
            }
        }
        if rules.is_empty() {
            parts.extend(self.flow(place));
        }
        let mut loss = Loss {
            of: parts.iter().filter(|part| part.served).count().max(1),
            served: parts.iter().any(|part| part.served),
            ..Loss::default()
        };
        if loss.served && !after.is_there(place) {
            loss.lost = loss.of;
            loss.impact = Some(self.gone_along(place, Phase::Traffic));
            return loss;
        }
        // A rule that the change makes may answer in the place of another.
        let made = after
            .needing(place, Relation::PartOf)
            .into_iter()
            .any(|rule| !before.holds(rule) && !forwards_to(after, rule).is_empty());
        let mut merged = merge(loss, &parts);
        if made && merged.is_whole() {
            merged.of += 1;
        }
        merged
    }

    fn balancer(&self, place: ResourceIndex) -> Loss {
        let (before, after) = (self.what_if.before, self.what_if.after);
        if !before.holds(place) || !before.is_there(place) {
            return Loss::default();
        }
        let parts: Vec<Loss> = before
            .needing(place, Relation::PartOf)
            .into_iter()
            .filter(|part| before.kind(*part) == ResourceKind::Listener)
            .map(|listener| self.listener(listener))
            .collect();
        let mut loss = Loss {
            of: parts.iter().filter(|part| part.served).count().max(1),
            served: parts.iter().any(|part| part.served),
            ..Loss::default()
        };
        if loss.served && !after.is_there(place) {
            loss.lost = loss.of;
            loss.impact = Some(self.gone_along(place, Phase::Traffic));
            return loss;
        }
        let zones = self.pair(place, Phase::Traffic);
        let merged = merge(loss.clone(), &parts);
        if merged.lost == 0 && loss.served && zones.effect == Effect::Breaks {
            let share = zones.after.verdict.share;
            let before = zones.before.verdict.share.map_or(0, |own| own.lost);
            loss.of = share.map_or(1, |share| share.of);
            loss.lost = share.map_or(1, |share| share.lost - before.min(share.lost));
            loss.impact = Some(self.impact(place, Outcome::Degraded, Phase::Traffic, &zones.after));
            return loss;
        }
        merged
    }

    fn record(&self, place: ResourceIndex) -> Loss {
        let before = self.what_if.before;
        if !before.holds(place) || !before.is_there(place) {
            return Loss::default();
        }
        let parts: Vec<Loss> = before
            .needed(place, Relation::ResolvesTo)
            .into_iter()
            .filter(|to| before.kind(*to) == ResourceKind::LoadBalancer)
            .map(|balancer| self.balancer(balancer))
            .collect();
        let loss = Loss {
            of: parts.iter().filter(|part| part.served).count().max(1),
            served: parts.iter().any(|part| part.served),
            ..Loss::default()
        };
        merge(loss, &parts)
    }

    // ------------------------------------------------------------ schedules

    fn schedule(&self, place: ResourceIndex, outcomes: &mut Outcomes) -> Option<Impact> {
        let (before, after) = (self.what_if.before, self.what_if.after);
        if !after.is_there(place) {
            return Some(self.gone_along(place, Phase::Schedule));
        }
        let was_on = before.holds(place) && before.is_there(place) && is_enabled(before, place);
        match (was_on, is_enabled(after, place)) {
            (false, false) => return None,
            (true, false) => {
                return Some(Impact {
                    resource: place,
                    outcome: Outcome::Down,
                    phase: Phase::Schedule,
                    share: None,
                    cause: "It is disabled and starts nothing any more.".to_owned(),
                    need: "schedule-enabled".into(),
                    about: Some(place),
                    from: vec![place],
                    aws_error: None,
                    documentation: Some(SCHEDULED_TASKS_PAGE.into()),
                });
            }
            (_, true) => {}
        }
        let mut found = Vec::new();
        for phase in [Phase::Schedule, Phase::Start] {
            found.extend(self.sort(
                place,
                phase,
                Phase::Schedule,
                Outcome::FailsOnNextStart,
                outcomes,
            ));
        }
        found.into_iter().min_by_key(|impact| impact.outcome)
    }
}

const RULES_PAGE: &str =
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html";
const TARGET_GROUPS_PAGE: &str = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html";
const SCHEDULED_TASKS_PAGE: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/scheduled_tasks.html";

/// Parts that are lost whole are lost to the whole; parts that lose a share take a share of it.
fn merge(mut whole: Loss, parts: &[Loss]) -> Loss {
    let served: Vec<&Loss> = parts.iter().filter(|part| part.served).collect();
    if !whole.served || served.is_empty() {
        return whole;
    }
    let lost: Vec<&&Loss> = served.iter().filter(|part| part.is_whole()).collect();
    let some = served.iter().filter(|part| part.lost > 0);
    whole.of = served.len();
    whole.lost = lost.len();
    whole.impact = lost
        .first()
        .and_then(|part| part.impact.clone())
        .or_else(|| {
            let worst = some.max_by_key(|part| part.lost)?;
            // Nothing is lost whole: the share of the part stands for it.
            whole.lost = worst.lost;
            whole.of = worst.of;
            worst.impact.clone()
        });
    whole
}

/// Services that a rule change sends requests to which another answered: behind the rule that now comes first, behind the groups
/// that a rule newly forwards to, and behind the default where a rule is deleted.
fn requests_sent_elsewhere(
    what_if: &WhatIf<'_, '_>,
) -> BTreeMap<ResourceIndex, (ResourceIndex, String)> {
    let (before, after) = (what_if.before, what_if.after);
    let mut sent = BTreeMap::new();
    let services = |estate: &Overlay<'_>, rule: ResourceIndex| -> BTreeSet<ResourceIndex> {
        let groups = forwards_to(estate, rule);
        groups
            .into_iter()
            .filter(|(_, weight)| *weight > 0)
            .flat_map(|(group, _)| estate.needing(group, Relation::RegisteredIn))
            .filter(|member| estate.kind(*member) == ResourceKind::EcsService)
            .collect()
    };
    let rules = |place: &&ResourceIndex| after.kind(**place) == ResourceKind::ListenerRule;
    for rule in what_if.touched.iter().filter(rules) {
        let listeners = {
            let estate = if after.is_there(*rule) { after } else { before };
            estate.needed(*rule, Relation::PartOf)
        };
        let beside: BTreeSet<ResourceIndex> = listeners
            .iter()
            .flat_map(|listener| after.needing(*listener, Relation::PartOf))
            .filter(|other| other != rule && before.holds(*other))
            .collect();
        let name = after.resource(*rule).name.to_string();
        if after.is_there(*rule) {
            let mut losers: Vec<BTreeSet<ResourceIndex>> = Vec::new();
            for other in beside {
                let hidden = shadowed_by(after, other) == Some(*rule)
                    && shadowed_by(before, other).is_none();
                if hidden {
                    losers.push(services(before, other));
                }
            }
            if before.holds(*rule) && before.is_there(*rule) {
                losers.push(services(before, *rule));
                if still_answers(before, after, *rule) != Some(true) {
                    let text = format!(
                        "{name} no longer matches all the requests that it did: check that nothing misses them."
                    );
                    let own = services(before, *rule).into_iter();
                    sent.extend(own.map(|service| (service, (*rule, text.clone()))));
                }
            }
            let gainers = services(after, *rule);
            let gains = |service: &&ResourceIndex| {
                let mut lost = losers.iter();
                lost.any(|own| !own.is_empty() && !own.contains(service))
            };
            for service in gainers.iter().filter(gains) {
                let text = format!(
                    "It is sent requests that another service answered: check that it can answer what {name} now forwards to it."
                );
                sent.insert(*service, (*rule, text));
            }
        } else if before.holds(*rule) {
            let losers = services(before, *rule);
            let next = answers_instead(before, after, *rule);
            let gainers = next.map(|next| services(after, next)).unwrap_or_default();
            for service in gainers.difference(&losers).copied() {
                let text = format!(
                    "It is sent what {name} forwarded elsewhere: check that it can answer that."
                );
                sent.insert(service, (*rule, text));
            }
        }
    }
    sent
}

/// What is only lost in part is told so.
fn in_part(outcome: Outcome, cause: &str) -> String {
    if outcome != Outcome::Degraded {
        return cause.to_owned();
    }
    let told = [
        ("It gets no more traffic", "Part of it gets no more traffic"),
        ("It cannot go on", "It cannot serve all any more"),
    ];
    let found = told
        .into_iter()
        .find_map(|(whole, part)| Some(format!("{part}{}", cause.strip_prefix(whole)?)));
    found.unwrap_or_else(|| cause.to_owned())
}

/// One sentence: what happens, and why.
fn sentence(outcome: Outcome, phase: Phase, judged: &Judged) -> String {
    let mut texts: Vec<&str> = Vec::new();
    for cause in &judged.causes {
        if !texts.contains(&cause.reason.text.as_str()) {
            texts.push(&cause.reason.text);
        }
    }
    let more = texts.len().saturating_sub(3);
    let mut why = texts.into_iter().take(3).collect::<Vec<_>>().join("; ");
    if more > 0 {
        why = format!("{why}; and {more} more");
    }
    let what = match (outcome, phase) {
        (Outcome::AtRisk, Phase::Scale) => "It may not scale",
        (Outcome::AtRisk, _) => "Cannot be decided",
        (_, Phase::Start) => "No new task can be relied on to start",
        (_, Phase::Deploy) => "A deployment cannot move",
        (_, Phase::Schedule) => "Its next run fails",
        (_, Phase::Scale) => "It cannot act any more",
        (_, Phase::Traffic) => "It gets no more traffic",
        (_, Phase::Run) => "It cannot go on",
    };
    format!("{what}: {why}.")
}

//! From needs to outcomes, and from tasks to what people notice: services and schedules; `serving` has what lies before them.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use blastmap_graph::{Overlay, reach};
use blastmap_model::{
    Phase, Relation, ResourceIndex, ResourceKind,
    kinds::{ecs_service::EcsService, ecs_task::EcsTask},
};

use super::{
    Impact, Outcome,
    candidates::{contenders, whom_it_filters},
    compare::{Effect, compare},
    queues, requests,
    serving::Loss,
    subject::{self, Judged},
    taken,
    words::{in_part, reason_of, sentence},
};
use crate::{
    needs::is_enabled,
    verdict::{Answer, Share},
    words::some_of,
};

/// Both estates, and what the change makes other.
pub(super) struct WhatIf<'w, 'a> {
    pub(super) before: &'w Overlay<'a>,
    pub(super) after: &'w Overlay<'a>,
    /// Places whose facts or presence differ.
    pub(super) touched: &'w BTreeSet<ResourceIndex>,
    /// Places that the change itself deletes.
    pub(super) deleted: &'w BTreeSet<ResourceIndex>,
    /// Places that it deletes and then makes again.
    pub(super) remade: &'w BTreeSet<ResourceIndex>,
    /// Places that it deletes before it makes what replaces them, under the same name or another.
    pub(super) gone_first: &'w BTreeSet<ResourceIndex>,
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
    let mut reached = reach(what_if.before, what_if.after, what_if.touched);
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
        let further = reach(what_if.before, what_if.after, &hit);
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
pub(super) struct Pair {
    pub(super) before: Judged,
    pub(super) after: Judged,
    pub(super) effect: Effect,
}

pub(super) struct Climb<'c, 'w, 'a> {
    pub(super) what_if: &'c WhatIf<'w, 'a>,
    /// What is touched, and what touched things hang on: whose facts may be read otherwise after the change.
    near: BTreeSet<ResourceIndex>,
    pairs: RefCell<BTreeMap<(ResourceIndex, Phase), Pair>>,
    pub(super) losses: RefCell<BTreeMap<ResourceIndex, Loss>>,
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
                if estate.holds(*place) {
                    near.extend(whom_it_filters(estate, *place));
                }
            }
        }
        Self {
            near,
            pairs: RefCell::default(),
            losses: RefCell::default(),
            tasks: RefCell::default(),
            sent: requests::sent_elsewhere(what_if),
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
            ResourceKind::TargetGroup
            | ResourceKind::ListenerRule
            | ResourceKind::Listener
            | ResourceKind::LoadBalancer
            | ResourceKind::DnsRecord
            | ResourceKind::CloudfrontDistribution
            | ResourceKind::ApiGatewayVpcLink => self.serving(place),
            ResourceKind::EventRule | ResourceKind::Schedule => self.schedule(place, outcomes),
            ResourceKind::ScalableTarget
            | ResourceKind::ScalingPolicy
            | ResourceKind::AutoScalingGroup => self.by_own_need(place, Phase::Scale, outcomes),
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
    pub(super) fn pair(&self, place: ResourceIndex, phase: Phase) -> Pair {
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

    pub(super) fn impact(
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
                impact.cause = in_part(impact.outcome, impact.share, &impact.cause);
            }
        }
        Some(impact)
    }

    /// Something that goes because what it hangs on is deleted.
    pub(super) fn gone_along(&self, place: ResourceIndex, phase: Phase) -> Impact {
        let before = self.what_if.before;
        let ties = before.dependencies(place).into_iter().map(|tie| tie.to);
        let ties = ties.chain(before.dependents(place).into_iter().map(|tie| tie.from));
        let is_deleted = |other: &ResourceIndex| self.what_if.deleted.contains(other);
        let from: Vec<_> = if is_deleted(&place) {
            vec![place]
        } else {
            ties.filter(is_deleted).collect()
        };
        let cause = match from.first() {
            Some(own) if *own == place => {
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
    pub(super) fn task(&self, place: ResourceIndex) -> Option<Impact> {
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
                cause: format!(
                    "{}: {}",
                    some_of(stopping.len(), of, "task", ("stops", "stop")),
                    reason_of(&first.cause)
                ),
                ..first.clone()
            });
        }
        found.extend(self.scaled_to_nothing(place, of));
        found.extend(self.made_again(place, of));
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
        found.extend(taken::with_what_is_deleted(self.what_if, place));
        found.extend(queues::closed(self.what_if, place));
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
    pub(super) fn stops(&self, whole: ResourceIndex) -> bool {
        let after = self.what_if.after;
        !after.is_there(whole)
            || self.what_if.remade.contains(&whole)
            || after.kind(whole) == ResourceKind::EcsService
                && self
                    .scaled_to_nothing(whole, self.tasks_of(whole).len())
                    .is_some()
    }

    /// A service that is deleted and made again runs nothing in between.
    fn made_again(&self, place: ResourceIndex, of: usize) -> Option<Impact> {
        let remade = of > 0 && self.what_if.remade.contains(&place);
        remade.then(|| {
            all_stop(
                place,
                of,
                "it is deleted before it is made again, and its new tasks start after that",
                "service-stays",
                "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html",
            )
        })
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
        Some(all_stop(
            place,
            of,
            "its desired count becomes 0",
            "desired-count",
            "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_definition_parameters.html",
        ))
    }

    /// What a service loses of its traffic, over all groups that served it.
    fn traffic(&self, place: ResourceIndex, tasks: usize) -> (Option<Impact>, Option<Impact>) {
        let before = self.what_if.before;
        if !before.holds(place) {
            return (None, None);
        }
        let registered = before.needed(place, Relation::RegisteredIn);
        let groups: Vec<Loss> = registered.iter().map(|group| self.loss(*group)).collect();
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
        let own = after.needed(place, Relation::RegisteredIn);
        let gone = *before
            .iter()
            .find(|group| !after.is_there(**group) || !own.contains(group))?;
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

/// Every task of a service stops, for the reason `why`.
fn all_stop(
    place: ResourceIndex,
    of: usize,
    why: &str,
    need: &'static str,
    documentation: &'static str,
) -> Impact {
    Impact {
        resource: place,
        outcome: Outcome::Down,
        phase: Phase::Run,
        share: Some(Share { lost: of, of }),
        cause: format!("{}: {why}.", some_of(of, of, "task", ("stops", "stop"))),
        need: need.into(),
        about: Some(place),
        from: vec![place],
        aws_error: None,
        documentation: Some(documentation.into()),
    }
}

pub(super) const RULES_PAGE: &str =
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html";
const TARGET_GROUPS_PAGE: &str = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html";
const SCHEDULED_TASKS_PAGE: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/scheduled_tasks.html";

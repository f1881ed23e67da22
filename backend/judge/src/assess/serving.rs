//! What serves requests, and what it loses: target groups by their targets, rules by their groups, listeners by their rules,
//! balancers by their listeners, records by their balancers.

use blastmap_graph::Overlay;
use blastmap_model::{
    Phase, Relation, ResourceIndex, ResourceKind,
    kinds::{ecs_service::EcsService, target_group::TargetGroup},
};

use super::{
    Impact, Outcome,
    climb::{Climb, RULES_PAGE},
    compare::Effect,
    subject::Judged,
    words::in_part,
};
use crate::{
    network::{listener_rules::forwards_to, lookup::is_blind},
    verdict::{Answer, Share},
    words::some_of,
};

/// What is lost of something that has parts.
#[derive(Debug, Clone, Default)]
pub(super) struct Loss {
    pub(super) lost: usize,
    pub(super) of: usize,
    /// True where it served before, in whole or in part.
    pub(super) served: bool,
    /// The worst that was found, with its causes.
    pub(super) impact: Option<Impact>,
    pub(super) at_risk: Option<Impact>,
}

impl Loss {
    /// Of something that serves as long as one of its parts does: nothing lost so far.
    fn of_parts(parts: &[Self]) -> Self {
        Self {
            of: parts.iter().filter(|part| part.served).count().max(1),
            served: parts.iter().any(|part| part.served),
            ..Self::default()
        }
    }

    pub(super) fn is_whole(&self) -> bool {
        self.of > 0 && self.lost >= self.of
    }
}

impl Climb<'_, '_, '_> {
    /// What becomes of something that serves requests.
    pub(super) fn serving(&self, place: ResourceIndex) -> Option<Impact> {
        let loss = self.loss(place);
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
            cause: in_part(outcome, None, &impact.cause),
            ..impact
        })
    }

    /// What something that serves requests loses, by what lies behind it. It is worked out once: all rules of a listener and all
    /// listeners of a balancer ask for the same.
    pub(super) fn loss(&self, place: ResourceIndex) -> Loss {
        if let Some(known) = self.losses.borrow().get(&place) {
            return known.clone();
        }
        let before = self.what_if.before;
        // Records may lead to one another in a circle, which loses nothing.
        self.losses.borrow_mut().insert(place, Loss::default());
        let loss = if !before.holds(place) || !before.is_there(place) {
            Loss::default()
        } else {
            match before.kind(place) {
                ResourceKind::TargetGroup if !before.needed(place, Relation::Fronts).is_empty() => {
                    self.leading(place, Relation::Fronts)
                }
                ResourceKind::TargetGroup => self.group(place),
                ResourceKind::ListenerRule => self.rule(place),
                ResourceKind::Listener => self.listener(place),
                ResourceKind::LoadBalancer => self.balancer(place),
                ResourceKind::DnsRecord => self.leading(place, Relation::ResolvesTo),
                ResourceKind::CloudfrontDistribution | ResourceKind::ApiGatewayVpcLink => {
                    self.leading(place, Relation::Fronts)
                }
                _ => Loss::default(),
            }
        };
        self.losses.borrow_mut().insert(place, loss.clone());
        loss
    }

    /// Something that served and is no more: all of it is lost.
    fn gone(&self, place: ResourceIndex, loss: Loss) -> Loss {
        Loss {
            lost: loss.of,
            impact: Some(self.gone_along(place, Phase::Traffic)),
            ..loss
        }
    }

    /// Targets that a group loses, of those registered.
    fn group(&self, place: ResourceIndex) -> Loss {
        let (before, after) = (self.what_if.before, self.what_if.after);
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
            return self.gone(place, loss);
        }
        let leaves = |service: ResourceIndex| {
            let groups = |estate: &Overlay<'_>| estate.needed(service, Relation::RegisteredIn);
            after.is_there(service)
                && groups(before).contains(&place)
                && !groups(after).contains(&place)
        };
        let gone = |task: &&ResourceIndex| {
            let services = before.needed(**task, Relation::PartOf);
            !after.is_there(**task)
                || services
                    .iter()
                    .any(|service| self.stops(*service) || leaves(*service))
        };
        // Whoever leads its services and its requests elsewhere gives the group up.
        let left = |task: &ResourceIndex| {
            let services = before.needed(*task, Relation::PartOf);
            services.into_iter().any(leaves)
        };
        let forwarded = after.needing(place, Relation::ForwardsTo).into_iter();
        let forwarded = forwarded.filter(|from| after.is_there(*from)).count() > 0;
        if !members.is_empty() && members.iter().all(left) && !forwarded {
            return Loss::default();
        }
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
        if stop > lost
            && stop == with_service.len()
            && let Some(successor) = self.successor(place, &with_service)
        {
            loss.at_risk = Some(successor);
        } else if stop > lost {
            lost = stop;
            let why = stopped.first().cloned();
            impact = why.or_else(|| {
                let service = with_service.first().and_then(|task| {
                    let services = before.needed(**task, Relation::PartOf);
                    services
                        .into_iter()
                        .find(|own| self.stops(*own) || leaves(*own))
                });
                let mut along = self.gone_along(place, Phase::Traffic);
                if let Some(service) = service {
                    let name = &before.resource(service).name;
                    let what = if self.what_if.remade.contains(&service) {
                        "is deleted and made again"
                    } else if leaves(service) {
                        "is no longer registered in it"
                    } else if after.is_there(service) {
                        "is to run no task"
                    } else {
                        "is deleted"
                    };
                    let targets = some_of(stop, of, "target", ("goes", "go"));
                    along.cause = format!("{targets} with {name}, which {what}.");
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

    /// A service that the change registers in a group while those whose tasks are in it go: between the two lies a gap at most. One that is
    /// made only after the old one is gone leaves one for sure.
    fn successor(&self, group: ResourceIndex, going: &[&ResourceIndex]) -> Option<Impact> {
        let (before, after) = (self.what_if.before, self.what_if.after);
        let services = going
            .iter()
            .flat_map(|task| before.needed(**task, Relation::PartOf));
        let services: Vec<ResourceIndex> = services
            .filter(|own| before.kind(*own) == ResourceKind::EcsService)
            .collect();
        let first = *services.first()?;
        if services
            .iter()
            .any(|own| self.what_if.gone_first.contains(own) || after.is_there(*own))
        {
            return None;
        }
        let next = after
            .needing(group, Relation::RegisteredIn)
            .into_iter()
            .find(|own| {
                let was = before.holds(*own)
                    && before.needed(*own, Relation::RegisteredIn).contains(&group);
                let runs = after
                    .facts::<EcsService>(*own)
                    .is_some_and(|facts| facts.desired_count > 0);
                after.kind(*own) == ResourceKind::EcsService && after.is_there(*own) && !was && runs
            })?;
        Some(Impact {
            cause: format!(
                "Its targets go with service {}, and service {} registers in it: check that the new targets are healthy before the old ones go.",
                before.resource(first).name,
                after.resource(next).name
            ),
            about: Some(first),
            from: vec![first],
            need: "targets-healthy".into(),
            ..self.impact(group, Outcome::AtRisk, Phase::Traffic, &Judged::met())
        })
    }

    /// What a rule forwards to, as parts: its groups with weight.
    fn flow(&self, place: ResourceIndex) -> Vec<Loss> {
        forwards_to(self.what_if.before, place)
            .into_iter()
            .filter(|(_, weight)| *weight > 0)
            .map(|(group, _)| self.loss(group))
            .collect()
    }

    /// A rule serves where it is reached and one of its groups serves; what answers by itself serves where it is reached.
    fn rule(&self, place: ResourceIndex) -> Loss {
        let (before, after) = (self.what_if.before, self.what_if.after);
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
            return self.gone(place, loss);
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
                let mut own = self.loss(*rule);
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
        let loss = Loss::of_parts(&parts);
        if loss.served && !after.is_there(place) {
            return self.gone(place, loss);
        }
        // A rule that the change makes may answer in the place of another.
        let made = after
            .needing(place, Relation::PartOf)
            .into_iter()
            .any(|rule| !before.holds(rule) && !forwards_to(after, rule).is_empty());
        let served = loss.served;
        let mut merged = merge(loss, &parts);
        if made && merged.is_whole() {
            merged.of += 1;
        }
        // A certificate that proves nothing turns clients away; of several, those who ask for its names.
        let certificates = self.pair(place, Phase::Traffic);
        match certificates.effect {
            Effect::Breaks if served && merged.lost == 0 => {
                let share = certificates.after.verdict.share;
                let before = certificates.before.verdict.share.map_or(0, |own| own.lost);
                merged.of = share.map_or(1, |share| share.of);
                merged.lost = share.map_or(1, |share| share.lost - before.min(share.lost));
                let judged = &certificates.after;
                merged.impact = Some(self.impact(place, Outcome::Down, Phase::Traffic, judged));
            }
            Effect::AtRisk if merged.at_risk.is_none() => {
                let judged = &certificates.after;
                merged.at_risk = Some(self.impact(place, Outcome::AtRisk, Phase::Traffic, judged));
            }
            _ => {}
        }
        merged
    }

    fn balancer(&self, place: ResourceIndex) -> Loss {
        let (before, after) = (self.what_if.before, self.what_if.after);
        let parts: Vec<Loss> = before
            .needing(place, Relation::PartOf)
            .into_iter()
            .filter(|part| before.kind(*part) == ResourceKind::Listener)
            .map(|listener| self.loss(listener))
            .collect();
        let mut loss = Loss::of_parts(&parts);
        if loss.served && !after.is_there(place) {
            return self.gone(place, loss);
        }
        let zones = self.pair(place, Phase::Traffic);
        let merged = merge(loss.clone(), &parts);
        let share = zones.after.verdict.share;
        // A balancer that nobody reaches is the cause, and what lies behind it the consequence.
        let unreached = share.is_some_and(|share| share.lost >= share.of);
        let risk = zones.effect == Effect::AtRisk && merged.at_risk.is_none();
        let at_risk =
            risk.then(|| self.impact(place, Outcome::AtRisk, Phase::Traffic, &zones.after));
        let merged = Loss {
            at_risk: merged.at_risk.or(at_risk),
            ..merged
        };
        let own = merged.lost == 0 || unreached;
        if own && loss.served && zones.effect == Effect::Breaks {
            let before = zones.before.verdict.share.map_or(0, |own| own.lost);
            loss.of = share.map_or(1, |share| share.of);
            loss.lost = share.map_or(1, |share| share.lost - before.min(share.lost));
            loss.impact = Some(self.impact(place, Outcome::Degraded, Phase::Traffic, &zones.after));
            return loss;
        }
        merged
    }

    /// What leads to others serves as long as one of them does.
    fn leading(&self, place: ResourceIndex, relation: Relation) -> Loss {
        let to = self.what_if.before.needed(place, relation).into_iter();
        let parts: Vec<Loss> = to.map(|to| self.loss(to)).collect();
        let loss = Loss::of_parts(&parts);
        if loss.served && !self.what_if.after.is_there(place) {
            return self.gone(place, loss);
        }
        merge(loss, &parts)
    }
}

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

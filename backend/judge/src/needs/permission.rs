//! May this role do this, on the estate as it is or would be? Policies come from the overlay; the answer is a verdict with
//! reasons that name the policy.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

use blastmap_graph::Overlay;
use blastmap_model::{
    Arn, Presence, Relation, ResourceId, ResourceIndex, ResourceKind,
    kinds::{iam_policy::IamPolicy, iam_role::IamRole, resource_policy},
};
use serde_json::Value;

use crate::{
    Launch, Verdict,
    iam::{
        self, Context, Decision, Lookup, Policies, Policy, Request, ResourcePolicy, RolePolicies,
    },
};

/// A role whose policies were read once for many questions.
pub struct Actor {
    pub role: ResourceIndex,
    name: String,
    policies: RolePolicies,
    tags: Vec<(String, String)>,
}

/// What is asked of a role.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// `ecr:BatchGetImage`
    pub action: &'a str,
    /// An ARN, or `*` for an action that knows no resources.
    pub resource: &'a str,
    pub policy: OnResource<'a>,
    /// Beside what follows from the role and the resource: see [`context`].
    pub context: &'a Context,
}

/// What is known of the policy on a resource.
#[derive(Debug, Clone, Copy, Default)]
pub enum OnResource<'a> {
    /// It has none, or can have none.
    #[default]
    None,
    /// In its own account, it or an identity policy is enough.
    Optional(&'a Value),
    /// Without its consent nothing goes: a key's.
    Required(&'a Value),
    /// It may have one, which was not read.
    Unread,
}

impl<'a> OnResource<'a> {
    /// The policy on something other than a key, as its facts have it. `place` is where it stands.
    pub fn of(
        overlay: &Overlay<'_>,
        place: ResourceIndex,
        policy: Option<&'a resource_policy::ResourcePolicy>,
        field: &str,
    ) -> Self {
        if overlay.is_unknown(place, field) {
            return Self::Unread;
        }
        match policy {
            Some(policy) if policy.read => policy.document().map_or(Self::None, Self::Optional),
            // What is new, and what a plan keeps as it is, has no other policy than the plan gives it.
            _ if matches!(
                overlay.resource(place).presence,
                Presence::Planned | Presence::Stated
            ) =>
            {
                Self::None
            }
            _ if !was_asked_for(overlay, place) => Self::None,
            _ => Self::Unread,
        }
    }
}

/// A crawl asks for the policies of what is in use alone: of what is not, AWS's default is taken, which is none.
fn was_asked_for(overlay: &Overlay<'_>, place: ResourceIndex) -> bool {
    let snapshot = overlay.snapshot();
    if place.as_usize() >= snapshot.inventory().resources().len() {
        return true;
    }
    let users = snapshot.topology().dependents(place).iter();
    users.into_iter().any(|link| {
        matches!(
            snapshot.link(*link).relation,
            Relation::ReadsSecret | Relation::PullsFrom | Relation::Mounts | Relation::Consumes
        )
    })
}

/// Whether a role may do something: [`Actor::may`] for a single question.
pub fn may(overlay: &Overlay<'_>, role: ResourceIndex, call: &Call<'_>) -> Verdict {
    match Actor::of(overlay, role) {
        Ok(actor) => actor.may(call),
        Err(verdict) => verdict,
    }
}

impl Actor {
    /// Reads a role's policies; the verdict says why there is none to ask.
    pub fn of(overlay: &Overlay<'_>, role: ResourceIndex) -> Result<Self, Verdict> {
        let resource = overlay.resource(role);
        let name = resource.name.to_string();
        let facts = readable_role(overlay, role)?;
        let lookup = |arn: &str| {
            let Some(place) = overlay.find(&ResourceId::new(arn)) else {
                return Lookup::Unreadable;
            };
            match overlay.facts::<IamPolicy>(place) {
                _ if overlay.is_unknown(place, "PolicyDocument") => Lookup::Unreadable,
                Some(facts) => Lookup::Found((*facts).clone()),
                None if overlay.resource(place).presence == Presence::Missing => Lookup::Missing,
                None => Lookup::Unreadable,
            }
        };
        let mut own = (*facts).clone();
        own.arn = arn_of(overlay, role, &facts);
        let mut policies = RolePolicies::of(&own, &lookup);
        let why = match resource.presence {
            Presence::Stated => "the plan does not tell them",
            _ => "they are known only after the apply",
        };
        for (field, which) in [
            ("RolePolicyList", "its inline policies"),
            ("AttachedManagedPolicies", "its attached policies"),
        ] {
            if overlay.is_unknown(role, field) {
                let unread = Policy::unreadable(which, why);
                policies.identity.push(unread);
            }
        }
        let tags = resource.tags.iter();
        Ok(Self {
            role,
            name,
            policies,
            tags: tags
                .map(|(key, value)| (key.to_string(), value.to_string()))
                .collect(),
        })
    }

    /// Whether it may.
    pub fn may(&self, call: &Call<'_>) -> Verdict {
        self.verdict(&self.decide(call), call)
    }

    /// The decision itself, where a verdict says too little.
    pub fn decide(&self, call: &Call<'_>) -> Decision {
        let context = self.tagged(call.context);
        let on_resource;
        let resource = match call.policy {
            OnResource::None => ResourcePolicy::None,
            OnResource::Unread => ResourcePolicy::Unknown,
            OnResource::Optional(document) => {
                on_resource = Policy::new("the resource's policy", document);
                ResourcePolicy::Optional(&on_resource)
            }
            OnResource::Required(document) => {
                on_resource = Policy::new("the key policy", document);
                ResourcePolicy::Required(&on_resource)
            }
        };
        iam::evaluate(
            &Request {
                principal: &self.policies.principal,
                action: call.action,
                resource: call.resource,
                context: &context,
            },
            &Policies {
                resource,
                ..self.policies.policies()
            },
        )
    }

    /// Whether the policy of a VPC endpoint lets this role's request through. The role's own policies have no say in it.
    ///
    /// <https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html>
    pub fn let_through(
        &self,
        endpoint: ResourceIndex,
        name: &str,
        policy: &Value,
        call: &Call<'_>,
    ) -> Verdict {
        let everything = serde_json::json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "*", "Resource": "*"}
        ]});
        let identity = [Policy::new("everything", &everything)];
        let policy = Policy::new(format!("the policy of {name}"), policy);
        let context = self.tagged(call.context);
        let decision = iam::evaluate(
            &Request {
                principal: &self.policies.principal,
                action: call.action,
                resource: call.resource,
                context: &context,
            },
            &Policies {
                identity: &identity,
                endpoint: Some(&policy),
                // Whoever owns the resource: the endpoint alone is asked.
                resource_account: self.policies.principal.account(),
                ..Policies::default()
            },
        );
        let mut verdict = self.verdict(&decision, call);
        for reason in &mut verdict.reasons {
            reason.about = Some(endpoint);
        }
        verdict
    }

    /// A decision on this role, as a verdict about the role.
    pub fn verdict(&self, decision: &Decision, call: &Call<'_>) -> Verdict {
        let why: Vec<String> = decision
            .reasons
            .iter()
            .map(|reason| clause(reason, call))
            .collect();
        let why = why.join("; ");
        let what = if call.resource == "*" {
            call.action.to_owned()
        } else {
            format!("{} on {}", call.action, call.resource)
        };
        let role = &self.name;
        match decision.answer {
            iam::Answer::Allowed => Verdict::met(),
            iam::Answer::Denied => {
                Verdict::unmet(self.role, format!("role {role} may not {what}: {why}"))
            }
            iam::Answer::Unknown => Verdict::unknown(
                self.role,
                format!("check that role {role} may {what}: {why}"),
            ),
        }
    }

    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principaltag>
    fn tagged(&self, context: &Context) -> Context {
        self.tags
            .iter()
            .fold(context.clone(), |context, (key, value)| {
                context.known(&format!("aws:PrincipalTag/{key}"), value)
            })
    }
}

/// A reason as a part of a sentence that says already what was asked.
fn clause(reason: &iam::Reason, call: &Call<'_>) -> String {
    let iam::Reason::NotAllowed {
        by,
        action,
        resource,
    } = reason
    else {
        let sentence = reason.to_string();
        let mut letters = sentence.trim_end_matches('.').chars();
        let first = letters.next().map(|letter| letter.to_ascii_lowercase());
        return first.into_iter().chain(letters).collect();
    };
    if action == call.action && resource == call.resource {
        format!("nothing in {by} allows it")
    } else {
        format!("nothing in {by} allows {action} on {resource}")
    }
}

/// The facts of a role; the verdict says why there are none.
pub fn readable_role(
    overlay: &Overlay<'_>,
    role: ResourceIndex,
) -> Result<std::rc::Rc<IamRole>, Verdict> {
    let resource = overlay.resource(role);
    let name = &resource.name;
    match (overlay.facts::<IamRole>(role), resource.presence) {
        (Some(facts), _) => Ok(facts),
        (None, Presence::Missing) => {
            Err(Verdict::unmet(role, format!("role {name} does not exist")))
        }
        (None, Presence::Outside) => Err(Verdict::unknown(
            role,
            format!("check role {name}: it lies outside what is crawled"),
        )),
        (None, _) => Err(Verdict::unknown(
            role,
            format!("check role {name}: it could not be read"),
        )),
    }
}

/// What holds for a call of this role in a region, for a resource of which `place` has the tags: an SDK's call by a session
/// that AWS made. The keys of principal and resource ARN are added when the question is asked.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
pub fn context(overlay: &Overlay<'_>, region: &str, place: Option<ResourceIndex>) -> Context {
    let mut context = Context::of_sdk_call()
        .known("aws:RequestedRegion", region)
        .absent("aws:MultiFactorAuthPresent")
        .absent("aws:MultiFactorAuthAge")
        .absent("aws:FederatedProvider")
        .absent("aws:SourceIdentity");
    let Some(place) = place else {
        return context;
    };
    let resource = overlay.resource(place);
    let own = match resource.kind {
        ResourceKind::Secret => Some("secretsmanager:ResourceTag"),
        ResourceKind::SsmParameter => Some("ssm:resourceTag"),
        ResourceKind::EcrRepository => Some("ecr:ResourceTag"),
        _ => None,
    };
    for (key, value) in &resource.tags {
        context = context.known(&format!("aws:ResourceTag/{key}"), value);
        if let Some(own) = own {
            context = context.known(&format!("{own}/{key}"), value);
        }
    }
    context
}

/// Whether one of AWS's services may assume a role for the tasks, rules or schedules of this account and region; `source` is
/// the ARN, or a pattern of the ARN, of that for which it does.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>
pub fn assumable(
    overlay: &Overlay<'_>,
    role: ResourceIndex,
    service: &str,
    account: &str,
    source: &str,
) -> Verdict {
    let facts = match readable_role(overlay, role) {
        Ok(facts) => facts,
        Err(verdict) => return verdict,
    };
    let name = &overlay.resource(role).name;
    if overlay.is_unknown(role, "AssumeRolePolicyDocument") {
        return Verdict::unknown(
            role,
            format!(
                "check that {service} may assume role {name}: its trust policy is known only after the apply"
            ),
        );
    }
    let context = Context::new()
        .known("aws:SourceAccount", account)
        .known("aws:SecureTransport", "true");
    let context = if source.contains('*') {
        context.matching("aws:SourceArn", source)
    } else {
        context.known("aws:SourceArn", source)
    };
    let decision = iam::may_assume(&facts.assume_role_policy_document, service, &context);
    match decision.answer {
        iam::Answer::Allowed => Verdict::met(),
        iam::Answer::Denied => Verdict::unmet(
            role,
            format!("the trust policy of role {name} does not let {service} assume it"),
        ),
        iam::Answer::Unknown => {
            let why: Vec<String> = decision
                .reasons
                .iter()
                .map(|reason| reason.to_string().trim_end_matches('.').to_owned())
                .collect();
            let why = why.join("; ");
            Verdict::unknown(
                role,
                format!("check that {service} may assume role {name}: {why}"),
            )
        }
    }
}

/// The role that a text in the facts of `of` names, by ARN or by name alone.
pub fn role_named(overlay: &Overlay<'_>, of: ResourceIndex, role: &str) -> Option<ResourceIndex> {
    if let Some(place) = overlay.find(&ResourceId::new(role)) {
        return Some(place);
    }
    let linked = overlay
        .dependencies(of)
        .into_iter()
        .find(|tie| overlay.kind(tie.to) == ResourceKind::IamRole && names(overlay, tie.to, role));
    linked.map(|tie| tie.to)
}

fn names(overlay: &Overlay<'_>, place: ResourceIndex, role: &str) -> bool {
    let by_name = Arn::parse(role).ok();
    let name = by_name.as_ref().map_or(role, Arn::last_part);
    &*overlay.resource(place).name == name
        || overlay
            .resource(place)
            .id
            .arn()
            .is_some_and(|arn| arn.last_part() == name)
        || overlay
            .facts::<IamRole>(place)
            .is_some_and(|facts| facts.role_name == name)
}

/// The ARN of a role, also of one that is only planned.
fn arn_of(overlay: &Overlay<'_>, role: ResourceIndex, facts: &IamRole) -> String {
    let resource = overlay.resource(role);
    if let Some(arn) = resource.id.arn() {
        return arn.to_string();
    }
    if Arn::parse(&facts.arn).is_ok() {
        return facts.arn.clone();
    }
    let path = facts.path.as_deref().unwrap_or("/");
    format!(
        "arn:aws:iam::{}:role{path}{}",
        resource.account, facts.role_name
    )
}

impl Launch {
    /// The place of the role with which ECS pulls, reads secrets and writes logs; none where none is named.
    pub fn execution_role_place(&self, overlay: &Overlay<'_>) -> Option<ResourceIndex> {
        self.role_place(
            overlay,
            self.execution_role.as_deref(),
            self.execution_role(),
            Relation::ExecutionRole,
        )
    }

    /// The place of the role as which the containers act; none where none is named.
    pub fn task_role_place(&self, overlay: &Overlay<'_>) -> Option<ResourceIndex> {
        self.role_place(
            overlay,
            self.task_role.as_deref(),
            self.task_role(),
            Relation::TaskRole,
        )
    }

    fn role_place(
        &self,
        overlay: &Overlay<'_>,
        overriding: Option<&str>,
        role: Option<&str>,
        relation: Relation,
    ) -> Option<ResourceIndex> {
        if let Some(overriding) = overriding {
            return role_named(overlay, self.subject, overriding);
        }
        let definition = self.definition_place?;
        let linked = overlay.needed(definition, relation).first().copied();
        linked.or_else(|| role_named(overlay, definition, role?))
    }
}

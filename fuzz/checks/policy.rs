//! What must hold for policies of any bytes. The fuzz target runs it, and a test of `blastmap-judge` on the corpus.

use blastmap_judge::iam::{
    Answer, Context, ContextValue, Policies, Policy, Principal, Request, ResourcePolicy, evaluate,
    may_assume,
};
use serde_json::{Value, json};

/// Bytes are a document, or a list of up to four: identity, boundary, resource, endpoint; and the values of the key `x:key`.
pub(crate) fn check(bytes: &[u8]) {
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else {
        return;
    };
    let documents = match &value {
        Value::Array(documents) => documents.as_slice(),
        document => std::slice::from_ref(document),
    };
    let policy = |place: usize| {
        documents
            .get(place)
            .map(|document| Policy::new("policy", document))
    };
    let denied = Policy::new(
        "denied",
        &json!({ "Statement": { "Effect": "Deny", "Action": "*", "Resource": "*" } }),
    );
    let identity: Vec<_> = policy(0).into_iter().collect();
    let with_deny: Vec<_> = policy(0).into_iter().chain([denied]).collect();
    let (boundary, resource, endpoint) = (policy(1), policy(2), policy(3));
    let values = documents.get(4).and_then(Value::as_array).map(|values| {
        let texts = values.iter().filter_map(Value::as_str).map(str::to_owned);
        ContextValue::Known(texts.collect())
    });
    let contexts = [
        Context::new(),
        Context::of_sdk_call()
            .absent("x:key")
            .matching("x:other", "a*?b"),
        values.map_or_else(Context::new, |values| Context::new().with("x:key", values)),
    ];
    let principals = [
        Principal::role("arn:aws:iam::111122223333:role/web"),
        Principal::Service("ecs-tasks.amazonaws.com".to_owned()),
    ];
    let mut answers = Vec::new();
    for context in &contexts {
        for principal in &principals {
            for required in [false, true] {
                let policies = Policies {
                    identity: &identity,
                    boundary: boundary.as_ref(),
                    resource: match &resource {
                        None => ResourcePolicy::None,
                        Some(policy) if required => ResourcePolicy::Required(policy),
                        Some(policy) => ResourcePolicy::Optional(policy),
                    },
                    endpoint: endpoint.as_ref(),
                    ..Policies::default()
                };
                let request = Request {
                    principal,
                    action: "s3:GetObject",
                    resource: "arn:aws:s3:::reports/a/b",
                    context,
                };
                let decision = evaluate(&request, &policies);
                assert!(!decision.reasons.is_empty(), "an answer without grounds");
                assert!(decision.reasons.is_sorted(), "grounds without order");
                assert_eq!(
                    decision,
                    evaluate(&request, &policies),
                    "two answers to one question"
                );
                answers.push(decision.answer);
                if principal.account().is_some() {
                    let policies = Policies {
                        identity: &with_deny,
                        ..policies
                    };
                    let answer = evaluate(&request, &policies).answer;
                    assert_eq!(
                        answer,
                        Answer::Denied,
                        "allowed against a deny of everything"
                    );
                }
            }
        }
        for document in documents {
            may_assume(document, "ecs-tasks.amazonaws.com", context);
        }
    }
    // What is decided without the key's value is decided the same way with it.
    let (unknown, rest) = answers.split_at(answers.len() / contexts.len());
    let known = &rest[unknown.len()..];
    for (unknown, known) in unknown.iter().zip(known) {
        let agree = unknown == known || *unknown == Answer::Unknown || *known == Answer::Unknown;
        assert!(agree, "{unknown:?} without a value, {known:?} with it");
    }
}

//! What must hold for any policies: more denies never allow, more allows never deny, and what is decided without knowing a value is decided
//! the same way for each value it may have.

use blastmap_judge::iam::{
    Answer, Context,
    ContextValue::{Known, KnownAbsent},
    Decision, Policies, Policy, Principal, Request, ResourcePolicy, evaluate, may_assume,
};
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

const ROLE: &str = "arn:aws:iam::111122223333:role/web";
const OBJECT: &str = "arn:aws:s3:::reports/a/b";
const FINGERPRINT: &str = "fingerprint:0123456789abcdef01234567";
const KEY: &str = "x:key";

/// The documents of one evaluation.
#[derive(Debug, Clone)]
struct Estate {
    identity: Vec<Value>,
    boundary: Option<Value>,
    resource: Option<(Value, bool)>,
    endpoint: Option<Value>,
}

impl Estate {
    fn decide(&self, context: &Context) -> Decision {
        let identity: Vec<_> = self
            .identity
            .iter()
            .map(|document| Policy::new("policy", document))
            .collect();
        let boundary = self
            .boundary
            .as_ref()
            .map(|document| Policy::new("boundary", document));
        let resource = self
            .resource
            .as_ref()
            .map(|(document, required)| (Policy::new("resource", document), *required));
        let endpoint = self
            .endpoint
            .as_ref()
            .map(|document| Policy::new("endpoint", document));
        let principal = Principal::role(ROLE);
        let policies = Policies {
            identity: &identity,
            boundary: boundary.as_ref(),
            resource: match &resource {
                None => ResourcePolicy::None,
                Some((policy, true)) => ResourcePolicy::Required(policy),
                Some((policy, false)) => ResourcePolicy::Optional(policy),
            },
            endpoint: endpoint.as_ref(),
            ..Policies::default()
        };
        evaluate(
            &Request {
                principal: &principal,
                action: "s3:GetObject",
                resource: OBJECT,
                context,
            },
            &policies,
        )
    }

    fn documents(&mut self) -> Vec<&mut Value> {
        let resource = self.resource.as_mut().map(|(document, _)| document);
        self.identity
            .iter_mut()
            .chain(&mut self.boundary)
            .chain(resource)
            .chain(&mut self.endpoint)
            .collect()
    }
}

fn condition() -> impl Strategy<Value = Value> {
    let operators = vec![
        "StringEquals",
        "StringNotEquals",
        "StringEqualsIgnoreCase",
        "StringLike",
        "StringNotLike",
        "StringLikeIfExists",
        "StringNotEqualsIfExists",
        "ForAllValues:StringEquals",
        "ForAllValues:StringNotLike",
        "ForAnyValue:StringLike",
        "ForAnyValue:StringNotEquals",
        "NumericLessThan",
        "NumericNotEquals",
        "DateLessThan",
        "Bool",
        "BoolIfExists",
        "IpAddress",
        "NotIpAddress",
        "ArnLike",
        "ArnNotLike",
        "BinaryEquals",
        "Null",
    ];
    let values = vec![
        "a",
        "A",
        "a*",
        "*",
        "?",
        "1",
        "2",
        "true",
        "false",
        "10.0.0.0/8",
        "arn:aws:s3:::*",
        "${x:key}",
        "${x:other, 'a'}",
    ];
    (
        select(operators),
        select(vec![KEY, "X:KEY", "x:other"]),
        prop::collection::vec(select(values), 0..3),
    )
        .prop_map(|(operator, key, values)| json!({ operator: { key: values } }))
}

fn statement(with_principal: bool) -> impl Strategy<Value = Value> {
    let actions = vec!["*", "s3:*", "s3:getobject", "s3:Put*", "ecs:*"];
    let resources = vec![
        "*",
        OBJECT,
        "arn:aws:s3:::reports/*",
        "arn:aws:s3:::other/*",
        "arn:aws:s3:::reports/${x:key}/b",
        "arn:aws:s3:${x:key}",
        "${x:key}:aws:s3",
        "arn:${x:key}/*",
        "arn:aws:s3",
    ];
    let principals = vec![
        json!("*"),
        json!({ "AWS": ROLE }),
        json!({ "AWS": "111122223333" }),
        json!({ "AWS": [ROLE, "arn:aws:iam::111122223333:root"] }),
        json!({ "AWS": "arn:aws:sts::111122223333:assumed-role/web/x" }),
        json!({ "Service": "ecs.amazonaws.com" }),
    ];
    let names = (any::<bool>(), any::<bool>(), any::<bool>());
    let parts = (
        select(actions),
        select(resources),
        select(principals),
        prop::option::of(condition()),
    );
    (select(vec!["Allow", "Deny"]), names, parts).prop_map(move |(effect, names, (action, resource, principal, condition))| {
        let name = |not: bool, name: &str| if not { format!("Not{name}") } else { name.to_owned() };
        let mut statement = json!({ "Effect": effect, name(names.0, "Action"): action, name(names.1, "Resource"): resource });
        if with_principal {
            statement[name(names.2, "Principal")] = principal;
        }
        if let Some(condition) = condition {
            statement["Condition"] = condition;
        }
        statement
    })
}

fn document(with_principal: bool) -> impl Strategy<Value = Value> {
    prop::collection::vec(statement(with_principal), 0..3)
        .prop_map(|statements| json!({ "Version": "2012-10-17", "Statement": statements }))
}

fn estate() -> impl Strategy<Value = Estate> {
    let resource = prop::option::of((document(true), any::<bool>()));
    (
        prop::collection::vec(document(false), 0..3),
        prop::option::of(document(false)),
        resource,
        prop::option::of(document(true)),
    )
        .prop_map(|(identity, boundary, resource, endpoint)| Estate {
            identity,
            boundary,
            resource,
            endpoint,
        })
}

fn any_json() -> impl Strategy<Value = Value> {
    let words = vec![
        "Version",
        "2012-10-17",
        "Statement",
        "Effect",
        "Allow",
        "Deny",
        "Action",
        "NotAction",
        "Resource",
        "Principal",
        "NotPrincipal",
        "Condition",
        "AWS",
        "*",
        "s3:GetObject",
        "StringEquals",
        "ForAllValues:ArnLike",
        "Null",
        KEY,
        "${",
        "${x:key",
        "${x:key, '}",
        FINGERPRINT,
        "arn:::::",
        "arn:",
        "DateLessThan",
        "-1",
        "é?",
        "",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        select(words.clone()).prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 4, move |inner| {
        let key = prop_oneof![4 => select(words.clone()).prop_map(str::to_owned), 1 => ".{0,4}"];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..5)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// Puts a fingerprint in place of one text that is no keyword.
fn redact(value: &mut Value, countdown: &mut usize) {
    match value {
        Value::String(text) => {
            if *countdown == 0 {
                FINGERPRINT.clone_into(text);
            }
            *countdown = countdown.wrapping_sub(1);
        }
        Value::Array(items) => items.iter_mut().for_each(|item| redact(item, countdown)),
        Value::Object(fields) => {
            let open = ["Effect", "Version", "Sid"];
            fields
                .iter_mut()
                .filter(|(key, _)| !open.contains(&key.as_str()))
                .for_each(|(_, item)| redact(item, countdown));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn add(mut estate: Estate, effect: &str, which: usize, statement: &Value) -> Estate {
    let mut statement = statement.clone();
    statement["Effect"] = json!(effect);
    let mut documents = estate.documents();
    if documents.is_empty() {
        return estate;
    }
    let count = documents.len();
    if let Some(statements) = documents[which % count]["Statement"].as_array_mut() {
        statements.push(statement);
    }
    estate
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn any_json_has_an_answer(one in any_json(), other in any_json(), third in any_json()) {
        let wrapped = json!({ "Version": "2012-10-17", "Statement": [third, { "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": one.clone() }] });
        let estate = Estate {
            identity: vec![one.clone(), wrapped],
            boundary: Some(other.clone()),
            resource: Some((one.clone(), true)),
            endpoint: Some(other),
        };
        estate.decide(&Context::new());
        may_assume(&one, "ecs-tasks.amazonaws.com", &Context::new().known(KEY, "a"));
    }

    #[test]
    fn a_further_deny_allows_nothing(estate in estate(), further in statement(false), which in any::<usize>()) {
        let before = estate.decide(&Context::new()).answer;
        let after = add(estate, "Deny", which, &further).decide(&Context::new()).answer;
        prop_assert!(after != Answer::Allowed || before == Answer::Allowed, "{:?} became {:?}", before, after);
    }

    #[test]
    fn a_further_allow_denies_nothing(estate in estate(), further in statement(false), which in any::<usize>()) {
        let before = estate.decide(&Context::new()).answer;
        let after = add(estate, "Allow", which, &further).decide(&Context::new()).answer;
        prop_assert!(before != Answer::Allowed || after != Answer::Denied, "{:?} became {:?}", before, after);
    }

    #[test]
    fn what_is_decided_without_a_value_holds_for_each(estate in estate(), value in select(vec!["a", "A", "ab", "1", "3", "true", "10.1.1.1", "arn", "aws:s3:::reports", "::reports/a/b", "arn:aws:s3:::x", ""])) {
        let unknown = estate.decide(&Context::new());
        let contexts = [Context::new().known(KEY, value), Context::new().with(KEY, KnownAbsent), Context::new().with(KEY, Known(vec!["a".to_owned(), "b".to_owned()]))];
        for context in contexts {
            let known = estate.decide(&context).answer;
            prop_assert!(unknown.answer == Answer::Unknown || known == unknown.answer || known == Answer::Unknown, "{:?} became {:?} with {:?}", unknown.answer, known, context);
        }
    }

    #[test]
    fn redaction_decides_nothing_anew(estate in estate(), which in any::<usize>(), place in 0..8_usize) {
        let context = Context::new().known(KEY, "a").known("x:other", "1");
        let open = estate.decide(&context).answer;
        let mut redacted = estate;
        let mut documents = redacted.documents();
        if !documents.is_empty() {
            let count = documents.len();
            redact(documents[which % count], &mut { place });
        }
        let answer = redacted.decide(&context).answer;
        prop_assert!(answer == open || answer == Answer::Unknown || open == Answer::Unknown, "{:?} became {:?}", open, answer);
    }

    #[test]
    fn every_answer_has_its_grounds(estate in estate()) {
        let decision = estate.decide(&Context::new());
        prop_assert!(!decision.reasons.is_empty(), "{:?} without a reason", decision.answer);
        prop_assert!(decision.reasons.is_sorted());
    }
}

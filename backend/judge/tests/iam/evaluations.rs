//! Evaluations of IAM policies, held against what AWS documents. Each section names its page.

use std::fmt::Write as _;

use blastmap_judge::iam::{
    Answer::{self, Allowed, Denied, Unknown},
    Context,
    ContextValue::{self, Known, KnownAbsent, Matching},
    Policies, Policy, Principal, Request, ResourcePolicy, evaluate, may_assume,
};
use serde_json::{Value, json};

const ACCOUNT: &str = "111122223333";
const ROLE: &str = "arn:aws:iam::111122223333:role/service/web";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/web/0123456789abcdef";
const OBJECT: &str = "arn:aws:s3:::reports/2026/november.csv";
const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf";
const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const REPOSITORY: &str = "arn:aws:ecr:eu-west-1:111122223333:repository/web";
const FOREIGN_REPOSITORY: &str = "arn:aws:ecr:eu-west-1:444455556666:repository/web";
const PULL: &str = "ecr:BatchGetImage";
const FINGERPRINT: &str = "fingerprint:0123456789abcdef01234567";

/// One evaluation, and what must come out.
struct Case {
    name: &'static str,
    identity: Vec<Value>,
    boundary: Option<Value>,
    session: Option<Value>,
    endpoint: Option<Value>,
    levels: Vec<Vec<Value>>,
    resource_policy: Option<Value>,
    required: bool,
    unread_resource_policy: bool,
    owner: Option<&'static str>,
    principal: Principal,
    action: &'static str,
    resource: &'static str,
    context: Context,
    expected: Answer,
    because: Option<&'static str>,
}

fn case(name: &'static str, expected: Answer) -> Case {
    Case {
        name,
        identity: Vec::new(),
        boundary: None,
        session: None,
        endpoint: None,
        levels: Vec::new(),
        resource_policy: None,
        required: false,
        unread_resource_policy: false,
        owner: None,
        principal: Principal::role(ROLE),
        action: "s3:GetObject",
        resource: OBJECT,
        context: Context::new(),
        expected,
        because: None,
    }
}

impl Case {
    fn identity(mut self, document: Value) -> Self {
        self.identity.push(document);
        self
    }
    fn boundary(mut self, document: Value) -> Self {
        self.boundary = Some(document);
        self
    }
    fn session(mut self, document: Value) -> Self {
        self.session = Some(document);
        self
    }
    fn endpoint(mut self, document: Value) -> Self {
        self.endpoint = Some(document);
        self
    }
    fn level(mut self, documents: &[Value]) -> Self {
        self.levels.push(documents.to_vec());
        self
    }
    fn resource_policy(mut self, document: Value) -> Self {
        self.resource_policy = Some(document);
        self
    }
    fn required(mut self, document: Value) -> Self {
        self.required = true;
        self.resource_policy(document)
    }
    fn unread_resource_policy(mut self) -> Self {
        self.unread_resource_policy = true;
        self
    }
    fn owner(mut self, account: &'static str) -> Self {
        self.owner = Some(account);
        self
    }
    fn by(mut self, principal: Principal) -> Self {
        self.principal = principal;
        self
    }
    fn asks(mut self, action: &'static str, resource: &'static str) -> Self {
        (self.action, self.resource) = (action, resource);
        self
    }
    fn key(mut self, key: &str, value: ContextValue) -> Self {
        self.context = self.context.with(key, value);
        self
    }
    /// A part of a sentence that the reasons must have.
    fn because(mut self, part: &'static str) -> Self {
        self.because = Some(part);
        self
    }

    fn check(&self, failures: &mut String) {
        let policy = |name: &str, document: &Value| Policy::new(name, document);
        let identity: Vec<_> = self
            .identity
            .iter()
            .map(|document| policy("the role's policy", document))
            .collect();
        let boundary = self
            .boundary
            .as_ref()
            .map(|document| policy("the boundary", document));
        let session = self
            .session
            .as_ref()
            .map(|document| policy("the session policy", document));
        let endpoint = self
            .endpoint
            .as_ref()
            .map(|document| policy("the endpoint policy", document));
        let resource_policy = self
            .resource_policy
            .as_ref()
            .map(|document| policy("the resource policy", document));
        let levels: Vec<Vec<_>> = self
            .levels
            .iter()
            .map(|level| {
                level
                    .iter()
                    .map(|document| policy("the organisation", document))
                    .collect()
            })
            .collect();
        let policies = Policies {
            identity: &identity,
            boundary: boundary.as_ref(),
            resource: match &resource_policy {
                _ if self.unread_resource_policy => ResourcePolicy::Unknown,
                None => ResourcePolicy::None,
                Some(policy) if self.required => ResourcePolicy::Required(policy),
                Some(policy) => ResourcePolicy::Optional(policy),
            },
            resource_account: self.owner,
            endpoint: endpoint.as_ref(),
            session: session.as_ref(),
            service_control: &levels,
        };
        let request = Request {
            principal: &self.principal,
            action: self.action,
            resource: self.resource,
            context: &self.context,
        };
        let decision = evaluate(&request, &policies);
        let reasons: Vec<_> = decision.reasons.iter().map(ToString::to_string).collect();
        let explained = self
            .because
            .is_none_or(|part| reasons.iter().any(|reason| reason.contains(part)));
        if decision.answer != self.expected || !explained || reasons.is_empty() {
            let _infallible = writeln!(
                failures,
                "{}: expected {:?} {:?}, got {:?} because {reasons:#?}",
                self.name, self.expected, self.because, decision.answer
            );
        }
    }
}

fn check(cases: &[Case]) {
    let mut failures = String::new();
    for case in cases {
        case.check(&mut failures);
    }
    assert!(failures.is_empty(), "{failures}");
}

/// A document of these statements.
fn document(statements: &[Value]) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

fn allow(action: &str, resource: &str) -> Value {
    document(&[json!({ "Effect": "Allow", "Action": action, "Resource": resource })])
}

fn deny(action: &str, resource: &str) -> Value {
    document(&[json!({ "Sid": "NoWay", "Effect": "Deny", "Action": action, "Resource": resource })])
}

fn allow_when(condition: &Value) -> Value {
    document(&[
        json!({ "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition }),
    ])
}

fn deny_when(condition: &Value) -> Value {
    document(&[json!({ "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition })])
}

fn everything() -> Value {
    allow("*", "*")
}

/// A resource policy's statement for these principals.
fn grant(effect: &str, principal: &Value) -> Value {
    document(&[json!({ "Effect": effect, "Principal": principal, "Action": "*", "Resource": "*" })])
}

fn grant_but(effect: &str, principal: &Value) -> Value {
    document(&[
        json!({ "Effect": effect, "NotPrincipal": principal, "Action": "*", "Resource": "*" }),
    ])
}

fn one(value: &str) -> ContextValue {
    Known(vec![value.to_owned()])
}

fn many(values: &[&str]) -> ContextValue {
    Known(values.iter().map(|value| (*value).to_owned()).collect())
}

fn session() -> Principal {
    Principal::Role {
        arn: ROLE.to_owned(),
        session: Some(SESSION.to_owned()),
        role_id: Some("AROAEXAMPLEID".to_owned()),
    }
}

fn user() -> Principal {
    Principal::User {
        arn: "arn:aws:iam::111122223333:user/anna".to_owned(),
    }
}

fn service(name: &str) -> Principal {
    Principal::Service(name.to_owned())
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html>
#[test]
fn default_and_explicit_deny() {
    check(&[
        case("by default all is denied", Denied).because("Nothing in the identity policies allows s3:GetObject"),
        case("an allow allows", Allowed).identity(everything()).because("[0] of the role's policy allows"),
        case("an empty list of statements allows nothing", Denied).identity(document(&[])),
        case("a deny wins over an allow", Denied).identity(everything()).identity(deny("s3:*", "*")).because("NoWay of"),
        case("in one document, too", Denied).identity(document(&[
            json!({ "Effect": "Deny", "Action": "s3:GetObject", "Resource": OBJECT }),
            json!({ "Effect": "Allow", "Action": "*", "Resource": "*" }),
        ])),
        case("a deny of something else does not matter", Allowed).identity(everything()).identity(deny("s3:Put*", "*")),
        case("a deny of another resource does not matter", Allowed)
            .identity(everything())
            .identity(deny("*", "arn:aws:s3:::other/*")),
        case("one of several policies is enough", Allowed).identity(allow("ecs:*", "*")).identity(allow("s3:*", "*")),
        case("a deny in the boundary", Denied).identity(everything()).boundary(document(&[
            json!({ "Effect": "Allow", "Action": "*", "Resource": "*" }),
            json!({ "Sid": "Bound", "Effect": "Deny", "Action": "s3:*", "Resource": "*" }),
        ])).because("Bound of the boundary"),
        case("a deny in the resource policy", Denied)
            .identity(everything())
            .resource_policy(grant("Deny", &json!("*")))
            .because("[0] of the resource policy"),
        case("a deny in the session policy", Denied).identity(everything()).session(deny("s3:*", "*")),
        case("a deny of the organisation", Denied).identity(everything()).level(&[everything(), deny("s3:*", "*")]),
        case("a deny in the endpoint's policy", Denied).identity(everything()).endpoint(document(&[
            json!({ "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*" }),
            json!({ "Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": OBJECT }),
        ])),
        case("a deny beats what is unknown", Denied)
            .identity(allow_when(&json!({ "StringEquals": { "aws:RequestedRegion": "eu-west-1" } })))
            .identity(deny("s3:*", "*")),
        case("nothing that may allow is a no, whatever may deny", Denied)
            .identity(deny_when(&json!({ "StringEquals": { "aws:RequestedRegion": "eu-west-1" } }))),
        case("an allow that may be denied", Unknown)
            .identity(everything())
            .identity(deny_when(&json!({ "StringEquals": { "aws:RequestedRegion": "eu-west-1" } })))
            .because("aws:RequestedRegion is not known"),
    ]);
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
#[test]
fn documents() {
    let statement = json!({ "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": [OBJECT] });
    check(&[
        case("one statement without a list", Allowed)
            .identity(json!({ "Version": "2012-10-17", "Statement": statement })),
        case("no version", Allowed).identity(json!({ "Statement": [statement] })),
        case("the old version", Allowed)
            .identity(json!({ "Version": "2008-10-17", "Statement": [statement] })),
        case("an Id", Allowed)
            .identity(json!({ "Version": "2012-10-17", "Id": "x", "Statement": [statement] })),
        case("a text that holds JSON", Allowed).identity(Value::String(everything().to_string())),
        case("null in place of a condition", Allowed).identity(document(&[
            json!({ "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": null }),
        ])),
        case("an empty condition", Allowed).identity(allow_when(&json!({}))),
        case("elements in another case", Allowed).identity(json!({
            "version": "2012-10-17",
            "statement": { "effect": "Allow", "action": "*", "resource": "*" },
        })),
        // What cannot be read is unknown: it may allow and it may deny.
        case("not JSON", Unknown)
            .identity(json!("{ nonsense"))
            .because("not JSON"),
        case("nothing", Unknown)
            .identity(Value::Null)
            .because("not an object with statements"),
        case("an empty text", Unknown).identity(json!("")),
        case("an empty object", Unknown).identity(json!({})),
        case("a list", Unknown).identity(json!([])),
        case("statements that are none", Unknown)
            .identity(json!({ "Version": "2012-10-17", "Statement": "all" })),
        case("a version that is none", Unknown)
            .identity(json!({ "Version": "2026-01-01", "Statement": [statement] })),
        case("a redacted document", Unknown)
            .identity(json!(FINGERPRINT))
            .because("redacted"),
        case("what cannot be read may deny what another allows", Unknown)
            .identity(everything())
            .identity(json!("nonsense")),
        case("it does not hide another's deny", Denied)
            .identity(json!("nonsense"))
            .identity(deny("*", "*")),
        case("a boundary that cannot be read", Unknown)
            .identity(everything())
            .boundary(json!("nonsense")),
        case("no policy allows, whatever the boundary says", Denied).boundary(json!("nonsense")),
        case(
            "a statement that cannot be read leaves another's deny",
            Denied,
        )
        .identity(document(&[
            json!({ "Effect": "Maybe", "Action": "*", "Resource": "*" }),
            json!({ "Effect": "Deny", "Action": "*", "Resource": "*" }),
        ])),
        case("it may deny what another allows", Unknown)
            .identity(document(&[
                json!({ "Effect": "Maybe", "Action": "*", "Resource": "*" }),
                json!({ "Effect": "Allow", "Action": "*", "Resource": "*" }),
            ]))
            .because("statement's Effect"),
        case("a misspelt condition is not none", Unknown).identity(document(&[
            json!({ "Effect": "Allow", "Action": "*", "Resource": "*", "Conditions": {} }),
        ])),
        case("both Action and NotAction", Unknown).identity(document(&[
            json!({ "Effect": "Allow", "Action": "*", "NotAction": "s3:*", "Resource": "*" }),
        ])),
        case("neither Action nor NotAction", Unknown)
            .identity(document(&[json!({ "Effect": "Allow", "Resource": "*" })])),
        case("an action that is no text", Unknown).identity(document(&[
            json!({ "Effect": "Allow", "Action": 1, "Resource": "*" }),
        ])),
        case("an identity policy without a resource", Unknown)
            .identity(document(&[json!({ "Effect": "Allow", "Action": "*" })]))
            .because("no Resource"),
        case("an identity policy with a principal", Unknown).identity(grant("Allow", &json!("*"))),
        case("a resource policy without a principal", Unknown)
            .resource_policy(everything())
            .because("no Principal"),
        case("a condition that is no object", Unknown).identity(allow_when(&json!("StringEquals"))),
    ]);
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>,
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html>
#[test]
fn actions() {
    let not_action = |effect: &str, action: &str| {
        document(&[json!({ "Effect": effect, "NotAction": action, "Resource": "*" })])
    };
    check(&[
        case("a prefix", Allowed).identity(allow("s3:Get*", "*")),
        case("another prefix", Denied).identity(allow("s3:Put*", "*")),
        case("in the middle", Allowed).identity(allow("s3:*Object", "*")),
        case("one character", Allowed).identity(allow("s3:GetObjec?", "*")),
        case("one character too few", Denied).identity(allow("s3:GetObject?", "*")),
        case("in lower case", Allowed).identity(allow("s3:getobject", "*")),
        case("in upper case", Allowed).identity(allow("S3:GETOBJECT", "*")),
        case("asked in lower case", Allowed).identity(allow("s3:GetObject", "*")).asks("s3:getobject", OBJECT),
        case("another service", Denied).identity(allow("s3-object-lambda:*", "*")),
        case("without a service", Denied).identity(allow("GetObject", "*")),
        case("not the whole", Denied).identity(allow("s3:GetObjec", "*")),
        case("a list", Allowed).identity(document(&[
            json!({ "Effect": "Allow", "Action": ["ecs:RunTask", "s3:GetObject"], "Resource": "*" }),
        ])),
        case("an empty list", Denied).identity(document(&[json!({ "Effect": "Allow", "Action": [], "Resource": "*" })])),
        case("a redacted action", Unknown).identity(allow(FINGERPRINT, "*")).because("Action is redacted"),
        case("all but others", Allowed).identity(not_action("Allow", "iam:*")),
        case("all but this", Denied).identity(not_action("Allow", "s3:Get*")),
        case("deny all but this", Allowed).identity(everything()).identity(not_action("Deny", "s3:*")),
        case("deny all but others", Denied).identity(everything()).identity(not_action("Deny", "iam:*")),
        case("all but an empty list", Allowed).identity(document(&[
            json!({ "Effect": "Allow", "NotAction": [], "Resource": "*" }),
        ])),
    ]);
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>,
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html>
#[test]
fn resources() {
    let not_resource = |effect: &str, resource: &str| {
        document(&[json!({ "Effect": effect, "Action": "*", "NotResource": resource })])
    };
    check(&[
        case("in full", Allowed).identity(allow("*", OBJECT)),
        case("the bucket is not its objects", Denied).identity(allow("*", "arn:aws:s3:::reports")),
        case("all objects of the bucket", Allowed).identity(allow("*", "arn:aws:s3:::reports/*")),
        case("across slashes", Allowed).identity(allow("*", "arn:aws:s3:::reports/*.csv")),
        case("case matters", Denied).identity(allow("*", "arn:aws:s3:::Reports/*")),
        case("question marks for a secret's suffix", Allowed)
            .identity(allow(
                "*",
                "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-??????",
            ))
            .asks("secretsmanager:GetSecretValue", SECRET),
        case("too few question marks", Denied)
            .identity(allow(
                "*",
                "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-?????",
            ))
            .asks("secretsmanager:GetSecretValue", SECRET),
        case("any region and account", Allowed)
            .identity(allow("*", "arn:aws:secretsmanager:*:*:secret:db-*"))
            .asks("secretsmanager:GetSecretValue", SECRET),
        case("another region", Denied)
            .identity(allow("*", "arn:aws:secretsmanager:us-east-1:*:secret:db-*"))
            .asks("secretsmanager:GetSecretValue", SECRET),
        case("a star at the end goes past colons", Allowed)
            .identity(allow("*", "arn:aws:secretsmanager:*"))
            .asks("secretsmanager:GetSecretValue", SECRET),
        case("an ARN that stops early goes on with stars", Allowed)
            .identity(allow("*", "arn:aws:secretsmanager"))
            .asks("secretsmanager:GetSecretValue", SECRET),
        case("and is no other service's", Denied)
            .identity(allow("*", "arn:aws:sqs"))
            .asks("secretsmanager:GetSecretValue", SECRET),
        case("another partition", Denied).identity(allow("*", "arn:aws-cn:s3:::reports/*")),
        case("an action without resources needs the star", Allowed)
            .identity(allow("ecr:GetAuthorizationToken", "*"))
            .asks("ecr:GetAuthorizationToken", "*"),
        case("an action without resources is not on a repository", Denied)
            .identity(allow("ecr:*", REPOSITORY))
            .asks("ecr:GetAuthorizationToken", "*"),
        case("a redacted resource", Unknown)
            .identity(allow("*", FINGERPRINT))
            .because("Resource is redacted"),
        case("redacted in part", Unknown)
            .identity(allow("*", &format!("arn:aws:s3:::reports/{FINGERPRINT}"))),
        case("redacted in part, and another bucket", Denied)
            .identity(allow("*", &format!("arn:aws:s3:::other/{FINGERPRINT}"))),
        case("redacted beside one that matches", Allowed).identity(document(&[
            json!({ "Effect": "Allow", "Action": "*", "Resource": [FINGERPRINT, OBJECT] }),
        ])),
        case("a redacted resource may be denied", Unknown)
            .identity(everything())
            .identity(deny("*", FINGERPRINT)),
        case("all but others", Allowed).identity(not_resource("Allow", "arn:aws:s3:::other/*")),
        case("all but this", Denied).identity(not_resource("Allow", "arn:aws:s3:::reports/*")),
        case("deny all but this", Allowed)
            .identity(everything())
            .identity(not_resource("Deny", "arn:aws:s3:::reports/*")),
        case("deny all but others", Denied)
            .identity(everything())
            .identity(not_resource("Deny", "arn:aws:s3:::other/*")),
        case("deny all but what is redacted", Unknown)
            .identity(everything())
            .identity(not_resource("Deny", FINGERPRINT)),
    ]);
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
#[test]
fn variables() {
    let own = allow("s3:*", "arn:aws:s3:::reports/${aws:PrincipalTag/team}/*");
    let fallback = allow(
        "s3:*",
        "arn:aws:s3:::reports/${aws:PrincipalTag/team, '2026'}/*",
    );
    let old = json!({ "Statement": { "Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::reports/${aws:PrincipalTag/team}/*" } });
    let equals = |value: &str| allow_when(&json!({ "StringEquals": { "s3:prefix": value } }));
    check(&[
        case("the tag's value", Allowed)
            .identity(own.clone())
            .key("aws:PrincipalTag/team", one("2026")),
        case("keys know no case", Allowed)
            .identity(own.clone())
            .key("AWS:principaltag/TEAM", one("2026")),
        case("another value", Denied)
            .identity(own.clone())
            .key("aws:PrincipalTag/team", one("2025")),
        case("no value", Denied)
            .identity(own.clone())
            .key("aws:PrincipalTag/team", KnownAbsent),
        case("unknown", Unknown)
            .identity(own.clone())
            .because("aws:PrincipalTag/team is not known"),
        case("unknown where no value fits", Denied)
            .identity(own)
            .asks("s3:GetObject", "arn:aws:s3:::other/2026/november.csv"),
        case("a default", Allowed)
            .identity(fallback.clone())
            .key("aws:PrincipalTag/team", KnownAbsent),
        case("a default yields to the value", Denied)
            .identity(fallback.clone())
            .key("aws:PrincipalTag/team", one("2025")),
        case("a default is no value for the unknown", Unknown).identity(fallback),
        case("before 2012 it is text", Denied)
            .identity(old.clone())
            .key("aws:PrincipalTag/team", one("2026")),
        case("before 2012 it is text, literally", Allowed)
            .identity(old)
            .asks(
                "s3:GetObject",
                "arn:aws:s3:::reports/${aws:PrincipalTag/team}/x",
            ),
        case("a user's name", Allowed)
            .by(user())
            .identity(allow("*", "arn:aws:s3:::home/${aws:username}/*"))
            .asks("s3:GetObject", "arn:aws:s3:::home/anna/x"),
        case("a role's session has no user name", Denied)
            .identity(allow("*", "arn:aws:s3:::home/${aws:username}/*"))
            .asks("s3:GetObject", "arn:aws:s3:::home/anna/x"),
        case("a star that is text", Allowed)
            .identity(allow("*", "arn:aws:s3:::reports/${*}"))
            .asks("s3:GetObject", "arn:aws:s3:::reports/*"),
        case("a star that is text matches nothing else", Denied)
            .identity(allow("*", "arn:aws:s3:::reports/${*}")),
        case("a question mark that is text", Denied)
            .identity(allow("*", "arn:aws:s3:::reports/${?}"))
            .asks("s3:GetObject", "arn:aws:s3:::reports/a"),
        case("a dollar that is text", Allowed)
            .identity(allow("*", "arn:aws:s3:::reports/${$}5"))
            .asks("s3:GetObject", "arn:aws:s3:::reports/$5"),
        case("a wildcard in a value is text", Denied)
            .identity(allow("*", "arn:aws:s3:::reports/${aws:PrincipalTag/team}"))
            .key("aws:PrincipalTag/team", one("*")),
        case("several values", Unknown)
            .identity(allow(
                "*",
                "arn:aws:s3:::reports/${aws:TagKeys}/november.csv",
            ))
            .key("aws:TagKeys", many(&["2026", "2025"])),
        case("a variable that is none", Unknown).identity(allow("*", "arn:aws:s3:::reports/${}/*")),
        case("a brace that is never closed is text", Denied)
            .identity(allow("*", "arn:aws:s3:::reports/${aws:username")),
        case("in a condition", Allowed)
            .identity(equals("${aws:PrincipalTag/team}"))
            .key("s3:prefix", one("a"))
            .key("aws:PrincipalTag/team", one("a")),
        case("in a condition without a value", Denied)
            .identity(equals("${aws:PrincipalTag/team}"))
            .key("s3:prefix", one("a"))
            .key("aws:PrincipalTag/team", KnownAbsent),
        case("a negated condition matches what has no value", Allowed)
            .identity(allow_when(
                &json!({ "StringNotEquals": { "s3:prefix": "${aws:PrincipalTag/team}" } }),
            ))
            .key("s3:prefix", one("a"))
            .key("aws:PrincipalTag/team", KnownAbsent),
        case("in a condition, unknown", Unknown)
            .identity(equals("${aws:PrincipalTag/team}"))
            .key("s3:prefix", one("a")),
        case("the account of who asks", Allowed)
            .identity(allow_when(
                &json!({ "StringEquals": { "aws:ResourceAccount": "${aws:PrincipalAccount}" } }),
            ))
            .asks("secretsmanager:GetSecretValue", SECRET),
    ]);
}

/// Conditions on one key: what it is compared with, what the request has (nothing said: unknown), what comes out.
fn conditions(cases: &[(&str, Value, Option<ContextValue>, Answer)]) {
    let mut failures = String::new();
    for (operator, expected, value, answer) in cases {
        let mut case = case("condition", *answer)
            .identity(allow_when(&json!({ *operator: { "x:Key": expected } })));
        if let Some(value) = value {
            case = case.key("X:key", value.clone());
        }
        let mut failure = String::new();
        case.check(&mut failure);
        if !failure.is_empty() {
            let _infallible = writeln!(failures, "{operator} {expected} on {value:?}: {failure}");
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_String>
#[test]
fn string_conditions() {
    conditions(&[
        ("StringEquals", json!("a"), Some(one("a")), Allowed),
        ("StringEquals", json!("a"), Some(one("A")), Denied),
        ("StringEquals", json!(["a", "b"]), Some(one("b")), Allowed),
        ("StringEquals", json!("a*"), Some(one("ab")), Denied),
        ("StringEquals", json!("a*"), Some(one("a*")), Allowed),
        ("StringEquals", json!("a"), Some(KnownAbsent), Denied),
        ("StringEquals", json!("a"), None, Unknown),
        ("StringEquals", json!([]), Some(one("a")), Denied),
        ("StringEquals", json!(5), Some(one("5")), Allowed),
        ("StringEquals", json!(FINGERPRINT), Some(one("a")), Unknown),
        (
            "StringEquals",
            json!([FINGERPRINT, "a"]),
            Some(one("a")),
            Allowed,
        ),
        ("StringEquals", json!("a"), Some(one(FINGERPRINT)), Unknown),
        ("StringNotEquals", json!("a"), Some(one("a")), Denied),
        ("StringNotEquals", json!("a"), Some(one("b")), Allowed),
        ("StringNotEquals", json!(["a", "b"]), Some(one("b")), Denied),
        ("StringNotEquals", json!("a"), Some(KnownAbsent), Allowed),
        ("StringNotEquals", json!("a"), None, Unknown),
        (
            "StringNotEquals",
            json!(FINGERPRINT),
            Some(one("a")),
            Unknown,
        ),
        (
            "StringEqualsIgnoreCase",
            json!("ÄB"),
            Some(one("äb")),
            Allowed,
        ),
        ("StringEqualsIgnoreCase", json!("a"), Some(one("b")), Denied),
        (
            "StringNotEqualsIgnoreCase",
            json!("a"),
            Some(one("A")),
            Denied,
        ),
        (
            "StringNotEqualsIgnoreCase",
            json!("a"),
            Some(one("b")),
            Allowed,
        ),
        (
            "StringLike",
            json!("home/*"),
            Some(one("home/anna/x")),
            Allowed,
        ),
        (
            "StringLike",
            json!("home/?"),
            Some(one("home/anna")),
            Denied,
        ),
        ("StringLike", json!("Home/*"), Some(one("home/x")), Denied),
        ("StringLike", json!("*"), None, Unknown),
        (
            "StringNotLike",
            json!("home/*"),
            Some(one("home/x")),
            Denied,
        ),
        ("StringNotLike", json!("home/*"), Some(KnownAbsent), Allowed),
        ("stringequals", json!("a"), Some(one("a")), Allowed),
        ("StringSounds", json!("a"), Some(one("a")), Unknown),
        (
            "ForSomeValues:StringEquals",
            json!("a"),
            Some(one("a")),
            Unknown,
        ),
    ]);
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Numeric>,
/// `#Conditions_Date`, `#Conditions_Boolean`, `#Conditions_BinaryEquals`, `#Conditions_IPAddress`
#[test]
fn typed_conditions() {
    conditions(&[
        ("NumericEquals", json!("10"), Some(one("10.0")), Allowed),
        ("NumericEquals", json!(10), Some(one("11")), Denied),
        ("NumericNotEquals", json!("10"), Some(one("11")), Allowed),
        ("NumericNotEquals", json!("10"), Some(KnownAbsent), Allowed),
        ("NumericLessThan", json!("10"), Some(one("9")), Allowed),
        ("NumericLessThan", json!("10"), Some(one("10")), Denied),
        (
            "NumericLessThanEquals",
            json!("10"),
            Some(one("10")),
            Allowed,
        ),
        ("NumericGreaterThan", json!("10"), Some(one("9")), Denied),
        (
            "NumericGreaterThanEquals",
            json!("10"),
            Some(one("10")),
            Allowed,
        ),
        ("NumericGreaterThan", json!("10"), Some(KnownAbsent), Denied),
        ("NumericLessThan", json!("ten"), Some(one("9")), Unknown),
        ("NumericLessThan", json!("10"), Some(one("nine")), Unknown),
        ("NumericLessThan", json!("10"), None, Unknown),
        (
            "NumericLessThan",
            json!(FINGERPRINT),
            Some(one("9")),
            Unknown,
        ),
        (
            "DateEquals",
            json!("2026-11-01T00:00:00Z"),
            Some(one("2026-11-01")),
            Allowed,
        ),
        (
            "DateNotEquals",
            json!("2026-11-01T00:00:00Z"),
            Some(one("2026-11-02")),
            Allowed,
        ),
        (
            "DateLessThan",
            json!("2026-11-01T00:00:00Z"),
            Some(one("2026-10-31T23:59:59Z")),
            Allowed,
        ),
        (
            "DateLessThan",
            json!("2026-11-01T00:00:00Z"),
            Some(one("2026-11-01T00:00:00Z")),
            Denied,
        ),
        (
            "DateLessThanEquals",
            json!("2026-11-01T00:00:00Z"),
            Some(one("1793491200")),
            Allowed,
        ),
        (
            "DateGreaterThan",
            json!("2026-11-01T00:00:00Z"),
            Some(one("2026-11-01T00:00:01Z")),
            Allowed,
        ),
        (
            "DateGreaterThanEquals",
            json!("2026-11-01T00:00:00Z"),
            Some(one("2026-10-31")),
            Denied,
        ),
        (
            "DateGreaterThan",
            json!("2026-11-01T00:00:00Z"),
            None,
            Unknown,
        ),
        (
            "DateGreaterThan",
            json!("tomorrow"),
            Some(one("2026-11-01")),
            Unknown,
        ),
        ("Bool", json!("true"), Some(one("true")), Allowed),
        ("Bool", json!(true), Some(one("True")), Allowed),
        ("Bool", json!(false), Some(one("true")), Denied),
        ("Bool", json!("true"), Some(KnownAbsent), Denied),
        ("Bool", json!("true"), None, Unknown),
        (
            "BinaryEquals",
            json!("QmluYXJ5VmFsdWU="),
            Some(one("QmluYXJ5VmFsdWU=")),
            Allowed,
        ),
        (
            "BinaryEquals",
            json!("QmluYXJ5VmFsdWU="),
            Some(one("QmluYXJ5VmFsdWV=")),
            Denied,
        ),
        (
            "IpAddress",
            json!("203.0.113.0/24"),
            Some(one("203.0.113.9")),
            Allowed,
        ),
        (
            "IpAddress",
            json!("203.0.113.0/24"),
            Some(one("203.0.114.9")),
            Denied,
        ),
        (
            "IpAddress",
            json!(["10.0.0.0/8", "203.0.113.9"]),
            Some(one("203.0.113.9")),
            Allowed,
        ),
        (
            "IpAddress",
            json!("2001:db8::/32"),
            Some(one("2001:db8::1")),
            Allowed,
        ),
        (
            "IpAddress",
            json!("2001:db8::/32"),
            Some(one("203.0.113.9")),
            Denied,
        ),
        (
            "IpAddress",
            json!("203.0.113.0/24"),
            Some(KnownAbsent),
            Denied,
        ),
        ("IpAddress", json!("203.0.113.0/24"), None, Unknown),
        (
            "IpAddress",
            json!("here"),
            Some(one("203.0.113.9")),
            Unknown,
        ),
        (
            "NotIpAddress",
            json!("203.0.113.0/24"),
            Some(one("203.0.114.9")),
            Allowed,
        ),
        (
            "NotIpAddress",
            json!("203.0.113.0/24"),
            Some(one("203.0.113.9")),
            Denied,
        ),
        (
            "NotIpAddress",
            json!("203.0.113.0/24"),
            Some(KnownAbsent),
            Allowed,
        ),
    ]);
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN>
#[test]
fn arn_conditions() {
    let topic = || Some(one("arn:aws:sns:eu-west-1:111122223333:orders:sub:1"));
    conditions(&[
        (
            "ArnEquals",
            json!("arn:aws:sns:eu-west-1:111122223333:orders:sub:1"),
            topic(),
            Allowed,
        ),
        // Equals and Like are the same.
        (
            "ArnEquals",
            json!("arn:aws:sns:*:111122223333:orders*"),
            topic(),
            Allowed,
        ),
        ("ArnLike", json!("arn:aws:sns:*:*:*"), topic(), Allowed),
        (
            "ArnLike",
            json!("arn:aws:sns:eu-????-1:*:orders:*"),
            topic(),
            Allowed,
        ),
        // Each of the six parts for itself: a star does not go past its colon.
        (
            "ArnLike",
            json!("arn:aws:sns:*:orders:sub:1"),
            topic(),
            Denied,
        ),
        ("ArnLike", json!("arn:aws:sqs:*:*:*"), topic(), Denied),
        ("ArnLike", json!("arn:aws:sns:*:*:Orders*"), topic(), Denied),
        ("ArnLike", json!("*"), topic(), Allowed),
        // How fewer than six parts match is not documented.
        ("ArnLike", json!("arn:aws:sns:*"), topic(), Unknown),
        ("ArnLike", json!("arn:aws:sqs:*"), topic(), Denied),
        (
            "ArnLike",
            json!("arn:aws:sns:*:*:*"),
            Some(KnownAbsent),
            Denied,
        ),
        (
            "ArnNotLike",
            json!("arn:aws:sns:*:*:*"),
            Some(KnownAbsent),
            Allowed,
        ),
        (
            "ArnNotEquals",
            json!("arn:aws:sns:*:*:orders*"),
            topic(),
            Denied,
        ),
        ("ArnNotLike", json!("arn:aws:sqs:*:*:*"), topic(), Allowed),
        ("ArnLike", json!("arn:aws:sns:*:*:*"), None, Unknown),
        ("ArnLike", json!(FINGERPRINT), topic(), Unknown),
        // Of the request's value only a pattern is known.
        (
            "ArnLike",
            json!("arn:aws:ecs:*:111122223333:*"),
            Some(Matching("arn:aws:ecs:eu-west-1:111122223333:task/*".into())),
            Allowed,
        ),
        (
            "ArnLike",
            json!("arn:aws:ecs:eu-west-1:111122223333:task/web/*"),
            Some(Matching("arn:aws:ecs:eu-west-1:111122223333:task/*".into())),
            Unknown,
        ),
        (
            "ArnLike",
            json!("arn:aws:ecs:us-east-1:111122223333:*"),
            Some(Matching("arn:aws:ecs:eu-west-1:111122223333:task/*".into())),
            Denied,
        ),
        (
            "ArnNotLike",
            json!("arn:aws:ecs:us-east-1:111122223333:*"),
            Some(Matching("arn:aws:ecs:eu-west-1:111122223333:task/*".into())),
            Allowed,
        ),
        (
            "StringEquals",
            json!("a"),
            Some(Matching("a*".into())),
            Unknown,
        ),
        (
            "StringEquals",
            json!("b"),
            Some(Matching("a*".into())),
            Denied,
        ),
        (
            "StringLike",
            json!("a*"),
            Some(Matching("ab?".into())),
            Allowed,
        ),
        (
            "NumericEquals",
            json!("1"),
            Some(Matching("*".into())),
            Unknown,
        ),
        ("Null", json!("false"), Some(Matching("*".into())), Allowed),
    ]);
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IfExists>,
/// `#Conditions_Null`, and
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
#[test]
fn existence_and_sets() {
    conditions(&[
        (
            "StringEqualsIfExists",
            json!("a"),
            Some(KnownAbsent),
            Allowed,
        ),
        ("StringEqualsIfExists", json!("a"), Some(one("b")), Denied),
        ("StringEqualsIfExists", json!("a"), Some(one("a")), Allowed),
        ("StringEqualsIfExists", json!("a"), None, Unknown),
        // Nothing hangs on what is not known.
        ("StringLikeIfExists", json!("*"), None, Allowed),
        (
            "StringNotEqualsIfExists",
            json!("a"),
            Some(KnownAbsent),
            Allowed,
        ),
        ("BoolIfExists", json!("true"), Some(KnownAbsent), Allowed),
        (
            "NumericLessThanIfExists",
            json!("3600"),
            Some(one("7200")),
            Denied,
        ),
        (
            "ArnLikeIfExists",
            json!("arn:aws:sns:*:*:*"),
            Some(KnownAbsent),
            Allowed,
        ),
        (
            "IpAddressIfExists",
            json!("203.0.113.0/24"),
            Some(KnownAbsent),
            Allowed,
        ),
        ("Null", json!("true"), Some(KnownAbsent), Allowed),
        ("Null", json!(true), Some(one("a")), Denied),
        ("Null", json!("false"), Some(one("a")), Allowed),
        ("Null", json!("false"), Some(KnownAbsent), Denied),
        ("Null", json!("true"), Some(many(&[])), Allowed),
        ("Null", json!("true"), None, Unknown),
        ("Null", json!("perhaps"), Some(one("a")), Unknown),
        ("NullIfExists", json!("true"), Some(one("a")), Unknown),
        (
            "ForAllValues:StringEquals",
            json!(["a", "b"]),
            Some(many(&["a", "b"])),
            Allowed,
        ),
        (
            "ForAllValues:StringEquals",
            json!(["a", "b"]),
            Some(many(&["a", "c"])),
            Denied,
        ),
        (
            "ForAllValues:StringEquals",
            json!("a"),
            Some(many(&[])),
            Allowed,
        ),
        (
            "ForAllValues:StringEquals",
            json!("a"),
            Some(KnownAbsent),
            Allowed,
        ),
        (
            "ForAllValues:StringEquals",
            json!("a"),
            Some(one("")),
            Allowed,
        ),
        ("ForAllValues:StringEquals", json!("a"), None, Unknown),
        (
            "ForAllValues:StringLike",
            json!("a*"),
            Some(many(&["ab", "ac"])),
            Allowed,
        ),
        (
            "ForAllValues:StringNotEquals",
            json!("a"),
            Some(many(&["b", "c"])),
            Allowed,
        ),
        (
            "ForAllValues:StringNotEquals",
            json!("a"),
            Some(many(&["a", "c"])),
            Denied,
        ),
        (
            "ForAnyValue:StringEquals",
            json!(["a", "b"]),
            Some(many(&["b", "c"])),
            Allowed,
        ),
        (
            "ForAnyValue:StringEquals",
            json!("a"),
            Some(many(&["b", "c"])),
            Denied,
        ),
        (
            "ForAnyValue:StringEquals",
            json!("a"),
            Some(many(&[])),
            Denied,
        ),
        (
            "ForAnyValue:StringEquals",
            json!("a"),
            Some(KnownAbsent),
            Denied,
        ),
        (
            "ForAnyValue:StringNotEquals",
            json!("a"),
            Some(many(&["a", "b"])),
            Allowed,
        ),
        (
            "ForAnyValue:StringNotEquals",
            json!("a"),
            Some(one("a")),
            Denied,
        ),
        (
            "ForAnyValue:StringNotEquals",
            json!("a"),
            Some(KnownAbsent),
            Denied,
        ),
        (
            "ForAnyValue:StringEqualsIfExists",
            json!("a"),
            Some(KnownAbsent),
            Allowed,
        ),
        (
            "ForAllValues:ArnLike",
            json!("arn:aws:sns:*:*:*"),
            Some(many(&["arn:aws:sns:a:b:c", "arn:aws:sqs:a:b:c"])),
            Denied,
        ),
        // Without a set operator several values are not documented: only where one and all agree is there an answer.
        (
            "StringEquals",
            json!(["a", "b"]),
            Some(many(&["a", "b"])),
            Allowed,
        ),
        ("StringEquals", json!("a"), Some(many(&["a", "b"])), Unknown),
        ("StringEquals", json!("a"), Some(many(&["b", "c"])), Denied),
    ]);
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html>
#[test]
fn several_conditions() {
    let both = json!({ "StringEquals": { "x:a": "1", "x:b": "2" } });
    let two = json!({ "StringEquals": { "x:a": "1" }, "NumericLessThan": { "x:b": "3" } });
    check(&[
        case("all keys of an operator", Allowed).identity(allow_when(&both)).key("x:a", one("1")).key("x:b", one("2")),
        case("one key of two", Denied).identity(allow_when(&both)).key("x:a", one("1")).key("x:b", one("3")),
        case("all operators", Allowed).identity(allow_when(&two)).key("x:a", one("1")).key("x:b", one("2")),
        case("one unknown, the other true", Unknown).identity(allow_when(&two)).key("x:a", one("1")).because("x:b"),
        case("one unknown, the other false", Denied).identity(allow_when(&two)).key("x:a", one("2")),
        case("an unknown deny with a false condition", Allowed)
            .identity(everything())
            .identity(deny_when(&two))
            .key("x:b", one("4")),
        case("an unknown deny of another action", Allowed).identity(everything()).identity(document(&[
            json!({ "Effect": "Deny", "Action": "ecs:*", "Resource": "*", "Condition": both }),
        ])),
        case("an unknown allow beside a certain one", Allowed).identity(allow_when(&both)).identity(everything()),
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_deny-ip.html
        case("deny outside the network unless a service calls", Denied)
            .identity(everything())
            .identity(deny_when(&json!({
                "NotIpAddress": { "aws:SourceIp": "192.0.2.0/24" },
                "Bool": { "aws:ViaAWSService": "false" },
            })))
            .key("aws:SourceIp", one("203.0.113.5"))
            .key("aws:ViaAWSService", one("false")),
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html: what follows from a role.
        case("the ARN of the role", Allowed)
            .identity(allow_when(&json!({ "ArnLike": { "aws:PrincipalArn": "arn:aws:iam::111122223333:role/service/*" } }))),
        case("the account of the role", Allowed)
            .identity(allow_when(&json!({ "StringEquals": { "aws:PrincipalAccount": ACCOUNT } }))),
        case("a role is no service", Denied)
            .identity(allow_when(&json!({ "Bool": { "aws:PrincipalIsAWSService": "true" } }))),
        case("a role calls for no source", Denied)
            .identity(allow_when(&json!({ "StringEquals": { "aws:SourceAccount": ACCOUNT } }))),
        case("the organisation is not known", Unknown)
            .identity(allow_when(&json!({ "StringEquals": { "aws:PrincipalOrgID": "o-1" } }))),
    ]);
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>,
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session>,
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html>
#[test]
fn boundaries_sessions_and_organisations() {
    let star = || grant("Allow", &json!("*"));
    let by_role = || grant("Allow", &json!({ "AWS": ROLE }));
    let by_session = || grant("Allow", &json!({ "AWS": SESSION }));
    let none = || allow("ecs:*", "*");
    check(&[
        case("both allow", Allowed)
            .identity(everything())
            .boundary(allow("s3:*", "*")),
        case("the boundary does not", Denied)
            .identity(everything())
            .boundary(none())
            .because("Nothing in the boundary"),
        case("a boundary gives nothing", Denied)
            .boundary(everything())
            .because("identity policies"),
        case("the boundary may", Unknown)
            .identity(everything())
            .boundary(allow_when(&json!({ "StringEquals": { "x:a": "1" } })))
            .because("x:a"),
        case("the session policy limits", Denied)
            .identity(everything())
            .session(none()),
        case("the session policy allows", Allowed)
            .identity(everything())
            .session(allow("s3:GetObject", "*")),
        case("the organisation allows", Allowed)
            .identity(everything())
            .level(&[everything()]),
        case("one of a level's policies is enough", Allowed)
            .identity(everything())
            .level(&[none(), everything()]),
        case("a level without an allow", Denied)
            .identity(everything())
            .level(&[everything()])
            .level(&[none()]),
        case("an organisation gives nothing", Denied).level(&[everything()]),
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html: resource-based policies
        case(
            "a role in the resource policy is limited by the boundary",
            Denied,
        )
        .boundary(none())
        .resource_policy(by_role()),
        case("and by the session policy", Denied)
            .session(none())
            .resource_policy(by_role()),
        case("a role in the resource policy within the boundary", Allowed)
            .boundary(everything())
            .resource_policy(by_role()),
        case(
            "a role's session in the resource policy is not limited",
            Allowed,
        )
        .by(session())
        .boundary(none())
        .resource_policy(by_session()),
        case("everyone in the resource policy is not limited", Allowed)
            .boundary(none())
            .resource_policy(star()),
        case("a user in the resource policy is not limited", Allowed)
            .by(user())
            .boundary(none())
            .resource_policy(grant(
                "Allow",
                &json!({ "AWS": "arn:aws:iam::111122223333:user/anna" }),
            )),
        case("a boundary's deny limits all", Denied)
            .by(session())
            .boundary(deny("*", "*"))
            .resource_policy(by_session()),
        case("the organisation limits resource policies, too", Denied)
            .resource_policy(by_role())
            .level(&[none()]),
        case("but not services", Allowed)
            .by(service("events.amazonaws.com"))
            .resource_policy(grant(
                "Allow",
                &json!({ "Service": "events.amazonaws.com" }),
            ))
            .level(&[none()]),
    ]);
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
#[test]
fn principals() {
    let by = |name: &'static str, principal: &Value, expected: Answer| {
        case(name, expected).resource_policy(grant("Allow", principal))
    };
    check(&[
        by("everyone", &json!("*"), Allowed),
        by("everyone of AWS", &json!({ "AWS": "*" }), Allowed),
        by("the role", &json!({ "AWS": ROLE }), Allowed),
        by(
            "the role among others",
            &json!({ "AWS": ["arn:aws:iam::111122223333:role/other", ROLE] }),
            Allowed,
        ),
        by(
            "the role without its path",
            &json!({ "AWS": "arn:aws:iam::111122223333:role/web" }),
            Denied,
        ),
        by(
            "no wildcards in an ARN",
            &json!({ "AWS": "arn:aws:iam::111122223333:role/*" }),
            Denied,
        ),
        by("the account hands on", &json!({ "AWS": ACCOUNT }), Denied).because("identity policies"),
        by(
            "the account's root hands on",
            &json!({ "AWS": "arn:aws:iam::111122223333:root" }),
            Denied,
        ),
        by(
            "the account hands on what the role has",
            &json!({ "AWS": ACCOUNT }),
            Allowed,
        )
        .identity(everything()),
        by("another account", &json!({ "AWS": "444455556666" }), Denied),
        by("the session", &json!({ "AWS": SESSION }), Allowed).by(session()),
        by(
            "the session of a role whose session is not known",
            &json!({ "AWS": SESSION }),
            Unknown,
        )
        .because("session"),
        by(
            "another role's session",
            &json!({ "AWS": "arn:aws:sts::111122223333:assumed-role/other/x" }),
            Denied,
        ),
        by(
            "another session",
            &json!({ "AWS": "arn:aws:sts::111122223333:assumed-role/web/x" }),
            Denied,
        )
        .by(session()),
        by(
            "the role by its id",
            &json!({ "AWS": "AROAEXAMPLEID" }),
            Allowed,
        )
        .by(session()),
        by(
            "a role that was deleted",
            &json!({ "AWS": "AROAOTHERID" }),
            Denied,
        )
        .by(session()),
        by(
            "a role by an id, ours not known",
            &json!({ "AWS": "AROAEXAMPLEID" }),
            Unknown,
        ),
        by("a user's id", &json!({ "AWS": "AIDAEXAMPLEID" }), Denied),
        by(
            "a service is no role",
            &json!({ "Service": "ecs-tasks.amazonaws.com" }),
            Denied,
        ),
        by(
            "a service",
            &json!({ "Service": ["a.amazonaws.com", "events.amazonaws.com"] }),
            Allowed,
        )
        .by(service("events.amazonaws.com")),
        by(
            "another service",
            &json!({ "Service": "events.amazonaws.com" }),
            Denied,
        )
        .by(service("ecs.amazonaws.com")),
        by("everyone is a service, too", &json!("*"), Allowed).by(service("ecs.amazonaws.com")),
        by(
            "a provider",
            &json!({ "Federated": "cognito-identity.amazonaws.com" }),
            Allowed,
        )
        .by(Principal::Federated(
            "cognito-identity.amazonaws.com".to_owned(),
        )),
        by(
            "no prefix of a provider",
            &json!({ "Federated": "cognito" }),
            Denied,
        )
        .by(Principal::Federated(
            "cognito-identity.amazonaws.com".to_owned(),
        )),
        by("somebody without a name", &json!("*"), Allowed).by(Principal::Anonymous),
        by(
            "somebody without a name is in no account",
            &json!({ "AWS": ACCOUNT }),
            Denied,
        )
        .by(Principal::Anonymous),
        by(
            "a canonical user may be the account",
            &json!({ "CanonicalUser": "79a59df900b949e5" }),
            Unknown,
        )
        .owner("444455556666")
        .identity(everything()),
        by(
            "a redacted principal",
            &json!({ "AWS": FINGERPRINT }),
            Unknown,
        )
        .because("Principal is redacted"),
        by("a principal that is none", &json!(1), Unknown),
        by(
            "a kind of principal that is none",
            &json!({ "Planet": "earth" }),
            Unknown,
        ),
        case("the account is denied", Denied)
            .identity(everything())
            .resource_policy(grant("Deny", &json!({ "AWS": ACCOUNT }))),
        case("another account is denied", Allowed)
            .identity(everything())
            .resource_policy(grant("Deny", &json!({ "AWS": "444455556666" }))),
    ]);
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>
#[test]
fn not_principals() {
    let all_but = |name: &'static str, principal: &Value, expected: Answer| {
        case(name, expected)
            .identity(everything())
            .resource_policy(grant_but("Deny", principal))
    };
    let root = "arn:aws:iam::111122223333:root";
    check(&[
        all_but("somebody else", &json!({ "AWS": "arn:aws:iam::111122223333:user/bob" }), Denied),
        all_but("the account alone", &json!({ "AWS": root }), Denied),
        all_but("session, role and account", &json!({ "AWS": [SESSION, ROLE, root] }), Allowed).by(session()),
        all_but("role and account, the session not known", &json!({ "AWS": [ROLE, root] }), Unknown),
        all_but("the role alone", &json!({ "AWS": ROLE }), Unknown).because("NotPrincipal"),
        all_but("user and account", &json!({ "AWS": ["arn:aws:iam::111122223333:user/anna", ACCOUNT] }), Allowed).by(user()),
        all_but("everyone", &json!("*"), Allowed),
        all_but("a service", &json!({ "Service": "ecs.amazonaws.com" }), Denied),
        case("a service left out of a deny", Allowed).by(service("ecs.amazonaws.com")).resource_policy(document(&[
            json!({ "Effect": "Deny", "NotPrincipal": { "Service": "ecs.amazonaws.com" }, "Action": "*", "Resource": "*" }),
            json!({ "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*" }),
        ])),
        case("allow all but somebody else", Allowed)
            .resource_policy(grant_but("Allow", &json!({ "AWS": "arn:aws:iam::111122223333:user/bob" }))),
        case("allow all but the account", Unknown)
            .resource_policy(grant_but("Allow", &json!({ "AWS": root })))
            .because("NotPrincipal"),
        case("allow all but everyone", Denied).resource_policy(grant_but("Allow", &json!("*"))),
    ]);
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html>,
/// <https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html>,
/// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html>
#[test]
fn resource_policies_and_other_accounts() {
    let pull = |principal: &Value| {
        document(&[json!({
            "Sid": "AllowPull",
            "Effect": "Allow",
            "Principal": principal,
            "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        })])
    };
    let ours = json!({ "AWS": "arn:aws:iam::111122223333:root" });
    check(&[
        case("the repository's policy is enough in its account", Allowed)
            .resource_policy(pull(&json!({ "AWS": ROLE })))
            .asks(PULL, REPOSITORY)
            .because("AllowPull of the resource policy"),
        case("so is the role's", Allowed)
            .identity(allow("ecr:*", "*"))
            .asks(PULL, REPOSITORY),
        case("the role's beside one for somebody else", Allowed)
            .identity(allow("ecr:*", "*"))
            .resource_policy(pull(&json!({ "AWS": "444455556666" })))
            .asks(PULL, REPOSITORY),
        case(
            "an action that the repository's policy does not name",
            Denied,
        )
        .resource_policy(pull(&json!({ "AWS": ROLE })))
        .asks("ecr:PutImage", REPOSITORY),
        case("another account needs both", Allowed)
            .identity(allow("ecr:*", "*"))
            .resource_policy(pull(&ours))
            .asks(PULL, FOREIGN_REPOSITORY),
        case("the role's alone is not enough", Denied)
            .identity(allow("ecr:*", "*"))
            .asks(PULL, FOREIGN_REPOSITORY)
            .because("the resource's policy"),
        case("the repository's alone is not enough", Denied)
            .resource_policy(pull(&json!({ "AWS": ROLE })))
            .asks(PULL, FOREIGN_REPOSITORY)
            .because("identity policies"),
        case("a policy for another account", Denied)
            .identity(allow("ecr:*", "*"))
            .resource_policy(pull(&json!({ "AWS": "777788889999" })))
            .asks(PULL, FOREIGN_REPOSITORY),
        case("the boundary limits across accounts", Denied)
            .identity(allow("ecr:*", "*"))
            .boundary(allow("s3:*", "*"))
            .resource_policy(pull(&ours))
            .asks(PULL, FOREIGN_REPOSITORY),
        case("the other account's policy was not read", Unknown)
            .identity(allow("ecr:*", "*"))
            .unread_resource_policy()
            .asks(PULL, FOREIGN_REPOSITORY),
        case("it does not matter without our own", Denied)
            .unread_resource_policy()
            .asks(PULL, FOREIGN_REPOSITORY),
        case("in the own account it may deny", Unknown)
            .identity(allow("ecr:*", "*"))
            .unread_resource_policy()
            .asks(PULL, REPOSITORY),
        case("a bucket's ARN does not say whose it is", Denied)
            .identity(everything())
            .owner("444455556666"),
        case("a bucket of another account that lets us in", Allowed)
            .identity(everything())
            .owner("444455556666")
            .resource_policy(grant("Allow", &ours)),
        case("a parameter of AWS is not another account's", Allowed)
            .identity(everything())
            .asks(
                "ssm:GetParameters",
                "arn:aws:ssm:eu-west-1::parameter/aws/service/ecs/optimized-ami",
            ),
        case("a secret's policy that lets only its endpoint in", Denied)
            .identity(everything())
            .resource_policy(document(&[json!({
                "Effect": "Deny",
                "Principal": "*",
                "Action": "secretsmanager:GetSecretValue",
                "Resource": "*",
                "Condition": { "StringNotEquals": { "aws:sourceVpce": "vpce-1" } },
            })]))
            .asks("secretsmanager:GetSecretValue", SECRET)
            .key("aws:SourceVpce", one("vpce-2")),
        case("a secret's policy that blocks other accounts", Allowed)
            .identity(everything())
            .resource_policy(document(&[json!({
                "Effect": "Deny",
                "Principal": "*",
                "Action": "secretsmanager:*",
                "Resource": "*",
                "Condition": { "StringNotEquals": { "aws:PrincipalAccount": ACCOUNT } },
            })]))
            .asks("secretsmanager:GetSecretValue", SECRET),
        case("a bucket that wants TLS", Allowed)
            .identity(everything())
            .resource_policy(document(&[json!({
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": ["arn:aws:s3:::reports", "arn:aws:s3:::reports/*"],
                "Condition": { "Bool": { "aws:SecureTransport": "false" } },
            })]))
            .key("aws:SecureTransport", one("true")),
    ]);
}

/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>,
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html>
#[test]
fn key_policies() {
    let decrypt =
        |name: &'static str, expected: Answer| case(name, expected).asks("kms:Decrypt", KEY);
    let default = || grant("Allow", &json!({ "AWS": "arn:aws:iam::111122223333:root" }));
    let by_role = || grant("Allow", &json!({ "AWS": ROLE }));
    let via = |service: &str| {
        document(&[json!({
            "Effect": "Allow",
            "Principal": { "AWS": "*" },
            "Action": "kms:*",
            "Resource": "*",
            "Condition": { "StringEquals": { "kms:CallerAccount": ACCOUNT, "kms:ViaService": service } },
        })])
    };
    check(&[
        decrypt(
            "the account's statement lets identity policies decide",
            Allowed,
        )
        .required(default())
        .identity(allow("kms:*", "*")),
        decrypt("and without one denies", Denied)
            .required(default())
            .because("identity policies"),
        decrypt(
            "without the account's statement identity policies do not count",
            Denied,
        )
        .required(grant(
            "Allow",
            &json!({ "AWS": "arn:aws:iam::111122223333:role/other" }),
        ))
        .identity(allow("kms:*", "*"))
        .because("the resource policy"),
        decrypt("the role in the key policy", Allowed).required(by_role()),
        decrypt("the role in the key policy, limited", Denied)
            .required(by_role())
            .boundary(allow("s3:*", "*")),
        decrypt("an identity policy for another key", Denied)
            .required(default())
            .identity(allow(
                "kms:*",
                "arn:aws:kms:eu-west-1:111122223333:key/other",
            )),
        decrypt("an empty key policy", Denied)
            .required(document(&[]))
            .identity(everything()),
        decrypt("a key policy that was not read", Unknown)
            .required(Value::Null)
            .identity(everything()),
        decrypt("a deny beside a key policy that was not read", Denied)
            .required(Value::Null)
            .identity(deny("kms:Decrypt", "*")),
        decrypt("the managed key of a service", Allowed)
            .required(via("secretsmanager.eu-west-1.amazonaws.com"))
            .key(
                "kms:ViaService",
                one("secretsmanager.eu-west-1.amazonaws.com"),
            )
            .key("kms:CallerAccount", one(ACCOUNT)),
        decrypt("the managed key of another service", Denied)
            .required(via("ssm.eu-west-1.amazonaws.com"))
            .key(
                "kms:ViaService",
                one("secretsmanager.eu-west-1.amazonaws.com"),
            )
            .key("kms:CallerAccount", one(ACCOUNT)),
        decrypt("the encryption context is not known", Unknown)
            .required(default())
            .identity(allow_when(
                &json!({ "StringEquals": { "kms:EncryptionContext:SecretARN": SECRET } }),
            ))
            .because("kms:EncryptionContext:SecretARN"),
        case("another account's key needs both", Denied)
            .asks("kms:Decrypt", "arn:aws:kms:eu-west-1:444455556666:key/k")
            .required(by_role()),
        case("another account's key with both", Allowed)
            .asks("kms:Decrypt", "arn:aws:kms:eu-west-1:444455556666:key/k")
            .required(default())
            .identity(allow("kms:Decrypt", "*")),
        decrypt("a service in the key policy", Allowed)
            .by(service("logs.eu-west-1.amazonaws.com"))
            .required(grant(
                "Allow",
                &json!({ "Service": "logs.eu-west-1.amazonaws.com" }),
            )),
        decrypt("a service that is not", Denied)
            .by(service("logs.eu-west-1.amazonaws.com"))
            .required(default()),
    ]);
}

/// <https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html>
#[test]
fn endpoint_policies() {
    let endpoint = |statement: Value| document(&[statement]);
    let all =
        || endpoint(json!({ "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*" }));
    let account = || {
        endpoint(
            json!({ "Effect": "Allow", "Principal": { "AWS": ACCOUNT }, "Action": "*", "Resource": "*" }),
        )
    };
    check(&[
        case("full access", Allowed).identity(everything()).endpoint(all()),
        case("an endpoint gives nothing", Denied).endpoint(all()),
        case("another action", Denied)
            .identity(everything())
            .endpoint(endpoint(json!({ "Effect": "Allow", "Principal": "*", "Action": "s3:PutObject", "Resource": "*" })))
            .because("Nothing in the endpoint policy allows"),
        case("another bucket", Denied).identity(everything()).endpoint(endpoint(
            json!({ "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "arn:aws:s3:::other/*" }),
        )),
        case("the layers' bucket", Allowed)
            .identity(everything())
            .endpoint(endpoint(json!({
                "Effect": "Allow",
                "Principal": "*",
                "Action": "s3:GetObject",
                "Resource": "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*",
            })))
            .asks("s3:GetObject", "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/abc"),
        case("an empty policy", Denied).identity(everything()).endpoint(document(&[])),
        case("one that cannot be read", Unknown).identity(everything()).endpoint(json!("nonsense")),
        case("a condition on the caller", Allowed).identity(everything()).endpoint(endpoint(json!({
            "Effect": "Allow",
            "Principal": "*",
            "Action": "*",
            "Resource": "*",
            "Condition": { "ArnEquals": { "aws:PrincipalArn": ROLE } },
        }))),
        case("an unknown condition", Unknown).identity(everything()).endpoint(endpoint(json!({
            "Effect": "Allow",
            "Principal": "*",
            "Action": "*",
            "Resource": "*",
            "Condition": { "StringEquals": { "aws:PrincipalOrgID": "o-1" } },
        }))),
        case("another role", Denied).identity(everything()).endpoint(endpoint(json!({
            "Effect": "Allow",
            "Principal": { "AWS": "arn:aws:iam::111122223333:role/other" },
            "Action": "*",
            "Resource": "*",
        }))),
        case("an account in an interface endpoint", Allowed).identity(everything()).endpoint(account()).asks(PULL, REPOSITORY),
        // In a gateway endpoint it is the root user alone, and the policy does not say which endpoint it is.
        case("an account in what may be a gateway endpoint", Unknown).identity(everything()).endpoint(account()),
        case("it limits what a resource policy gives", Denied)
            .resource_policy(grant("Allow", &json!("*")))
            .endpoint(document(&[])),
    ]);
}

/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html>,
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>
#[test]
fn trust() {
    let plain = |service: &Value| {
        document(&[
            json!({ "Effect": "Allow", "Principal": { "Service": service }, "Action": "sts:AssumeRole" }),
        ])
    };
    let guarded = document(&[json!({
        "Effect": "Allow",
        "Principal": { "Service": ["ecs-tasks.amazonaws.com"] },
        "Action": "sts:AssumeRole",
        "Condition": {
            "ArnLike": { "aws:SourceArn": "arn:aws:ecs:eu-west-1:111122223333:*" },
            "StringEquals": { "aws:SourceAccount": ACCOUNT },
        },
    })]);
    let one_schedule = document(&[json!({
        "Effect": "Allow",
        "Principal": { "Service": "scheduler.amazonaws.com" },
        "Action": "sts:AssumeRole",
        "Condition": { "ArnEquals": { "aws:SourceArn": "arn:aws:scheduler:eu-west-1:111122223333:schedule-group/night" } },
    })]);
    let here = Context::new().known("aws:SourceAccount", ACCOUNT);
    let task = here
        .clone()
        .matching("aws:SourceArn", "arn:aws:ecs:eu-west-1:111122223333:*");
    let elsewhere = here
        .clone()
        .matching("aws:SourceArn", "arn:aws:ecs:us-east-1:111122223333:*");
    let some_group = Context::new().matching(
        "aws:SourceArn",
        "arn:aws:scheduler:eu-west-1:111122223333:schedule-group/*",
    );
    let night = Context::new().known(
        "aws:SourceArn",
        "arn:aws:scheduler:eu-west-1:111122223333:schedule-group/night",
    );
    let none = Context::new();
    let tasks = "ecs-tasks.amazonaws.com";
    let cases = [
        ("tasks", plain(&json!(tasks)), tasks, &none, Allowed),
        (
            "tasks among others",
            plain(&json!(["ec2.amazonaws.com", tasks])),
            tasks,
            &none,
            Allowed,
        ),
        (
            "the service is not its tasks",
            plain(&json!("ecs.amazonaws.com")),
            tasks,
            &none,
            Denied,
        ),
        (
            "events",
            plain(&json!("events.amazonaws.com")),
            "events.amazonaws.com",
            &none,
            Allowed,
        ),
        (
            "instances",
            plain(&json!("ec2.amazonaws.com")),
            "ec2.amazonaws.com",
            &none,
            Allowed,
        ),
        (
            "a text",
            Value::String(plain(&json!(tasks)).to_string()),
            tasks,
            &none,
            Allowed,
        ),
        (
            "an account is no service",
            grant("Allow", &json!({ "AWS": ACCOUNT })),
            tasks,
            &none,
            Denied,
        ),
        ("guarded, from here", guarded.clone(), tasks, &task, Allowed),
        (
            "guarded, from another region",
            guarded.clone(),
            tasks,
            &elsewhere,
            Denied,
        ),
        (
            "guarded, source not known",
            guarded.clone(),
            tasks,
            &here,
            Unknown,
        ),
        (
            "guarded, nothing known",
            guarded.clone(),
            tasks,
            &none,
            Unknown,
        ),
        (
            "guarded, another account",
            guarded.clone(),
            tasks,
            &Context::new().known("aws:SourceAccount", "444455556666"),
            Denied,
        ),
        (
            "guarded, for no source",
            guarded,
            tasks,
            &Context::new().absent("aws:SourceArn"),
            Denied,
        ),
        (
            "one schedule group",
            one_schedule.clone(),
            "scheduler.amazonaws.com",
            &night,
            Allowed,
        ),
        (
            "some schedule group",
            one_schedule,
            "scheduler.amazonaws.com",
            &some_group,
            Unknown,
        ),
        ("nobody", document(&[]), tasks, &none, Denied),
        ("unread", Value::Null, tasks, &none, Unknown),
        (
            "another action",
            document(&[
                json!({ "Effect": "Allow", "Principal": { "Service": tasks }, "Action": "sts:TagSession" }),
            ]),
            tasks,
            &none,
            Denied,
        ),
        (
            "all of sts",
            document(&[
                json!({ "Effect": "Allow", "Principal": { "Service": tasks }, "Action": "sts:*" }),
            ]),
            tasks,
            &none,
            Allowed,
        ),
        (
            "a deny",
            document(&[
                json!({ "Effect": "Allow", "Principal": { "Service": tasks }, "Action": "sts:AssumeRole" }),
                json!({ "Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole" }),
            ]),
            tasks,
            &none,
            Denied,
        ),
    ];
    for (name, document, service, context, expected) in cases {
        let decision = may_assume(&document, service, context);
        assert_eq!(decision.answer, expected, "{name}: {:#?}", decision.reasons);
    }
}

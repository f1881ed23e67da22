//! Load balancers, listeners, rules, target groups and who may talk to whom.

use blastmap_judge::{
    Level,
    Outcome::{AtRisk, Degraded, Down, FailsOnNextStart},
    estate::{Estate, arn, ec2, gone, patched, planned, tcp, together},
};
use blastmap_model::{
    Phase::{Run, Start, Traffic},
    kinds::{
        acm_certificate::AcmCertificate,
        ecs_service::EcsService,
        listener::{
            Action, Certificate, FixedResponseConfig, ForwardConfig, Listener, WeightedTargetGroup,
        },
        listener_rule::{Condition, ListenerRule},
        load_balancer::LoadBalancer,
        route_table::RouteTable,
        security_group::SecurityGroup,
        subnet::Subnet,
        target_group::TargetGroup,
        web_acl::WebAcl,
    },
};
use serde_json::json;

use crate::{estates::*, harness::*};

/// All from the service to the balancer: it has nothing else to forward to.
fn all_down(case: Case) -> Case {
    let all = [service(), group(), rule(), listener(), balancer()];
    all.into_iter()
        .fold(case, |case, id| case.hits(&id, Down, Traffic))
        .level(Level::Critical)
}

fn above(host: Option<&str>, path: &str) -> ListenerRule {
    let condition = |field: &str, value: &str| Condition {
        field: Some(field.to_owned()),
        values: vec![value.to_owned()],
        ..Condition::default()
    };
    ListenerRule {
        rule_arn: arn("elasticloadbalancing", "listener-rule/app/front/1/80/5"),
        priority: Some("5".to_owned()),
        conditions: host
            .map(|host| condition("host-header", host))
            .into_iter()
            .chain([condition("path-pattern", path)])
            .collect(),
        actions: vec![Action {
            r#type: Some("fixed-response".to_owned()),
            fixed_response_config: Some(FixedResponseConfig {
                status_code: Some("503".to_owned()),
            }),
            ..Action::default()
        }],
        ..ListenerRule::default()
    }
}

/// A balancer with this many rules beside its default one, and addresses for very many tasks.
fn grown(rules: usize) -> Estate {
    let last =
        behind_alb().with::<ListenerRule>(&rule(), |own| own.priority = Some("50000".to_owned()));
    let wide = |own: &mut Subnet| own.available_ip_address_count = Some(4000);
    let estate = last
        .with::<Subnet>(&ec2("subnet-a"), wide)
        .with::<Subnet>(&ec2("subnet-b"), wide);
    (1..rules).fold(estate, |estate, number| {
        let own = numbered(number);
        estate.put(&own.rule_arn, &own)
    })
}

/// A rule of a host name of its own.
fn numbered(number: usize) -> ListenerRule {
    ListenerRule {
        rule_arn: arn(
            "elasticloadbalancing",
            &format!("listener-rule/app/front/1/80/n{number}"),
        ),
        priority: Some((100 + number).to_string()),
        ..above(Some(&format!("n{number}.example.com")), "/*")
    }
}

fn new_rule(own: &ListenerRule) -> blastmap_model::Edits {
    planned(&own.rule_arn, &own.rule_arn, own)
}

/// A second group of which nobody is part.
fn second() -> String {
    arn("elasticloadbalancing", "targetgroup/green/2")
}

fn with_second() -> Estate {
    let facts = TargetGroup {
        target_group_arn: second(),
        target_group_name: "green".to_owned(),
        protocol: Some("HTTP".to_owned()),
        port: Some(8080),
        vpc_id: Some("vpc-1".to_owned()),
        target_type: Some("ip".to_owned()),
        health_check_port: Some("traffic-port".to_owned()),
        load_balancer_arns: vec![balancer()],
        target_health_descriptions: Some(Vec::new()),
        ..TargetGroup::default()
    };
    behind_alb().put(&second(), &facts)
}

fn weights(web: i32, green: i32) -> Vec<Action> {
    let part = |arn: String, weight| WeightedTargetGroup {
        target_group_arn: Some(arn),
        weight: Some(weight),
    };
    vec![Action {
        r#type: Some("forward".to_owned()),
        forward_config: Some(ForwardConfig {
            target_groups: vec![part(group(), web), part(second(), green)],
        }),
        ..Action::default()
    }]
}

fn certificate(name: &str) -> String {
    arn("acm", &format!("certificate/{name}"))
}

fn proven_by(name: &str) -> Vec<Certificate> {
    vec![Certificate {
        certificate_arn: Some(certificate(name)),
        is_default: Some(true),
    }]
}

/// The listener proves its name; there are two certificates more, of which one has expired.
fn encrypted() -> Estate {
    let mut estate = behind_alb();
    for (name, status) in [("own", "ISSUED"), ("next", "ISSUED"), ("late", "EXPIRED")] {
        let facts = AcmCertificate {
            certificate_arn: certificate(name),
            status: Some(status.to_owned()),
            ..AcmCertificate::default()
        };
        estate = estate.put(&certificate(name), &facts);
    }
    estate.with::<Listener>(&listener(), |facts| {
        facts.protocol = Some("HTTPS".to_owned());
        facts.certificates = proven_by("own");
    })
}

fn acl() -> String {
    arn("wafv2", "regional/webacl/front/1")
}

fn filtered() -> Estate {
    let facts = WebAcl {
        arn: acl(),
        name: "front".to_owned(),
        resource_arns: vec![balancer()],
        ..WebAcl::default()
    };
    behind_alb().put(&acl(), &facts)
}

pub(crate) fn cases() -> Vec<Case> {
    let on_group = |id: &'static str, change: fn(&mut SecurityGroup)| {
        move |snapshot: &blastmap_graph::Snapshot| {
            patched::<SecurityGroup>(snapshot, &ec2(id), change)
        }
    };
    let on_targets = |change: fn(&mut TargetGroup)| {
        move |snapshot: &blastmap_graph::Snapshot| {
            patched::<TargetGroup>(snapshot, &group(), change)
        }
    };
    let on_balancer = |change: fn(&mut LoadBalancer)| {
        move |snapshot: &blastmap_graph::Snapshot| {
            patched::<LoadBalancer>(snapshot, &balancer(), change)
        }
    };
    vec![
        edited("the listener is given a certificate that has expired", encrypted(), |snapshot| {
            patched::<Listener>(snapshot, &listener(), |own| own.certificates = proven_by("late"))
        })
        .hits(&listener(), Down, Traffic)
        .hits(&balancer(), Down, Traffic)
        .level(Level::Critical)
        .by("certificates-valid"),
        edited("the listener is given another certificate", encrypted(), |snapshot| {
            patched::<Listener>(snapshot, &listener(), |own| own.certificates = proven_by("next"))
        }),
        edited("the web ACL comes to block what no rule decides", filtered(), |snapshot| {
            patched::<WebAcl>(snapshot, &acl(), |own| own.default_action = Some("Block".to_owned()))
        })
        .hits(&balancer(), AtRisk, Traffic)
        .level(Level::Medium)
        .by("web-acl-lets-in"),
        edited("the hundred and first rule of a balancer", grown(100), |_| new_rule(&numbered(100)))
            .hits(&balancer(), AtRisk, Traffic)
            .level(Level::Medium)
            .by("rules-within-quota"),
        edited("the hundredth rule of a balancer", grown(99), |_| new_rule(&numbered(99))),
        edited("more tasks than a target group may have targets", grown(1), |snapshot| {
            patched::<EcsService>(snapshot, &service(), |own| own.desired_count = 1001)
        })
        .hits(&service(), AtRisk, Traffic)
        .hits(&group(), AtRisk, Traffic)
        .level(Level::Medium)
        .by("targets-within-quota"),
        edited("as many tasks as a target group may have targets", grown(1), |snapshot| {
            patched::<EcsService>(snapshot, &service(), |own| own.desired_count = 1000)
        }),
        edited("the web ACL says that it lets in what no rule decides", filtered(), |snapshot| {
            patched::<WebAcl>(snapshot, &acl(), |own| own.default_action = Some("Allow".to_owned()))
        }),
        all_down(edited(
            "the tasks' group lets the load balancer in no more",
            behind_alb(),
            on_group("sg-web", |own| own.ip_permissions.clear()),
        ))
        .by("targets-healthy"),
        edited(
            "the tasks' group lets the balancer's subnets in, too",
            behind_alb(),
            on_group("sg-web", |own| {
                own.ip_permissions.push(tcp((8080, 8080), "10.0.0.0/16"))
            }),
        ),
        edited(
            "the tasks' group lets the balancer's subnets in, instead",
            behind_alb(),
            on_group("sg-web", |own| {
                own.ip_permissions = vec![
                    tcp((8080, 8080), "10.0.101.0/24"),
                    tcp((8080, 8080), "10.0.102.0/24"),
                ]
            }),
        ),
        all_down(edited(
            "the load balancer's group lets nothing out",
            behind_alb(),
            on_group("sg-front", |own| own.ip_permissions_egress.clear()),
        )),
        edited(
            "the load balancer's group lets the port of the tasks alone out",
            behind_alb(),
            on_group("sg-front", |own| {
                own.ip_permissions_egress = vec![tcp((8080, 8080), "sg-web")]
            }),
        ),
        all_down(edited(
            "health checks move to a port that is closed",
            behind_alb(),
            on_targets(|own| own.health_check_port = Some("9090".to_owned())),
        )),
        edited(
            "health checks name the port that they use",
            behind_alb(),
            on_targets(|own| own.health_check_port = Some("8080".to_owned())),
        ),
        terraform(
            "health checks ask for another path",
            behind_alb(),
            [tf_update(
                "aws_lb_target_group",
                json!({
                    "id": group(), "arn": group(), "name": "web", "health_check": [{"path": "/", "port": "traffic-port", "protocol": "HTTP", "enabled": true}],
                }),
                json!({"health_check": [{"path": "/health", "port": "traffic-port", "protocol": "HTTP", "enabled": true}]}),
            )],
        ),
        terraform(
            "targets are deregistered faster",
            behind_alb(),
            [tf_update(
                "aws_lb_target_group",
                json!({
                    "id": group(), "arn": group(), "name": "web", "deregistration_delay": "300",
                }),
                json!({"deregistration_delay": "30"}),
            )],
        ),
        // Rules.
        terraform(
            "the rule is deleted",
            behind_alb(),
            [tf_delete(
                "aws_lb_listener_rule",
                json!({"id": rule(), "arn": rule(), "listener_arn": listener(), "priority": 10}),
            )],
        )
        .hits(&service(), Down, Traffic)
        .hits(&group(), Down, Traffic)
        .by("group-forwarded-to"),
        edited("a rule above takes every path", behind_alb(), |_| {
            new_rule(&above(None, "/*"))
        })
        .hits(&service(), Down, Traffic)
        .hits(&group(), Down, Traffic)
        .hits(&rule(), Down, Traffic)
        .hits(&listener(), Down, Traffic)
        .hits(&balancer(), Down, Traffic)
        .by("rule-reached"),
        edited("a rule above takes one host", behind_alb(), |_| {
            new_rule(&above(Some("old.example.com"), "/*"))
        }),
        edited("a rule below takes every path", behind_alb(), |_| {
            let mut own = above(None, "/*");
            own.rule_arn = arn("elasticloadbalancing", "listener-rule/app/front/1/80/90");
            own.priority = Some("90".to_owned());
            new_rule(&own)
        }),
        edited(
            "the rule gives all its weight to a group without targets",
            with_second(),
            |snapshot| {
                patched::<ListenerRule>(snapshot, &rule(), |own| own.actions = weights(0, 100))
            },
        )
        .hits(&service(), Down, Traffic)
        .hits(&group(), Down, Traffic)
        .hits(&rule(), Down, Traffic)
        .hits(&listener(), Down, Traffic)
        .hits(&balancer(), Down, Traffic),
        edited(
            "the rule names its only group with a weight",
            with_second(),
            |snapshot| {
                patched::<ListenerRule>(snapshot, &rule(), |own| own.actions = weights(100, 0))
            },
        ),
        // Listeners.
        edited(
            "the default action becomes a redirect, and every request has a rule",
            behind_alb(),
            |snapshot| {
                patched::<Listener>(snapshot, &listener(), |own| {
                    own.default_actions = vec![Action {
                        r#type: Some("redirect".to_owned()),
                        ..Action::default()
                    }];
                })
            },
        ),
        resources(
            "the listener is deleted",
            behind_alb(),
            [delete(&listener())],
        )
        .hits(&service(), Down, Traffic)
        .hits(&group(), Down, Traffic)
        .hits(&rule(), Down, Traffic)
        .hits(&balancer(), Down, Traffic),
        resources(
            "the load balancer is deleted",
            behind_alb(),
            [delete(&balancer())],
        )
        .hits(&service(), Down, Traffic)
        .hits(&group(), Down, Traffic)
        .hits(&rule(), Down, Traffic)
        .hits(&listener(), Down, Traffic),
        resources(
            "the listener gets another policy for TLS",
            behind_alb(),
            [update(
                &listener(),
                json!({"SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06"}),
            )],
        ),
        // Balancers and zones.
        edited(
            "the load balancer leaves one of the tasks' zones",
            behind_alb(),
            on_balancer(|own| own.availability_zones.truncate(1)),
        )
        .hits(&service(), Degraded, Traffic)
        .share(1, 2)
        .hits(&group(), Degraded, Traffic)
        .share(1, 2)
        .hits(&rule(), Degraded, Traffic)
        .hits(&listener(), Degraded, Traffic)
        .hits(&balancer(), Degraded, Traffic),
        edited(
            "the public subnets lose their way to the internet",
            behind_alb(),
            |snapshot| {
                patched::<RouteTable>(snapshot, &ec2("rtb-public"), |own| {
                    own.routes
                        .retain(|own| own.gateway_id.as_deref() != Some("igw-1"));
                })
            },
        )
        .hits(&balancer(), Down, Traffic)
        .hits(&listener(), Down, Traffic)
        .hits(&rule(), Down, Traffic)
        .hits(&group(), Down, Traffic)
        .hits(&service(), Down, Traffic)
        .share(2, 2)
        .by("balancer-zones"),
        edited(
            "the public subnets of a load balancer that faces no clients outside lose their way to the internet",
            behind_alb().with::<LoadBalancer>(&balancer(), |own| own.scheme = Some("internal".to_owned())),
            |snapshot| {
                patched::<RouteTable>(snapshot, &ec2("rtb-public"), |own| {
                    own.routes
                        .retain(|own| own.gateway_id.as_deref() != Some("igw-1"));
                })
            },
        )
        .hits(&service(), FailsOnNextStart, Start),
        terraform(
            "the load balancer keeps connections longer",
            behind_alb(),
            [tf_update(
                "aws_lb",
                json!({
                    "id": balancer(), "arn": balancer(), "name": "front", "idle_timeout": 60,
                }),
                json!({"idle_timeout": 120}),
            )],
        ),
        // The service and its group.
        edited(
            "the service is deleted and all that leads to it stays",
            behind_alb(),
            |_| gone(&service()),
        )
        .hits(&group(), Down, Traffic)
        .hits(&rule(), Down, Traffic)
        .hits(&listener(), Down, Traffic)
        .hits(&balancer(), Down, Traffic),
        edited(
            "the service leaves its group, and the rule still forwards to it",
            behind_alb(),
            |snapshot| {
                patched::<blastmap_model::kinds::ecs_service::EcsService>(
                    snapshot,
                    &service(),
                    |own| own.load_balancers.clear(),
                )
            },
        )
        .hits(&service(), Down, Traffic)
        .share(2, 2)
        .hits(&group(), Down, Traffic)
        .hits(&rule(), Down, Traffic)
        .hits(&listener(), Down, Traffic)
        .hits(&balancer(), Down, Traffic),
        resources(
            "the service is deleted and made again",
            behind_alb(),
            [json!({"id": service(), "action": "REPLACE"})],
        )
        .hits(&service(), Down, blastmap_model::Phase::Run)
        .share(2, 2)
        .hits(&group(), Down, Traffic)
        .hits(&rule(), Down, Traffic)
        .hits(&listener(), Down, Traffic)
        .hits(&balancer(), Down, Traffic),
        edited(
            "a service, its rule and its group are deleted along",
            behind_alb(),
            |_| together([gone(&service()), gone(&rule()), gone(&group())]),
        ),
        edited(
            "the service moves to a group of tasks that lets the balancer not in",
            behind_alb().security_group("sg-other", Vec::new()),
            |snapshot| {
                patched::<blastmap_model::kinds::ecs_service::EcsService>(
                    snapshot,
                    &service(),
                    |own| {
                        if let Some(network) = own
                            .network_configuration
                            .as_mut()
                            .and_then(|own| own.awsvpc_configuration.as_mut())
                        {
                            network.security_groups = vec!["sg-other".to_owned()];
                        }
                    },
                )
            },
        )
        .hits(&service(), FailsOnNextStart, Start)
        .by("new-targets-healthy"),
        resources(
            "the service stops all its tasks",
            behind_alb(),
            [update(&service(), json!({"desiredCount": 0}))],
        )
        .hits(&service(), Down, Run)
        .hits(&group(), Down, Traffic)
        .hits(&rule(), Down, Traffic)
        .hits(&listener(), Down, Traffic)
        .hits(&balancer(), Down, Traffic),
        resources(
            "the service runs one task more",
            behind_alb(),
            [update(&service(), json!({"desiredCount": 3}))],
        ),
        edited(
            "a group that forwards nothing to nobody gets a health check",
            with_second(),
            |snapshot| {
                patched::<TargetGroup>(snapshot, &second(), |own| {
                    own.health_check_port = Some("1".to_owned())
                })
            },
        ),
        edited(
            "another rule takes some paths to another group",
            with_second(),
            |_| {
                let mut own = above(None, "/orders/*");
                own.actions = vec![Action {
                    r#type: Some("forward".to_owned()),
                    target_group_arn: Some(second()),
                    ..Action::default()
                }];
                new_rule(&own)
            },
        ),
    ]
}

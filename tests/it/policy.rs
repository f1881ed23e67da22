//! `blastmap policy`: what an administrator is asked to allow.

use serde_json::Value;

use crate::program::Machine;

fn actions(policy: &Value) -> Vec<&str> {
    let statements = policy["Statement"].as_array().expect("statements");
    statements
        .iter()
        .flat_map(|own| own["Action"].as_array().expect("a list of actions"))
        .map(|action| action.as_str().expect("an action is text"))
        .collect()
}

#[tokio::test]
async fn the_policy_allows_reading_lists_and_descriptions_only() {
    let text = Machine::new().prints(&["policy"]).await;
    let policy: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(policy["Version"], "2012-10-17");
    for statement in policy["Statement"].as_array().unwrap() {
        assert_eq!(statement["Effect"], "Allow");
    }
    let actions = actions(&policy);
    assert!(actions.contains(&"ecs:DescribeTaskDefinition"));
    for action in actions {
        let (_, name) = action.split_once(':').unwrap();
        // API Gateway calls every read so: it is allowed on what is read alone.
        let is_api_gateway = action == "apigateway:GET";
        assert!(
            is_api_gateway
                || ["List", "Describe", "Get", "BatchGet"]
                    .iter()
                    .any(|verb| name.starts_with(verb)),
            "{action}"
        );
        assert!(!action.contains('*'), "{action}");
        // These give the values of secrets and parameters.
        assert!(!action.starts_with("ssm:Get"), "{action}");
        let gives_secrets = action.starts_with("secretsmanager:Get")
            && action != "secretsmanager:GetResourcePolicy";
        assert!(!gives_secrets, "{action}");
    }
}

#[tokio::test]
async fn terraform_gets_the_same_actions() {
    let machine = Machine::new();
    let json: Value = serde_json::from_str(&machine.prints(&["policy"]).await).unwrap();
    let terraform = machine.prints(&["policy", "--format", "terraform"]).await;
    assert!(terraform.starts_with("data \"aws_iam_policy_document\" \"blastmap\" {\n"));
    let named: Vec<&str> = terraform
        .split('"')
        .filter(|text| {
            text.contains(':') && !text.starts_with("arn:") && !text.contains(char::is_whitespace)
        })
        .collect();
    assert_eq!(named, actions(&json));
}

#[tokio::test]
async fn a_crawl_calls_nothing_that_the_policy_does_not_allow() {
    let machine = Machine::new();
    let policy: Value = serde_json::from_str(&machine.prints(&["policy"]).await).unwrap();
    let allowed = actions(&policy);
    crate::recording::write(&machine, |_| {});
    let summary = machine
        .prints(&["crawl", "--replay", crate::recording::FOLDER])
        .await;
    let called: Vec<&str> = crate::store::calls(&summary)
        .into_iter()
        .map(|(action, _)| action)
        .collect();
    assert!(called.len() > 20, "{summary}");
    for action in called {
        assert!(allowed.contains(&action), "{action}");
    }
}

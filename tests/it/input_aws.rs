//! AWS cannot be asked: each reason has its message, and status 1.

use crate::{
    listener,
    program::{KEYS, Machine},
    recording,
    server::Server,
};

const CRAWL: [&str; 3] = ["crawl", "--region", "eu-west-1"];

/// Crawls what answers at this URL.
async fn crawl(url: &str) -> crate::program::Ended {
    let machine = Machine::new();
    let environment = [&KEYS[..], &[("AWS_ENDPOINT_URL", url)]].concat();
    machine.run_with(&environment, &CRAWL).await
}

/// STS's answer, so that a caller takes this for AWS.
const IDENTITY: &str = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
    <Arn>arn:aws:iam::123456789012:user/test</Arn><UserId>AIDATEST</UserId><Account>123456789012</Account>\
    </GetCallerIdentityResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetCallerIdentityResponse>";

#[tokio::test]
async fn without_credentials_it_says_how_to_get_some() {
    for arguments in [
        &CRAWL[..],
        &["serve", "--region", "eu-west-1", "--listen", "127.0.0.1:0"],
    ] {
        let ended = Machine::new().run(arguments).await;
        let line = ended.failure();
        assert!(
            line.starts_with("no AWS credentials were found: configure a profile (AWS_PROFILE), run `aws sso login`, or run where a role gives them"),
            "{line}"
        );
    }
}

#[tokio::test]
async fn without_a_region_it_says_how_to_give_one() {
    let ended = Machine::new().run_with(&KEYS, &["crawl"]).await;
    assert_eq!(
        ended.failure(),
        "no region is configured: give --region, or set AWS_REGION or a profile's region"
    );
}

#[tokio::test]
async fn what_is_no_region_is_refused_before_anything_is_asked() {
    let ended = Machine::new()
        .run_with(&KEYS, &["crawl", "--region", "mars-1"])
        .await;
    assert_eq!(
        ended.failure(),
        "`mars-1` is not a region: a region looks like eu-west-1"
    );
}

#[tokio::test]
async fn what_is_no_role_is_refused_before_anything_is_asked() {
    let role = "arn:aws:iam::123456789012:user/me";
    let ended = Machine::new()
        .run_with(&KEYS, &[&CRAWL[..], &["--role-arn", role]].concat())
        .await;
    assert_eq!(
        ended.failure(),
        "`arn:aws:iam::123456789012:user/me` is not the ARN of a role: it looks like arn:aws:iam::123456789012:role/NAME"
    );
}

#[tokio::test]
async fn an_endpoint_that_is_not_aws_is_named() {
    for status in [200, 404, 500] {
        let listener =
            listener::answering(move |_| (status, "text/html", "<html>hello</html>".to_owned()))
                .await;
        let ended = crawl(&listener.url).await;
        let line = ended.failure();
        let expected = format!("what answers at {} is not AWS: ", listener.url);
        assert!(line.starts_with(&expected), "{status}: {line}");
        assert!(
            line.ends_with("; check AWS_ENDPOINT_URL"),
            "{status}: {line}"
        );
    }
}

#[tokio::test]
async fn a_refused_connection_is_named() {
    // Nobody listens on port 1.
    let ended = crawl("http://127.0.0.1:1").await;
    let line = ended.failure();
    assert!(
        line.starts_with("no answer from AWS at http://127.0.0.1:1: "),
        "{line}"
    );
    assert!(
        line.ends_with("; check the network, the region's name and AWS_ENDPOINT_URL"),
        "{line}"
    );
}

#[tokio::test]
async fn keys_that_aws_does_not_know_are_named() {
    let listener = listener::answering(|_| {
        let body = "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code>\
            <Message>The security token included in the request is invalid.</Message></Error></ErrorResponse>";
        (403, "text/xml", body.to_owned())
    })
    .await;
    assert_eq!(
        crawl(&listener.url).await.failure(),
        "AWS does not accept these credentials in eu-west-1: \
         InvalidClientTokenId: The security token included in the request is invalid."
    );
}

#[tokio::test]
async fn a_region_in_which_nothing_answers_is_no_empty_estate() {
    let listener = listener::answering(|request| {
        if request.contains("Action=GetCallerIdentity") {
            (200, "text/xml", IDENTITY.to_owned())
        } else {
            (500, "text/html", "down".to_owned())
        }
    })
    .await;
    let ended = crawl(&listener.url).await;
    let line = ended.failure();
    assert!(line.starts_with("nothing in eu-west-1 answers: "), "{line}");
    assert!(
        line.ends_with("; check the region's name, and whether the account has it enabled"),
        "{line}"
    );
}

#[tokio::test]
async fn a_recording_that_is_none_is_named() {
    let machine = Machine::new();
    let ended = machine.run(&["crawl", "--replay", "nowhere"]).await;
    let line = ended.failure();
    assert!(line.starts_with("cannot replay nowhere: "), "{line}");

    machine.write("broken/calls.jsonl", "{\"action\":");
    let ended = machine.run(&["crawl", "--replay", "broken"]).await;
    let line = ended.failure();
    assert!(
        line.starts_with("cannot replay broken: ") && line.contains("line 1"),
        "{line}"
    );
}

#[tokio::test]
async fn a_call_that_is_not_in_a_recording_is_a_blind_spot() {
    let machine = Machine::new();
    recording::write(&machine, |call| {
        if call["action"] == "ssm:DescribeParameters" {
            call["key"] = "another question".into();
        }
    });
    let summary = machine
        .prints(&["crawl", "--replay", recording::FOLDER])
        .await;
    assert!(summary.contains("2 blind spots"), "{summary}");
    assert!(
        summary.contains(
            "  ssm:DescribeParameters in 123456789012 us-east-1: ERROR (SSM_PARAMETER)\n"
        ),
        "{summary}"
    );
}

#[tokio::test]
async fn a_server_whose_crawls_fail_keeps_what_it_has() {
    let machine = Machine::new();
    recording::write(&machine, |_| {});
    machine
        .prints(&["crawl", "--replay", recording::FOLDER, "--store", "store"])
        .await;
    let mut command = machine.command(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--store",
        "store",
        "--region",
        "eu-west-1",
    ]);
    command
        .envs(KEYS)
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
    let server = Server::of(command).await;
    let before = server.ready().await;
    let failed = "blastmap_crawls_total{outcome=\"failed\"} 1\n";
    server.says("/metrics", failed).await;
    // What was asked on the way is counted, though no crawl came of it.
    let metrics = server.text("/metrics").await;
    let asked = "blastmap_aws_requests_total{outcome=\"failed\"} ";
    let asked = metrics.lines().find_map(|line| line.strip_prefix(asked));
    assert!(asked.unwrap().parse::<u64>().unwrap() >= 2, "{metrics}");
    assert!(
        !metrics.contains("blastmap_aws_retries_total 0\n"),
        "{metrics}"
    );
    assert_eq!(server.ready().await["snapshot"], before["snapshot"]);
    let said = server.said();
    assert!(
        said.contains("The crawl failed, the data stays as it was: no answer from AWS"),
        "{said}"
    );
}

//! Who may reach a server: refusals to start, tokens from file to client, and what the log says of it.

use serde_json::json;

use crate::{
    program::{Machine, within},
    server::Server,
};

/// A machine with a file of tokens: the viewer's and the operator's.
async fn machine() -> (Machine, String, String) {
    let machine = Machine::new();
    let mut tokens = Vec::new();
    for (name, role) in [("vera", "viewer"), ("otto", "operator")] {
        let arguments = ["token", name, "--role", role, "--add-to", "tokens.toml"];
        tokens.push(machine.prints(&arguments).await.trim().to_owned());
    }
    let operator = tokens.pop().unwrap();
    (machine, tokens.pop().unwrap(), operator)
}

#[tokio::test]
async fn a_token_is_printed_once_and_its_hash_kept() {
    let (machine, viewer, operator) = machine().await;
    let file = String::from_utf8(machine.read("tokens.toml")).unwrap();
    assert_eq!(file.matches("[[token]]").count(), 2, "{file}");
    for token in [&viewer, &operator] {
        let secret = token.strip_prefix("blastmap_").unwrap();
        assert!(!file.contains(secret), "{file}");
    }
    let again = machine
        .run(&["token", "vera", "--add-to", "tokens.toml"])
        .await;
    let line = again.failure();
    assert!(
        line.starts_with("cannot add the token to tokens.toml: it has a token for vera already"),
        "{line}"
    );
    let alone = machine.run(&["token", "ci"]).await;
    assert_eq!(alone.status, Some(0));
    assert!(alone.stdout.starts_with("blastmap_") && alone.stdout.lines().count() == 1);
    assert!(
        alone
            .stderr
            .contains("name = \"ci\"\nrole = \"viewer\"\nsha256 = \""),
        "{}",
        alone.stderr
    );
    let refused = machine.run(&["token", "a b"]).await;
    assert!(
        refused.failure().starts_with("`a b` is not a name"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_file_that_cannot_be_used_stops_the_start() {
    let machine = Machine::new();
    let serve = [
        "serve",
        "--demo",
        "--listen",
        "127.0.0.1:0",
        "--auth-tokens",
        "tokens.toml",
    ];
    let absent = machine.run(&serve).await;
    assert!(
        absent
            .failure()
            .starts_with("cannot read the tokens of tokens.toml: "),
        "{absent:?}"
    );
    machine.write("tokens.toml", "");
    let mode = |mode: u32| {
        use std::os::unix::fs::PermissionsExt as _;
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(machine.path("tokens.toml"), permissions).unwrap();
    };
    mode(0o644);
    let open = machine.run(&serve).await;
    assert!(
        open.failure()
            .ends_with("(mode 644): run `chmod 600 tokens.toml`"),
        "{open:?}"
    );
    mode(0o600);
    machine.write(
        "tokens.toml",
        "[[token]]\nname = \"a\"\nrole = \"king\"\nsha256 = \"\"\n",
    );
    let crooked = machine.run(&serve).await;
    assert!(
        crooked.failure().contains("unknown variant `king`"),
        "{crooked:?}"
    );
    let both = machine
        .run(&[&serve[..], &["--insecure-no-auth"]].concat())
        .await;
    assert!(both.usage().contains("cannot be used with"), "{both:?}");
    let roles = [
        "serve",
        "--demo",
        "--listen",
        "127.0.0.1:0",
        "--auth-operator",
        "ann",
    ];
    let nobody = machine.run(&roles).await;
    assert!(
        nobody
            .failure()
            .starts_with("--auth-operator is for those who sign in by --auth-oidc or --auth-alb"),
        "{nobody:?}"
    );
}

#[tokio::test]
async fn an_empty_file_of_tokens_and_one_that_others_may_write_are_told() {
    use std::os::unix::fs::PermissionsExt as _;
    let machine = Machine::new();
    machine.write("tokens.toml", "");
    let path = machine.path("tokens.toml");
    let mode = |mode| {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(0o666);
    let refused = machine
        .run(&["token", "ann", "--add-to", "tokens.toml"])
        .await;
    assert!(
        refused.failure().contains("run `chmod 600` on it"),
        "{refused:?}"
    );
    mode(0o600);
    let server = Server::start(&machine, &["--demo", "--auth-tokens", "tokens.toml"]).await;
    let ended = server.terminate().await;
    assert!(
        ended
            .stderr
            .contains("warning: tokens.toml holds no tokens"),
        "{ended:?}"
    );
}

#[tokio::test]
async fn with_tokens_any_address_may_be_listened_on() {
    let (machine, viewer, _) = machine().await;
    let arguments = [
        "serve",
        "--demo",
        "--listen",
        "0.0.0.0:0",
        "--auth-tokens",
        "tokens.toml",
    ];
    let server = Server::of(machine.command(&arguments)).await;
    let url = server.url.replace("0.0.0.0", "127.0.0.1");
    let answer = within(
        "metrics",
        server.client.get(format!("{url}/metrics")).send(),
    )
    .await;
    assert_eq!(answer.unwrap().status(), 401);
    let asked = server
        .client
        .get(format!("{url}/metrics"))
        .bearer_auth(&viewer)
        .send();
    assert_eq!(within("metrics", asked).await.unwrap().status(), 200);
    let ended = server.terminate().await;
    assert!(
        ended
            .stderr
            .contains("warning: tokens and sessions travel readable"),
        "{}",
        ended.stderr
    );
}

#[tokio::test]
async fn a_client_shows_its_token_and_the_log_says_who_did_what() {
    let (machine, viewer, operator) = machine().await;
    // Who looks for something else in the log has who did what all the same.
    let log = ["--log", "warn,blastmap_aws=debug"];
    let server = Server::start(
        &machine,
        &["--demo", "--auth-tokens", "tokens.toml", log[0], log[1]],
    )
    .await;
    server.ready().await;
    let url = server.url.clone();
    let radius = ["radius", "payments-execution", "--server", &url];
    let nobody = machine.run(&radius).await;
    assert_eq!(
        nobody.failure(),
        format!(
            "{url} asks who you are, and BLASTMAP_TOKEN is not set: put a token that it knows into BLASTMAP_TOKEN"
        )
    );
    let stranger = machine
        .run_with(&[("BLASTMAP_TOKEN", "blastmap_x")], &radius)
        .await;
    assert!(
        stranger
            .failure()
            .contains("does not know the token of BLASTMAP_TOKEN"),
        "{stranger:?}"
    );
    let shown = [("BLASTMAP_TOKEN", viewer.as_str())];
    let own = machine.run_with(&shown, &radius).await;
    assert_eq!(own.status, Some(0), "{own:?}");
    assert!(own.stdout.contains("payments-execution"), "{own:?}");
    machine.write(
        "plan.json",
        json!({ "resources": [{ "id": "checkout", "action": "DELETE" }] }).to_string(),
    );
    let review = machine
        .run_with(&shown, &["review", "plan.json", "--server", &url])
        .await;
    assert_eq!(review.status, Some(0), "{review:?}");
    let diff = machine
        .run_with(&shown, &["diff", "latest", "latest", "--server", &url])
        .await;
    assert_eq!(diff.status, Some(0), "{diff:?}");

    let crawl = |token: String| {
        let request = server
            .client
            .post(format!("{url}/graphql"))
            .bearer_auth(token)
            .header("content-type", "application/json")
            .body(json!({ "query": "mutation { crawl { id } }" }).to_string())
            .send();
        async move {
            within("a crawl", request)
                .await
                .unwrap()
                .text()
                .await
                .unwrap()
        }
    };
    assert!(crawl(viewer.clone()).await.contains("FORBIDDEN"));
    assert!(crawl(operator.clone()).await.contains("\"id\""));
    let log = server.terminate().await.stderr;
    for line in [
        "Refused: no such token",
        "audit.event=\"snapshot-read\"",
        ", by vera",
        "Refused: starting a crawl, by vera",
        ", by otto",
        "audit.event=\"crawl\"",
        "who.name=\"otto\"",
        "who.role=\"operator\"",
        "client.address=127.0.0.1",
    ] {
        assert!(log.contains(line), "{line}\n{log}");
    }
    for secret in [&viewer, &operator] {
        assert!(!log.contains(secret.as_str()), "{log}");
    }
}

#[tokio::test]
async fn a_provider_that_could_let_in_anybody_stops_the_start() {
    let machine = Machine::new();
    let issuer = "https://id.example";
    for (arguments, line) in [
        (
            &[
                "--auth-oidc",
                "http://id.example",
                "--auth-oidc-client-id",
                "a",
            ][..],
            "the issuer `http://id.example` is no https:// URL",
        ),
        (
            &["--auth-oidc", issuer],
            "tokens of any client would be taken: give --auth-oidc-client-id",
        ),
        (
            &["--auth-oidc", issuer, "--auth-oidc-client-id", "a"],
            "the provider sends people back to --public-url",
        ),
        (
            &["--auth-alb", "edge"],
            "`edge` is not the ARN of an Application Load Balancer",
        ),
    ] {
        let serve = ["serve", "--demo", "--listen", "127.0.0.1:0"];
        let ended = machine.run(&[&serve[..], arguments].concat()).await;
        assert!(ended.failure().starts_with(line), "{ended:?}");
    }
    let ended = machine
        .run(&["serve", "--auth-oidc", issuer, "--auth-oidc-scope", "email"])
        .await;
    assert!(ended.usage().contains("must hold openid"), "{ended:?}");
}

#[tokio::test]
async fn a_provider_need_not_be_there_when_the_server_starts() {
    let machine = Machine::new();
    machine.write("secret", "hush\n");
    let arguments = [
        "--demo",
        "--public-url",
        "http://127.0.0.1:1",
        "--auth-oidc",
        "http://127.0.0.1:9",
        "--auth-oidc-client-id",
        "a",
        "--auth-oidc-client-secret-file",
        "secret",
    ];
    let server = Server::start(&machine, &arguments).await;
    let answer = server.get("/session").await.text().await.unwrap();
    assert!(answer.contains("\"oidc\":\"127.0.0.1:9\""), "{answer}");
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy();
    let client = client.build().unwrap();
    let login = client
        .get(format!("{}/auth/login?return=/coverage", server.url))
        .send();
    let answer = within("a sign-in", login).await.unwrap();
    assert_eq!(answer.status(), 303);
    assert_eq!(
        answer.headers()["location"],
        "/coverage#sign-in=unreachable"
    );
    let log = server.terminate().await.stderr;
    assert!(
        log.contains("Cannot use the OpenID provider http://127.0.0.1:9"),
        "{log}"
    );
    assert!(!log.contains("hush"), "{log}");
}

const CERTIFICATE: &str = include_str!("tls/certificate.pem");
const KEY: &str = include_str!("tls/key.pem");

fn trusting(certificate: &str) -> reqwest::Client {
    let root = reqwest::Certificate::from_pem(certificate.as_bytes()).unwrap();
    let client = reqwest::Client::builder().no_proxy();
    client.tls_certs_only([root]).build().unwrap()
}

#[tokio::test]
async fn over_tls_a_client_reads_and_a_new_certificate_is_taken() {
    let (machine, viewer, _) = machine().await;
    machine.write("cert.pem", CERTIFICATE);
    machine.write("key.pem", KEY);
    let arguments = [
        "--demo",
        "--auth-tokens",
        "tokens.toml",
        "--tls-cert",
        "cert.pem",
        "--tls-key",
        "key.pem",
    ];
    let server = Server::start(&machine, &arguments).await;
    let port = server.url.strip_prefix("https://127.0.0.1:").unwrap();
    let url = format!("https://localhost:{port}");
    let ask = async |certificate: &str| {
        let request = trusting(certificate).get(format!("{url}/readyz")).send();
        within("an answer", request)
            .await
            .map(|answer| answer.status().as_u16())
    };
    let ready = async {
        while ask(CERTIFICATE).await.unwrap() != 200 {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    within("a graph", ready).await;

    // Who says nothing holds up nobody.
    let silent = tokio::net::TcpStream::connect(format!("127.0.0.1:{port}"))
        .await
        .unwrap();
    let environment = [
        ("BLASTMAP_TOKEN", viewer.as_str()),
        ("SSL_CERT_FILE", "cert.pem"),
    ];
    let radius = ["radius", "payments-execution", "--server", &url];
    let ended = machine.run_with(&environment, &radius).await;
    assert_eq!(ended.status, Some(0), "{ended:?}");
    drop(silent);
    let plain = server
        .client
        .get(format!("http://127.0.0.1:{port}/readyz"))
        .send();
    assert!(within("a refusal", plain).await.is_err());

    machine.write("cert.pem", include_str!("tls/other-certificate.pem"));
    machine.write("key.pem", include_str!("tls/other-key.pem"));
    let changed = async {
        while ask(include_str!("tls/other-certificate.pem"))
            .await
            .is_err()
        {
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
    };
    within("the new certificate", changed).await;
    assert!(ask(CERTIFICATE).await.is_err());
    machine.write("key.pem", "nonsense");
    let ended = server.terminate().await;
    assert_eq!(ended.status, Some(0), "{ended:?}");
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_stops_the_start() {
    let machine = Machine::new();
    let serve = [
        "serve",
        "--demo",
        "--listen",
        "127.0.0.1:0",
        "--tls-cert",
        "cert.pem",
        "--tls-key",
        "key.pem",
    ];
    assert!(
        machine
            .run(&serve)
            .await
            .failure()
            .starts_with("cannot read cert.pem as PEM: ")
    );
    machine.write("cert.pem", "nothing");
    machine.write("key.pem", KEY);
    assert_eq!(
        machine.run(&serve).await.failure(),
        "cert.pem holds no certificate"
    );
    machine.write("cert.pem", include_str!("tls/other-certificate.pem"));
    let unfit = machine.run(&serve).await;
    assert!(
        unfit
            .failure()
            .starts_with("the certificate cert.pem and the key key.pem cannot be used: "),
        "{unfit:?}"
    );
    let half = machine.run(&["serve", "--tls-cert", "cert.pem"]).await;
    assert!(half.usage().contains("--tls-key"), "{half:?}");
}

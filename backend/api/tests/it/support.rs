//! A small estate, a server over it, and a caller.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    http::{Request, Response, StatusCode, header},
};
use blastmap_api::{
    Access, App, Crawl, CrawlCounts, CrawlProgress, CrawlRefused, CrawlRun, RequestCounts,
    Settings, Snapshots, router,
};
use blastmap_graph::Snapshot;
use blastmap_model::{
    Attributes, BlindSpot, BlindSpotReason, Evidence, Inventory, NamedLink, Phase, Phases,
    Presence, Redactor, Relation, Resource, ResourceId, ResourceKind, Scope, ScopeRecord, Tags,
};
use blastmap_store::Store;
use serde_json::{Value, json};
use time::{OffsetDateTime, macros::datetime};
use tokio::sync::watch;
use tower::ServiceExt as _;

pub(crate) const TAKEN_AT: OffsetDateTime = datetime!(2026-11-23 18:00 UTC);

pub(crate) const WEB: &str = "arn:aws:ecs:eu-west-1:111111111111:service/shop/web";
pub(crate) const CLUSTER: &str = "arn:aws:ecs:eu-west-1:111111111111:cluster/shop";
pub(crate) const DEFINITION: &str = "arn:aws:ecs:eu-west-1:111111111111:task-definition/web:7";
pub(crate) const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-AbCdEf";
pub(crate) const PARAMETER: &str = "arn:aws:ssm:eu-west-1:111111111111:parameter/shop/level";
pub(crate) const BUCKET: &str = "arn:aws:s3:::other-team";
pub(crate) const ROLE: &str = "arn:aws:iam::111111111111:role/web";

pub(crate) fn resource(id: &str, kind: ResourceKind) -> Resource {
    let arn = ResourceId::new(id).arn().unwrap();
    Resource {
        id: ResourceId::new(id),
        kind,
        name: arn.last_part().into(),
        account: arn.account().into(),
        region: kind.region_of(&arn).into(),
        presence: Presence::Live,
        tags: Tags::default(),
        attributes: Attributes::none(),
        observed_at: TAKEN_AT,
    }
}

pub(crate) fn link(from: &str, relation: Relation, to: &str) -> NamedLink {
    NamedLink {
        from: ResourceId::new(from),
        to: ResourceId::new(to),
        relation,
        // Not the relation's own, which may be thought over.
        phases: Some(Phases::of(&[Phase::Start, Phase::Traffic])),
        evidence: Evidence {
            api: "ecs:DescribeServices".into(),
            field: "services[0]".into(),
            inferred: false,
            observed_at: None,
        },
    }
}

fn tags(tags: &[(&str, &str)]) -> Tags {
    tags.iter()
        .map(|(key, value)| ((*key).into(), (*value).into()))
        .collect()
}

/// The resources of the estate. Changed as a test likes, they make another snapshot.
pub(crate) fn resources() -> Vec<Resource> {
    vec![
        Resource {
            tags: tags(&[("Name", "web"), ("team", "shop")]),
            attributes: Attributes::from_value(
                &json!({ "desiredCount": 3, "launchType": "FARGATE" }),
            ),
            ..resource(WEB, ResourceKind::EcsService)
        },
        resource(CLUSTER, ResourceKind::EcsCluster),
        Resource {
            name: "web:7".into(),
            tags: tags(&[("team", "shop")]),
            ..resource(DEFINITION, ResourceKind::EcsTaskDefinition)
        },
        Resource {
            presence: Presence::Missing,
            ..resource(SECRET, ResourceKind::Secret)
        },
        Resource {
            presence: Presence::Unreadable,
            ..resource(PARAMETER, ResourceKind::SsmParameter)
        },
        Resource {
            presence: Presence::Outside,
            ..resource(BUCKET, ResourceKind::S3Bucket)
        },
        resource(ROLE, ResourceKind::IamRole),
    ]
}

pub(crate) fn links() -> Vec<NamedLink> {
    vec![
        link(WEB, Relation::PartOf, CLUSTER),
        link(WEB, Relation::Runs, DEFINITION),
        link(DEFINITION, Relation::ReadsSecret, SECRET),
        link(DEFINITION, Relation::ReadsSecret, PARAMETER),
        link(DEFINITION, Relation::TaskRole, ROLE),
        link(DEFINITION, Relation::LogsTo, BUCKET),
    ]
}

pub(crate) fn inventory(
    id: &str,
    taken_at: OffsetDateTime,
    resources: Vec<Resource>,
    links: Vec<NamedLink>,
) -> Inventory {
    let scope = |region: &str, api_calls| ScopeRecord {
        scope: Scope::new("111111111111", region),
        crawled_at: Some(taken_at),
        duration_ms: Some(1500),
        api_calls,
        kept: None,
    };
    let blind_spot = BlindSpot {
        account: "111111111111".into(),
        region: "eu-west-1".into(),
        api: "ssm:DescribeParameters".into(),
        reason: BlindSpotReason::AccessDenied,
        message: "not authorized to perform ssm:DescribeParameters".to_owned(),
        kinds: vec![ResourceKind::SsmParameter],
    };
    let scopes = vec![scope("eu-west-1", 12), scope("global", 3)];
    Inventory::new(
        id.to_owned(),
        taken_at,
        scopes,
        vec![blind_spot],
        resources,
        links,
    )
    .unwrap()
}

pub(crate) fn owner_keys() -> Vec<String> {
    vec!["owner".to_owned(), "team".to_owned()]
}

pub(crate) fn snapshot() -> Snapshot {
    Snapshot::new(
        inventory("now", TAKEN_AT, resources(), links()),
        owner_keys(),
    )
}

/// A crawler that does as it is told.
pub(crate) struct FakeCrawl {
    pub(crate) progress: watch::Sender<Option<CrawlProgress>>,
    pub(crate) starts: AtomicU64,
    on_start: Box<dyn Fn() + Send + Sync>,
}

impl FakeCrawl {
    pub(crate) fn new() -> Arc<Self> {
        Self::doing(|| {})
    }

    /// Does this when a crawl is started.
    pub(crate) fn doing(on_start: impl Fn() + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self {
            progress: watch::Sender::new(None),
            starts: AtomicU64::new(0),
            on_start: Box::new(on_start),
        })
    }

    /// Waits, when a crawl is started, until the returned sender is dropped.
    pub(crate) fn stuck() -> (Arc<Self>, std::sync::mpsc::Sender<()>) {
        let (release, held) = std::sync::mpsc::channel::<()>();
        let held = Mutex::new(held);
        let crawl = Self::doing(move || {
            let held = held.lock().unwrap();
            held.recv().unwrap_err();
        });
        (crawl, release)
    }
}

impl Crawl for FakeCrawl {
    fn start(&self) -> Result<CrawlRun, CrawlRefused> {
        self.starts.fetch_add(1, Ordering::Relaxed);
        (self.on_start)();
        Ok(CrawlRun {
            id: "run-1".to_owned(),
            started_at: TAKEN_AT,
        })
    }

    fn progress(&self) -> watch::Receiver<Option<CrawlProgress>> {
        self.progress.subscribe()
    }

    fn counts(&self) -> CrawlCounts {
        CrawlCounts {
            running: true,
            last_took: Some(Duration::from_millis(2500)),
            requests: RequestCounts {
                throttled: 3,
                repeated: 4,
                ..RequestCounts::default()
            },
            ..CrawlCounts::default()
        }
    }
}

pub(crate) fn settings() -> Settings {
    Settings {
        public_url: Some("https://blast.example.com".parse().unwrap()),
        owner_keys: owner_keys(),
        ..Settings::new("127.0.0.1:8080".parse().unwrap())
    }
}

/// A server that has nothing yet.
pub(crate) fn empty() -> App {
    App {
        snapshots: Arc::new(Snapshots::new()),
        store: None,
        crawl: None,
        redactor: Redactor::new([7; 32]),
        access: Access::Open,
        settings: settings(),
    }
}

/// A server over the small estate.
pub(crate) fn app() -> App {
    let app = empty();
    app.snapshots.publish(snapshot());
    app
}

/// The same with a store in a folder.
pub(crate) fn with_store(root: &std::path::Path) -> App {
    App {
        store: Some(Arc::new(Store::open(root.to_str().unwrap(), None).unwrap())),
        ..app()
    }
}

/// A caller of one server.
#[derive(Clone)]
pub(crate) struct Caller(Router);

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: axum::http::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: impl header::AsHeaderName) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The code of the first error.
    pub(crate) fn code(&self) -> String {
        self.json()["errors"][0]["extensions"]["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    pub(crate) fn message(&self) -> String {
        self.json()["errors"][0]["message"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }
}

impl Caller {
    pub(crate) fn of(app: App) -> Self {
        Self(router(app))
    }

    /// The head of an answer, whose body nobody has read.
    pub(crate) async fn begin(&self, request: Request<Body>) -> Response<Body> {
        self.0.clone().oneshot(request).await.unwrap()
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.begin(request).await;
        let (parts, body) = response.into_parts();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: axum::body::to_bytes(body, usize::MAX)
                .await
                .unwrap()
                .to_vec(),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(get(path).body(Body::empty()).unwrap()).await
    }

    /// Posts a query and expects HTTP to be content with it.
    pub(crate) async fn ask(&self, query: &str, variables: Value) -> Answer {
        let answer = self
            .send(post(&json!({ "query": query, "variables": variables })))
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        answer
    }

    /// The data of a query without errors.
    pub(crate) async fn data(&self, query: &str, variables: Value) -> Value {
        let answer = self.ask(query, variables).await.json();
        assert!(answer.get("errors").is_none(), "{answer:#}");
        answer["data"].clone()
    }
}

pub(crate) fn get(path: &str) -> axum::http::request::Builder {
    Request::get(path).header(header::HOST, "localhost:8080")
}

pub(crate) fn post(body: &Value) -> Request<Body> {
    post_with(&[], body.to_string())
}

/// A post of JSON with further headers; a name given again replaces the usual value.
pub(crate) fn post_with(headers: &[(&'static str, &str)], body: impl Into<Body>) -> Request<Body> {
    let mut request = Request::post("/graphql")
        .header(header::HOST, "localhost:8080")
        .header(header::CONTENT_TYPE, "application/json")
        .body(body.into())
        .unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    request
}

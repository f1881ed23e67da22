//! What is measured: names, which never change once they are out, and what stands beside them in the answer.

pub(super) const REQUESTS: &str = "blastmap_http_requests_total";
pub(super) const LATENCY: &str = "blastmap_http_request_duration_seconds";
pub(super) const SNAPSHOT_AGE: &str = "blastmap_snapshot_age_seconds";
pub(super) const RESOURCES: &str = "blastmap_resources";
pub(super) const LINKS: &str = "blastmap_links";
pub(super) const GRAPH_BYTES: &str = "blastmap_graph_bytes";
pub(super) const CHANGES: &str = "blastmap_snapshot_changes";
pub(super) const BLIND_SPOTS: &str = "blastmap_blind_spots";
pub(super) const BLIND_SPOTS_BY_REASON: &str = "blastmap_blind_spots_by_reason";
pub(super) const RESOURCES_LOST: &str = "blastmap_resources_lost";
pub(super) const KEPT_SCOPES: &str = "blastmap_kept_scopes";
pub(super) const PROBLEMS: &str = "blastmap_problems";
pub(super) const CRAWLS: &str = "blastmap_crawls_total";
pub(super) const CRAWL_RUNNING: &str = "blastmap_crawl_running";
pub(super) const CRAWL_DURATION: &str = "blastmap_crawl_duration_seconds";
pub(super) const API_CALLS: &str = "blastmap_aws_api_calls_total";
pub(super) const AWS_REQUESTS: &str = "blastmap_aws_requests_total";
pub(super) const AWS_RETRIES: &str = "blastmap_aws_retries_total";
pub(super) const STORE_ERRORS: &str = "blastmap_store_errors_total";
pub(super) const STORE_SNAPSHOTS: &str = "blastmap_store_snapshots";
pub(super) const QUERIES_RUNNING: &str = "blastmap_queries_running";
pub(super) const QUERIES_WAITING: &str = "blastmap_queries_waiting";
pub(super) const CONNECTIONS: &str = "blastmap_connections";
pub(super) const CONNECTIONS_REFUSED: &str = "blastmap_connections_refused_total";
pub(super) const SOCKETS: &str = "blastmap_websocket_connections";
pub(super) const SIGN_INS: &str = "blastmap_sign_ins_total";
pub(super) const BUILD: &str = "blastmap_build_info";
/// The name that every Prometheus client library gives it.
pub(super) const RESIDENT: &str = "process_resident_memory_bytes";

pub(super) const COUNTERS: [(&str, &str); 8] = [
    (REQUESTS, "Requests answered."),
    (CRAWLS, "Crawls ended since the server started."),
    (
        API_CALLS,
        "Calls to AWS since the server started, of crawls that succeeded.",
    ),
    (
        AWS_REQUESTS,
        "Requests to AWS since the server started, retries included.",
    ),
    (
        AWS_RETRIES,
        "Requests to AWS that repeat one that was not answered.",
    ),
    (
        CONNECTIONS_REFUSED,
        "Connections for which there was no place since the server started.",
    ),
    (STORE_ERRORS, "What failed in the store."),
    (SIGN_INS, "Sign-ins, and who was not let in."),
];

pub(super) const GAUGES: [(&str, &str); 19] = [
    (
        SNAPSHOT_AGE,
        "Seconds since the snapshot was taken that is answered from.",
    ),
    (RESOURCES, "Resources in the snapshot."),
    (LINKS, "Links in the snapshot."),
    (
        GRAPH_BYTES,
        "What the snapshot takes in memory, told from its size.",
    ),
    (
        CHANGES,
        "Resources that differ from the snapshot before this one.",
    ),
    (BLIND_SPOTS, "Calls that failed in the snapshot's crawl."),
    (BLIND_SPOTS_BY_REASON, "The same, by why they failed."),
    (
        RESOURCES_LOST,
        "Resources fewer than in the snapshot before, of the scopes that lost any.",
    ),
    (
        KEPT_SCOPES,
        "Scopes whose data is an earlier crawl's, for the newest saw too little.",
    ),
    (PROBLEMS, "What the server goes on without: see /readyz."),
    (CRAWL_RUNNING, "1 while a crawl is under way."),
    (
        CRAWL_DURATION,
        "How long the last crawl took, however it ended.",
    ),
    (
        STORE_SNAPSHOTS,
        "Snapshots in the store when it was last listed.",
    ),
    (QUERIES_RUNNING, "Queries that are worked on."),
    (QUERIES_WAITING, "Queries that wait for others to end."),
    (CONNECTIONS, "Connections that are open."),
    (SOCKETS, "WebSocket connections that are open."),
    (BUILD, "Always 1; the label says which version this is."),
    (RESIDENT, "Memory that the process holds."),
];

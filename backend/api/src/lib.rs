//! GraphQL views over a snapshot, the HTTP around them, and the embedded page.
//!
//! One request sees one snapshot. Whatever comes from outside passes the fences first: `server` counts bytes, hosts and
//! connections, `fence` weighs the query, `auth` asks who sends it, `fair` gives nobody more than a part.

mod app;
mod auth;
mod crawl;
mod engine;
mod fair;
mod fence;
mod graphql;
mod history;
mod json;
mod plans;
mod problem;
mod report;
mod reviews;
mod server;
mod snapshots;
mod stamp;
mod state;

pub use app::{App, Patience, PublicUrl, PublicUrlError, Settings};
pub use auth::{
    Access, AlbError, Guard, NewToken, OidcError, OidcSettings, Proxies, Role, RoleRules,
    SessionTimes, TokensError, new_token,
};
pub use crawl::{Crawl, CrawlCounts, CrawlProgress, CrawlRefused, CrawlRun, RequestCounts};
pub use fence::{Documents, DocumentsError};
pub use graphql::schema_text;
pub use json::{assessment_json, diff_json, radius_json};
pub use server::{Tls, TlsError, router, serve};
pub use snapshots::{Change, Snapshots, Trouble};

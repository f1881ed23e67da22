//! The whole configuration: flags, environment variables (`BLASTMAP_*`) and `blastmap.toml`, the former before the latter.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use clap::{Parser, Subcommand, ValueEnum};
use ipnet::IpNet;

/// Shows what breaks in an AWS ECS estate when something changes, how, when and why.
#[derive(Debug, Parser)]
#[command(
    name = "blastmap",
    version,
    propagate_version = true,
    max_term_width = 100
)]
#[command(
    after_help = "Examples:\n  blastmap serve --demo\n  blastmap crawl --region eu-west-1\n  blastmap radius payments-execution --demo\n\nConfiguration: blastmap.toml here or BLASTMAP_CONFIG, then BLASTMAP_* variables, then flags. AWS: the SDK's own (AWS_PROFILE, AWS_REGION, ...)."
)]
pub(crate) struct Args {
    /// Colours on standard output and error.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, env = "BLASTMAP_COLOR", help_heading = "Colours and log")]
    pub(crate) color: Color,
    /// What to log: error, warn, info, debug, trace, or per module as in `warn,blastmap_aws=debug`.
    #[arg(
        long,
        global = true,
        env = "BLASTMAP_LOG",
        value_name = "FILTER",
        help_heading = "Colours and log"
    )]
    pub(crate) log: Option<String>,
    /// Log lines as JSON.
    #[arg(
        long,
        global = true,
        env = "BLASTMAP_LOG_JSON", value_parser = clap::builder::FalseyValueParser::new(),
        help_heading = "Colours and log"
    )]
    pub(crate) log_json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

impl Color {
    /// `NO_COLOR` and the terminal decide where nobody else does.
    pub(crate) fn apply(self) {
        match self {
            Self::Auto => {}
            Self::Always => anstream::ColorChoice::Always.write_global(),
            Self::Never => anstream::ColorChoice::Never.write_global(),
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Crawl, keep crawling, and serve the page and the API.
    #[command(
        after_help = "Examples:\n  blastmap serve --demo\n  blastmap serve --region eu-west-1 --region us-east-1 --interval 10m\n  blastmap serve --snapshot estate.jsonl.zst\n  blastmap serve --listen 0.0.0.0:8080 --auth-tokens tokens.toml --public-url https://blast.example.com"
    )]
    Serve(Box<Serve>),
    /// Crawl once, keep the snapshot, and say what was seen and what was not.
    #[command(
        after_help = "Examples:\n  blastmap crawl --region eu-west-1\n  blastmap crawl --role-arn arn:aws:iam::123456789012:role/blastmap --out estate.jsonl.zst\n\nWith --out and without --store the snapshot goes to that file only."
    )]
    Crawl(Crawl),
    /// Show the blast radius of one resource.
    #[command(
        after_help = "Examples:\n  blastmap radius payments-execution --demo\n  blastmap radius arn:aws:iam::123456789012:role/platform/ecs-task-execution --depth 3 --demo\n  blastmap radius prod/payments/acquirer --format mermaid --demo"
    )]
    Radius(Radius),
    /// Say what a change would break, before it is made.
    #[command(
        after_help = "FILE is told apart by its content: the output of `terraform show -json PLAN` (or tofu), of `aws cloudformation describe-change-set --include-property-values`,\nthe input of `aws ecs register-task-definition`, or {\"resources\": [{\"id\": ..., \"action\": \"UPDATE\", \"attributes\": {...}}]}.\n\nExamples:\n  terraform show -json plan.out | blastmap review -\n  blastmap review plan.json --format markdown --out comment.md --fail-on high\n  blastmap review plan.json --demo\n\nExit status: 0 reviewed, 1 could not, 2 usage, 3 reviewed and --fail-on was reached."
    )]
    Review(Review),
    /// Show what changed between two snapshots.
    #[command(
        after_help = "FROM and TO: `latest`, `previous` (the one before it), the id of a snapshot of the store or the server, or a snapshot file.\n\nExamples:\n  blastmap diff previous latest\n  blastmap diff 20261123T180000Z-1f2e latest --format json\n  blastmap diff before.jsonl.zst after.jsonl.zst\n  blastmap diff latest.jsonl.zst latest --live"
    )]
    Diff(Diff),
    /// Print the GraphQL schema.
    Schema,
    /// Print the least read-only IAM policy that the crawler needs.
    #[command(
        after_help = "Examples:\n  blastmap policy > policy.json\n  blastmap policy --format terraform"
    )]
    Policy(Policy),
    /// Make a token for --auth-tokens, and print it once.
    #[command(
        after_help = "The token goes to standard output. The file holds its SHA-256 alone; a running server reads the file again by itself.\n\nExamples:\n  blastmap token ci --add-to tokens.toml\n  blastmap token ann --role operator --add-to tokens.toml\n  blastmap serve --listen 0.0.0.0:8080 --auth-tokens tokens.toml --public-url https://blast.example.com\n  BLASTMAP_TOKEN=... blastmap radius web --server https://blast.example.com"
    )]
    Token(Token),
    /// Print a shell's completions.
    Completions(Completions),
}

#[derive(Debug, clap::Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the command line"
)]
pub(crate) struct Serve {
    /// Serve the built-in demo estate, crawled from recorded answers; AWS is not called.
    #[arg(long, conflicts_with_all = ["snapshot", "region", "role_arn", "organization", "replay", "record"], env = "BLASTMAP_DEMO", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) demo: bool,
    /// Serve this snapshot file; AWS is not called.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["region", "role_arn", "organization", "replay", "record"], env = "BLASTMAP_SNAPSHOT")]
    pub(crate) snapshot: Option<PathBuf>,
    /// Address and port; port 0 takes any that is free.
    #[arg(
        long,
        default_value = "127.0.0.1:8080",
        env = "BLASTMAP_LISTEN",
        value_name = "ADDRESS"
    )]
    pub(crate) listen: SocketAddr,
    /// How people reach this server, where that is not --listen: its host is accepted in requests.
    #[arg(long, env = "BLASTMAP_PUBLIC_URL", value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// Time between two crawls: 30s, 5m, 1h.
    #[arg(long, default_value = "5m", value_parser = duration, env = "BLASTMAP_INTERVAL")]
    pub(crate) interval: Duration,
    /// The largest plan that is taken, as in 64MiB.
    #[arg(long, default_value = "64MiB", value_parser = size, env = "BLASTMAP_MAX_BODY", value_name = "SIZE")]
    pub(crate) max_body: usize,
    /// How many requests of one caller are answered in a minute, much work counting more than once; 0: any number.
    #[arg(
        long,
        default_value_t = 60_000,
        env = "BLASTMAP_RATE_LIMIT",
        value_name = "REQUESTS"
    )]
    pub(crate) rate_limit: u32,
    /// Answer only the GraphQL documents of this file and those of the page: a JSON list of texts, or an object with them by name.
    #[arg(long, value_name = "FILE", env = "BLASTMAP_ALLOW_DOCUMENTS")]
    pub(crate) allow_documents: Option<PathBuf>,
    /// Do not tell callers what the schema holds: /graphiql and code generators then read schema.graphql.
    #[arg(long, env = "BLASTMAP_NO_INTROSPECTION", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) no_introspection: bool,
    /// Call no AWS: serve what other processes crawl into the store, and what they add to it.
    #[arg(long, conflicts_with_all = ["demo", "snapshot", "region", "role_arn", "organization", "replay", "record"], env = "BLASTMAP_NO_CRAWL", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) no_crawl: bool,
    /// Show no snapshot for which there is less memory than this, as in 2GiB: the one before stays. Default: no limit.
    #[arg(long, value_parser = memory, env = "BLASTMAP_MAX_MEMORY", value_name = "SIZE")]
    pub(crate) max_memory: Option<usize>,
    /// Serve everybody who can reach the address: nobody is asked who they are.
    #[arg(long, conflicts_with_all = ["auth_tokens", "auth_oidc", "auth_alb"], env = "BLASTMAP_INSECURE_NO_AUTH", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) insecure_no_auth: bool,
    /// Serve over TLS with this chain of certificates, as PEM; read again when it changes.
    #[arg(
        long,
        value_name = "FILE",
        requires = "tls_key",
        env = "BLASTMAP_TLS_CERT"
    )]
    pub(crate) tls_cert: Option<PathBuf>,
    /// The certificate's key, as PEM.
    #[arg(
        long,
        value_name = "FILE",
        requires = "tls_cert",
        env = "BLASTMAP_TLS_KEY"
    )]
    pub(crate) tls_key: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) auth: Methods,
    #[command(flatten)]
    pub(crate) scope: Scope,
    #[command(flatten)]
    pub(crate) keep: Keep,
    #[command(flatten)]
    pub(crate) stay: Stay,
    #[command(flatten)]
    pub(crate) owners: Owners,
}

/// Who may ask. Loopback needs nothing; what is given here holds there, too.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Access")]
pub(crate) struct Methods {
    /// Let in who has a token of this file, which `blastmap token` writes; read again when it changes.
    #[arg(long, value_name = "FILE", env = "BLASTMAP_AUTH_TOKENS")]
    pub(crate) auth_tokens: Option<PathBuf>,
    /// Let in for whom this OpenID provider vouches: on the page by the code flow with PKCE, tools by its signed tokens. As the
    /// provider writes it, e.g. <https://login.example.com/realms/staff>.
    #[arg(long, value_name = "ISSUER", env = "BLASTMAP_AUTH_OIDC")]
    pub(crate) auth_oidc: Option<String>,
    /// What the provider knows this server as; its redirect URI is --public-url with /auth/callback.
    #[arg(
        long,
        value_name = "ID",
        requires = "auth_oidc",
        env = "BLASTMAP_AUTH_OIDC_CLIENT_ID"
    )]
    pub(crate) auth_oidc_client_id: Option<String>,
    /// A file with the client's secret, or `BLASTMAP_AUTH_OIDC_CLIENT_SECRET`; a public client has none.
    #[arg(
        long,
        value_name = "FILE",
        requires = "auth_oidc_client_id",
        env = "BLASTMAP_AUTH_OIDC_CLIENT_SECRET_FILE"
    )]
    pub(crate) auth_oidc_client_secret_file: Option<PathBuf>,
    /// The client's secret.
    #[arg(
        long,
        hide = true,
        env = "BLASTMAP_AUTH_OIDC_CLIENT_SECRET",
        hide_env_values = true
    )]
    pub(crate) auth_oidc_client_secret: Option<String>,
    /// For whom signed tokens of tools have to be. Default: the client's id.
    #[arg(
        long,
        value_name = "AUDIENCE",
        requires = "auth_oidc",
        env = "BLASTMAP_AUTH_OIDC_AUDIENCE"
    )]
    pub(crate) auth_oidc_audience: Option<String>,
    /// What is asked of the provider.
    #[arg(long, value_name = "SCOPES", default_value = "openid profile email", value_parser = scope, env = "BLASTMAP_AUTH_OIDC_SCOPE")]
    pub(crate) auth_oidc_scope: String,
    /// Let in whom this Application Load Balancer signed in, by the header that it signs.
    #[arg(long, value_name = "ARN", env = "BLASTMAP_AUTH_ALB")]
    pub(crate) auth_alb: Option<String>,
    /// The claim that --auth-operator and --auth-viewer are about, of the provider or the balancer; with dots, a path.
    #[arg(
        long,
        value_name = "CLAIM",
        default_value = "groups",
        env = "BLASTMAP_AUTH_ROLE_CLAIM"
    )]
    pub(crate) auth_role_claim: String,
    /// A value of the claim that makes an operator; may be repeated.
    #[arg(
        long,
        value_name = "VALUE",
        value_delimiter = ',',
        env = "BLASTMAP_AUTH_OPERATOR"
    )]
    pub(crate) auth_operator: Vec<String>,
    /// A value of the claim that makes a viewer; may be repeated. Default: whoever is signed in is one.
    #[arg(
        long,
        value_name = "VALUE",
        value_delimiter = ',',
        env = "BLASTMAP_AUTH_VIEWER"
    )]
    pub(crate) auth_viewer: Vec<String>,
    /// A session of a browser ends after so long without a request; an open page asks every minute.
    #[arg(long, default_value = "1h", value_parser = duration, value_name = "TIME", env = "BLASTMAP_SESSION_IDLE")]
    pub(crate) session_idle: Duration,
    /// A session ends after so long in any case.
    #[arg(long, default_value = "12h", value_parser = duration, value_name = "TIME", env = "BLASTMAP_SESSION_LIFETIME")]
    pub(crate) session_lifetime: Duration,
    /// The address or network of a proxy whose X-Forwarded-For is believed, in the log and where requests are counted; may be
    /// repeated.
    #[arg(long, value_name = "NETWORK", value_parser = network, value_delimiter = ',', env = "BLASTMAP_TRUSTED_PROXY")]
    pub(crate) trusted_proxy: Vec<IpNet>,
}

impl Methods {
    /// Whether there is any method to show who one is.
    pub(crate) fn is_given(&self) -> bool {
        self.auth_tokens.is_some() || self.auth_oidc.is_some() || self.auth_alb.is_some()
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct Token {
    /// Whom the token is for: letters, digits and - _ . @ +
    pub(crate) name: String,
    /// What the token allows.
    #[arg(long, value_enum, default_value_t = Role::Viewer)]
    pub(crate) role: Role,
    /// Add the block to this file, which is made where it is not there.
    #[arg(long, value_name = "FILE")]
    pub(crate) add_to: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Role {
    /// Reads, makes reviews and marks risks.
    Viewer,
    /// Starts crawls, too.
    Operator,
}

impl From<Role> for blastmap_api::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Viewer => Self::Viewer,
            Role::Operator => Self::Operator,
        }
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct Crawl {
    #[command(flatten)]
    pub(crate) scope: Scope,
    #[command(flatten)]
    pub(crate) keep: Keep,
    #[command(flatten)]
    pub(crate) stay: Stay,
    /// Write the snapshot to this file, compressed if its name ends in .zst.
    #[arg(long, value_name = "FILE", env = "BLASTMAP_OUT")]
    pub(crate) out: Option<PathBuf>,
}

/// What to crawl.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Scope {
    /// A region to crawl, or `all` for those that an account has enabled; may be repeated. Default: the SDK's, from its
    /// environment or profile.
    #[arg(
        long,
        value_name = "REGION",
        env = "BLASTMAP_REGION",
        value_delimiter = ','
    )]
    pub(crate) region: Vec<String>,
    /// A role to assume, one for each account to crawl; may be repeated. Default: the credentials at hand.
    #[arg(
        long,
        value_name = "ARN",
        env = "BLASTMAP_ROLE_ARN",
        value_delimiter = ','
    )]
    pub(crate) role_arn: Vec<String>,
    /// Crawl every active account of the organization, each by its role of this name; the account whose credentials are at
    /// hand needs no role.
    #[arg(
        long,
        value_name = "ROLE-NAME",
        conflicts_with = "role_arn",
        env = "BLASTMAP_ORGANIZATION"
    )]
    pub(crate) organization: Option<String>,
    /// How long one crawl may take: 10m, 1h. What AWS has not answered by then is a blind spot.
    #[arg(long, default_value = "1h", value_parser = duration, env = "BLASTMAP_DEADLINE", value_name = "DURATION")]
    pub(crate) deadline: Duration,
    /// Record AWS's answers in this folder, for a bug report: only what is read of them, secrets redacted.
    #[arg(
        long,
        value_name = "DIR",
        conflicts_with = "replay",
        env = "BLASTMAP_RECORD"
    )]
    pub(crate) record: Option<PathBuf>,
    /// Crawl a recording instead of AWS.
    #[arg(long, value_name = "DIR", env = "BLASTMAP_REPLAY")]
    pub(crate) replay: Option<PathBuf>,
}

/// Where snapshots and the fingerprints' key are kept.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Keep {
    /// A folder, as `file:///path`, or `s3://bucket/prefix`. Default: the platform's data folder.
    #[arg(long, value_name = "URL", env = "BLASTMAP_STORE")]
    pub(crate) store: Option<String>,
    /// A file with the key of fingerprints, instead of the store's own: 64 hexadecimal digits.
    #[arg(long, value_name = "FILE", env = "BLASTMAP_FINGERPRINT_KEY")]
    pub(crate) fingerprint_key: Option<PathBuf>,
}

/// What stays in the store.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Stay {
    /// Other crawls write their accounts and regions into the same store: this one is a part of the snapshot that they make.
    #[arg(long, env = "BLASTMAP_SHARED", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) shared: bool,
    /// How many of the newest snapshots stay in the store.
    #[arg(long, value_name = "N", default_value_t = blastmap_store::KEPT_SNAPSHOTS, value_parser = at_least_one, env = "BLASTMAP_KEEP_NEWEST")]
    pub(crate) keep_newest: usize,
    /// Keep the old data of an account and region of which a crawl lost more than so many resources of a hundred. What AWS
    /// denied nowhere is believed the second time. Default: never.
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100), env = "BLASTMAP_MAX_DROP")]
    pub(crate) max_drop: Option<u8>,
    /// Of so many days the last snapshot stays, too.
    #[arg(long, value_name = "DAYS", default_value_t = blastmap_store::KEPT_DAYS, env = "BLASTMAP_KEEP_DAYS")]
    pub(crate) keep_days: u32,
}

impl Stay {
    pub(crate) fn retention(&self) -> blastmap_store::Retention {
        blastmap_store::Retention {
            newest: self.keep_newest,
            days: self.keep_days,
        }
    }
}

/// Whom to call.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Owners {
    /// A tag that names the owner; may be repeated, the first that is set counts.
    #[arg(
        long,
        value_name = "KEY",
        env = "BLASTMAP_OWNER_TAG",
        value_delimiter = ',',
        default_values = ["owner", "team", "service-owner"]
    )]
    pub(crate) owner_tag: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Radius {
    /// The resource: its ARN, its id or its name.
    pub(crate) resource: String,
    /// What it can harm, or what it needs.
    #[arg(long, value_enum, default_value_t = Direction::Dependents)]
    pub(crate) direction: Direction,
    /// Follow at most this many links.
    #[arg(long, value_name = "N")]
    pub(crate) depth: Option<u32>,
    #[arg(long, value_enum, default_value_t = RadiusFormat::Tree)]
    pub(crate) format: RadiusFormat,
    #[command(flatten)]
    pub(crate) source: Source,
    #[command(flatten)]
    pub(crate) owners: Owners,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Diff {
    /// The earlier snapshot: `latest`, `previous`, an id or a file.
    #[arg(value_name = "FROM")]
    pub(crate) before: String,
    /// The later snapshot.
    #[arg(value_name = "TO")]
    pub(crate) after: String,
    #[arg(long, value_enum, default_value_t = DiffFormat::Text)]
    pub(crate) format: DiffFormat,
    #[command(flatten)]
    pub(crate) source: Source,
    #[command(flatten)]
    pub(crate) owners: Owners,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiffFormat {
    Text,
    Json,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Review {
    /// The change: a plan, a change set, a task definition or changes of the API as JSON; `-` is standard input.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[arg(long, value_enum, default_value_t = ReviewFormat::Text)]
    pub(crate) format: ReviewFormat,
    /// Write the report to this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// End with status 3 if a risk of this level, or a worse one, is found.
    #[arg(
        long,
        value_enum,
        value_name = "LEVEL",
        default_value_t = FailOn::Never,
        env = "BLASTMAP_FAIL_ON"
    )]
    pub(crate) fail_on: FailOn,
    /// An address of the plan that blastmap finds nothing for, and the id, ARN or name of the resource that it stands for; as often as needed.
    #[arg(long = "map", value_name = "ADDRESS=ID", value_parser = address_and_id)]
    pub(crate) mapping: Vec<(String, String)>,
    #[command(flatten)]
    pub(crate) source: Source,
    #[command(flatten)]
    pub(crate) owners: Owners,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReviewFormat {
    Text,
    Json,
    Markdown,
    Html,
    Sarif,
}

/// From which level on a review fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    Critical,
    High,
    Medium,
    Low,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Direction {
    Dependents,
    Dependencies,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RadiusFormat {
    Tree,
    Json,
    Dot,
    Mermaid,
}

/// Where the graph comes from.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Source {
    /// This snapshot file.
    #[arg(long, value_name = "FILE", group = "from", help_heading = "Source")]
    pub(crate) snapshot: Option<PathBuf>,
    /// The newest snapshot of a running blastmap (token in `BLASTMAP_TOKEN`).
    #[arg(
        long,
        value_name = "URL",
        group = "from",
        help_heading = "Source",
        env = "BLASTMAP_SERVER"
    )]
    pub(crate) server: Option<String>,
    /// The bearer token for --server.
    #[arg(long, hide = true, env = "BLASTMAP_TOKEN", hide_env_values = true)]
    pub(crate) token: Option<String>,
    /// Crawl AWS now, and keep nothing.
    #[arg(long, group = "from", help_heading = "Source")]
    pub(crate) live: bool,
    /// The built-in demo estate.
    #[arg(long, group = "from", help_heading = "Source")]
    pub(crate) demo: bool,
    #[command(flatten)]
    pub(crate) scope: Scope,
    #[command(flatten)]
    pub(crate) keep: Keep,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Policy {
    #[arg(long, value_enum, default_value_t = PolicyFormat::Json)]
    pub(crate) format: PolicyFormat,
    /// With `all`: also what finding the regions takes that an account has enabled.
    #[arg(long, value_name = "REGION", value_delimiter = ',')]
    pub(crate) region: Vec<String>,
    /// Also what taking on these roles takes.
    #[arg(long, value_name = "ARN", value_delimiter = ',')]
    pub(crate) role_arn: Vec<String>,
    /// Also what crawling an organization by its roles of this name takes.
    #[arg(long, value_name = "ROLE-NAME", conflicts_with = "role_arn")]
    pub(crate) organization: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PolicyFormat {
    Json,
    Terraform,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Completions {
    pub(crate) shell: clap_complete::Shell,
}

/// `90`, `30s`, `5m`, `2h`.
fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = split_unit(text);
    let seconds = match unit {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return Err("give a number and s, m or h, as in 5m".to_owned()),
    };
    let number: u64 = number
        .parse()
        .map_err(|_not_a_number| "give a number and s, m or h, as in 5m".to_owned())?;
    match number.checked_mul(seconds) {
        Some(seconds @ 1..) => Ok(Duration::from_secs(seconds)),
        _ => Err("must be more than nothing".to_owned()),
    }
}

/// As a size; less than this is a unit that was forgotten.
fn memory(text: &str) -> Result<usize, String> {
    match size(text)? {
        bytes if bytes < 16 << 20 => Err("give at least 16MiB, as in 2GiB".to_owned()),
        bytes => Ok(bytes),
    }
}

/// The snapshot that is shown has to stay.
fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("give a number of one or more".to_owned()),
        Ok(number) => Ok(number),
    }
}

/// `1048576`, `512KiB`, `64MiB`, `1GiB`.
fn size(text: &str) -> Result<usize, String> {
    let (number, unit) = split_unit(text);
    let bytes = match unit {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return Err("give a number and KiB, MiB or GiB, as in 64MiB".to_owned()),
    };
    let number: usize = number
        .parse()
        .map_err(|_not_a_number| "give a number and KiB, MiB or GiB, as in 64MiB".to_owned())?;
    number
        .checked_mul(bytes)
        .filter(|size| *size > 0)
        .ok_or_else(|| "must be more than nothing".to_owned())
}

/// Splits at the last `=`: keys in an address may hold one, ids do not.
fn address_and_id(text: &str) -> Result<(String, String), String> {
    match text.rsplit_once('=') {
        Some((address, id)) if !address.is_empty() && !id.is_empty() => {
            Ok((address.to_owned(), id.to_owned()))
        }
        _ => Err("give it as ADDRESS=ID, e.g. aws_ecs_service.checkout=checkout".to_owned()),
    }
}

/// Without `openid` a provider gives no ID token.
fn scope(text: &str) -> Result<String, String> {
    if text.split_whitespace().any(|own| own == "openid") {
        Ok(text.to_owned())
    } else {
        Err("must hold openid, as in \"openid profile email\"".to_owned())
    }
}

/// `10.0.0.0/8`, or one address.
fn network(text: &str) -> Result<IpNet, String> {
    let one = text.parse::<IpAddr>().map(IpNet::from);
    one.or_else(|_no_address| text.parse())
        .map_err(|_no_network| "give an address or a network, as in 10.0.0.0/8".to_owned())
}

fn split_unit(text: &str) -> (&str, &str) {
    let end = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_arguments_fit_together() {
        Args::command().debug_assert();
    }

    #[test]
    fn reads_durations_and_sizes() {
        assert_eq!(duration("5m"), Ok(Duration::from_mins(5)));
        assert_eq!(duration("90"), Ok(Duration::from_secs(90)));
        assert!(
            duration("0s").is_err()
                && duration("soon").is_err()
                && duration("99999999999999999999h").is_err()
        );
        assert_eq!(size("64MiB"), Ok(64 << 20));
        assert!(size("lots").is_err() && size("0").is_err());
    }
}

//! Who may ask: methods to show who one is, sessions of browsers, and what is kept from those who guess.

pub(crate) mod alb;
pub(crate) mod audit;
pub(crate) mod caller;
mod claims;
mod digest;
mod fetch;
mod guard;
mod identity;
mod jwks;
mod jws;
pub(crate) mod oidc;
mod proxies;
mod roles;
mod sessions;
mod sign_ins;
mod throttle;
mod tokens;

pub use alb::AlbError;
pub use guard::{Access, Guard};
pub(crate) use guard::{Refusal, SESSION_COOKIE, cookie};
pub use identity::Role;
pub(crate) use identity::{Identity, Method};
pub use oidc::{OidcError, OidcSettings};
pub use proxies::Proxies;
pub use roles::RoleRules;
pub use sessions::SessionTimes;
pub(crate) use sign_ins::{SignInOutcome, SignIns};
pub use tokens::{NewToken, TokensError, new_token};

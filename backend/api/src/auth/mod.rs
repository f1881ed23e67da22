//! Who may ask: methods to show who one is, sessions of browsers, and what is kept from those who guess.

pub(crate) mod audit;
pub(crate) mod caller;
mod digest;
mod guard;
mod identity;
mod sessions;
mod throttle;
mod tokens;

pub use guard::{Access, Guard};
pub(crate) use guard::{Refusal, SESSION_COOKIE, cookie};
pub use identity::Role;
pub(crate) use identity::{Identity, Method};
pub use sessions::SessionTimes;
pub use tokens::{NewToken, TokensError, new_token};

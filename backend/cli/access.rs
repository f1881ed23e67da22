//! Who may reach the server: puts together what the arguments say of it.

use std::sync::Arc;

use anyhow::bail;
use blastmap_api::{Access, Guard, PublicUrl, SessionTimes};

use crate::{args::Serve, output};

/// Nothing is asked on loopback unless told; elsewhere somebody has to say who may come in, or that everybody may.
pub(crate) fn of(args: &Serve, public_url: Option<&PublicUrl>) -> anyhow::Result<Access> {
    let auth = &args.auth;
    if !auth.is_given() {
        if !args.listen.ip().is_loopback() && !args.insecure_no_auth {
            bail!(
                "refusing to listen on {}: everybody who reaches this address could read the estate; \
                 give --auth-tokens FILE, listen on 127.0.0.1, or say --insecure-no-auth",
                args.listen
            );
        }
        return Ok(Access::Open);
    }
    let times = SessionTimes {
        idle: auth.session_idle,
        longest: auth.session_lifetime,
    };
    let mut guard = Guard::new(times).behind(auth.trusted_proxy.clone());
    if let Some(path) = &auth.auth_tokens {
        guard = guard.with_tokens(path)?;
    }
    let is_https = public_url.is_some_and(PublicUrl::is_https);
    if !args.listen.ip().is_loopback() && !is_https {
        output::say(
            "warning: tokens and sessions travel readable, and browsers keep no session: end TLS before this server and give --public-url https://...",
        );
    }
    Ok(Access::Guarded(Arc::new(guard)))
}

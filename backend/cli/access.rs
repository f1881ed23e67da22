//! Who may reach the server: puts together what the arguments say of it.

use std::sync::Arc;

use anyhow::{Context as _, bail};
use blastmap_api::{Access, Guard, OidcSettings, PublicUrl, RoleRules, SessionTimes};

use crate::{
    args::{Methods, Serve},
    output,
};

/// Nothing is asked on loopback unless told; elsewhere somebody has to say who may come in, or that everybody may.
pub(crate) fn of(args: &Serve, public_url: Option<&PublicUrl>) -> anyhow::Result<Access> {
    let auth = &args.auth;
    if auth.auth_oidc.is_none() && auth.auth_alb.is_none() {
        let roles = [
            (&auth.auth_operator, "--auth-operator"),
            (&auth.auth_viewer, "--auth-viewer"),
        ];
        if let Some((_, name)) = roles.into_iter().find(|(values, _)| !values.is_empty()) {
            bail!(
                "{name} is for those who sign in by --auth-oidc or --auth-alb: give one of them; a token says its role itself"
            );
        }
    }
    if !auth.is_given() {
        if !args.listen.ip().is_loopback() && !args.insecure_no_auth {
            bail!(
                "refusing to listen on {}: everybody who reaches this address could read the estate; \
                 give --auth-tokens FILE, --auth-oidc ISSUER or --auth-alb ARN, listen on 127.0.0.1, or say --insecure-no-auth",
                args.listen
            );
        }
        return Ok(Access::Open);
    }
    let times = SessionTimes {
        idle: auth.session_idle,
        longest: auth.session_lifetime,
    };
    let mut guard = Guard::new(times);
    if let Some(path) = &auth.auth_tokens {
        guard = guard.with_tokens(path)?;
        if guard.has_no_tokens() {
            output::say(&format!(
                "warning: {} holds no tokens, so that nobody comes in by one: `blastmap token NAME --add-to {}` makes one",
                path.display(),
                path.display()
            ));
        }
    }
    let roles = RoleRules {
        claim: auth.auth_role_claim.clone(),
        operators: auth.auth_operator.clone(),
        viewers: auth.auth_viewer.clone(),
    };
    if let Some(issuer) = &auth.auth_oidc {
        guard = guard.with_oidc(OidcSettings {
            issuer: issuer.clone(),
            client_id: auth.auth_oidc_client_id.clone(),
            client_secret: client_secret(auth)?,
            audience: auth.auth_oidc_audience.clone(),
            scope: auth.auth_oidc_scope.clone(),
            public_url: public_url.cloned(),
            roles: roles.clone(),
        })?;
    }
    if let Some(arn) = &auth.auth_alb {
        guard = guard.with_alb(arn, roles, None)?;
    }
    let is_https = public_url.is_some_and(PublicUrl::is_https);
    if !args.listen.ip().is_loopback() && !is_https && args.tls_cert.is_none() {
        output::say(
            "warning: tokens and sessions travel readable, and browsers keep no session: give --tls-cert and --tls-key, or end TLS before this server and give --public-url https://...",
        );
    }
    Ok(Access::Guarded(Arc::new(guard)))
}

/// From a file rather than from the environment, where other processes may read it.
fn client_secret(auth: &Methods) -> anyhow::Result<Option<String>> {
    let Some(path) = &auth.auth_oidc_client_secret_file else {
        return Ok(auth.auth_oidc_client_secret.clone());
    };
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the client's secret {}", path.display()))?;
    match text.trim() {
        "" => bail!("the client's secret {} is empty", path.display()),
        secret => Ok(Some(secret.to_owned())),
    }
}

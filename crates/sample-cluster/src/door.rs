//! Who calls, and whether they may: asked of every request before anything else.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use http::{HeaderMap, header};
use ring::digest::{SHA256, digest};
use ring::hmac::{self, HMAC_SHA256};
use serde_json::{Value, json};

use crate::kinds::ACCOUNT;
use crate::object;
use crate::rbac::{self, Wish};
use crate::status::Refusal;
use crate::store::State;
use crate::user::{User, account_name};

/// Who issues tokens, and whom they are for.
pub(crate) const ISSUER: &str = "https://kubernetes.default.svc";
/// `{"alg":"HS256"}`. Whoever signs is the only one who checks, so there is no public key.
const HEADER: &str = "eyJhbGciOiJIUzI1NiJ9";

/// What shows who somebody is. It ends with the process.
pub(crate) struct Door {
    accounts_key: hmac::Key,
    pub(crate) admin_token: String,
}

impl Door {
    pub(crate) fn new() -> Self {
        Self {
            accounts_key: hmac::Key::new(HMAC_SHA256, &rand::random::<[u8; 32]>()),
            admin_token: URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()),
        }
    }

    /// Whoever the request says it is from, or nobody when what it shows is not good.
    pub(crate) fn user(
        &self,
        state: &State,
        headers: &HeaderMap,
        now: DateTime<Utc>,
    ) -> Result<User, Refusal> {
        if headers.keys().any(|name| name.as_str().starts_with("impersonate-")) {
            return Err(Refusal::not_here("nobody can act as another (--as)"));
        }
        let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = shown.and_then(|text| text.split_once(' ')).and_then(|(scheme, token)| {
            scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
        });
        let Some(token) = token else { return Ok(User::anonymous()) };
        // Compared by digest, so that the time it takes says nothing about the token.
        let of = |text: &str| digest(&SHA256, text.as_bytes());
        if of(token).as_ref() == of(&self.admin_token).as_ref() {
            return Ok(User::admin());
        }
        self.bearer(state, token, now).ok_or_else(Refusal::unauthorized)
    }

    /// A token of an account, as a real cluster's look, from now until then.
    pub(crate) fn token(
        &self,
        account: &Value,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> String {
        let (namespace, name) = (object::namespace(account), object::name(account));
        let claims = json!({
            "iss": ISSUER, "aud": [ISSUER], "sub": account_name(namespace, name),
            "iat": now.timestamp(), "nbf": now.timestamp(), "exp": until.timestamp(),
            "kubernetes.io": {
                "namespace": namespace,
                "serviceaccount": { "name": name, "uid": object::meta(account, "uid") },
            },
        });
        let text = format!("{HEADER}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
        let signature = hmac::sign(&self.accounts_key, text.as_bytes());
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// Whose token it is, if this cluster signed it; nobody's when it has run out, or the very
    /// account is gone.
    fn bearer(&self, state: &State, token: &str, now: DateTime<Utc>) -> Option<User> {
        let (text, signature) = token.rsplit_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        hmac::verify(&self.accounts_key, text.as_bytes(), &signature).ok()?;
        let (_, claims) = text.split_once('.')?;
        let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
        let bound = claims.get("kubernetes.io")?;
        let namespace = object::word(bound, "/namespace");
        let name = object::word(bound, "/serviceaccount/name");
        let account = state.get(&ACCOUNT, namespace, name)?;
        let same = object::meta(account, "uid") == object::word(bound, "/serviceaccount/uid");
        let in_time = claims.get("exp")?.as_i64()? > now.timestamp();
        (same && in_time).then(|| User::account(namespace, name))
    }
}

/// Lets somebody in, or says what they may not do, in the words of the real API server.
pub(crate) fn check(state: &State, user: &User, wish: &Wish) -> Result<(), Refusal> {
    let Err(reason) = rbac::decide(state, user, wish) else { return Ok(()) };
    let Wish { verb, group, resource, namespace, name, path, .. } = wish;
    let because = if reason.is_empty() { reason } else { format!(": {reason}") };
    let who = format!("User {:?} cannot {verb}", user.name);
    if !path.is_empty() {
        return Err(Refusal::forbidden_path(&format!("{who} path {path:?}{because}")));
    }
    let place = if namespace.is_empty() {
        "at the cluster scope".to_owned()
    } else {
        format!("in the namespace {namespace:?}")
    };
    let what = format!("resource {:?} in API group {group:?}", wish.whole_resource());
    let why = format!("{who} {what} {place}{because}");
    Err(Refusal::forbidden((resource, group, name), &why))
}

#[cfg(test)]
mod tests;

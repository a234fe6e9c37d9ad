//! Who calls, and whether they may: asked of every request before anything else.

use chrono::{DateTime, Utc};
use http::{HeaderMap, header};
use ring::digest::{SHA256, digest};

use crate::kinds::ACCOUNT;
use crate::rbac::{self, Wish};
use crate::status::Refusal;
use crate::store::State;
use crate::token::Signer;
use crate::user::User;

/// What shows who somebody is.
pub(crate) struct Door {
    pub(crate) signer: Signer,
    pub(crate) admin_token: String,
}

impl Door {
    /// Whoever the request says it is from, or nobody when what it shows is not good.
    pub(crate) fn user(
        &self,
        state: &State,
        headers: &HeaderMap,
        now: DateTime<Utc>,
    ) -> Result<User, Refusal> {
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
        let claims = self.signer.read(token);
        let user = claims.and_then(|claims| claims.user(state, now));
        user.ok_or_else(Refusal::unauthorized)
    }
}

/// Lets somebody in, or says what they may not do.
pub(crate) fn check(state: &State, user: &User, wish: &Wish) -> Result<(), Refusal> {
    let verdict = rbac::decide(state, user, wish);
    if verdict.allowed { Ok(()) } else { Err(refuse(user, wish, &verdict.reason)) }
}

/// As whom the request wants to act, when it may (`kubectl --as`).
pub(crate) fn acting(state: &State, user: User, headers: &HeaderMap) -> Result<User, Refusal> {
    let text = |value: &http::HeaderValue| value.to_str().unwrap_or_default().to_owned();
    let groups: Vec<String> = headers.get_all("impersonate-group").iter().map(text).collect();
    let Some(name) = headers.get("impersonate-user").map(text) else {
        if groups.is_empty() {
            return Ok(user);
        }
        return Err(Refusal::bad_request("a group is impersonated without a user"));
    };
    let wish = |(resource, namespace, name): (&str, &str, &str)| Wish {
        verb: "impersonate".to_owned(),
        resource: resource.to_owned(),
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        ..Wish::default()
    };
    let account = name.strip_prefix("system:serviceaccount:").and_then(|all| all.split_once(':'));
    let whom = match account {
        Some((namespace, account)) => wish((ACCOUNT.plural, namespace, account)),
        None => wish(("users", "", &name)),
    };
    check(state, &user, &whom)?;
    for group in &groups {
        check(state, &user, &wish(("groups", "", group)))?;
    }
    Ok(User::named(&name, groups))
}

/// What somebody may not do, in the words of the real API server.
pub(crate) fn refuse(user: &User, wish: &Wish, reason: &str) -> Refusal {
    let Wish { verb, group, resource, subresource, namespace, name, path } = wish;
    let because = if reason.is_empty() { String::new() } else { format!(": {reason}") };
    let who = format!("User {:?} cannot {verb}", user.name);
    if !path.is_empty() {
        return Refusal::forbidden_path(&format!("{who} path {path:?}{because}"));
    }
    let part = if subresource.is_empty() { String::new() } else { format!("/{subresource}") };
    let place = if namespace.is_empty() {
        "at the cluster scope".to_owned()
    } else {
        format!("in the namespace {namespace:?}")
    };
    let why = format!(
        "{who} resource {:?} in API group {group:?} {place}{because}",
        format!("{resource}{part}")
    );
    Refusal::forbidden(resource, group, name, &why)
}

//! Questions about rights, and tokens.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::call::{Answer, Call};
use crate::kinds::{ACCOUNT, TOKENS};
use crate::object;
use crate::rbac::{self, Wish};
use crate::seed;
use crate::status::{Flaw, Refusal};
use crate::store::State;
use crate::token::{self, Claims, ISSUER, Signer};
use crate::user::User;

/// An hour, unless the caller asks for something else.
const USUAL_LIFE: i64 = 3_600;

/// Answers one of the reviews.
pub(crate) fn review(state: &State, call: &Call) -> Result<Answer, Refusal> {
    let body = object::without_nulls(call.body.object(call.kind)?);
    let empty = json!({});
    let spec = body.get("spec").unwrap_or(&empty);
    if call.kind.plural == "selfsubjectrulesreviews" {
        return rules(state, &call.user, spec);
    }
    let user = if call.kind.plural == "selfsubjectaccessreviews" {
        call.user.clone()
    } else {
        User { name: object::word(spec, "/user").to_owned(), groups: object::part(spec, "groups") }
    };
    let wish = wish(spec, &user, call)?;
    let verdict = rbac::decide(state, &user, &wish);
    let mut status = json!({ "allowed": verdict.allowed });
    if let (false, Some(status)) = (verdict.reason.is_empty(), status.as_object_mut()) {
        status.insert("reason".to_owned(), verdict.reason.into());
    }
    Ok(Answer::made(json!({
        "kind": call.kind.name, "apiVersion": call.kind.api_version(),
        "metadata": { "creationTimestamp": null }, "spec": spec, "status": status,
    })))
}

fn wish(spec: &Value, user: &User, call: &Call) -> Result<Wish, Refusal> {
    let (resource, path) = (spec.get("resourceAttributes"), spec.get("nonResourceAttributes"));
    let wish: Option<Wish> = match (resource, path) {
        (Some(attributes), None) | (None, Some(attributes)) => {
            serde_json::from_value(attributes.clone()).ok()
        }
        _ => None,
    };
    let invalid = |at, shown, why| {
        Err(Refusal::invalid("", call.kind.group, "", &[Flaw::invalid(at, shown, why)]))
    };
    if user.name.is_empty() && user.groups.is_empty() {
        return invalid("spec.user", "\"\"", "at least one of user or group must be specified");
    }
    let why = "exactly one of nonResourceAttributes or resourceAttributes must be specified";
    wish.map_or_else(|| invalid("spec.resourceAttributes", "\"null\"", why), Ok)
}

fn rules(state: &State, user: &User, spec: &Value) -> Result<Answer, Refusal> {
    let namespace = object::word(spec, "/namespace");
    if namespace.is_empty() {
        return Err(Refusal::bad_request("no namespace on request"));
    }
    let (given, errors) = rbac::given(state, user, namespace);
    let all = given.iter().flat_map(|one| &one.rules);
    let (inside, outside): (Vec<_>, Vec<_>) =
        all.partition(|rule| rule.non_resource_urls.is_empty());
    let mut status = json!({
        "resourceRules": inside, "nonResourceRules": outside, "incomplete": !errors.is_empty(),
    });
    if let (false, Some(status)) = (errors.is_empty(), status.as_object_mut()) {
        status.insert("evaluationError".to_owned(), errors.join(", ").into());
    }
    Ok(Answer::made(json!({
        "kind": "SelfSubjectRulesReview", "apiVersion": "authorization.k8s.io/v1",
        "metadata": { "creationTimestamp": null }, "spec": {}, "status": status,
    })))
}

/// Makes a token for an account.
pub(crate) fn token(
    state: &State,
    call: &Call,
    signer: &Signer,
    now: DateTime<Utc>,
) -> Result<Answer, Refusal> {
    let version = format!("{TOKENS}/v1");
    let body = object::without_nulls(call.body.of_kind("TokenRequest", &version)?);
    let account = state.get(&ACCOUNT, &call.at.namespace, &call.at.name);
    let account = account.ok_or_else(|| Refusal::not_found(&ACCOUNT, &call.at.name))?;
    let seconds = body.pointer("/spec/expirationSeconds").and_then(Value::as_i64);
    let seconds = seconds.unwrap_or(USUAL_LIFE);
    let invalid = |flaw| Err(Refusal::invalid("TokenRequest", TOKENS, "", &[flaw]));
    if let Some(why) = token::refused_life(seconds) {
        return invalid(Flaw::invalid("spec.expirationSeconds", &seconds.to_string(), why));
    }
    if body.pointer("/spec/boundObjectRef").is_some() {
        let why = "the sample cluster binds tokens to nothing but their account";
        return invalid(Flaw::forbidden("spec.boundObjectRef", why));
    }
    let asked = object::list(&body, "/spec/audiences").iter();
    let mut audiences: Vec<String> = asked.filter_map(Value::as_str).map(str::to_owned).collect();
    if audiences.is_empty() {
        audiences.push(ISSUER.to_owned());
    }
    let claims = Claims::new(account, audiences.clone(), seconds, now);
    let token = signer.sign(&claims).map_err(|error| Refusal::internal(error.to_string()))?;
    Ok(Answer::made(json!({
        "kind": "TokenRequest", "apiVersion": version,
        "metadata": { "creationTimestamp": null },
        "spec": { "audiences": audiences, "expirationSeconds": seconds, "boundObjectRef": null },
        "status": { "token": token, "expirationTimestamp": claims.expires().map(seed::time) },
    })))
}

//! Questions about rights, and tokens.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::call::Call;
use crate::door::{Door, ISSUER};
use crate::kinds::TOKENS;
use crate::object;
use crate::rbac::{self, Wish};
use crate::read;
use crate::seed;
use crate::status::{Flaw, Refusal};
use crate::store::State;
use crate::user::User;

/// An hour, unless the caller asks for something else.
const USUAL_LIFE: i64 = 3_600;
const SHORTEST_LIFE: i64 = 600;
const LONGEST_LIFE: i64 = 1 << 32;

/// Answers one of the reviews.
pub(crate) fn review(state: &State, call: &Call) -> Result<Value, Refusal> {
    let (kind, version) = (call.kind, call.kind.api_version());
    let body = call.body.object(kind.name, &version)?;
    let spec = body.get("spec").cloned().unwrap_or_else(|| json!({}));
    let user = if kind.plural == "selfsubjectaccessreviews" {
        call.user.clone()
    } else {
        User {
            name: object::word(&spec, "/user").to_owned(),
            groups: object::part(&spec, "groups"),
        }
    };
    let asked = match (spec.get("resourceAttributes"), spec.get("nonResourceAttributes")) {
        (Some(attributes), None) | (None, Some(attributes)) => Some(attributes.clone()),
        _ => None,
    };
    let wish: Option<Wish> = asked.and_then(|asked| serde_json::from_value(asked).ok());
    let Some(wish) = wish else {
        let why = "exactly one of nonResourceAttributes or resourceAttributes must be specified";
        let flaw = Flaw::invalid("spec.resourceAttributes", "\"null\"", why);
        return Err(flaw.refusal(("", kind.group, "")));
    };
    let verdict = rbac::decide(state, &user, &wish);
    let mut status = json!({ "allowed": verdict.is_ok() });
    let (Ok(reason) | Err(reason)) = verdict;
    if !reason.is_empty() {
        object::set(&mut status, "reason", reason);
    }
    Ok(json!({
        "kind": kind.name, "apiVersion": version,
        "metadata": { "creationTimestamp": null }, "spec": spec, "status": status,
    }))
}

/// Makes a token for an account.
pub(crate) fn token(
    state: &State,
    call: &Call,
    door: &Door,
    now: DateTime<Utc>,
) -> Result<Value, Refusal> {
    let version = format!("{TOKENS}/v1");
    let body = call.body.object("TokenRequest", &version)?;
    let account = read::current(state, call)?;
    let seconds = body.pointer("/spec/expirationSeconds");
    let seconds = seconds.map_or(USUAL_LIFE, |asked| asked.as_i64().unwrap_or_default());
    let flaw = if seconds < SHORTEST_LIFE {
        let why = "may not specify a duration less than 10 minutes";
        Some(Flaw::invalid("spec.expirationSeconds", &seconds.to_string(), why))
    } else if seconds > LONGEST_LIFE {
        let why = "may not specify a duration larger than 2^32 seconds";
        Some(Flaw::invalid("spec.expirationSeconds", &seconds.to_string(), why))
    } else if object::list(&body, "/spec/audiences").iter().any(|one| one != ISSUER) {
        Some(Flaw::forbidden("spec.audiences", "a sample cluster's tokens are for itself alone"))
    } else if body.pointer("/spec/boundObjectRef").is_some() {
        let why = "the sample cluster binds tokens to nothing but their account";
        Some(Flaw::forbidden("spec.boundObjectRef", why))
    } else {
        None
    };
    if let Some(flaw) = flaw {
        return Err(flaw.refusal(("TokenRequest", TOKENS, "")));
    }
    let until = now + TimeDelta::seconds(seconds);
    Ok(json!({
        "kind": "TokenRequest", "apiVersion": version,
        "metadata": { "creationTimestamp": null },
        "spec": { "audiences": [ISSUER], "expirationSeconds": seconds, "boundObjectRef": null },
        "status": {
            "token": door.token(account, now, until), "expirationTimestamp": seed::time(until),
        },
    }))
}

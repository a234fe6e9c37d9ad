//! Acting as the grantee: tokens for its account, and questions asked with them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bellhop_domain::Clock;
use chrono::{DateTime, TimeDelta, Utc};
use futures::future::try_join_all;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::Failed;
use super::call::{Call, Kind};
use super::names::SYSTEM_NAMESPACE;
use super::plan::Probe;
use super::wire::Wire;
use crate::{Fault, Minted};

/// The API server grants no shorter life than this.
pub(super) const SHORTEST: TimeDelta = TimeDelta::minutes(10);
pub(super) const LONGEST: TimeDelta = TimeDelta::hours(1);
/// A token with less life than this is replaced before it is used.
const SPARE: TimeDelta = TimeDelta::seconds(60);
/// Tokens kept for probes.
const KEPT: usize = 256;

/// The answer to a `TokenRequest`.
#[derive(Debug, Deserialize)]
pub(super) struct TokenAnswer {
    pub(super) status: TokenStatus,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TokenStatus {
    pub(super) token: SecretString,
    pub(super) expiration_timestamp: DateTime<Utc>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ReviewAnswer {
    pub(super) status: ReviewStatus,
}

#[derive(Debug, Deserialize)]
pub(super) struct ReviewStatus {
    #[serde(default)]
    pub(super) allowed: bool,
}

/// Short-lived tokens of accounts that are being probed, in memory only.
pub(super) struct Tokens {
    clock: Arc<dyn Clock>,
    kept: Mutex<HashMap<String, (SecretString, DateTime<Utc>)>>,
}

impl Tokens {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, kept: Mutex::default() }
    }

    /// A token of `account` with at least a minute of life.
    pub(super) async fn of(&self, wire: &Wire, account: &str) -> Result<SecretString, Failed> {
        let now = self.clock.now();
        let known = self.with(|kept| kept.get(account).cloned());
        if let Some((token, end)) = known
            && end - now >= SPARE
            // A clock that was set back would keep a dead token for ever.
            && end - now <= SHORTEST + SPARE
        {
            return Ok(token);
        }
        let minted = mint(wire, account, SHORTEST).await?;
        let (token, end) = (minted.token.clone(), minted.expires_at);
        self.with(|kept| {
            kept.retain(|_, (_, end)| *end > now);
            if kept.len() >= KEPT {
                let first =
                    kept.iter().min_by_key(|(_, (_, end))| *end).map(|(name, _)| name.clone());
                first.and_then(|name| kept.remove(&name));
            }
            kept.insert(account.to_owned(), (token, end));
        });
        Ok(minted.token)
    }

    pub(super) fn forget(&self, account: &str) {
        self.with(|kept| kept.remove(account));
    }

    fn with<T>(
        &self,
        work: impl FnOnce(&mut HashMap<String, (SecretString, DateTime<Utc>)>) -> T,
    ) -> T {
        work(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A new token of `account`.
pub(super) async fn mint(wire: &Wire, account: &str, life: TimeDelta) -> Result<Minted, Failed> {
    let call = Call::token(SYSTEM_NAMESPACE, account, life.num_seconds())?;
    let TokenAnswer { status } = wire.own(call).await?;
    Ok(Minted { token: status.token, expires_at: status.expiration_timestamp })
}

/// Asks all of `probes` at the same time, as the bearer of `token`.
pub(super) async fn ask(
    wire: &Wire,
    token: &SecretString,
    namespace: &str,
    probes: &[Probe],
) -> Result<Vec<bool>, Failed> {
    let answers = probes.iter().map(|probe| async move {
        let call = Call::create(Kind::AccessReview, None, &review(Some(namespace), probe))?;
        let answer: ReviewAnswer = wire.bearer(token, call).await?;
        Ok::<_, Failed>(answer.status.allowed)
    });
    try_join_all(answers).await
}

/// The same question about Bellhop's own rights; without a namespace, about all of them.
pub(super) async fn ask_own(
    wire: &Wire,
    namespace: Option<&str>,
    probe: &Probe,
) -> Result<bool, Fault> {
    let call = Call::create(Kind::AccessReview, None, &review(namespace, probe))?;
    let answer: ReviewAnswer = wire.own(call).await?;
    Ok(answer.status.allowed)
}

pub(super) fn review(namespace: Option<&str>, probe: &Probe) -> Value {
    let (resource, subresource) = probe.resource.split_once('/').unwrap_or((&probe.resource, ""));
    json!({
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": { "resourceAttributes": {
            "namespace": namespace.unwrap_or_default(),
            "verb": probe.verb,
            "group": probe.group,
            "resource": resource,
            "subresource": subresource,
            "name": probe.name.as_deref().unwrap_or_default(),
        } },
    })
}

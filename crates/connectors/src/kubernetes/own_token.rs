//! Bellhop's own token: read by reference, renewed when less than half of its life is left.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bellhop_domain::Clock;
use chrono::{DateTime, TimeDelta, Utc};
use kube::Client;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::answer::Place;
use super::call::Call;
use super::grantee::TokenAnswer;
use super::names::SYSTEM_NAMESPACE;
use super::wire::{self, Access, LIMIT, Own};
use crate::Fault;

/// Where the secret of a connection is kept. Calls may block for a moment.
pub trait CredentialStore: Send + Sync {
    /// The secret that was saved last.
    fn load(&self) -> Result<SecretString, Fault>;

    /// Keeps the secret; when this returns, it survives a crash.
    fn save(&self, secret: &SecretString) -> Result<(), Fault>;
}

/// What is asked for; the API server may grant less.
pub(super) const LIFETIME: TimeDelta = TimeDelta::days(30);
/// Pause between two attempts to renew.
const PAUSE: TimeDelta = TimeDelta::seconds(60);

/// The token of Bellhop's own `ServiceAccount`.
pub(super) struct OwnToken {
    pub(super) place: Place,
    pub(super) account: String,
    pub(super) client: Client,
    pub(super) store: Arc<dyn CredentialStore>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) state: Mutex<State>,
}

#[derive(Default)]
pub(super) struct State {
    token: Option<Token>,
    tried: Option<DateTime<Utc>>,
    trouble: Option<String>,
}

#[derive(Clone)]
struct Token {
    secret: SecretString,
    life: Option<Life>,
}

/// From when to when the API server takes a token, in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Life {
    pub(super) iat: i64,
    pub(super) exp: i64,
}

impl Life {
    /// Read from the token itself. Nothing is decided by it but when to renew.
    pub(super) fn of(token: &SecretString) -> Option<Self> {
        let payload = token.expose_secret().trim().split('.').nth(1)?;
        let payload = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
        serde_json::from_slice(&payload).ok()
    }

    fn is_half_over(self, now: DateTime<Utc>) -> bool {
        now.timestamp() >= self.iat + (self.exp - self.iat) / 2
    }
}

impl OwnToken {
    /// Renews, and keeps the new token before it is used. A failure is remembered for `check`
    /// and tried again a minute later; until the old token ends it costs nothing.
    async fn renew(&self, old: &Token) -> Result<Token, Fault> {
        let call = Call::token(SYSTEM_NAMESPACE, &self.account, LIFETIME.num_seconds())?;
        let access = Access { client: self.client.clone(), token: Some(old.secret.clone()) };
        let fresh: TokenAnswer = wire::send(&self.place, LIMIT, &access, call).await?;
        let secret = fresh.status.token;
        let (store, kept) = (Arc::clone(&self.store), secret.clone());
        blocking(move || store.save(&kept)).await?;
        Ok(Token { life: Life::of(&secret), secret })
    }

    async fn load(&self) -> Result<Token, Fault> {
        let store = Arc::clone(&self.store);
        let secret = blocking(move || store.load()).await?;
        Ok(Token { life: Life::of(&secret), secret })
    }

    fn with_state<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether this caller is the one to renew now.
    fn claims_renewal(&self, token: &Token) -> bool {
        let now = self.clock.now();
        self.with_state(|state| {
            let due = token.life.is_none_or(|life| life.is_half_over(now));
            // A clock that was set back must not put off the next attempt.
            let paused = state.tried.is_some_and(|at| at <= now && now < at + PAUSE);
            if due && !paused {
                state.tried = Some(now);
            }
            due && !paused
        })
    }
}

#[async_trait]
impl Own for OwnToken {
    async fn access(&self) -> Result<Access, Fault> {
        let known = self.with_state(|state| state.token.clone());
        let mut token = match known {
            Some(token) => token,
            None => self.load().await?,
        };
        if self.claims_renewal(&token) {
            match self.renew(&token).await {
                Ok(fresh) => {
                    token = fresh;
                    self.with_state(|state| state.trouble = None);
                }
                Err(fault) => self.with_state(|state| state.trouble = Some(fault.to_string())),
            }
        }
        self.with_state(|state| state.token = Some(token.clone()));
        Ok(Access { client: self.client.clone(), token: Some(token.secret) })
    }

    /// Another replica may have renewed it, or somebody connected again.
    async fn refused(&self) -> bool {
        let used = self.with_state(|state| state.token.take());
        let Ok(stored) = self.load().await else { return false };
        let is_new =
            used.is_none_or(|used| used.secret.expose_secret() != stored.secret.expose_secret());
        self.with_state(|state| state.token = Some(stored));
        is_new
    }

    fn warning(&self) -> Option<String> {
        self.with_state(|state| {
            let trouble = state.trouble.as_ref()?;
            let end = state.token.as_ref().and_then(|token| token.life);
            let end = end.and_then(|life| DateTime::from_timestamp(life.exp, 0));
            let end = end.map_or("an unknown time".to_owned(), |at| at.format("%F %R UTC").to_string());
            Some(format!(
                "Bellhop could not renew its own credential, which ends at {end}: {trouble}. It tries \
                 again every minute; connect the cluster again before then if this does not go away"
            ))
        })
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| {
        Err(Fault::Unavailable(format!("the credential store stopped in the middle: {error}")))
    })
}

//! Calls on the wire: who calls, how long it may take, and what the answer is.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http::{HeaderValue, header};
use kube::Client;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::answer::{self, Failed, Place};
use super::call::Call;
use crate::Fault;

/// How long one call may take.
pub(super) const LIMIT: Duration = Duration::from_secs(10);

/// How a caller shows who it is: a client that does it by itself, or one and a token.
#[derive(Clone)]
pub(super) struct Access {
    pub(super) client: Client,
    pub(super) token: Option<SecretString>,
}

/// Where Bellhop's own rights come from.
#[async_trait]
pub(super) trait Own: Send + Sync {
    async fn access(&self) -> Result<Access, Fault>;

    /// The credential was not accepted. Whether another one may be at hand now.
    async fn refused(&self) -> bool;

    /// What somebody should know before it becomes fatal.
    fn warning(&self) -> Option<String>;
}

/// The way to one API server. Connections are pooled and kept alive in the clients; because a
/// token travels in a header, grantees use the same connections and need no handshake of theirs.
pub(super) struct Wire {
    pub(super) place: Place,
    /// A client that says nothing about who calls.
    pub(super) plain: Client,
    pub(super) own: Arc<dyn Own>,
    pub(super) limit: Duration,
}

impl Wire {
    /// A call with Bellhop's own rights.
    pub(super) async fn own<T: DeserializeOwned>(&self, call: Call) -> Result<T, Failed> {
        let access = self.own.access().await?;
        let answer = self.send(&access, call.clone()).await;
        match answer {
            Err(failed) if failed.is(401) && self.own.refused().await => {
                let access = self.own.access().await?;
                self.send(&access, call).await
            }
            answer => answer,
        }
    }

    /// A call as the bearer of `token`.
    pub(super) async fn bearer<T: DeserializeOwned>(
        &self,
        token: &SecretString,
        call: Call,
    ) -> Result<T, Failed> {
        let access = Access { client: self.plain.clone(), token: Some(token.clone()) };
        self.send(&access, call).await
    }

    async fn send<T: DeserializeOwned>(&self, access: &Access, call: Call) -> Result<T, Failed> {
        send(&self.place, self.limit, access, call).await
    }
}

/// One call, with its time limit.
pub(super) async fn send<T: DeserializeOwned>(
    place: &Place,
    limit: Duration,
    access: &Access,
    call: Call,
) -> Result<T, Failed> {
    match tokio::time::timeout(limit, exchange(place, access, &call)).await {
        Ok(answer) => answer,
        Err(_elapsed) => Err(answer::too_late(place, &call, limit)),
    }
}

async fn exchange<T: DeserializeOwned>(
    place: &Place,
    access: &Access,
    call: &Call,
) -> Result<T, Failed> {
    let mut request = call.clone().request()?;
    if let Some(token) = &access.token {
        request.headers_mut().insert(header::AUTHORIZATION, bearer(token)?);
    }
    let response = access.client.send(request).await;
    let response = response.map_err(|error| answer::silence(place, call, &error))?;
    let (head, body) = response.into_parts();
    let body = body.collect_bytes().await;
    let body = body.map_err(|error| answer::silence(place, call, &error))?;
    if !head.status.is_success() {
        return Err(answer::refusal(place, call, head.status, &head.headers, &body));
    }
    serde_json::from_slice(&body).map_err(|error| {
        Failed::from(Fault::Unavailable(format!(
            "{}: could not {call}: the answer of {} does not read like a Kubernetes API server's \
             ({error}). Check the address and the proxy",
            place.integration, place.server
        )))
    })
}

fn bearer(token: &SecretString) -> Result<HeaderValue, Fault> {
    let value = HeaderValue::try_from(format!("Bearer {}", token.expose_secret().trim()));
    let mut value = value.map_err(|_invalid| {
        Fault::NotAllowed("the stored token holds characters that cannot be sent".to_owned())
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// An answer that is not looked into.
#[derive(Debug, Deserialize)]
pub(super) struct Ignored {}

/// An answer of which only the object's metadata are read.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Object {
    pub(super) metadata: Meta,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Meta {
    pub(super) name: String,
    pub(super) uid: String,
    pub(super) labels: std::collections::BTreeMap<String, String>,
}

/// One page of a list.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    #[serde(default)]
    pub(super) metadata: PageMeta,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PageMeta {
    #[serde(rename = "continue")]
    pub(super) next: String,
}

impl Wire {
    /// A complete list, page by page; anything less is an error.
    pub(super) async fn list<T: DeserializeOwned>(
        &self,
        kind: super::call::Kind,
        namespace: Option<&str>,
        selector: &str,
    ) -> Result<Vec<T>, Failed> {
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let page: Page<T> = self.own(Call::list(kind, namespace, selector, &after)).await?;
            all.extend(page.items);
            if page.metadata.next.is_empty() {
                return Ok(all);
            }
            after = page.metadata.next;
        }
    }
}

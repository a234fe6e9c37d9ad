//! The client that every face uses.

mod streams;

use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::DATE;
use reqwest::{Method, RequestBuilder, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    AccessDetails, Again, ApplyFlows, AuditPage, AuditQuery, AuditVerdict, Catalog,
    ConnectKubernetes, Connected, CreateRequest, Credential, Decide, Diagnosis, Disconnect,
    Disconnected, End, ExplainQuery, Explanation, ExportQuery, ExportedFlows, FlowPlan, Handover,
    Hello, IDEMPOTENCY_KEY, Integration, IntegrationList, ListQuery, LoopbackPort, ManifestQuery,
    Me, Nothing, PlanFlows, Preview, Problem, Request, RequestList, StorePlace, TargetList,
    TargetQuery,
};

pub use streams::{EventStream, Export};

/// The longest silence of a backend, in an answer or before one. It may wait for others for 20
/// seconds, and has something to say on an event stream every 15.
const SILENCE: Duration = Duration::from_mins(1);

/// Speaks to one backend.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    /// What changes carry, so that one that comes twice is done once.
    key: Option<String>,
}

/// An answer as it came.
#[derive(Clone, Debug, PartialEq)]
pub struct Raw {
    /// The status.
    pub status: u16,
    /// What the backend's clock shows (the header `Date`).
    pub date: Option<String>,
    /// The body; a text where it is no JSON.
    pub body: Value,
}

/// Why a call gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The backend refused; its own words.
    #[error("{0}")]
    Refused(Box<Problem>),
    /// Nobody answers.
    #[error("the backend does not answer: {0}")]
    Unreachable(String),
    /// An answer that this version does not understand.
    #[error("the backend answered in a way this version does not understand: {0}")]
    Unexpected(String),
}

impl Client {
    /// A client of the backend that listens on a Unix socket.
    pub fn on_socket(socket: &Path) -> Result<Self, ClientError> {
        // A connection for each call. They cost next to nothing here, and a pool would wait for one
        // of its own for ever when the backend is killed in the moment of connecting.
        let http = reqwest::Client::builder().unix_socket(socket).no_proxy();
        let http = http.pool_max_idle_per_host(0).read_timeout(SILENCE).build();
        let http = http.map_err(|e| ClientError::Unreachable(e.to_string()))?;
        Ok(Self { http, base: "http://bellhop/api/v1".to_owned(), key: None })
    }

    /// The same client for one change, which may be sent again under `key` when the answer was
    /// lost: it is done once.
    #[must_use]
    pub fn once(&self, key: impl Into<String>) -> Self {
        Self { key: Some(key.into()), ..self.clone() }
    }

    /// Which backend this is.
    pub async fn hello(&self) -> Result<Hello, ClientError> {
        self.get("/hello", &()).await
    }

    /// The same, and what time it is there: by that clock access ends.
    pub async fn hello_at(&self) -> Result<(Hello, Option<DateTime<Utc>>), ClientError> {
        let answer = self.send(self.call(Method::GET, "/hello")).await?;
        let at = answer.headers().get(DATE).and_then(|date| date.to_str().ok());
        let at = at.and_then(|date| DateTime::parse_from_rfc2822(date).ok());
        Ok((read(answer).await?, at.map(|at| at.to_utc())))
    }

    /// Asks an older backend to stop, so that one of this version can take its place.
    pub async fn hand_over(&self, version: &str) -> Result<(), ClientError> {
        let body = Handover { version: version.to_owned() };
        self.post("/handover", &body).await.map(|Nothing {}| ())
    }

    /// Who the backend takes the caller for.
    pub async fn me(&self) -> Result<Me, ClientError> {
        self.get("/me", &()).await
    }

    /// Asks for access.
    pub async fn create_request(&self, body: &CreateRequest) -> Result<Request, ClientError> {
        self.post("/requests", body).await
    }

    /// What asking for access would come to. Nothing is stored.
    pub async fn preview_request(&self, body: &CreateRequest) -> Result<Preview, ClientError> {
        self.post("/requests/preview", body).await
    }

    /// What the caller may request, the best match first.
    pub async fn targets(&self, query: &TargetQuery) -> Result<TargetList, ClientError> {
        self.get("/targets", query).await
    }

    /// Whether somebody may ask for a target, and why.
    pub async fn explain(&self, query: &ExplainQuery) -> Result<Explanation, ClientError> {
        self.get("/flows/explain", query).await
    }

    /// What configuration files would change.
    pub async fn plan_flows(&self, body: &PlanFlows) -> Result<FlowPlan, ClientError> {
        self.post("/flows/plan", body).await
    }

    /// Applies exactly the plan that was shown.
    pub async fn apply_flows(&self, body: &ApplyFlows) -> Result<FlowPlan, ClientError> {
        self.post("/flows/apply", body).await
    }

    /// The configuration in force.
    pub async fn export_flows(&self) -> Result<ExportedFlows, ClientError> {
        self.get("/flows/export", &()).await
    }

    /// Asks for the same once more.
    pub async fn again(&self, number: &str, body: &Again) -> Result<Request, ClientError> {
        self.post(&format!("/requests/{}/again", escaped(number)), body).await
    }

    /// What can be connected.
    pub async fn catalog(&self) -> Result<Catalog, ClientError> {
        self.get("/catalog", &()).await
    }

    /// A page of requests.
    pub async fn list_requests(&self, query: &ListQuery) -> Result<RequestList, ClientError> {
        self.get("/requests", query).await
    }

    /// One request.
    pub async fn request(&self, number: &str) -> Result<Request, ClientError> {
        self.get(&format!("/requests/{}", escaped(number)), &()).await
    }

    /// Ends a request's access.
    pub async fn end_request(&self, number: &str, body: &End) -> Result<Request, ClientError> {
        self.post(&format!("/requests/{}/end", escaped(number)), body).await
    }

    /// Approves a pending request, or an extension of one.
    pub async fn approve(&self, number: &str, body: &Decide) -> Result<Request, ClientError> {
        self.post(&format!("/requests/{}/approve", escaped(number)), body).await
    }

    /// Denies a pending request, or an extension of one.
    pub async fn deny(&self, number: &str, body: &Decide) -> Result<Request, ClientError> {
        self.post(&format!("/requests/{}/deny", escaped(number)), body).await
    }

    /// Takes back a request that nobody decided yet.
    pub async fn withdraw(&self, number: &str) -> Result<Request, ClientError> {
        self.post(&format!("/requests/{}/withdraw", escaped(number)), &Nothing {}).await
    }

    /// Asks for more time.
    pub async fn extend(&self, number: &str) -> Result<Request, ClientError> {
        self.post(&format!("/requests/{}/extend", escaped(number)), &Nothing {}).await
    }

    /// How to use a request's access.
    pub async fn access(&self, number: &str) -> Result<AccessDetails, ClientError> {
        self.get(&format!("/requests/{}/access", escaped(number)), &()).await
    }

    /// All integrations.
    pub async fn integrations(&self) -> Result<IntegrationList, ClientError> {
        self.get("/integrations", &()).await
    }

    /// Checks an integration now.
    pub async fn check_integration(&self, name: &str) -> Result<Integration, ClientError> {
        let path = format!("/integrations/{}/check", escaped(name));
        self.post(&path, &Nothing {}).await
    }

    /// Reads what can be asked for in an integration now.
    pub async fn sync_integration(&self, name: &str) -> Result<Integration, ClientError> {
        let path = format!("/integrations/{}/sync", escaped(name));
        self.post(&path, &Nothing {}).await
    }

    /// The rights that Bellhop needs, as a manifest to read or apply.
    pub async fn manifest(&self, name: &str, query: &ManifestQuery) -> Result<String, ClientError> {
        let path = format!("/integrations/{}/manifest", escaped(name));
        let answer = self.send(self.call(Method::GET, &path).query(query)).await?;
        answer.text().await.map_err(|e| ClientError::Unexpected(e.to_string()))
    }

    /// Connects a Kubernetes cluster.
    pub async fn connect(
        &self,
        name: &str,
        body: &ConnectKubernetes,
    ) -> Result<Connected, ClientError> {
        self.post(&format!("/integrations/{}/connect", escaped(name)), body).await
    }

    /// Takes away what connecting made in a system, and forgets the system.
    pub async fn disconnect(
        &self,
        name: &str,
        body: &Disconnect,
    ) -> Result<Disconnected, ClientError> {
        self.post(&format!("/integrations/{}/disconnect", escaped(name)), body).await
    }

    /// One integration.
    pub async fn integration(&self, name: &str) -> Result<Integration, ClientError> {
        self.get(&format!("/integrations/{}", escaped(name)), &()).await
    }

    /// A closer look at an integration, for admins.
    pub async fn diagnosis(&self, name: &str) -> Result<Diagnosis, ClientError> {
        self.get(&format!("/integrations/{}/diagnosis", escaped(name)), &()).await
    }

    /// Mints a credential for the caller's live grants.
    pub async fn credential(&self, integration: &str) -> Result<Credential, ClientError> {
        let path = format!("/integrations/{}/credential", escaped(integration));
        self.post(&path, &Nothing {}).await
    }

    /// Rows of the audit log.
    pub async fn audit(&self, query: &AuditQuery) -> Result<AuditPage, ClientError> {
        self.get("/audit", query).await
    }

    /// Walks the audit chain.
    pub async fn verify_audit(&self) -> Result<AuditVerdict, ClientError> {
        self.get("/audit/verify", &()).await
    }

    /// The whole audit log, or what comes after a place in it, as it is read from the store.
    pub async fn export_audit(&self, query: &ExportQuery) -> Result<Export, ClientError> {
        let answer = self.send(self.call(Method::GET, "/audit/export").query(query)).await?;
        Ok(Export::of(answer))
    }

    /// Where the backend keeps what it remembers.
    pub async fn store(&self) -> Result<StorePlace, ClientError> {
        self.get("/store", &()).await
    }

    /// Opens the loopback port, and answers a one-time code for it.
    pub async fn open_loopback(&self) -> Result<LoopbackPort, ClientError> {
        self.post("/loopback", &Nothing {}).await
    }

    /// Changes from now on, or after a place in the audit log.
    pub async fn events(&self, after: Option<i64>) -> Result<EventStream, ClientError> {
        let mut call = self.call(Method::GET, "/events");
        if let Some(seq) = after {
            call = call.header("last-event-id", seq.to_string());
        }
        let answer = self.send(call).await?;
        Ok(EventStream::of(answer))
    }

    /// A call that a page names: whatever is answered.
    pub async fn get_raw(&self, path: &str) -> Result<Raw, ClientError> {
        self.raw(self.call(Method::GET, path)).await
    }

    /// The same for a change.
    pub async fn post_raw(&self, path: &str, body: &Value) -> Result<Raw, ClientError> {
        let body = if body.is_null() { &Value::Object(serde_json::Map::new()) } else { body };
        self.raw(self.change(path).json(body)).await
    }

    async fn raw(&self, call: RequestBuilder) -> Result<Raw, ClientError> {
        let answer = call.send().await.map_err(|e| ClientError::Unreachable(root(&e)))?;
        let status = answer.status().as_u16();
        let date = answer.headers().get(DATE).and_then(|date| date.to_str().ok());
        let date = date.map(str::to_owned);
        let text = answer.text().await.map_err(|e| ClientError::Unreachable(root(&e)))?;
        // What is no JSON (a manifest) is a text.
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Ok(Raw { status, date, body })
    }

    async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &impl Serialize,
    ) -> Result<T, ClientError> {
        read(self.send(self.call(Method::GET, path).query(query)).await?).await
    }

    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, ClientError> {
        read(self.send(self.change(path).json(body)).await?).await
    }

    /// A change, under its key if it has one.
    fn change(&self, path: &str) -> RequestBuilder {
        let call = self.call(Method::POST, path);
        match &self.key {
            Some(key) => call.header(IDEMPOTENCY_KEY, key),
            None => call,
        }
    }

    fn call(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }

    async fn send(&self, call: RequestBuilder) -> Result<Response, ClientError> {
        let answer = call.send().await.map_err(|e| ClientError::Unreachable(root(&e)))?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        let status = answer.status();
        match answer.json::<Problem>().await {
            Ok(problem) => Err(ClientError::Refused(Box::new(problem))),
            Err(e) => Err(ClientError::Unexpected(format!("status {status}, {e}"))),
        }
    }
}

async fn read<T: DeserializeOwned>(answer: Response) -> Result<T, ClientError> {
    answer.json().await.map_err(|e| ClientError::Unexpected(root(&e)))
}

/// Path segments come from what somebody typed.
pub(crate) fn escaped(segment: &str) -> String {
    let mut path = String::with_capacity(segment.len());
    for byte in segment.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') {
            path.push(char::from(byte));
        } else {
            path.push('%');
            let digits = [byte >> 4, byte & 15].map(|n| char::from_digit(u32::from(n), 16));
            path.extend(digits.into_iter().flatten());
        }
    }
    path
}

/// The cause behind the library's own wrapping, which says nothing to a reader.
fn root(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

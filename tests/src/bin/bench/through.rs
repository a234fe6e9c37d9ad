//! Access through Bellhop: what a face does, with the client that every face uses.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use bellhop_api::{Client, CreateRequest, End, EventStream};
use bellhop_e2e::installation::INTEGRATION;
use tokio::time::timeout;

/// No round comes near this.
const LIMIT: Duration = Duration::from_secs(20);

/// One face of one backend, with its event stream open.
pub(crate) struct Through {
    client: Client,
    events: EventStream,
    namespace: String,
}

impl Through {
    pub(crate) async fn open(home: &Path, namespace: &str) -> Result<Self> {
        let client = Client::on_socket(&home.join("run/api.sock"))?;
        let events = client.events(None).await?;
        Ok(Self { client, events, namespace: namespace.to_owned() })
    }

    /// What Bellhop says that it asked as the grantee of a request.
    pub(crate) async fn note(&self, number: &str) -> Result<String> {
        let request = self.client.request(number).await?;
        let note = request.grants.into_iter().find_map(|grant| grant.note);
        note.context("an active grant has a note")
    }

    /// From sending the request until the event stream says that it is active and a read of it
    /// agrees; answers its number and how long that took.
    pub(crate) async fn give(&mut self) -> Result<(String, Duration)> {
        let ask = CreateRequest {
            targets: vec![format!("{INTEGRATION}/namespace/{}:edit", self.namespace)],
            reason: "measuring".to_owned(),
            duration_seconds: Some(1_800),
        };
        let began = Instant::now();
        let number = self.client.create_request(&ask).await?.number;
        self.becomes(&number, "active").await?;
        Ok((number, began.elapsed()))
    }

    /// From asking for the end until the access is shown to be gone.
    pub(crate) async fn take(&mut self, number: &str) -> Result<Duration> {
        let began = Instant::now();
        self.client.end_request(number, &End::default()).await?;
        self.becomes(number, "ended").await?;
        Ok(began.elapsed())
    }

    async fn becomes(&mut self, number: &str, status: &str) -> Result<()> {
        let told = timeout(LIMIT, self.told(number, status)).await;
        if told.is_err() {
            let now = self.client.request(number).await?;
            bail!("{number} did not become {status}: {now:?}");
        }
        told.context("the event stream")??;
        let now = self.client.request(number).await?;
        ensure!(now.status == status, "{number} was to be {status}: {now:?}");
        Ok(())
    }

    async fn told(&mut self, number: &str, status: &str) -> Result<()> {
        let kind = format!("request.{status}");
        loop {
            let change = self.events.next().await?;
            if change.request.as_deref() != Some(number) {
                continue;
            }
            ensure!(change.kind != "request.failed", "{number} failed");
            if change.kind == kind {
                return Ok(());
            }
        }
    }
}

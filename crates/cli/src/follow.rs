//! Following one request through its changes.

use std::time::Duration;

use bellhop_api::{Client, ClientError, EventStream, Request};
use bellhop_workstation::home::Home;

use crate::session;

/// How long to wait before a broken event stream is opened again.
const PAUSE: Duration = Duration::from_millis(500);
/// How often: a backend that is started anew is there again by then.
const TRIES: u32 = 60;

/// Changes from the moment on at which this was made, so that none falls in between.
pub(crate) struct Changes {
    client: Client,
    events: EventStream,
}

impl Changes {
    /// Begins to watch.
    pub(crate) async fn watch(home: &Home, client: &Client) -> anyhow::Result<Self> {
        let events = session::reached(home, client.events(None).await)?;
        Ok(Self { client: client.clone(), events })
    }

    /// The request after its next change. Who waits for hours waits on when the backend was
    /// started anew meanwhile.
    pub(crate) async fn next_of(&mut self, number: &str) -> Result<Request, ClientError> {
        loop {
            match self.events.next().await {
                Ok(change) if change.request.as_deref() == Some(number) => {
                    return self.client.request(number).await;
                }
                Ok(_) => {}
                Err(ClientError::Unreachable(_)) => {
                    self.events = self.opened_again().await?;
                    // Whatever happened meanwhile was not told.
                    return self.client.request(number).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The number of the next request that something happened to; nothing where only the stream was
    /// opened again, and whatever happened meanwhile was not told.
    pub(crate) async fn next_number(&mut self) -> Result<Option<String>, ClientError> {
        match self.events.next().await {
            Ok(change) => Ok(change.request),
            Err(ClientError::Unreachable(_)) => {
                self.events = self.opened_again().await?;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    async fn opened_again(&self) -> Result<EventStream, ClientError> {
        let mut tries = 1;
        loop {
            match self.client.events(None).await {
                Err(ClientError::Unreachable(_)) if tries < TRIES => {}
                opened => return opened,
            }
            tries += 1;
            tokio::time::sleep(PAUSE).await;
        }
    }
}

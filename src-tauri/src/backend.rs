//! Finds the backend, or has it started; reads it after every change; and does so again for as long
//! as the app runs.

use std::path::Path;
use std::time::Duration;

use bellhop_api::{Client, ClientError, EventStream, ListQuery, Request};
use bellhop_workstation::home::Home;
use futures::FutureExt as _;
use tokio::sync::{Notify, mpsc::UnboundedSender};

use crate::controller::Event;
use crate::program::Program;
use crate::state::Read;

/// How long until it is tried again, at first and at most.
const SOON: Duration = Duration::from_millis(250);
const LATER: Duration = Duration::from_secs(5);
/// Pages of open requests that are read; nobody has more in front of them.
const MOST_PAGES: usize = 5;
const PAGE: u32 = 200;
const RECENT: u32 = 50;

/// What the watch needs.
pub struct Watch {
    /// Where the backend of this user is.
    pub home: Home,
    /// What starts it.
    pub program: Program,
    /// Where to tell what is seen.
    pub events: UnboundedSender<Event>,
    /// Told when somebody does not want to wait for the next try.
    pub at_once: std::sync::Arc<Notify>,
}

impl Watch {
    /// Watches until the app ends.
    pub async fn run(self) {
        // At the start of the app, a backend that does not run is started.
        let mut start = true;
        let mut pause = SOON;
        loop {
            let (why, answered) = self.once(start).await;
            let stopped = !start && in_good_order(&self.home.socket());
            if self.events.send(Event::Away { why, stopped }).is_err() {
                return;
            }
            pause = if answered { SOON } else { (pause * 2).min(LATER) };
            tokio::select! {
                () = tokio::time::sleep(pause) => start = !in_good_order(&self.home.socket()),
                () = self.at_once.notified() => (start, pause) = (true, SOON),
            }
        }
    }

    /// Follows the backend until it is gone; says why, and whether it ever answered.
    async fn once(&self, start: bool) -> (String, bool) {
        let client = match Client::on_socket(&self.home.socket()) {
            Ok(client) => client,
            Err(error) => return (error.to_string(), false),
        };
        // The program also replaces one that is older.
        if start && let Err(why) = self.program.run(&["service", "start"]).await {
            return (why, false);
        }
        match client.events(None).await {
            Ok(events) => (self.follow(&client, events).await.to_string(), true),
            Err(error) => (error.to_string(), false),
        }
    }

    /// Reads, and reads again after each change. The stream was opened first: what changes while
    /// something is read is told after it.
    async fn follow(&self, client: &Client, mut events: EventStream) -> ClientError {
        loop {
            match read(client).await {
                Ok(read) => self.tell(Event::Read(read)),
                Err(error) => return error,
            }
            match events.next().await {
                Ok(change) => self.tell(Event::Change(change)),
                Err(error) => return error,
            }
            // Of many changes at once, one look is enough.
            while let Some(next) = events.next().now_or_never() {
                match next {
                    Ok(change) => self.tell(Event::Change(change)),
                    Err(error) => return error,
                }
            }
        }
    }

    fn tell(&self, event: Event) {
        // Nobody listens only when the app ends, and then this ends, too.
        self.events.send(event).ok();
    }
}

/// A backend that is killed leaves its socket behind; one that ends takes it away.
fn in_good_order(socket: &Path) -> bool {
    !socket.exists()
}

async fn read(client: &Client) -> Result<Read, ClientError> {
    let me = client.me().await?;
    let open = open(client).await?;
    let query = ListQuery { limit: Some(RECENT), ..ListQuery::default() };
    let recent = client.list_requests(&query).await?.items;
    let recent = recent.into_iter().filter(|request| request.requester == me.handle).collect();
    Ok(Read { me, open, recent })
}

async fn open(client: &Client) -> Result<Vec<Request>, ClientError> {
    let mut query = ListQuery { open: true, limit: Some(PAGE), ..ListQuery::default() };
    let mut all = Vec::new();
    for _ in 0..MOST_PAGES {
        let page = client.list_requests(&query).await?;
        all.extend(page.items);
        match page.next {
            Some(next) => query.cursor = Some(next),
            None => break,
        }
    }
    Ok(all)
}

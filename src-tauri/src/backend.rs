//! Finds the backend, or has it started; reads it after every change; and does so again for as long
//! as the app runs.

use std::time::Duration;

use bellhop_api::{Client, ClientError, EventStream, ListQuery, Request};
use bellhop_workstation::home::Home;
use futures::FutureExt as _;
use tokio::sync::{Notify, mpsc::UnboundedSender};

use crate::clock;
use crate::controller::Event;
use crate::program::Program;
use crate::state::Read;

/// How long until it is tried again, at first and at most.
const SOON: Duration = Duration::from_millis(250);
/// Without a change the backend's clock is asked this often, as one of the two may have been set.
const LOOK: Duration = Duration::from_mins(1);
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
        let (mut start, mut was_up) = (true, false);
        let mut pause = SOON;
        loop {
            let (why, answered) = self.once(start).await;
            was_up |= answered;
            let tried = Tried { start, answered, was_up };
            let stopped = tried.was_stopped(self.home.socket().exists());
            if self.events.send(Event::Away { why, stopped }).is_err() {
                return;
            }
            pause = if answered { SOON } else { (pause * 2).min(LATER) };
            tokio::select! {
                () = tokio::time::sleep(pause) => {
                    start = tried.is_to_be_started(self.home.socket().exists());
                }
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
            if let Err(error) = self.greet(client).await {
                return error;
            }
            match read(client).await {
                Ok(read) => self.tell(Event::Read(read)),
                Err(error) => return error,
            }
            loop {
                match tokio::time::timeout(LOOK, events.next()).await {
                    Ok(Ok(change)) => {
                        self.tell(Event::Change(change));
                        break;
                    }
                    Ok(Err(error)) => return error,
                    Err(_quiet) => {}
                }
                if let Err(error) = self.greet(client).await {
                    return error;
                }
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

    /// Asks which backend it is, and what time it is there.
    async fn greet(&self, client: &Client) -> Result<(), ClientError> {
        let (hello, at) = client.hello_at().await?;
        at.into_iter().for_each(clock::heard);
        self.tell(Event::Version(hello.version));
        Ok(())
    }

    fn tell(&self, event: Event) {
        // Nobody listens only when the app ends, and then this ends, too.
        self.events.send(event).ok();
    }
}

/// How it went. A backend that is killed leaves its socket behind; one that ends takes it away.
#[derive(Clone, Copy, Debug)]
struct Tried {
    /// It was to be started.
    start: bool,
    /// It answered.
    answered: bool,
    /// It answered at least once since the app runs.
    was_up: bool,
}

impl Tried {
    /// Whether somebody stopped it, which is no trouble.
    fn was_stopped(self, socket: bool) -> bool {
        let failed_to_start = self.start && !self.answered;
        self.was_up && !failed_to_start && !socket
    }

    /// Whether the next try starts it: not one that somebody stopped.
    fn is_to_be_started(self, socket: bool) -> bool {
        !self.was_up || socket
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t16_one_that_was_killed_is_started_again_and_one_that_was_stopped_is_not() {
        let tried = |start, answered, was_up| Tried { start, answered, was_up };
        for (tried, socket, stopped, again) in [
            // Killed after it had answered.
            (tried(true, true, true), true, false, true),
            // Stopped; and still so at the next look.
            (tried(true, true, true), false, true, false),
            (tried(false, false, true), false, true, false),
            // It never came up: that is trouble, and it is tried again.
            (tried(true, false, false), false, false, true),
            // It was stopped, and does not come up when it is told to.
            (tried(true, false, true), false, false, false),
        ] {
            assert_eq!(tried.was_stopped(socket), stopped, "{tried:?}");
            assert_eq!(tried.is_to_be_started(socket), again, "{tried:?}");
        }
    }
}

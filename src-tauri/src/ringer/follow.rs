//! Following the backend: first what happened while nobody listened, then what happens.

use std::time::Duration;

use bellhop_api::{Change, Client, ClientError, Code, EventStream, ListQuery, Request};
use bellhop_notices::words::Known;
use chrono::{DateTime, Utc};

use super::{Ringer, view};
use crate::clock;
use crate::manners::Manners;
use crate::trouble::log;

/// Old changes come without a pause; after this long without one, all of them are through.
const QUIET: Duration = Duration::from_millis(300);
/// A backend that wakes with the machine takes a moment to end what is overdue.
const QUIET_AFTER_SLEEP: Duration = Duration::from_secs(3);
/// Without anything to come it is looked at the clock this often, as a machine may have slept.
const LOOK: Duration = Duration::from_secs(20);
/// Two looks that are further apart were not on this machine's watch.
const SLEPT: Duration = Duration::from_mins(2);
const PAGE: u32 = 200;

impl Ringer {
    /// Follows the backend until it is gone, which is an error, or until the app ends.
    pub(super) async fn follow(
        &mut self,
        client: &Client,
        mut changes: EventStream,
    ) -> Result<(), ClientError> {
        self.catch_up(client, &mut changes, QUIET).await?;
        let mut looked = clock::now();
        loop {
            let wait = self.until_due(clock::now());
            tokio::select! {
                change = changes.next() => {
                    let change = change?;
                    // What a machine that wakes hears first is old as well.
                    if slept(looked) {
                        self.desk.away(looked);
                    }
                    self.changed(client, &change).await?;
                }
                order = self.orders.recv() => match order {
                    Some(order) => if self.ordered(order).await.is_none() { return Ok(()) },
                    None => return Ok(()),
                },
                heard = self.shown.heard() => self.heard(heard),
                () = tokio::time::sleep(wait) => {}
            }
            if slept(looked) {
                self.desk.away(looked);
                self.catch_up(client, &mut changes, QUIET_AFTER_SLEEP).await?;
            }
            looked = clock::now();
            self.tell_what_is_due(client).await?;
        }
    }

    /// Notes what happened while nobody listened, and tells it as one.
    async fn catch_up(
        &mut self,
        client: &Client,
        changes: &mut EventStream,
        quiet: Duration,
    ) -> Result<(), ClientError> {
        while let Ok(change) = tokio::time::timeout(quiet, changes.next()).await {
            self.note(&change?, None).await;
        }
        self.desk.caught_up(clock::now());
        self.open = open(client).await?;
        self.look_at_integrations(client).await?;
        self.tell_what_is_due(client).await
    }

    async fn changed(&mut self, client: &Client, change: &Change) -> Result<(), ClientError> {
        let request = match &change.request {
            Some(number) => found(client.request(number).await)?,
            None => None,
        };
        if let Some(request) = &request {
            self.open.retain(|open| open.number != request.number);
            if !request.is_over() {
                self.open.push(request.clone());
            }
        }
        self.note(change, request.as_ref()).await;
        if change.kind.starts_with("integration.") {
            self.look_at_integrations(client).await?;
        }
        Ok(())
    }

    async fn note(&mut self, change: &Change, request: Option<&Request>) {
        self.manners = Manners::read(&self.home);
        let Some(me) = &self.me else { return };
        let acts = self.desk.event(change, request, &Known::default(), &view(me, &self.manners));
        self.carry(acts).await;
    }

    async fn look_at_integrations(&mut self, client: &Client) -> Result<(), ClientError> {
        let all = client.integrations().await?.items;
        let Some(me) = &self.me else { return Ok(()) };
        let acts = self.desk.integrations(&all, &self.open, &view(me, &self.manners));
        self.carry(acts).await;
        Ok(())
    }

    /// Reads what the desk wants to put into words, and tells what is due.
    async fn tell_what_is_due(&mut self, client: &Client) -> Result<(), ClientError> {
        self.manners = Manners::read(&self.home);
        let mut requests = self.open.clone();
        for number in self.desk.wants() {
            requests.retain(|request| request.number != number);
            match found(client.request(&number).await)? {
                Some(request) => requests.push(request),
                None => {
                    let acts = self.desk.gone(&number);
                    self.carry(acts).await;
                }
            }
        }
        let Some(me) = &self.me else { return Ok(()) };
        let acts = self.desk.tick(&requests, &view(me, &self.manners));
        self.carry(acts).await;
        Ok(())
    }

    fn until_due(&self, now: DateTime<Utc>) -> Duration {
        let due =
            self.me.as_ref().and_then(|me| self.desk.due(&self.open, &view(me, &self.manners)));
        let left = due.map(|due| (due - now).to_std().unwrap_or(Duration::from_millis(50)));
        left.map_or(LOOK, |left| left.min(LOOK))
    }
}

/// Whether the machine slept since it was `looked` at the clock.
fn slept(looked: DateTime<Utc>) -> bool {
    (clock::now() - looked).to_std().is_ok_and(|gone| gone > SLEPT)
}

/// A request, or nothing where there is none for this person.
fn found(answer: Result<Request, ClientError>) -> Result<Option<Request>, ClientError> {
    match answer {
        Ok(request) => Ok(Some(request)),
        Err(ClientError::Refused(problem)) if problem.code == Code::NotFound => Ok(None),
        Err(ClientError::Refused(problem)) => {
            log("a request could not be read", &problem);
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

async fn open(client: &Client) -> Result<Vec<Request>, ClientError> {
    let query = ListQuery { open: true, limit: Some(PAGE), ..ListQuery::default() };
    Ok(client.list_requests(&query).await?.items)
}

//! What people do, and what the reference expects to come of it.

use std::sync::Arc;

use bellhop_api::{CreateRequest, Decide, End};
use bellhop_domain::{Refusal, RequestNumber, Verdict};
use bellhop_server::app::{AppError, Caller, requests, reviews};
use bellhop_store::access::{Which, find};
use futures::FutureExt as _;

use crate::checks::{Broken, ensure};
use crate::commands::{Asking, Deed};
use crate::reference::{Asked, Moment, Stage};
use crate::scene::{DURATIONS, FLOWS, PEOPLE, target};
use crate::world::{Done, Went, Work, World};

/// Whether it has to change something, or must not; and the work itself.
type Planned = (bool, Work);

impl World {
    /// Somebody asks for access.
    pub(crate) async fn ask(&mut self, asking: Asking, at: &Moment) -> Result<(), Broken> {
        let Asking { who, flow, resources, length } = asking;
        let (app, caller) = (Arc::clone(self.app()), self.caller(who));
        let (flow, seconds) = (usize::from(flow) % 2, DURATIONS[usize::from(length) % 5]);
        let named = (0..4).filter(|place| resources & (1 << place) != 0).take(3);
        let targets: Vec<_> = named.map(|resource| target(flow, resource)).collect();
        let open = |t: &String| at.systems[t.split('/').next().unwrap_or_default()].1;
        let may = self.reference.may_ask(&caller.person.handle, FLOWS[flow], seconds, at);
        let may = may && !targets.is_empty() && targets.iter().all(open);
        let (reason, duration_seconds) = (String::new(), Some(u64::from(seconds)));
        let body = CreateRequest { targets, reason, duration_seconds };
        let work = async move { done(requests::create(&app, &caller, body).await) };
        self.carry_out(who, (may, work.boxed()), at).await
    }

    /// Somebody does something with a request.
    pub(crate) async fn deed(
        &mut self,
        (who, deed): (u8, Deed),
        which: usize,
        at: &Moment,
    ) -> Result<(), Broken> {
        match self.planned((who, deed), which, at).await {
            Some(planned) => self.carry_out(who, planned, at).await,
            None => Ok(()),
        }
    }

    async fn carry_out(
        &mut self,
        who: u8,
        (may, work): Planned,
        at: &Moment,
    ) -> Result<(), Broken> {
        let who = PEOPLE[usize::from(who) % 6];
        self.acting = Some(who.to_owned());
        let went = self.drive(0, work).await;
        let rows = self.look(at).await?;
        let changed = rows.iter().any(|row| row.by.as_deref() == Some(who));
        ensure(!changed || may, || format!("11: {who} may not"))?;
        match went {
            // A system that could not take access away gives none; which are so is not modelled.
            Went::Done(Err(AppError::Refused(Refusal::SystemClosed { .. }))) => Ok(()),
            Went::Done(done) if may && !changed => {
                Err(format!("11: {who} may, and nothing came of it: {done:?}"))
            }
            Went::Done(_) | Went::Hangs | Went::Cut => Ok(()),
        }
    }

    fn caller(&self, who: u8) -> Caller {
        self.callers[PEOPLE[usize::from(who) % 6]].clone()
    }

    async fn planned(&self, (who, deed): (u8, Deed), which: usize, at: &Moment) -> Option<Planned> {
        let (number, asked) = self.picked(deed, which)?;
        let (app, caller) = (Arc::clone(self.app()), self.caller(who));
        let (handle, text) = (caller.person.handle.clone(), RequestNumber(number).to_string());
        let of_it = || self.ledger.grants.values().filter(|held| held.number == number);
        let open = of_it().any(|held| held.is(&["active"]));
        let any = of_it().any(|held| held.is(&["scheduled", "applying", "verifying", "active"]));
        let reference = &self.reference;
        Some(match deed {
            Deed::Decide { approve, stale } => {
                let current = self.seen(number).await;
                let seen = if stale { self.shown[&number].clone() } else { current.clone() };
                let may = reference.may_decide(&handle, asked, approve, (at, open));
                let may = may && seen == current;
                let verdict = if approve { Verdict::Approve } else { Verdict::Deny };
                let body = Decide { seen, note: String::new(), duration_seconds: None };
                let work = async move {
                    done(reviews::decide_on(&app, &caller, (&text, verdict), body).await)
                };
                (may, work.boxed())
            }
            Deed::Withdraw => {
                let work = async move { done(requests::withdraw(&app, &caller, &text).await) };
                (reference.may_withdraw(&handle, asked), work.boxed())
            }
            Deed::Extend => {
                let work = async move { done(requests::extend(&app, &caller, &text).await) };
                (reference.may_extend(&handle, asked, (at, open)), work.boxed())
            }
            Deed::End => {
                let work =
                    async move { done(requests::end(&app, &caller, &text, End::default()).await) };
                (any && reference.may_end(&handle, asked), work.boxed())
            }
        })
    }

    /// One of the requests, those first that it makes sense for, and of these the newest.
    fn picked(&self, deed: Deed, which: usize) -> Option<(i64, &Asked)> {
        let fits = |asked: &Asked| match deed {
            Deed::Decide { .. } => asked.waits(),
            Deed::Withdraw => matches!(asked.stage, Stage::Waiting(_)),
            Deed::Extend | Deed::End => matches!(asked.stage, Stage::Approved(_)),
        };
        let mut all: Vec<_> = self.reference.requests.iter().rev().collect();
        all.sort_by_key(|(_, asked)| !fits(asked));
        all.get(which.checked_rem(all.len())?).map(|(number, asked)| (**number, *asked))
    }

    /// What a request shows to whoever decides about it.
    async fn seen(&self, number: i64) -> String {
        let mut tx = self.app().store.read().await.expect("opens");
        let found = find(&mut tx, Which::Number(RequestNumber(number))).await.expect("reads");
        found.expect("there").request.seen().0
    }
}

fn done<T>(answer: Result<T, AppError>) -> Done {
    answer.map(|_| true)
}

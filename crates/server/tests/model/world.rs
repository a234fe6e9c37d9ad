//! Everything together: the backend, the systems, the reference, and what is under way.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use bellhop_domain::{Clock as _, LEASE, RequestNumber};
use bellhop_server::app::{App, AppError, Caller};
use bellhop_store::access::{Which, find};
use bellhop_store::{audit, integrations};
use chrono::TimeDelta;
use futures::future::{BoxFuture, poll_fn};
use tokio::sync::oneshot;

use crate::backend::{Machine, Process, start};
use crate::checks::{self, Broken, ensure};
use crate::ledger::{Ledger, Row};
use crate::reference::{Moment, Reference};
use crate::scene::{FLOWS, rules};

/// What a job or a use case comes to; a job says whether there was one.
pub(crate) type Done = Result<bool, AppError>;
pub(crate) type Work = BoxFuture<'static, Done>;

/// How a piece of work went.
pub(crate) enum Went {
    Done(Done),
    /// It waits for a call that hangs.
    Hangs,
    /// It was cut off; nobody knows how far it got.
    Cut,
}

/// Something under way that waits for a call.
pub(crate) struct Hanging {
    process: usize,
    work: Work,
    gate: oneshot::Sender<bool>,
}

/// What happens to the next piece of work.
#[derive(Clone, Copy)]
pub(crate) struct Cut {
    pub(crate) after: u8,
    /// Its process ends with it.
    pub(crate) crash: bool,
}

pub(crate) struct World {
    pub(crate) machine: Machine,
    pub(crate) processes: Vec<Process>,
    pub(crate) callers: BTreeMap<String, Caller>,
    pub(crate) reference: Reference,
    pub(crate) ledger: Ledger,
    pub(crate) hanging: Vec<Hanging>,
    pub(crate) cut: Option<Cut>,
    /// Whether an integration was ever connected to another system.
    pub(crate) turned: bool,
    /// What people were first shown of a request.
    pub(crate) shown: BTreeMap<i64, String>,
    /// Whose doing the new rows may be.
    pub(crate) acting: Option<String>,
    /// Until when, by the clock that nobody sets, a dead replica may hold leases.
    pub(crate) dead_until: TimeDelta,
    /// How often something happened, by the kind of row.
    pub(crate) count: BTreeMap<String, usize>,
}

impl World {
    pub(crate) async fn new(mut machine: Machine, callers: BTreeMap<String, Caller>) -> Self {
        machine.tell_the_time();
        let mut processes = vec![machine.process().await];
        if machine.psql.is_some() {
            processes.push(machine.process().await);
        }
        let mut reference = Reference::default();
        for (flow, id) in FLOWS.iter().enumerate() {
            reference.rules.extend(rules(flow, 0).map(|rules| (*id, rules)));
        }
        let mut tx = processes[0].app.store.read().await.expect("opens");
        let ledger = Ledger::new(audit::head(&mut tx).await.expect("reads").seq, start());
        drop(tx);
        Self {
            machine,
            processes,
            callers,
            reference,
            ledger,
            hanging: Vec::new(),
            cut: None,
            turned: false,
            shown: BTreeMap::new(),
            acting: None,
            dead_until: TimeDelta::zero(),
            count: BTreeMap::new(),
        }
    }

    pub(crate) fn app(&self) -> &Arc<App> {
        &self.processes[0].app
    }

    /// Lets a piece of work go on until it is done, hangs, or is cut off.
    pub(crate) async fn drive(&mut self, process: usize, mut work: Work) -> Went {
        // Only what somebody asked for ends when they hang up.
        let cut = self.cut.take_if(|cut| cut.crash || self.acting.is_some());
        let mut left = cut.map(|cut| cut.after);
        let outside = self.machine.outside.clone();
        let steps = poll_fn(|context| match &mut left {
            Some(0) => Poll::Ready(None),
            left => {
                if let Some(left) = left {
                    *left -= 1;
                }
                Pin::new(&mut work).poll(context).map(Some)
            }
        });
        let went = tokio::select! {
            biased;
            done = steps => done.map_or(Went::Cut, Went::Done),
            () = outside.hung() => Went::Hangs,
        };
        match (&went, outside.take_gate()) {
            (Went::Hangs, Some(gate)) => self.hanging.push(Hanging { process, work, gate }),
            (Went::Hangs | Went::Cut | Went::Done(_), _) => drop(work),
        }
        if matches!(went, Went::Cut) && cut.is_some_and(|cut| cut.crash) {
            self.restart(process).await;
        }
        went
    }

    /// The process ends where it stands, and another one starts.
    pub(crate) async fn restart(&mut self, process: usize) {
        self.hanging.retain(|one| one.process != process);
        self.machine.outside.nothing_hangs();
        if self.machine.psql.is_some() {
            self.dead_until = self.machine.clock.boot() + LEASE;
        }
        self.processes[process].app.store.close().await;
        self.processes[process] = self.machine.process().await;
        self.processes[process].workers[0].recover().await.expect("recovers");
    }

    /// What hung longest goes on: its call takes its course, or its time is over.
    pub(crate) async fn resume(&mut self, answer: bool) -> Went {
        if self.hanging.is_empty() {
            return Went::Cut;
        }
        let Hanging { process, work, gate } = self.hanging.remove(0);
        if !answer {
            self.pass(21);
        }
        // Its process may have been frozen for long: nothing of it ran meanwhile.
        gate.send(answer).expect("it waits");
        self.drive(process, work).await
    }

    pub(crate) fn pass(&mut self, seconds: i64) {
        self.machine.clock.advance(TimeDelta::seconds(seconds));
        self.machine.timer.advance(seconds);
        self.machine.tell_the_time();
    }

    pub(crate) async fn moment(&self) -> Moment {
        let mut tx = self.app().store.read().await.expect("opens");
        let all = integrations::all(&mut tx).await.expect("reads");
        let systems = all.into_iter().map(|one| {
            let pin = one.pin.unwrap_or_default();
            (one.name, (pin, one.status == "active"))
        });
        Moment {
            now: tx.now(),
            boot: self.machine.clock.boot(),
            behind: tx.behind().await.expect("reads").is_some(),
            systems: systems.collect(),
        }
    }

    /// Every request is stored as the log tells it, and the log is whole.
    pub(crate) async fn compare_all(&mut self) -> Result<(), Broken> {
        let mut tx = self.processes[0].app.store.read().await.expect("opens");
        for number in self.reference.requests.keys() {
            let which = Which::Number(RequestNumber(*number));
            let access = find(&mut tx, which).await.expect("reads").expect("there");
            self.ledger.compare(&access)?;
        }
        let verdict = audit::verify(&mut tx).await.expect("reads");
        let intact = matches!(verdict, audit::Verdict::Intact(_));
        ensure(intact, || format!("7: the chain is not whole: {verdict:?}"))
    }

    /// Reads what happened, and compares it with what may happen and with what is there.
    pub(crate) async fn look(&mut self, before: &Moment) -> Result<Vec<Row>, Broken> {
        let mut tx = self.processes[0].app.store.read().await.expect("opens");
        let rows = audit::after(&mut tx, self.ledger.seq, None, 10_000).await.expect("reads");
        self.ledger.seq = rows.last().map_or(self.ledger.seq, |row| row.seq);
        let rows: Vec<_> = rows.iter().map(Row::read).collect();
        let mut numbers = Vec::new();
        for row in &rows {
            *self.count.entry(row.kind.clone()).or_default() += 1;
            ensure(row.by.is_none() || row.by == self.acting, || {
                format!("11: {} by {:?}, who did nothing", row.kind, row.by)
            })?;
            self.ledger.take(row)?;
            self.reference.take(row, before)?;
            numbers.extend(row.number);
        }
        numbers.sort_unstable();
        numbers.dedup();
        for number in numbers {
            let which = Which::Number(RequestNumber(number));
            let access = find(&mut tx, which).await.expect("reads").expect("there");
            self.ledger.compare(&access)?;
            self.shown.entry(number).or_insert_with(|| access.request.seen().0);
        }
        drop(tx);
        let outside = self.machine.outside.state();
        for row in &rows {
            checks::told(row, &self.ledger, &outside)?;
        }
        checks::always(&self.ledger, &outside, &self.reference)?;
        drop(outside);
        Ok(rows)
    }
}

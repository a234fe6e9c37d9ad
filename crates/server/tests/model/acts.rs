//! Carries out commands, and says what the reference expects of them.

use std::sync::Arc;

use bellhop_api::{CreateRequest, Decide};
use bellhop_domain::{RequestNumber, Verdict};
use bellhop_server::app::{AppError, integrations, people, requests, reviews};
use bellhop_server::config;
use bellhop_store::access::{Which, find};
use chrono::TimeDelta;
use futures::FutureExt as _;

use crate::backend::ANYHOW;
use crate::checks::{self, Broken, ensure};
use crate::commands::Command;
use crate::outside::other;
use crate::reference::{Asked, Moment, Stage};
use crate::scene::{
    ADMIN, DURATIONS, FLOWS, PEOPLE, SYSTEMS, config as configuration, rules, target,
};
use crate::world::{Cut, Done, Went, Work, World};

/// What the reference says of a command: nothing, or whether it may change anything.
type Expected = Option<bool>;

impl World {
    /// Carries out one command and checks everything.
    pub(crate) async fn act(&mut self, command: &Command) -> Result<(), Broken> {
        let before = self.moment().await;
        self.acting = None;
        match command {
            Command::Ask { .. }
            | Command::Decide { .. }
            | Command::Withdraw { .. }
            | Command::Extend { .. }
            | Command::End { .. } => return self.person(command, &before).await,
            Command::RunDue { worker } => return self.run_due(usize::from(*worker), &before).await,
            Command::Settle => return self.settle(&before).await,
            Command::Deactivate { who } => {
                let handle = PEOPLE[usize::from(*who) % 4];
                self.deactivate(handle).await;
            }
            Command::ChangeFlow { flow, variant } => {
                self.change_flow(usize::from(*flow) % 2, *variant).await;
            }
            Command::Connect { system } => self.connect(SYSTEMS[usize::from(*system) % 2]).await,
            Command::Sweep { system } => {
                let (app, name) = (Arc::clone(self.app()), SYSTEMS[usize::from(*system) % 2]);
                let sweep = async move { app.sweep(name).await.map(|()| true) };
                self.drive(0, sweep.boxed()).await;
            }
            Command::RunOne { worker } => {
                let work = self.one(usize::from(*worker));
                self.drive(self.process_of(usize::from(*worker)), work).await;
            }
            Command::Resume { answer } => drop(self.resume(*answer).await),
            Command::Restart { reboot } => {
                if *reboot {
                    self.machine.clock.reboot();
                    self.reference.rebooted();
                }
                for process in 0..self.processes.len() {
                    self.restart(process).await;
                }
            }
            other => self.surroundings(other).await,
        }
        self.look(&before).await.map(drop)
    }

    fn process_of(&self, worker: usize) -> usize {
        worker % self.processes.len()
    }

    fn one(&self, worker: usize) -> Work {
        let worker = self.processes[self.process_of(worker)].workers[worker % 2].clone();
        async move { worker.run_one().await }.boxed()
    }

    /// What somebody does.
    async fn person(&mut self, command: &Command, at: &Moment) -> Result<(), Broken> {
        let Some((who, expected, work)) = self.planned(command, at).await else { return Ok(()) };
        self.acting = Some(who.clone());
        let went = self.drive(0, work).await;
        let rows = self.look(at).await?;
        let changed = rows.iter().any(|row| row.by.as_deref() == Some(who.as_str()));
        let says = || format!("11: {who} may not: {command:?}");
        ensure(!changed || expected != Some(false), says)?;
        if let (Went::Done(done), Some(true)) = (went, expected) {
            ensure(changed, || {
                format!("11: {who} may, and nothing came of {command:?}: {done:?}")
            })?;
        }
        Ok(())
    }

    async fn planned(&self, command: &Command, at: &Moment) -> Option<(String, Expected, Work)> {
        let app = Arc::clone(self.app());
        let caller = |who: u8| self.callers[PEOPLE[usize::from(who) % 6]].clone();
        if let Command::Ask { who, flow, resources, length } = command {
            let (flow, caller) = (usize::from(*flow) % 2, caller(*who));
            let seconds = DURATIONS[usize::from(*length) % 5];
            let mut targets = Vec::new();
            for resource in (0..4).filter(|place| resources & (1 << place) != 0).take(3) {
                targets.push(target(flow, resource));
            }
            let open = |t: &String| at.systems[t.split('/').next().unwrap_or_default()].1;
            let may = self.reference.may_ask(&caller.person.handle, FLOWS[flow], seconds, at);
            let may = may && !targets.is_empty() && targets.iter().all(open);
            let (reason, duration_seconds) = (String::new(), Some(u64::from(seconds)));
            let body = CreateRequest { targets, reason, duration_seconds };
            let who = caller.person.handle.clone();
            let work = async move { done(requests::create(&app, &caller, body).await) };
            return Some((who, Some(may), work.boxed()));
        }
        let (Command::Decide { who, which, .. }
        | Command::Withdraw { who, which }
        | Command::Extend { who, which }
        | Command::End { who, which }) = command
        else {
            return None;
        };
        let (number, asked) = self.picked(command, usize::from(*which))?;
        let caller = caller(*who);
        let (handle, text) = (caller.person.handle.clone(), RequestNumber(number).to_string());
        let mut of_it = self.ledger.grants.values().filter(|held| held.number == number);
        let open = of_it.clone().any(|held| held.is(&["active"]));
        let any = of_it.any(|held| held.is(&["scheduled", "applying", "verifying", "active"]));
        let reference = &self.reference;
        let (expected, work) = match command {
            Command::Decide { approve, stale, .. } => {
                let current = self.seen(number).await;
                let seen = if *stale { self.shown[&number].clone() } else { current.clone() };
                let may = reference.may_decide(&handle, asked, *approve, (at, open));
                let may = may && seen == current;
                let verdict = if *approve { Verdict::Approve } else { Verdict::Deny };
                let body = Decide { seen, note: String::new() };
                let work = async move {
                    done(reviews::decide_on(&app, &caller, (&text, verdict), body).await)
                };
                (may, work.boxed())
            }
            Command::Withdraw { .. } => {
                let work = async move { done(requests::withdraw(&app, &caller, &text).await) };
                (reference.may_withdraw(&handle, asked), work.boxed())
            }
            Command::Extend { .. } => {
                let work = async move { done(requests::extend(&app, &caller, &text).await) };
                (reference.may_extend(&handle, asked, (at, open)), work.boxed())
            }
            _ => {
                let work = async move { done(requests::end(&app, &caller, &text).await) };
                (any && reference.may_end(&handle, asked), work.boxed())
            }
        };
        Some((handle, Some(expected), work))
    }

    /// One of the requests, those first that it makes sense for, and of these the newest.
    fn picked(&self, command: &Command, which: usize) -> Option<(i64, &Asked)> {
        let fits = |asked: &Asked| match command {
            Command::Decide { .. } => asked.waits(),
            Command::Withdraw { .. } => matches!(asked.stage, Stage::Waiting(_)),
            _ => matches!(asked.stage, Stage::Approved(_)),
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

    async fn deactivate(&mut self, handle: &'static str) {
        self.acting = Some(ADMIN.to_owned());
        let (app, admin) = (Arc::clone(self.app()), self.callers[ADMIN].clone());
        let work = async move { people::deactivate(&app, &admin, handle).await.map(|()| true) };
        self.drive(0, work.boxed()).await;
        let mut tx = self.app().store.read().await.expect("opens");
        let person = bellhop_store::people::by_handle(&mut tx, handle).await.expect("reads");
        if person.is_some_and(|person| !person.active) {
            self.reference.left.insert(handle.to_owned());
        }
    }

    async fn change_flow(&mut self, flow: usize, variant: u8) {
        let all = &mut self.reference.rules;
        match rules(flow, variant) {
            Some(rules) => drop(all.insert(FLOWS[flow], rules)),
            None => drop(all.remove(FLOWS[flow])),
        }
        config::put_in_force(self.app(), &configuration(&self.reference.rules)).await.expect("put");
    }

    /// The address leads elsewhere, and the admin connects it; back when that is refused.
    pub(crate) async fn connect(&mut self, system: &'static str) {
        self.acting = Some(ADMIN.to_owned());
        let turn = |world: &Self| {
            let mut state = world.machine.outside.state();
            let (pin, _) = state.here(system);
            state.answering.insert(system.to_owned(), other(&pin));
        };
        turn(self);
        let (app, admin) = (Arc::clone(self.app()), self.callers[ADMIN].clone());
        let work =
            async move { integrations::connect(&app, &admin, system, &ANYHOW).await.map(|_| true) };
        match self.drive(0, work.boxed()).await {
            Went::Done(Err(_)) => turn(self),
            Went::Done(Ok(_)) | Went::Hangs | Went::Cut => self.turned = true,
        }
    }

    /// What happens around the backend.
    async fn surroundings(&mut self, command: &Command) {
        match command {
            Command::Pass { seconds } => self.pass(i64::from(*seconds)),
            Command::SetClock { minutes } => {
                self.machine.clock.set_wall_clock(TimeDelta::minutes(i64::from(*minutes)));
                self.machine.tell_the_time();
            }
            Command::Crash { after } => self.cut = Some(Cut { after: *after, crash: true }),
            Command::HangUp { after } => self.cut = Some(Cut { after: *after, crash: false }),
            Command::Mislead { system } => {
                let mut state = self.machine.outside.state();
                let system = SYSTEMS[usize::from(*system) % 2];
                let (pin, _) = state.here(system);
                state.answering.insert(system.to_owned(), other(&pin));
            }
            Command::Trouble { system, kind, times } => {
                let mut state = self.machine.outside.state();
                let system = SYSTEMS[usize::from(*system) % 2];
                let all = state.trouble.entry(system.to_owned()).or_default();
                all.extend((0..*times).map(|_| *kind));
            }
            Command::Drift { system, how, which } => {
                self.drift(SYSTEMS[usize::from(*system) % 2], *how, usize::from(*which)).await;
            }
            _ => {}
        }
    }

    /// Does what is due, one job after the other.
    async fn run_due(&mut self, worker: usize, at: &Moment) -> Result<(), Broken> {
        for _ in 0..500 {
            let work = self.one(worker);
            match self.drive(self.process_of(worker), work).await {
                Went::Done(Ok(true)) => {}
                Went::Done(Ok(false)) => {
                    self.look(at).await?;
                    let now = self.moment().await;
                    if now.boot < self.dead_until {
                        return Ok(());
                    }
                    return checks::worked_off(&self.ledger, &self.reference, &now);
                }
                Went::Done(Err(error)) => return Err(format!("work failed: {error}")),
                Went::Hangs | Went::Cut => return self.look(at).await.map(drop),
            }
        }
        Err("12: work without end".to_owned())
    }
}

fn done<T>(answer: Result<T, AppError>) -> Done {
    answer.map(|_| true)
}

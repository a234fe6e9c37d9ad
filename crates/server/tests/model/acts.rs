//! Carries out commands.

use std::sync::Arc;

use bellhop_api::ConnectKubernetes;
use bellhop_server::app::{integrations, people};
use bellhop_server::config;
use chrono::TimeDelta;
use futures::FutureExt as _;

use crate::checks::{self, Broken};
use crate::commands::{Around, Command};
use crate::outside::other;
use crate::reference::Moment;
use crate::scene::{ADMIN, FLOWS, PEOPLE, SYSTEMS, config as configuration, rules};
use crate::world::{Cut, Went, Work, World};

fn system(number: u8) -> &'static str {
    SYSTEMS[usize::from(number) % 2]
}

impl World {
    /// Carries out one command and checks everything.
    pub(crate) async fn act(&mut self, command: &Command) -> Result<(), Broken> {
        let before = self.moment().await;
        self.acting = None;
        match command {
            Command::Ask(asking) => return self.ask(*asking, &before).await,
            Command::Deed(who, deed, which) => {
                return self.deed((*who, *deed), usize::from(*which), &before).await;
            }
            Command::RunDue(worker) => return self.run_due(usize::from(*worker), &before).await,
            Command::Settle => return self.settle(&before).await,
            Command::Deactivate(who) => self.deactivate(PEOPLE[usize::from(*who) % 4]).await,
            Command::ChangeFlow(flow, variant) => {
                self.change_flow(usize::from(*flow) % 2, *variant).await;
            }
            Command::Connect(number) => self.connect(system(*number)).await,
            Command::Sweep(number) => self.sweep(system(*number)).await,
            Command::RunOne(worker) => {
                let worker = usize::from(*worker);
                self.drive(self.process_of(worker), self.one(worker)).await;
            }
            Command::Resume(answer) => drop(self.resume(*answer).await),
            Command::Restart => self.restart_all().await,
            Command::Reboot => {
                self.machine.clock.reboot();
                self.reference.rebooted();
                self.restart_all().await;
            }
            Command::Around(around) => self.around(around).await,
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

    /// Does what is due, one job after the other.
    async fn run_due(&mut self, worker: usize, at: &Moment) -> Result<(), Broken> {
        for _ in 0..500 {
            match self.drive(self.process_of(worker), self.one(worker)).await {
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

    async fn restart_all(&mut self) {
        for process in 0..self.processes.len() {
            self.restart(process).await;
        }
    }

    async fn sweep(&mut self, system: &'static str) {
        let app = Arc::clone(self.app());
        let sweep = async move { app.sweep(system).await.map(|()| true) };
        self.drive(0, sweep.boxed()).await;
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
        let config = configuration(&self.reference.rules);
        config::put_in_force(self.app(), &config).await.expect("put");
    }

    /// The address leads elsewhere, and the admin connects it; back when that is refused.
    pub(crate) async fn connect(&mut self, system: &'static str) {
        self.acting = Some(ADMIN.to_owned());
        self.turn(system);
        let (app, admin) = (Arc::clone(self.app()), self.callers[ADMIN].clone());
        let work = async move {
            let how = ConnectKubernetes::default();
            integrations::connect(&app, &admin, system, &how).await.map(|_| true)
        };
        match self.drive(0, work.boxed()).await {
            Went::Done(Err(_)) => self.turn(system),
            Went::Done(Ok(_)) | Went::Hangs | Went::Cut => self.turned = true,
        }
    }

    fn turn(&self, system: &str) {
        let mut state = self.machine.outside.state();
        let (pin, _) = state.here(system);
        state.answering.insert(system.to_owned(), other(&pin));
    }

    async fn around(&mut self, around: &Around) {
        match around {
            Around::Pass(seconds) => self.pass(i64::from(*seconds)),
            Around::SetClock(minutes) => {
                self.machine.clock.set_wall_clock(TimeDelta::minutes(i64::from(*minutes)));
                self.machine.tell_the_time();
            }
            Around::Crash(after) => self.cut = Some(Cut { after: *after, crash: true }),
            Around::HangUp(after) => self.cut = Some(Cut { after: *after, crash: false }),
            Around::Mislead(number) => self.turn(system(*number)),
            Around::Trouble(number, kind, times) => {
                let mut state = self.machine.outside.state();
                let all = state.trouble.entry(system(*number).to_owned()).or_default();
                all.extend((0..*times).map(|_| *kind));
            }
            Around::Drift(number, how, which) => {
                self.drift(system(*number), *how, usize::from(*which)).await;
            }
        }
    }
}

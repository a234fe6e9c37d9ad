//! Drift by hand, and how everything comes to rest.

use bellhop_domain::{About, JobKind};
use bellhop_store::jobs::{self, Class};
use bellhop_store::{accounts, integrations, people};
use chrono::TimeDelta;
use uuid::Uuid;

use crate::checks::{self, Broken, ensure};
use crate::commands::{Command, Drift};
use crate::outside::{By, Thing};
use crate::reference::{Moment, Stage};
use crate::scene::{PEOPLE, RESOURCES, SYSTEMS, target};
use crate::world::World;

/// Longer than anything that can be asked for.
const ALL_OVER: i64 = 30 * 3_600;

impl World {
    /// Somebody does something by hand in a system.
    pub(crate) async fn drift(&mut self, system: &'static str, how: Drift, which: usize) {
        if how == Drift::GiveStanding {
            return self.give_standing(system, which).await;
        }
        let resource = RESOURCES.iter().filter(|one| one.starts_with(system)).nth(which % 2);
        let resource = resource.expect("two of each");
        let mut state = self.machine.outside.state();
        let (pin, place) = state.here(system);
        let ours = place.things.iter().filter(|thing| thing.by != By::Somebody);
        let ours = ours.map(|thing| thing.id).nth(which % 4);
        let thing = |by, account: &str| {
            let (target, account) = (format!("{resource}:edit"), account.to_owned());
            Thing { id: 0, by, target, account, changed: false }
        };
        match how {
            Drift::RemoveOurs => {
                let found = place.things.iter().position(|thing| Some(thing.id) == ours);
                let removed = found.map(|found| place.things.remove(found).lane());
                state.meddled.extend(removed);
            }
            Drift::ChangeOurs => {
                let found = place.things.iter_mut().find(|thing| Some(thing.id) == ours);
                if let Some(thing) = found.filter(|_| system == "k8s") {
                    thing.changed = true;
                    let lane = thing.lane();
                    state.meddled.insert(lane);
                }
            }
            Drift::PlantOurs => {
                let grant = bellhop_domain::GrantId(Uuid::from_u128(rand::random()));
                let by = By::Us((system == "k8s" && which < 128).then_some(grant));
                state.put(&pin, thing(by, checks::PLANTED));
            }
            Drift::PlantForeign => {
                let id = state.put(&pin, thing(By::Somebody, "somebody-else"));
                state.kept.insert(id);
            }
            Drift::DeleteTarget | Drift::GiveStanding => {
                let made = place.resources.remove(*resource).unwrap_or_default();
                place.resources.insert((*resource).to_owned(), made + 1);
                let on_it = |thing: &Thing| thing.target.starts_with(resource);
                let (gone, stay): (Vec<_>, _) = place.things.drain(..).partition(on_it);
                place.things = stay;
                for thing in gone {
                    state.kept.remove(&thing.id);
                    state.meddled.insert(thing.lane());
                }
            }
        }
    }

    /// A person gets by hand what could be asked for; it stands before anything that is granted.
    async fn give_standing(&mut self, system: &'static str, which: usize) {
        let mut tx = self.app().store.write().await.expect("opens");
        let found = integrations::by_name(&mut tx, system).await.expect("reads").expect("there");
        let person = people::by_handle(&mut tx, PEOPLE[which % 3]).await.expect("reads");
        let person = person.expect("there").id;
        let account = accounts::in_use(&mut tx, found.id, person).await.expect("made");
        tx.commit().await.expect("kept");
        let first = if system == "k8s" { 0 } else { 2 };
        let thing = Thing {
            id: 0,
            by: By::Somebody,
            target: target(which / 3, first + which / 6 % 2),
            account,
            changed: false,
        };
        let over = |state: &str| ["ended", "apply_failed"].contains(&state);
        let mut lane = self.ledger.grants.values().filter(|held| held.lane() == thing.lane());
        if lane.any(|held| !over(held.state["state"].as_str().unwrap_or_default())) {
            return;
        }
        let mut state = self.machine.outside.state();
        let (pin, place) = state.here(system);
        if place.things.iter().any(|one| one.lane() == thing.lane()) {
            return;
        }
        let id = state.put(&pin, thing);
        if system == "groups" {
            state.kept.insert(id);
        }
    }

    /// All is well again, and time goes by until nothing is left to do.
    pub(crate) async fn settle(&mut self, at: &Moment) -> Result<(), Broken> {
        self.cut = None;
        self.machine.outside.all_is_well();
        for (system, (pin, _)) in &at.systems {
            self.machine.outside.state().answering.insert(system.clone(), pin.clone());
        }
        while !self.hanging.is_empty() {
            self.resume(true).await;
            self.look(at).await?;
        }
        for _ in 0..60 {
            // Long enough for every system to be looked at in each round.
            self.pass(61);
            let run = Command::RunDue(0);
            Box::pin(self.act(&run)).await?;
            let over = ["active", "ended", "apply_failed"];
            let still = self.ledger.grants.values().all(|held| held.is(&over));
            if still && self.at_work().await.is_empty() {
                self.machine.outside.state().late.clear();
                checks::at_rest(&self.ledger, &self.machine.outside.state())?;
                return self.timers().await;
            }
        }
        let jobs = self.at_work().await;
        let left: Vec<_> = self.ledger.grants.values().map(|held| &held.state).collect();
        Err(format!("12: never at rest: {jobs:?}, {left:?}"))
    }

    /// Everything is over, and everywhere.
    pub(crate) async fn end_of_all(&mut self) -> Result<(), Broken> {
        let at = self.moment().await;
        self.settle(&at).await?;
        self.pass(ALL_OVER);
        let at = self.moment().await;
        self.settle(&at).await?;
        // What was left in a system that is not connected any more ends when it is again.
        let turned = if self.turned { 4 } else { 0 };
        for system in SYSTEMS.into_iter().chain(SYSTEMS).take(turned) {
            self.connect(system).await;
            let at = self.moment().await;
            self.look(&at).await?;
            self.settle(&at).await?;
        }
        let left = self.jobs().await;
        let recurring =
            |kind: &JobKind| matches!(kind, JobKind::Check | JobKind::Sweep | JobKind::Sync);
        let fine = left.len() == 6 && left.iter().all(|(kind, _)| recurring(kind));
        ensure(fine, || format!("12: left over: {left:?}"))?;
        for held in self.ledger.grants.values() {
            ensure(!held.is(&["active"]), || format!("1: for ever: {}", held.lane()))?;
        }
        self.compare_all().await
    }

    /// Jobs that are more than timers.
    async fn at_work(&mut self) -> Vec<(JobKind, About)> {
        let timer = |kind: JobKind| {
            let recurring = matches!(kind, JobKind::Check | JobKind::Sweep | JobKind::Sync);
            recurring || matches!(kind, JobKind::Expire | JobKind::Lapse)
        };
        let all = self.jobs().await;
        all.into_iter().filter(|(kind, _)| !timer(*kind)).collect()
    }

    /// All jobs that there are, whenever they are due: claimed at the end of time, and not kept.
    async fn jobs(&mut self) -> Vec<(JobKind, About)> {
        let far = TimeDelta::days(30);
        self.machine.clock.set_wall_clock(far);
        self.machine.tell_the_time();
        let mut tx = self.app().store.write().await.expect("opens");
        let until = tx.now() + far;
        let mut all = Vec::new();
        for class in [Class::Taking, Class::Giving] {
            while let Some(job) =
                jobs::claim(&mut tx, Uuid::nil(), until, class).await.expect("claims")
            {
                jobs::complete(&mut tx, &job).await.expect("done");
                all.push((job.kind, job.about));
            }
        }
        drop(tx);
        self.machine.clock.set_wall_clock(-far);
        self.machine.tell_the_time();
        all
    }

    /// Whatever is live has a timer that ends it.
    async fn timers(&mut self) -> Result<(), Broken> {
        let jobs = self.jobs().await;
        let count = |wanted| jobs.iter().filter(|(kind, _)| *kind == wanted).count();
        let (mut live, mut waiting) = (0, 0);
        for (number, asked) in &self.reference.requests {
            let mut of_it = self.ledger.grants.values().filter(|held| held.number == *number);
            live += usize::from(of_it.any(|held| held.is(&["active"])));
            waiting += usize::from(matches!(asked.stage, Stage::Waiting(_)));
        }
        let enough = count(JobKind::Expire) >= live && count(JobKind::Lapse) >= waiting;
        ensure(enough, || format!("12: {live} live, {waiting} waiting, and {jobs:?}"))
    }
}

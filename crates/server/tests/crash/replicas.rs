//! A replica on PostgreSQL, as a child process: it works like the program does, and the one that is
//! called "asker" plays the scenario meanwhile. Lines on its stdin are what it is told to do: `work`,
//! `play`, let time `pass`, or that and then `settle` all that is due.

use std::io::BufRead as _;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use async_trait::async_trait;
use bellhop_server::app::{AppError, requests};
use bellhop_server::timer::Timer;
use bellhop_store::Place;
use bellhop_store::jobs::{Class, next_due};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::family::Case;
use crate::world::World;
use crate::{points, scenario};

/// The replica that people ask.
pub(crate) const ASKER: &str = "asker";
/// The other one.
pub(crate) const HELPER: &str = "helper";

const LOOK_AGAIN: Duration = Duration::from_millis(25);
/// After so many looks, a second goes by: what failed is tried again.
const WHILES: u32 = 4;
/// For what has to happen in a while: far longer than it ever takes.
const LIMIT: u32 = 3_000;

/// Replicas look for each other's work more often than in earnest.
pub(crate) struct Impatient;

#[async_trait]
impl Timer for Impatient {
    async fn sleep(&self, time: Duration) {
        let short = time <= Duration::from_secs(1);
        tokio::time::sleep(if short { time.min(LOOK_AGAIN) } else { time }).await;
    }
}

/// What the child does, until its stdin is closed.
pub(crate) async fn child(case: &Case) -> Result<()> {
    points::arm(case.at, &case.folder.join(format!("points.{}", case.role)));
    let mut orders = orders();
    let place: Place = case.address.as_deref().context("an address")?.parse()?;
    let world = Arc::new(World::start(&case.folder, &place, Arc::new(Impatient)).await?);
    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    say("ready");
    while let Some(order) = orders.recv().await {
        let world = Arc::clone(&world);
        match order.split_once(' ').unwrap_or((&order, "0")) {
            ("work", _) => {
                let stopped = stop.clone();
                tasks.spawn(async move { world.worker.run(stopped).await });
            }
            ("play", _) => {
                tasks.spawn(async move { said(play(&world).await, "played") });
            }
            (what, seconds) => {
                world.pass(seconds.parse()?);
                if what == "settle" {
                    let idle = async move { idle(&world).await };
                    tasks.spawn(async { said(idle.await, "settled") });
                }
            }
        }
    }
    stop.cancel();
    tasks.close();
    world.work.close();
    tasks.wait().await;
    world.work.wait().await;
    world.app.store.close().await;
    Ok(())
}

/// Says that it was done. If it was not, the child ends, and with it the case.
fn said(done: Result<()>, what: &str) {
    if let Err(error) = done {
        eprintln!("{error:#}");
        std::process::exit(1);
    }
    say(what);
}

fn orders() -> mpsc::UnboundedReceiver<String> {
    let (door, orders) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            drop(door.send(line));
        }
    });
    orders
}

#[expect(clippy::print_stdout, reason = "the parent listens")]
fn say(what: &str) {
    println!("{what}");
}

/// Two requests on one group, and one whose removal fails at first; the first goes on to its
/// deadline.
async fn play(world: &World) -> Result<()> {
    let pair = ["objects/namespace/own1:edit", "groups/group/team:member"];
    let mut asked = Vec::new();
    for targets in [&pair[..], &["groups/group/team:member"], &["objects/namespace/sticky:edit"]] {
        asked.extend(unless_refused(scenario::ask(world, targets).await)?);
    }
    for number in &asked {
        until(world, number, |status| !["granting", "revoking"].contains(&status)).await?;
    }
    for number in asked.iter().skip(1) {
        unless_refused(scenario::end(world, number).await)?;
    }
    pass(world, 31);
    for (place, number) in asked.iter().enumerate().rev() {
        if place == 0 {
            pass(world, 3600);
        }
        until(world, number, |status| ["ended", "failed"].contains(&status)).await?;
    }
    Ok(())
}

/// Time goes by here, and for the other replica once the parent has heard of it.
fn pass(world: &World, seconds: i64) {
    world.pass(seconds);
    say(&format!("passed {seconds}"));
}

/// After a kill, time goes by until the lost leases are over; too late for some of what is asked.
fn unless_refused<T>(done: Result<T, AppError>) -> Result<Option<T>> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(AppError::Refused(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn until(world: &World, number: &str, reached: impl Fn(&str) -> bool) -> Result<()> {
    for look in 1..LIMIT {
        let shown = requests::show(&world.app, &world.dana.person, number).await?;
        if reached(&shown.status) {
            return Ok(());
        }
        if look % WHILES == 0 {
            pass(world, 1);
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    bail!("{number} did not come to what it should");
}

/// Waits until there is nothing to do for this replica.
async fn idle(world: &World) -> Result<()> {
    for _ in 0..LIMIT {
        let mut tx = world.app.store.glance().await?;
        let now = tx.now();
        let mut due = false;
        for class in [Class::Taking, Class::Giving] {
            due |= next_due(&mut tx, class).await?.is_some_and(|at| at <= now);
        }
        drop(tx);
        if !due && world.work.is_empty() {
            return Ok(());
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    bail!("there was always more to do");
}

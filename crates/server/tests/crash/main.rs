//! `kill -9` at every durable write, and before, during and after every call to a connected system.
//!
//! A child process plays a scenario and ends itself by SIGKILL at its n-th point; whoever comes
//! after it has to bring everything to its end. For every n.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test stops at what it cannot do, and says how many points there were"
)]

mod alone;
mod checks;
mod family;
mod outside;
mod pair;
mod points;
mod replay;
mod replicas;
mod scenario;
mod systems;
mod world;

use std::time::Instant;

use anyhow::Result;
use family::Case;
use pair::{Server, Victim};

/// What a child process runs; nothing otherwise.
#[tokio::test]
#[ignore = "a part of the other tests"]
async fn child() -> Result<()> {
    match Case::of_this_process() {
        Some(case) if case.address.is_some() => replicas::child(&case).await,
        Some(case) => alone::child(&case).await,
        None => Ok(()),
    }
}

/// One point in so many.
const SOME: u64 = 9;
/// Who of two replicas does what differs from play to play: one that came to no point is not the end.
const SPARED: u64 = 6;

/// What has to come about in the scenario, or it shows less than it says.
const HAPPENS: [&str; 14] = [
    "drift.found",
    "drift.removed",
    "flow.changed",
    "grant.active",
    "grant.apply_failed",
    "grant.observed",
    "integration.connected",
    "request.ended",
    "request.extended",
    "request.failed",
    "request.flow_changed",
    "request.lapsed",
    "request.withdrawn",
    "person.added",
];
const CALLS: [&str; 10] = [
    "prepare",
    "apply",
    "probe",
    "read",
    "extend",
    "revoke",
    "leftovers",
    "remove",
    "check",
    "target",
];

#[test]
fn t09_the_scenario_is_what_it_is_meant_to_be() -> Result<()> {
    let folder = family::folder()?;
    let kinds = family::wait_for(async {
        assert!(!alone::killed_at(folder.path(), 0).await?, "nobody was to be killed");
        alone::kinds(folder.path()).await
    })?;
    for kind in HAPPENS {
        assert!(kinds.contains(kind), "{kind} is not among {kinds:?}");
    }
    let passed = points::passed(&folder.path().join("points"));
    let at = |point: &str| passed.iter().filter(|name| *name == point).count();
    for call in CALLS {
        let (before, after) = (at(&format!("before {call}")), at(&format!("after {call}")));
        assert!(before > 0 && before == after && at(&format!("during {call}")) == before, "{call}");
    }
    assert!(at("before a commit") > 50 && at("after a commit") == at("before a commit"));
    assert!(at("between rows of the audit log and its head") > 50);
    Ok(())
}

#[test]
fn t09_killed_at_every_point_on_sqlite() {
    let began = Instant::now();
    let count = family::every_point(1, |at| {
        let folder = family::folder()?;
        family::wait_for(alone::killed_at(folder.path(), at))
    });
    eprintln!("{count} points on SQLite in {:.0?}", began.elapsed());
}

/// Every point when `BELLHOP_EVERY_POINT` is set (`make kill`), else every so many: two programs and
/// a database a point take their time.
fn on_postgres(victim: Victim) -> Result<()> {
    let step = if std::env::var_os("BELLHOP_EVERY_POINT").is_some() { 1 } else { SOME };
    let Some(address) = family::postgres() else { return Ok(()) };
    let began = Instant::now();
    let server = family::wait_for(Server::new(address))?;
    let case = |nth| family::wait_for(server.play(victim, 1 + (nth - 1) * step));
    let count = family::every_point(SPARED, case);
    server.remove()?;
    eprintln!("{count} points on PostgreSQL, killing {victim:?}, in {:.0?}", began.elapsed());
    Ok(())
}

#[test]
fn t09_one_of_two_replicas_killed_while_it_is_asked() -> Result<()> {
    on_postgres(Victim::Asker)
}

#[test]
fn t09_one_of_two_replicas_killed_while_it_helps() -> Result<()> {
    on_postgres(Victim::Helper)
}

#[test]
fn t09_both_replicas_killed() -> Result<()> {
    on_postgres(Victim::Both)
}

//! One backend on SQLite, killed at every point of the scenario.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use bellhop_store::audit::{self, AuditRow};
use bellhop_store::{Place, Store};
use serde_json::Value;

use crate::family::{self, Case};
use crate::outside::Outside;
use crate::world::{Patient, World, set_up};
use crate::{checks, points, scenario};

/// After so many seconds every job is due that there is.
const ANY_JOB: i64 = 100_000;

fn place(folder: &Path) -> Place {
    Place::File(folder.join("bellhop.db"))
}

/// What the child does, from the first start of a backend on.
pub(crate) async fn child(case: &Case) -> Result<()> {
    points::arm(case.at, &case.folder.join("points"));
    let world = start(&case.folder).await?;
    scenario::run(&world).await?;
    world.app.store.close().await;
    Ok(())
}

async fn start(folder: &Path) -> Result<World> {
    Ok(World::start(folder, &place(folder), Arc::new(Patient)).await?)
}

/// Lets a child run until it is killed at its point; answers whether it was.
pub(crate) async fn killed_at(folder: &Path, at: u64) -> Result<bool> {
    set_up(folder);
    let case = Case { role: "alone".to_owned(), folder: folder.to_owned(), at, address: None };
    let killed = family::run(&case)?;
    after(folder).await?;
    Ok(killed)
}

/// The kinds of all rows of the audit log.
pub(crate) async fn kinds(folder: &Path) -> Result<BTreeSet<String>> {
    let store = Store::open(&place(folder), Arc::new(family::clock())).await?;
    let mut tx = store.read().await?;
    let rows = audit::after(&mut tx, 0, None, 100_000).await?;
    let kind = |row: &AuditRow| -> Result<String> {
        let event: Value = serde_json::from_str(&row.text)?;
        Ok(event["kind"].as_str().context("a kind")?.to_owned())
    };
    rows.iter().map(kind).collect()
}

/// A restart, then hours in which everything comes to its end.
async fn after(folder: &Path) -> Result<()> {
    let world = start(folder).await.context("starting again")?;
    let store = &world.app.store;
    checks::explained(store, &world.outside).await.context("after the restart")?;
    for seconds in [31, 61, 10_800, 100] {
        world.pass(seconds);
        world.work().await?;
        checks::explained(store, &world.outside).await?;
    }
    let answers = Outside::answers(folder);
    checks::over(store, &world.outside, &answers).await.context("after the deadlines")?;
    again(&world).await.context("a new request")?;
    checks::over(store, &world.outside, &answers).await?;
    world.pass(ANY_JOB);
    checks::no_jobs(store).await?;
    store.close().await;
    Ok(())
}

/// Nothing stands in the way of new access.
async fn again(world: &World) -> Result<()> {
    let targets = ["objects/namespace/own1:edit", "groups/group/team:member"];
    let number = scenario::ask(world, &targets).await?;
    world.work().await?;
    let open = world.outside.there();
    ensure!(open.iter().any(|thing| thing.starts_with("object")), "no object: {open:?}");
    ensure!(open.iter().any(|thing| thing.starts_with("member")), "no member: {open:?}");
    scenario::end(world, &number).await?;
    world.work().await?;
    world.pass(3700);
    Ok(world.work().await?)
}

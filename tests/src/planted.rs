//! What is put into a store by hand, because no face can do it yet or it would take too long.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use bellhop_domain::{Actor, Event, Role, Subject, SystemClock};
use bellhop_store::{Place, Store, audit, people};
use serde_json::json;

/// Rows that are stored in one transaction.
const AT_ONCE: usize = 10_000;

/// From now on the user who runs the tests is the person of this handle, who is made when missing.
pub fn act_as(store: &Path, handle: &str) -> Result<()> {
    let uid = rustix::process::geteuid().as_raw().to_string();
    run(async {
        let store = open(store).await?;
        let mut tx = store.write().await?;
        let person = match people::by_handle(&mut tx, handle).await? {
            Some(person) => person,
            None => people::add(&mut tx, handle, Role::Member, ("test", handle)).await?,
        };
        people::link(&mut tx, person.id, ("os", &uid), None).await?;
        tx.commit().await?;
        store.close().await;
        Ok(())
    })
}

/// Adds rows to the audit log, chained as they always are.
pub fn grow(store: &Path, rows: usize) -> Result<()> {
    let event = |n: usize| Event {
        kind: "test.planted".to_owned(),
        actor: Actor::System,
        subject: Subject::Setting { name: format!("row {n}") },
        before: Some(json!({ "state": "verifying", "since": "2026-01-01T00:00:00Z" })),
        after: json!({ "n": n, "state": "active", "said": "allowed: create pods in customer1" }),
    };
    run(async {
        let store = open(store).await?;
        for begin in (0..rows).step_by(AT_ONCE) {
            let events: Vec<_> = (begin..rows.min(begin + AT_ONCE)).map(event).collect();
            let mut tx = store.write().await?;
            audit::append(&mut tx, &events).await?;
            tx.commit().await?;
        }
        store.close().await;
        Ok(())
    })
}

async fn open(file: &Path) -> Result<Store> {
    Ok(Store::open(&Place::File(file.to_owned()), Arc::new(SystemClock)).await?)
}

fn run(work: impl Future<Output = Result<()>>) -> Result<()> {
    tokio::runtime::Runtime::new().context("a runtime")?.block_on(work)
}

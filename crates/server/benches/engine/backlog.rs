//! How long people wait for an answer while 15,000 grants that expired together are worked off.

use std::sync::Arc;
use std::time::Instant;

use anyhow::Result;
use bellhop_domain::{About, Before, Found, GrantState, JobKind, NewJob, Proof, Step, effect_lane};
use bellhop_server::app::{App, Caller, requests};
use bellhop_store::access::{self, Which};
use chrono::TimeDelta;
use serde_json::json;

use crate::backend::{Backend, ask};
use crate::figures::Times;

const EXPIRED: usize = 15_000;
const IN_ONE_TRANSACTION: usize = 500;
const IDLE_CALLS: usize = 300;

pub(crate) async fn run() -> Result<()> {
    let backend = Backend::open().await?;
    let (app, dana) = (&backend.app, &backend.dana);
    let first = requests::create(app, dana, ask(0)).await?.number;
    let mut idle = Calls::default();
    while idle.read.len() < IDLE_CALLS {
        idle.round(app, dana, &first).await?;
    }
    expired(app, &first).await?;
    let began = Instant::now();
    backend.start();
    let mut busy = Calls::default();
    while open(app).await? {
        busy.round(app, dana, &first).await?;
    }
    let took = began.elapsed();

    println!("\nAnswers while {EXPIRED} grants that expired together are taken away");
    println!("                                  idle (ms)           busy (ms)      ratio");
    println!("                             median     p99     median     p99     of p99");
    for (name, idle, busy) in
        [("show", &idle.read, &busy.read), ("request", &idle.write, &busy.write)]
    {
        let ratio = busy.at(99) / idle.at(99);
        println!(
            "  {name:24} {:8.2}{:8.2}   {:8.2}{:8.2}   {ratio:8.1}",
            idle.at(50),
            idle.at(99),
            busy.at(50),
            busy.at(99),
        );
    }
    let calls = busy.read.len() * 2;
    println!("  {calls} calls were answered meanwhile; all was gone after {took:.1?}");
    backend.stop().await;
    Ok(())
}

#[derive(Default)]
struct Calls {
    read: Times,
    write: Times,
}

impl Calls {
    async fn round(&mut self, app: &App, dana: &Caller, number: &str) -> Result<()> {
        let began = Instant::now();
        requests::show(app, &dana.person, number).await?;
        self.read.add(began.elapsed());
        let began = Instant::now();
        requests::create(app, dana, ask(1)).await?;
        self.write.add(began.elapsed());
        Ok(())
    }
}

/// Whether a grant that expired is still to be taken away.
async fn open(app: &App) -> Result<bool> {
    let mut tx = app.store.glance().await?;
    let due = bellhop_store::jobs::next_due(&mut tx, bellhop_store::jobs::Class::Taking).await?;
    Ok(due.is_some_and(|due| due <= tx.now() + TimeDelta::minutes(10)))
}

/// Copies a request until there are as many as are to expire, each with a grant that is active and
/// a deadline that has passed.
async fn expired(app: &Arc<App>, number: &str) -> Result<()> {
    let mut made = 0;
    while made < EXPIRED {
        let mut tx = app.store.write().await?;
        let found = access::find(&mut tx, Which::Number(number.parse()?)).await?;
        let Some(template) = found else { anyhow::bail!("the first request is gone") };
        for _ in 0..IN_ONE_TRANSACTION {
            let mut next = template.clone();
            next.request.id.0 = tx.new_id();
            next.request.number = access::next_number(&mut tx).await?;
            let now = tx.now();
            if let bellhop_domain::Decision::Approved(approved) = &mut next.request.decision {
                approved.deadline = now;
            }
            let mut jobs = Vec::new();
            for grant in &mut next.grants {
                grant.id.0 = tx.new_id();
                grant.target.resource = format!("customer{made}");
                grant.state = GrantState::Active {
                    since: now,
                    before: Before { found: Found::Absent, plan: json!({}) },
                    proof: Proof::Probed { said: "bench".to_owned() },
                };
                jobs.push(NewJob {
                    kind: JobKind::Expire,
                    about: About::Request(next.request.id),
                    lane: effect_lane(&grant.target, "expire"),
                    run_at: now,
                });
            }
            made += 1;
            access::insert(&mut tx, &Step { next, events: Vec::new(), jobs }).await?;
        }
        app.commit(tx).await?;
    }
    Ok(())
}

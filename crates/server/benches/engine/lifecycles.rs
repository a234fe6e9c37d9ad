//! Durable lifecycles per second (asked, granted, ended), over what the disk could do.

use bellhop_api::End;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use bellhop_server::app::{App, Caller, requests};
use bellhop_store::access;
use tokio::task::JoinSet;

use crate::backend::{Backend, ask};
use crate::figures::rate;

/// People at work at the same time.
const AT_ONCE: usize = 32;
const EACH: usize = 25;
const WARM_UP: usize = 3;
/// What is aimed at.
const AIM: f64 = 0.5;
const PAGE: [u8; 4096] = [7; 4096];

pub(crate) async fn run() -> Result<()> {
    let backend = Backend::open().await?;
    backend.start();
    everybody(&backend, WARM_UP).await?;
    let (disk, store) = (disk(backend.folder.path())?, commits(&backend.app).await?);
    let (before, began) = (backend.app.store.commits(), Instant::now());
    everybody(&backend, EACH).await?;
    let took = began.elapsed();
    let commits = backend.app.store.commits() - before;
    let done = u64::try_from(AT_ONCE * EACH)?;
    let each = rate(commits, took) / rate(done, took);
    let (real, bound) = (rate(done, took), disk / each);

    println!("Lifecycles: asked, granted, ended and shown to be gone; {AT_ONCE} people at once");
    println!("  raw durable commits of this disk       {disk:8.0} per second (4 KiB, synced)");
    println!("  smallest transactions of the store     {store:8.0} per second");
    println!("  commits of a lifecycle                 {each:8.1}");
    println!("  lifecycles                             {real:8.1} per second");
    println!("  the disk would allow                   {bound:8.1} per second");
    let ratio = real / bound;
    let word = if ratio >= AIM { "within" } else { "below" };
    println!("  ratio                                  {ratio:8.2}, {word} the aim of {AIM}");
    backend.stop().await;
    Ok(())
}

/// Everybody goes through some lifecycles, each on a target of their own.
async fn everybody(backend: &Backend, each: usize) -> Result<()> {
    let mut people = JoinSet::new();
    for number in 0..AT_ONCE {
        let (app, dana) = (Arc::clone(&backend.app), backend.dana.clone());
        people.spawn(async move {
            for _ in 0..each {
                lifecycle(&app, &dana, number).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(done) = people.join_next().await {
        done??;
    }
    Ok(())
}

async fn lifecycle(app: &App, dana: &Caller, number: usize) -> Result<()> {
    let mut head = app.head.subscribe();
    let asked = requests::create(app, dana, ask(number)).await?;
    for status in ["active", "ended"] {
        while requests::show(app, &dana.person, &asked.number).await?.status != status {
            head.changed().await?;
        }
        if status == "active" {
            requests::end(app, dana, &asked.number, End::default()).await?;
        }
    }
    Ok(())
}

/// How often a second the disk makes four more kilobytes durable.
fn disk(folder: &Path) -> Result<f64> {
    let mut file = File::create(folder.join("sync"))?;
    let began = Instant::now();
    let mut count = 0;
    while began.elapsed() < Duration::from_secs(2) {
        file.write_all(&PAGE)?;
        file.sync_data()?;
        count += 1;
    }
    Ok(rate(count, began.elapsed()))
}

/// How often a second the store keeps the smallest change there is.
async fn commits(app: &App) -> Result<f64> {
    let began = Instant::now();
    let mut count = 0;
    while began.elapsed() < Duration::from_secs(2) {
        let mut tx = app.store.write().await?;
        access::next_number(&mut tx).await?;
        tx.commit().await?;
        count += 1;
    }
    Ok(rate(count, began.elapsed()))
}

//! What has to be true after a kill, however far things had come.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail, ensure};
use bellhop_domain::{Access, JobKind};
use bellhop_store::audit::AuditRow;
use bellhop_store::jobs::{self, Class};
use bellhop_store::list::{Filter, Whose, requests};
use bellhop_store::{Store, audit};
use chrono::TimeDelta;
use serde_json::Value;
use uuid::Uuid;

use crate::outside::Outside;
use crate::replay::replay;

/// What was put there by hand, and carries our mark.
const PLANTED: &str = "own3";

/// Every request.
pub(crate) async fn all(store: &Store) -> Result<Vec<Access>> {
    let filter = Filter { whose: Whose::Anybody, open_only: false, before: None };
    let mut tx = store.read().await?;
    let listed = requests(&mut tx, &filter, 10_000).await?;
    listed.into_iter().map(|one| one.map_err(|(_, error)| error.into())).collect()
}

/// Whatever is open belongs to a grant that is stored with a deadline and is not over.
pub(crate) async fn explained(store: &Store, outside: &Outside) -> Result<()> {
    // Looked at before and after the store, as a replica may be at work: what is there at both
    // moments was there when the store was read.
    let mut there = outside.there();
    let all = all(store).await?;
    let still = outside.there();
    there.retain(|thing| still.contains(thing) && !thing.contains(PLANTED));
    let live = |test: &dyn Fn(&Access, usize) -> bool| {
        let open = |access: &Access, i: usize| {
            let state = &access.grants[i].state;
            access.deadline().is_some() && !state.is_terminal() && test(access, i)
        };
        all.iter().any(|access| (0..access.grants.len()).any(|i| open(access, i)))
    };
    for thing in &there {
        let words: Vec<&str> = thing.split(' ').collect();
        let known = match words.as_slice() {
            ["object", id, target, account] => live(&|access, i| {
                let grant = &access.grants[i];
                grant.id.to_string() == *id
                    && grant.target.to_string() == *target
                    && grant.account == *account
                    && grant.state.before().is_some()
            }),
            ["member", target, account] => live(&|access, i| {
                let grant = &access.grants[i];
                grant.target.to_string() == *target
                    && grant.account == *account
                    && grant.state.before().is_some()
            }),
            ["account", name] => live(&|access, i| access.grants[i].account == *name),
            ["standing", ..] => true,
            _ => false,
        };
        ensure!(known, "open, and no live grant says so: {thing}");
    }
    Ok(())
}

/// Everything is over, and said to be.
pub(crate) async fn over(store: &Store, outside: &Outside, answers: &Outside) -> Result<()> {
    let all = all(store).await?;
    for access in &all {
        let status = access.status();
        ensure!(status.is_terminal(), "{} is {}", access.request.number, status.name());
        for grant in &access.grants {
            ensure!(grant.state.is_terminal(), "{} is {}", grant.target, grant.state.name());
        }
    }
    let left: Vec<_> = outside.there().into_iter().filter(|t| !t.starts_with("standing")).collect();
    ensure!(left.is_empty(), "left open: {left:?}");
    history(outside, &all)?;
    let rows = chain(store).await?;
    reported(outside, &rows)?;
    let statuses = replay(&rows, &all)?;
    for (_, line) in answers.history() {
        let (number, status) = line.split_once(' ').context("number and status")?;
        let seen = statuses.get(number).with_context(|| format!("{number} was lost"))?;
        ensure!(seen.contains(status), "{number} was answered as {status}, and was {seen:?}");
    }
    Ok(())
}

/// One object a grant, made once; standing access was never touched; a deadline that moved was told.
fn history(outside: &Outside, all: &[Access]) -> Result<()> {
    let (mut made, mut told) = (BTreeMap::new(), BTreeMap::new());
    for (what, thing) in outside.history() {
        let words: Vec<&str> = thing.split(' ').collect();
        match (what.as_str(), words.as_slice()) {
            ("-", ["standing", ..]) => bail!("standing access was taken: {thing}"),
            ("+", ["object", grant, ..]) => *made.entry((*grant).to_owned()).or_insert(0) += 1,
            ("!", ["until", grant, until]) => {
                told.insert((*grant).to_owned(), (*until).to_owned());
            }
            _ => {}
        }
    }
    for (grant, times) in &made {
        ensure!(*times == 1, "the object of grant {grant} was made {times} times");
    }
    for access in all {
        let until = access.deadline().map(|at| at.timestamp().to_string());
        for grant in &access.grants {
            let told = told.get(&grant.id.to_string());
            ensure!(told.is_none() || told == until.as_ref(), "{}: {told:?}", grant.target);
        }
    }
    Ok(())
}

/// What was put there by hand and is gone was on record before, and told as removed, once each.
fn reported(outside: &Outside, rows: &[AuditRow]) -> Result<()> {
    let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in rows {
        let event: Value = serde_json::from_str(&row.text)?;
        for what in ["found", "removed"] {
            if event["kind"] == format!("drift.{what}") {
                let thing = event["after"][what].as_str().context("what it was")?.to_owned();
                told.entry(thing).or_default().push(what.to_owned());
            }
        }
    }
    for (thing, told) in &told {
        ensure!(*told == ["found", "removed"], "{thing} was told as {told:?}");
    }
    for (what, thing) in outside.history() {
        let by_hand = what == "-" && thing.contains(PLANTED);
        ensure!(!by_hand || told.contains_key(&thing), "{thing} was removed, and nobody said so");
    }
    Ok(())
}

/// The rows of the chain, which is sound.
async fn chain(store: &Store) -> Result<Vec<AuditRow>> {
    let mut tx = store.read().await?;
    let verdict = audit::verify(&mut tx).await?;
    ensure!(matches!(verdict, audit::Verdict::Intact(_)), "{verdict:?}");
    Ok(audit::after(&mut tx, 0, None, 100_000).await?)
}

/// No job is left behind but those that come back by themselves. The time has to be so late that
/// every job is due.
pub(crate) async fn no_jobs(store: &Store) -> Result<()> {
    let mut tx = store.write().await?;
    let until = tx.now() + TimeDelta::seconds(1);
    let mut left = Vec::new();
    // Leases of whoever is gone are void by now.
    jobs::release_expired(&mut tx).await?;
    for class in [Class::Taking, Class::Giving] {
        // Never committed: it only looks.
        while let Some(job) = jobs::claim(&mut tx, Uuid::nil(), until, class).await? {
            left.push(job.kind);
        }
    }
    left.retain(|kind| !matches!(kind, JobKind::Check | JobKind::Sweep | JobKind::Sync));
    ensure!(left.is_empty(), "jobs left behind: {left:?}");
    Ok(())
}

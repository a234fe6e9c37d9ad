//! `bench`: request to usable through Bellhop, over the bare API calls that it makes for that,
//! made directly on the same Kubernetes API server in the same run.
//!
//! The ratio is what counts; milliseconds are those of this machine at this moment. A round that
//! fails is an error, a slow one is not.

#![expect(clippy::print_stdout, reason = "it prints what it measured")]
#![expect(clippy::indexing_slicing, reason = "JSON without the key is null, and fails the round")]

#[path = "../bench/bare.rs"]
mod bare;
#[path = "../bench/calls.rs"]
mod calls;
#[path = "../bench/disk.rs"]
mod disk;
#[path = "../bench/figures.rs"]
mod figures;
#[path = "../bench/through.rs"]
mod through;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bellhop_e2e::cluster::{Cluster, Options};
use bellhop_e2e::counterparties;
use bellhop_e2e::installation::{INTEGRATION, Installation};
use bellhop_e2e::scratch::Scratch;
use chrono::{DateTime, Utc};

use bare::Bare;
use calls::{Calls, Log, Window};
use disk::Wal;
use figures::Times;
use through::Through;

const WARM_UP: usize = 10;
const MEASURED: usize = 60;
/// What is aimed at.
const AIM: f64 = 1.3;
/// The API server writes a call down just after it answers.
const WRITTEN: Duration = Duration::from_secs(1);

/// What one side did in the measured rounds.
#[derive(Default)]
struct Side {
    give: Times,
    take: Times,
    gave: Vec<Window>,
    took: Vec<Window>,
}

/// Both sides, and what they need.
struct Bench {
    bellhop: Through,
    bare: Bare,
    store: PathBuf,
    through: Side,
    direct: Side,
    /// Durable commits of each request, and of each end.
    commits: (Vec<usize>, Vec<usize>),
}

fn main() -> Result<()> {
    let Some(assets) = counterparties::assets()? else { return Ok(()) };
    let scratch = Scratch::new()?;
    println!("Starting a Kubernetes API server and a backend of this run's own");
    let cluster = Cluster::start(&assets, &scratch.path().join("kube"), &Options::default())?;
    let [namespace, ..] = cluster.seed("bench")?;
    let mut installation = Installation::new(&cluster, scratch.path(), &[&namespace])?;
    let credential = format!("data/credentials/{INTEGRATION}.token");
    let token = fs::read_to_string(installation.home().join(credential))?.trim().to_owned();

    let bare = Bare::new(&cluster, &token, &namespace)?;
    let runtime = tokio::runtime::Runtime::new()?;
    let mut bench = runtime.block_on(Bench::new(installation.home(), bare, &namespace))?;
    println!("{MEASURED} rounds of each side in turn, after {WARM_UP} to warm up");
    runtime.block_on(bench.rounds())?;

    std::thread::sleep(WRITTEN);
    let syncs = disk::syncs(installation.home())?.into();
    let log = Log::read(&cluster, &token)?;
    report(&bench, &log, &syncs)?;
    drop(bench);
    installation.stop()?;
    cluster.stop()
}

impl Bench {
    async fn new(home: &Path, bare: Bare, namespace: &str) -> Result<Self> {
        Ok(Self {
            bellhop: Through::open(home, namespace).await?,
            bare,
            store: home.join("data/bellhop.db"),
            through: Side::default(),
            direct: Side::default(),
            commits: Default::default(),
        })
    }

    async fn rounds(&mut self) -> Result<()> {
        for round in 0..WARM_UP + MEASURED {
            if round == WARM_UP {
                (self.through, self.direct) = Default::default();
                self.commits = Default::default();
            }
            // What one leaves to the other, such as a busy disk, is shared fairly.
            if round % 2 == 0 {
                self.round_through().await?;
                self.round_direct().await?;
            } else {
                self.round_direct().await?;
                self.round_through().await?;
            }
        }
        Ok(())
    }

    /// Every round makes a new account, as a first request does: its end takes the account along.
    async fn round_through(&mut self) -> Result<()> {
        let (before, from) = (Wal::read(&self.store)?, now());
        let (number, took) = self.bellhop.give().await?;
        let (between, to) = (Wal::read(&self.store)?, now());
        self.through.give.add(took);
        self.through.gave.push(Window { from, to });

        let from = now();
        let took = self.bellhop.take(&number).await?;
        let (after, to) = (Wal::read(&self.store)?, now());
        self.through.take.add(took);
        self.through.took.push(Window { from, to });
        self.commits.0.extend(commits(before, between));
        self.commits.1.extend(commits(between, after));
        Ok(())
    }

    async fn round_direct(&mut self) -> Result<()> {
        let from = now();
        let (given, took) = self.bare.give().await?;
        self.direct.give.add(took);
        self.direct.gave.push(Window { from, to: now() });

        let from = now();
        let took = self.bare.take(given).await?;
        self.direct.take.add(took);
        self.direct.took.push(Window { from, to: now() });
        Ok(())
    }
}

fn report(bench: &Bench, log: &Log, syncs: &Times) -> Result<()> {
    let (through, direct) = (&bench.through, &bench.direct);
    let (give, others) = same("request to usable", log, &through.gave, &direct.gave)?;
    let (take, more) = same("end to ended", log, &through.took, &direct.took)?;
    let (of_give, of_take) = (median(&bench.commits.0), median(&bench.commits.1));

    println!("\n                      Bellhop (ms)         bare calls (ms)    ratio of");
    println!("                     median     p90     median     p90   medians");
    println!("{}", figures::line("request to usable", &through.give, &direct.give));
    println!("{}", figures::line("end to ended", &through.take, &direct.take));
    println!("\nBoth sides made the same calls: {give} for a request, {take} for an end.");
    println!("Rounds in which the backend also looked after the cluster: {}.", others + more);
    println!("Durable commits of Bellhop: {of_give} for a request, {of_take} for an end.");
    println!("One sync of this disk: {:.2} ms (p90 {:.2}).", syncs.median(), syncs.at(90));
    let ratio = through.give.median() / direct.give.median();
    let word = if ratio <= AIM { "within" } else { "over" };
    println!("Request to usable is {ratio:.2} times the bare calls: {word} the aim of {AIM}.");
    Ok(())
}

/// Fails unless both sides made the same calls; how many, and how many rounds had others too.
fn same(what: &str, log: &Log, through: &[Window], direct: &[Window]) -> Result<(usize, usize)> {
    let (calls, others): (Calls, usize) = log.usual(through).context("through Bellhop")?;
    let (reference, more) = log.usual(direct).context("directly")?;
    ensure!(
        calls == reference,
        "{what}: the reference is not what Bellhop does any more. Bellhop: {calls:#?}; directly: {reference:#?}"
    );
    Ok((calls.values().sum(), others + more))
}

fn commits(before: Option<Wal>, after: Option<Wal>) -> Option<usize> {
    after?.since(before?)
}

fn median(counts: &[usize]) -> String {
    let mut sorted = counts.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).map_or_else(|| "unknown".to_owned(), usize::to_string)
}

#[expect(clippy::disallowed_methods, reason = "compared with the times of the API server's log")]
fn now() -> DateTime<Utc> {
    Utc::now()
}

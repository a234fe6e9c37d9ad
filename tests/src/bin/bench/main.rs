//! `bench`: request to usable through Bellhop, over the bare API calls that it makes for that,
//! made directly on the same Kubernetes API server in the same run.
//!
//! Before that, `bellhop use` beside kubectl's own switch on the same kubeconfig.
//!
//! The ratio is what counts; milliseconds are those of this machine at this moment. A round that
//! fails is an error, a slow one is not.

#![expect(clippy::print_stdout, reason = "it prints what it measured")]
#![expect(clippy::indexing_slicing, reason = "JSON without the key is null, and fails the round")]

mod bare;
mod calls;
mod disk;
mod figures;
mod switching;
mod through;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bellhop_e2e::cluster::{Cluster, Options};
use bellhop_e2e::counterparties;
use bellhop_e2e::installation::Installation;
use bellhop_e2e::scratch::Scratch;
use chrono::{DateTime, Utc};

use bare::{Bare, Question};
use calls::{Log, Window};
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
    /// Whether the bare calls had to ask the grantee again in every round.
    again: (bool, bool),
}

fn main() -> Result<()> {
    switching::compare()?;
    let Some(assets) = counterparties::assets()? else { return Ok(()) };
    let scratch = Scratch::new()?;
    println!("Starting a Kubernetes API server and a backend of this run's own");
    let cluster = Cluster::start(&assets, &scratch.path().join("kube"), &Options::default())?;
    let [namespace, ..] = cluster.seed("bench")?;
    let mut installation = Installation::new(&cluster, scratch.path(), &[&namespace])?;
    let token = own_token(installation.home())?;

    let runtime = tokio::runtime::Runtime::new()?;
    let (bellhop, questions) = runtime.block_on(first(installation.home(), &namespace))?;
    let bare = Bare::new(&cluster, &token, &namespace, questions)?;
    let mut bench = Bench::new(bellhop, bare, installation.home());
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

/// The token of Bellhop's own account: the one credential of this installation.
fn own_token(home: &Path) -> Result<String> {
    let file = fs::read_dir(home.join("data/credentials"))?.next().context("no credential")??;
    Ok(fs::read_to_string(file.path())?.trim().to_owned())
}

/// One request before all others tells what the reference has to ask.
async fn first(home: &Path, namespace: &str) -> Result<(Through, Vec<Question>)> {
    let mut bellhop = Through::open(home, namespace).await?;
    let (number, _) = bellhop.give().await?;
    let questions = Question::all(&bellhop.note(&number).await?)?;
    bellhop.take(&number).await?;
    Ok((bellhop, questions))
}

impl Bench {
    fn new(bellhop: Through, bare: Bare, home: &Path) -> Self {
        let store = home.join("data/bellhop.db");
        let (through, direct) = Default::default();
        let commits = Default::default();
        Self { bellhop, bare, store, through, direct, commits, again: (true, true) }
    }

    async fn rounds(&mut self) -> Result<()> {
        for round in 0..WARM_UP + MEASURED {
            if round == WARM_UP {
                (self.through, self.direct) = Default::default();
                (self.commits, self.again) = (Default::default(), (true, true));
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
        self.direct.give.add(took.time);
        self.direct.gave.push(Window { from, to: now() });
        self.again.0 &= took.again;

        let from = now();
        let took = self.bare.take(given).await?;
        self.direct.take.add(took.time);
        self.direct.took.push(Window { from, to: now() });
        self.again.1 &= took.again;
        Ok(())
    }
}

fn report(bench: &Bench, log: &Log, syncs: &Times) -> Result<()> {
    let (through, direct) = (&bench.through, &bench.direct);
    let give = compare(log, &through.gave, &direct.gave, bench.again.0).context("a request")?;
    let take = compare(log, &through.took, &direct.took, bench.again.1).context("an end")?;

    println!("\n                      Bellhop (ms)         bare calls (ms)    ratio of");
    println!("                     median     p90     median     p90   medians");
    println!("{}", figures::line("request to usable", &through.give, &direct.give));
    println!("{}", figures::line("end to ended", &through.take, &direct.take));
    println!("\nBoth sides made the same calls: {} for a request, {} for an end.", give.0, take.0);
    println!(
        "Rounds that made more, as they had to ask again: {} and {} through Bellhop, {} and {} directly.",
        give.1, take.1, give.2, take.2
    );
    let (of_give, of_take) = (median(&bench.commits.0), median(&bench.commits.1));
    println!("Durable commits of Bellhop: {of_give} for a request, {of_take} for an end.");
    println!("One sync of this disk: {:.2} ms (p90 {:.2}).", syncs.median(), syncs.at(90));
    let ratio = through.give.median() / direct.give.median();
    let word = if ratio <= AIM { "within" } else { "over" };
    println!("Request to usable is {ratio:.2} times the bare calls: {word} the aim of {AIM}.");
    Ok(())
}

/// How many calls both sides made, and how many rounds of each made more. Fails unless they made
/// the same.
fn compare(
    log: &Log,
    through: &[Window],
    direct: &[Window],
    asked_again: bool,
) -> Result<(usize, usize, usize)> {
    let (calls, more_through) = log.fewest(through)?;
    let (reference, more_direct) = log.fewest(direct)?;
    ensure!(
        calls::same(&calls, &reference, asked_again),
        "the reference is not what Bellhop does any more: {calls:#?}, and directly {reference:#?}"
    );
    Ok((calls.values().sum(), more_through, more_direct))
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

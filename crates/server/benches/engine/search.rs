//! Search over many targets, over fzf on the same list.
//!
//! Ours is the whole use case as a keystroke meets it: which flows and lists are in force is read
//! from the store, the targets are ranked, and what is known of the first twenty is looked up. fzf is
//! the whole program, `fzf --filter WORDS`, which reads the list from a pipe and prints what
//! matches, ranked. Both have to find the same number of targets.

use std::fmt::Write as _;
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use bellhop_api::TargetQuery;
use bellhop_server::app::{integrations, targets};

use crate::backend::Backend;
use crate::figures::Times;

const TARGETS: usize = 50_000;
const ROUNDS: usize = 15;
/// What people type: the beginning of a name, parts of several, what is rare and what is nowhere.
const TYPED: [&str; 6] = ["c", "cust", "customer4 edit", "payments prod", "cstmr 49995", "zqxj"];
/// Areas, so that names are not all alike.
const AREAS: [&str; 5] = ["customer", "payments", "search", "mail", "billing"];

pub(crate) async fn run() -> Result<()> {
    println!("\nSearch: {TARGETS} targets, one keystroke at a time");
    let backend = Backend::open().await?;
    let names: Vec<String> = (0..TARGETS).map(name).collect();
    let tag = |n: usize| if n.is_multiple_of(3) { "prod" } else { "test" };
    backend.fake.offers(&["edit"], names.iter().enumerate().map(|(n, s)| (s.as_str(), tag(n))));
    let began = Instant::now();
    integrations::sync(&backend.app, &backend.dana, "k8s-real").await?;
    println!("  first sync of all of them              {:8.0} ms", millis(began.elapsed()));
    let began = Instant::now();
    ask(&backend, "c").await?;
    println!("  first search, which reads them all     {:8.1} ms", millis(began.elapsed()));

    let list = backend.folder.path().join("targets");
    write_list(&list, &names, tag)?;
    let fzf = fzf();
    if fzf.is_none() {
        println!("  Not compared: there is no fzf on PATH (Debian's package fzf)");
    }
    println!("                                          Bellhop       fzf    ratio   found");
    let (mut ours, mut theirs) = (Times::default(), Times::default());
    for q in TYPED {
        let (mut one, mut other) = (Times::default(), Times::default());
        let mut found = 0;
        for _ in 0..ROUNDS {
            let (took, total) = timed(&backend, q).await?;
            one.add(took);
            ours.add(took);
            found = total;
            if let Some(fzf) = &fzf {
                let (took, total) = through(fzf, &list, q)?;
                ensure!(total == found, "{q}: we find {found}, and fzf finds {total}");
                other.add(took);
                theirs.add(took);
            }
        }
        println!("{}", line(&format!("\"{q}\""), &one, &other, &found.to_string()));
    }
    println!("{}", line("all of them", &ours, &theirs, ""));
    if fzf.is_some() {
        let ratio = theirs.at(50) / ours.at(50);
        println!("  One search through Bellhop is {ratio:.1} times as fast as fzf, whole process.");
    }
    backend.stop().await;
    Ok(())
}

fn name(n: usize) -> String {
    let area = AREAS.get(n % AREAS.len()).copied().unwrap_or_default();
    format!("{area}{n}")
}

fn line(what: &str, ours: &Times, theirs: &Times, found: &str) -> String {
    let mut line = format!("  median (ms) of {what:<22} {:9.2}", ours.at(50));
    if theirs.len() > 0 {
        let ratio = ours.at(50) / theirs.at(50);
        write!(line, " {:9.2} {ratio:8.2}", theirs.at(50)).ok();
    }
    write!(line, " {found:>7}").ok();
    line
}

async fn ask(backend: &Backend, q: &str) -> Result<u64> {
    let query = TargetQuery { q: q.to_owned(), ..TargetQuery::default() };
    Ok(targets::search(&backend.app, &backend.dana.person, query).await?.total)
}

async fn timed(backend: &Backend, q: &str) -> Result<(Duration, u64)> {
    let began = Instant::now();
    let total = ask(backend, q).await?;
    Ok((began.elapsed(), total))
}

/// The list as a search looks at it.
fn write_list(file: &Path, names: &[String], tag: impl Fn(usize) -> &'static str) -> Result<()> {
    let mut text = String::new();
    for (n, name) in names.iter().enumerate() {
        writeln!(text, "k8s-real/namespace/{name}:edit env={}", tag(n))?;
    }
    Ok(std::fs::write(file, text)?)
}

fn fzf() -> Option<Command> {
    let mut fzf = Command::new("fzf");
    fzf.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    fzf.status().ok().filter(std::process::ExitStatus::success)?;
    Some(Command::new("fzf"))
}

fn through(fzf: &Command, list: &Path, q: &str) -> Result<(Duration, u64)> {
    let began = Instant::now();
    let mut command = Command::new(fzf.get_program());
    let out = command.args(["--filter", q]).stdin(File::open(list)?).output().context("fzf")?;
    let took = began.elapsed();
    // 1 says that nothing matches.
    ensure!(matches!(out.status.code(), Some(0 | 1)), "fzf: {}", out.status);
    let lines = String::from_utf8_lossy(&out.stdout).lines().count();
    Ok((took, u64::try_from(lines)?))
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

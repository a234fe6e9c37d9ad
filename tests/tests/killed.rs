//! `kill -9` of the real program at moments that nobody chose.

use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bellhop_e2e::cluster::Cluster;
use bellhop_e2e::installation::{INTEGRATION, Installation, number};
use bellhop_e2e::scratch::Scratch;
use bellhop_e2e::shared::shared;
use bellhop_e2e::wait;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::Value;

const LIMIT: Duration = Duration::from_mins(1);
/// How often it is killed.
const KILLS: usize = 15;
/// How long it lives at the most: a request and its end take less than half of that.
const LIFE: u64 = 900;
/// What was given ends by itself soon after the last kill, if nobody ended it.
const DURATION: &str = "20s";
const NAMESPACES: [&str; 3] = ["killed1", "killed2", "killed3"];

/// What of an installation's grants is in the cluster: bindings and grantee accounts.
fn objects(cluster: &Cluster, installation: &str) -> Result<String> {
    let label = format!("bellhop/installation={installation},bellhop/part!=rights");
    let kinds = "rolebindings,serviceaccounts";
    cluster.admin().get(["get", kinds, "-A", "-l", &label, "-o", "name"])
}

/// Asks and ends until told to stop; whatever is cut off meanwhile is asked again. Gives the numbers
/// that were answered.
fn ask_and_end(
    installation: &Installation,
    namespace: &str,
    stop: &AtomicBool,
) -> Result<Vec<String>> {
    let target = format!("{INTEGRATION}/namespace/{namespace}:edit");
    let mut answered = Vec::new();
    while !stop.load(Ordering::SeqCst) {
        let words = ["request", &target, "--for", DURATION, "--reason", "a test", "-o", "json"];
        let asked = installation.run(words)?;
        let Ok(request) = serde_json::from_str::<Value>(&asked.stdout) else { continue };
        let Ok(number) = number(&request) else { continue };
        // Every other one is left to its deadline.
        if answered.len() % 2 == 0 {
            installation.run(["end", &number])?;
        }
        answered.push(number);
    }
    Ok(answered)
}

/// Kills and starts the backend, with a seed that says when.
fn kill_again_and_again(backend: &mut Installation, seed: u64) -> Result<()> {
    let mut random = StdRng::seed_from_u64(seed);
    for _ in 0..KILLS {
        thread::sleep(Duration::from_millis(random.random_range(0..LIFE)));
        backend.kill()?;
        backend.start()?;
    }
    Ok(())
}

/// Told even when the test passes, so that a run can be repeated.
fn seed() -> Result<u64> {
    let seed = rand::random();
    writeln!(std::io::stderr(), "Kills at moments of the seed {seed}")?;
    Ok(seed)
}

#[test]
fn t09_a_backend_that_is_killed_again_and_again_leaves_nothing_open() -> Result<()> {
    let Some(cluster) = shared()? else { return Ok(()) };
    cluster.seed("killed")?;
    let scratch = Scratch::new()?;
    let mut installation = Installation::new(cluster, scratch.path(), &NAMESPACES)?;
    let id = installation.id()?;
    let people = installation.people();
    let (stop, seed) = (AtomicBool::new(false), seed()?);
    let answered = thread::scope(|scope| {
        let asking: Vec<_> = NAMESPACES
            .iter()
            .map(|namespace| scope.spawn(|| ask_and_end(&people, namespace, &stop)))
            .collect();
        let killed = kill_again_and_again(&mut installation, seed);
        stop.store(true, Ordering::SeqCst);
        let mut answered = Vec::new();
        for one in asking {
            answered.extend(one.join().ok().context("asking failed")??);
        }
        killed.map(|()| answered)
    })?;
    ensure!(answered.len() >= KILLS, "only {answered:?} between {KILLS} kills");

    for number in &answered {
        wait::until("what was answered is over", LIMIT, || {
            let shown = installation.json(["show", number])?;
            let over = shown["status"] == "ended" || shown["status"] == "failed";
            Ok(over.then_some(()))
        })?;
    }
    wait::until("nothing is left in the cluster", LIMIT, || {
        Ok(objects(cluster, &id)?.is_empty().then_some(()))
    })?;
    let verdict = installation.json(["audit", "verify"])?;
    assert_eq!(verdict["intact"], true);
    Ok(())
}

//! Two replicas on one PostgreSQL database, of which one is killed, or both.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, ensure};
use bellhop_store::{Place, Store, testing};

use crate::checks;
use crate::family::{self, Case, KILL};
use crate::outside::Outside;
use crate::replicas::{ASKER, HELPER};
use crate::world::{Patient, World, set_up};

/// How long leases go on after the worker is gone, and a bit.
const A_LEASE: i64 = 61;
/// Until everything is over, from wherever it stands: a lost lease, the deadline, a removal that
/// fails, one whose worker is killed, and the reading once more.
const UNTIL_OVER: [i64; 5] = [A_LEASE, 3600, 100, 100, 100];
/// Nothing takes this long.
const LIMIT: Duration = Duration::from_mins(1);
/// After so many seconds every job is due that there is.
const ANY_JOB: i64 = 100_000;

/// A PostgreSQL server, and on it a database that is set up and connected, to be copied.
pub(crate) struct Server {
    address: String,
    like: String,
    /// Takes databases that are not needed any more: removing one is a long wait, and the cases
    /// need not wait for it.
    old: mpsc::Sender<String>,
    removing: JoinHandle<Result<()>>,
}

/// Which replicas are killed at their point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Victim {
    Asker,
    Helper,
    Both,
}

impl Server {
    pub(crate) async fn new(address: String) -> Result<Self> {
        let like = testing::make_database(&address, None).await?;
        let folder = family::folder()?;
        set_up(folder.path());
        let world = start(folder.path(), &like).await?;
        world.worker.run_due().await?;
        world.app.store.close().await;
        let (old, ended) = mpsc::channel::<String>();
        let server = address.clone();
        let removing = std::thread::spawn(move || {
            let mut all = ended.iter();
            all.try_for_each(|one| family::wait_for(remove(&server, &one)))
        });
        Ok(Self { address, like, old, removing })
    }

    /// Plays one case on a database of its own; answers whether anybody was killed before the play
    /// was over. What follows is only looking after systems.
    pub(crate) async fn play(&self, victim: Victim, at: u64) -> Result<bool> {
        let folder = family::folder()?;
        set_up(folder.path());
        let database = testing::make_database(&self.address, Some(&self.like)).await?;
        let played = play(folder.path(), &database, (victim, at)).await;
        self.old.send(database)?;
        played
    }

    /// Leaves nothing on the server.
    pub(crate) fn remove(self) -> Result<()> {
        let Self { like, old, removing, .. } = self;
        old.send(like)?;
        drop(old);
        removing.join().map_err(|_| anyhow!("removing databases failed"))?
    }
}

async fn remove(server: &str, database: &str) -> Result<()> {
    Ok(testing::remove_database(server, database).await?)
}

async fn start(folder: &Path, database: &str) -> Result<World> {
    let place: Place = database.parse()?;
    Ok(World::start(folder, &place, Arc::new(Patient)).await?)
}

async fn play(folder: &Path, database: &str, (victim, at): (Victim, u64)) -> Result<bool> {
    let here = family::clock();
    let store = Store::open(&database.parse()?, Arc::new(here.clone())).await?;
    let outside = Outside::of(folder);
    let mut pair = Pair::start(folder, database, (victim, at))?;
    pair.until(|pair| pair.all("ready"))?;
    pair.tell(1, "work");
    if !pair.spared {
        pair.tell(0, "work");
    }
    pair.tell(0, "play");
    pair.until(|pair| pair.has(0, "played"))?;
    let killed = pair.replicas.iter().any(|one| !one.alive);
    checks::explained(&store, &outside).await?;
    for seconds in UNTIL_OVER {
        pair.settle(seconds)?;
        checks::explained(&store, &outside).await?;
    }
    let left = pair.end()?;
    if left == 0 {
        // Both are gone: somebody starts one again.
        let world = start(folder, database).await.context("starting again")?;
        checks::explained(&store, &outside).await?;
        for seconds in UNTIL_OVER {
            world.pass(seconds);
            world.work().await?;
        }
        world.app.store.close().await;
    }
    checks::over(&store, &outside, &Outside::answers(folder)).await?;
    here.advance(chrono::TimeDelta::seconds(ANY_JOB));
    checks::no_jobs(&store).await?;
    store.close().await;
    Ok(killed)
}

struct Replica {
    child: Child,
    alive: bool,
    /// What it said that it has done.
    done: BTreeSet<String>,
}

struct Pair {
    replicas: Vec<Replica>,
    /// What they say, each by its place; nothing more from one that has ended.
    said: mpsc::Receiver<(usize, Option<String>)>,
    /// Whether the asker leaves all work to the helper, for as long as that lives.
    spared: bool,
}

impl Pair {
    fn start(folder: &Path, database: &str, (victim, at): (Victim, u64)) -> Result<Self> {
        let (ear, said) = mpsc::channel();
        let mut replicas = Vec::new();
        for (place, role) in [ASKER, HELPER].into_iter().enumerate() {
            let spared = if role == ASKER { Victim::Helper } else { Victim::Asker };
            let case = Case {
                role: role.to_owned(),
                folder: folder.to_owned(),
                at: if victim == spared { 0 } else { at },
                address: Some(database.to_owned()),
            };
            let mut command = case.command()?;
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
            let mut child = command.spawn()?;
            let lines = BufReader::new(child.stdout.take().context("piped")?).lines();
            let ear = ear.clone();
            std::thread::spawn(move || {
                for line in lines.map_while(Result::ok) {
                    ear.send((place, Some(line))).ok();
                }
                ear.send((place, None)).ok();
            });
            replicas.push(Replica { child, alive: true, done: BTreeSet::new() });
        }
        Ok(Self { replicas, said, spared: victim == Victim::Helper })
    }

    /// Whether a replica has done this, or never will.
    fn has(&self, place: usize, what: &str) -> bool {
        let one = &self.replicas[place];
        !one.alive || one.done.contains(what)
    }

    fn all(&self, what: &str) -> bool {
        (0..self.replicas.len()).all(|place| self.has(place, what))
    }

    fn tell(&mut self, place: usize, order: &str) {
        if let Some(stdin) = &mut self.replicas[place].child.stdin {
            // One that was killed meanwhile is heard of soon.
            writeln!(stdin, "{order}").ok();
        }
    }

    /// Time goes by for whoever is left, until nothing is to be done.
    fn settle(&mut self, seconds: i64) -> Result<()> {
        for place in 0..self.replicas.len() {
            self.replicas[place].done.remove("settled");
            self.tell(place, &format!("settle {seconds}"));
        }
        self.until(|pair| pair.all("settled"))
    }

    fn until(&mut self, reached: impl Fn(&Self) -> bool) -> Result<()> {
        while !reached(self) {
            let (place, line) = self.said.recv_timeout(LIMIT).context("waiting for replicas")?;
            let Some(line) = line else {
                self.killed(place)?;
                continue;
            };
            let said = line.trim_start_matches('.');
            if let Some(seconds) = said.strip_prefix("passed ") {
                self.tell(1 - place, &format!("pass {seconds}"));
            }
            self.replicas[place].done.insert(said.to_owned());
        }
        Ok(())
    }

    /// One is gone. The leases that it held run out for the other.
    fn killed(&mut self, place: usize) -> Result<()> {
        let one = &mut self.replicas[place];
        one.alive = false;
        let status = one.child.wait()?;
        ensure!(status.signal() == Some(KILL), "a replica ended with {status}");
        if place == 1 && self.spared {
            self.tell(0, "work");
        }
        self.tell(1 - place, &format!("pass {A_LEASE}"));
        Ok(())
    }

    /// Whoever is left stops as told; answers how many that were.
    fn end(mut self) -> Result<usize> {
        let mut left = 0;
        for one in &mut self.replicas {
            drop(one.child.stdin.take());
            let status = one.child.wait()?;
            left += usize::from(status.success());
            ensure!(status.success() || !one.alive, "a replica ended with {status}");
        }
        Ok(left)
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        for one in &mut self.replicas {
            // Ended already, unless something failed.
            one.child.kill().ok();
            one.child.wait().ok();
        }
    }
}

//! Runs many cases, and makes those short that fail.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use bellhop_domain::ManualClock;
use bellhop_server::app::Caller;
use bellhop_store::Place;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use crate::LONGEST;
use crate::backend::{Database, Machine, Psql, fill, folder, start};
use crate::checks::Broken;
use crate::commands::{Command, sequence};
use crate::outside::Outside;
use crate::timer::ManualTimer;
use crate::world::World;

/// Cases that run at the same time.
const THREADS: u64 = 4;
/// How often a case that once failed is tried before it counts as passed.
const TRIES: usize = 3;

pub(crate) enum Engine {
    Sqlite,
    Postgres(String),
}

/// A store that is filled, to be copied for each case.
struct Template<'a> {
    engine: &'a Engine,
    folder: TempDir,
    database: Option<Database>,
    callers: BTreeMap<String, Caller>,
}

type Counts = BTreeMap<String, usize>;

/// Runs cases, each from a seed of its own.
pub(crate) fn cases(engine: &Engine, count: u64) {
    let seeds: Vec<u64> =
        setting("BELLHOP_MODEL_SEED").map_or((0..count).collect(), |one| vec![one]);
    let counts = Mutex::new(Counts::new());
    let stop = &AtomicBool::new(false);
    thread::scope(|scope| {
        for place in 0..THREADS {
            let mine = seeds.iter().copied().filter(move |seed| seed % THREADS == place);
            let (mine, counts): (Vec<_>, _) = (mine.collect(), &counts);
            scope.spawn(move || some(engine, &mine, (counts, stop)));
        }
    });
    let counts = counts.into_inner().expect("nobody failed");
    eprintln!("{} sequences: {counts:?}", seeds.len());
    // A model that never gets anywhere would show nothing.
    for kind in ["grant.active", "grant.ended", "grant.revoke_stuck", "request.extended"] {
        let enough = seeds.len() < 50 || counts.get(kind).is_some_and(|count| *count > 3);
        assert!(enough, "{kind} hardly ever happened: {counts:?}");
    }
}

/// Runs one sequence that is known.
pub(crate) fn these(commands: &[Command]) {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let template = runtime.block_on(Template::new(&Engine::Sqlite));
    let ran = one(&runtime, &template, commands, &Mutex::default());
    ran.unwrap_or_else(|why| panic!("breaks rule {why}"));
}

fn some(engine: &Engine, seeds: &[u64], (counts, stop): (&Mutex<Counts>, &AtomicBool)) {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let template = runtime.block_on(Template::new(engine));
    for seed in seeds.iter().take_while(|_| !stop.load(Ordering::Relaxed)) {
        let config = Config { cases: 1, failure_persistence: None, ..Config::default() };
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        let config = Config { max_shrink_iters: 400, ..config };
        let mut runner = TestRunner::new_with_rng(config, random);
        let failed = Cell::new(false);
        let ran = runner.run(&sequence(LONGEST), |commands| {
            for _ in 0..if failed.get() { TRIES } else { 1 } {
                if let Err(why) = one(&runtime, &template, &commands, counts) {
                    failed.set(true);
                    stop.store(true, Ordering::Relaxed);
                    return Err(TestCaseError::fail(why));
                }
            }
            Ok(())
        });
        match ran {
            Ok(()) => {}
            Err(TestError::Fail(why, shortest)) => {
                let lines: Vec<_> = shortest.iter().map(|one| format!("  {one:?}\n")).collect();
                panic!("BELLHOP_MODEL_SEED={seed} breaks rule {why}\nby\n{}", lines.concat());
            }
            Err(TestError::Abort(why)) => panic!("seed {seed}: {why}"),
        }
    }
}

fn one(
    runtime: &Runtime,
    template: &Template<'_>,
    commands: &[Command],
    counts: &Mutex<Counts>,
) -> Result<(), Broken> {
    runtime.block_on(async {
        let (machine, _kept) = template.copy();
        let mut world = World::new(machine, template.callers.clone()).await;
        let ran = play(&mut world, commands).await;
        world.hanging.clear();
        for process in &world.processes {
            process.app.store.close().await;
        }
        if ran.is_ok() {
            let mut counts = counts.lock().expect("nobody failed");
            for (kind, count) in &world.count {
                *counts.entry(kind.clone()).or_default() += count;
            }
            *counts.entry("commands".to_owned()).or_default() += commands.len();
        }
        ran
    })
}

async fn play(world: &mut World, commands: &[Command]) -> Result<(), Broken> {
    for (place, command) in commands.iter().enumerate() {
        let acted = world.act(command).await;
        acted.map_err(|why| format!("{why}\nat {place}: {command:?}"))?;
    }
    world.end_of_all().await.map_err(|why| format!("{why}\nin the end"))
}

impl<'a> Template<'a> {
    async fn new(engine: &'a Engine) -> Self {
        let folder = folder();
        let database = match engine {
            Engine::Sqlite => None,
            Engine::Postgres(server) => Some(Database::new(server, None)),
        };
        let mut template = Self { engine, folder, database, callers: BTreeMap::new() };
        let place = match &template.database {
            None => Place::File(template.file()),
            Some(database) => Place::Postgres(database.address.clone().into()),
        };
        let process = machine(place, None).process().await;
        template.callers = fill(&process).await;
        process.app.store.close().await;
        template
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("template.db")
    }

    /// A machine with a store of its own, and what has to live as long as that.
    fn copy(&self) -> (Machine, (TempDir, Option<Database>)) {
        let folder = folder();
        match self.engine {
            Engine::Sqlite => {
                let file = folder.path().join("bellhop.db");
                std::fs::copy(self.file(), &file).expect("copied");
                (machine(Place::File(file), None), (folder, None))
            }
            Engine::Postgres(server) => {
                let database = Database::new(server, self.database.as_ref());
                let place = Place::Postgres(database.address.clone().into());
                let psql = Psql::open(&database.address);
                (machine(place, Some(psql)), (folder, Some(database)))
            }
        }
    }
}

fn machine(place: Place, psql: Option<Psql>) -> Machine {
    let (clock, timer) = (ManualClock::at(start()), ManualTimer::default());
    Machine { place, clock, timer, outside: Outside::new(), psql }
}

/// The PostgreSQL server to use, if there is one; in CI there has to be.
pub(crate) fn server() -> Option<String> {
    let address = variable("BELLHOP_TEST_POSTGRES");
    if address.is_none() {
        assert!(variable("CI").is_none(), "CI has to set BELLHOP_TEST_POSTGRES");
        eprintln!("Not run: set BELLHOP_TEST_POSTGRES to the address of a PostgreSQL database");
    }
    address
}

/// A number that somebody set to run other cases than usual.
pub(crate) fn setting(name: &str) -> Option<u64> {
    variable(name).map(|text| text.parse().expect("a number"))
}

#[expect(clippy::disallowed_methods, reason = "a test reads which server and cases to use")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

//! Backends on a store, and the store itself: a file, or a PostgreSQL database with a clock that is
//! set by hand.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;

use bellhop_api::ConnectKubernetes;
use bellhop_domain::{ManualClock, Role};
use bellhop_server::app::{App, Caller, integrations};
use bellhop_server::{config, work};
use bellhop_store::{Place, Store, people};
use chrono::{DateTime, Utc};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::outside::Outside;
use crate::scene::{ADMIN, FLOWS, PEOPLE, SYSTEMS, config as configuration, rules};
use crate::timer::ManualTimer;

pub(crate) fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).expect("in range")
}

/// One process.
#[derive(Clone)]
pub(crate) struct Process {
    pub(crate) app: Arc<App>,
    pub(crate) workers: [work::Worker; 2],
}

/// What outlives a process.
pub(crate) struct Machine {
    pub(crate) place: Place,
    pub(crate) clock: ManualClock,
    pub(crate) timer: ManualTimer,
    pub(crate) outside: Outside,
    pub(crate) psql: Option<Psql>,
}

impl Machine {
    pub(crate) async fn process(&self) -> Process {
        let clock = Arc::new(self.clock.clone());
        let store = Store::open(&self.place, Arc::clone(&clock) as _).await.expect("opens");
        let systems = Arc::new(self.outside.clone());
        let app = App::new(store, (clock, Arc::new(self.timer.clone())), systems);
        let worker = || work::Worker::new(Arc::clone(&app), TaskTracker::new());
        Process { workers: [worker(), worker()], app }
    }

    /// PostgreSQL's clock shows what the machine's does.
    pub(crate) fn tell_the_time(&mut self) {
        let now = bellhop_domain::Clock::now(&self.clock);
        if let Some(psql) = &mut self.psql {
            psql.run(&format!("UPDATE faked.clock SET at = '{}'", now.to_rfc3339()));
        }
    }
}

/// Fills an empty store with people, flows and systems; answers who is who.
pub(crate) async fn fill(process: &Process) -> BTreeMap<String, Caller> {
    let app = &process.app;
    let mut callers = BTreeMap::new();
    let mut tx = app.store.write().await.expect("opens");
    for handle in PEOPLE {
        let role = if handle == ADMIN { Role::Admin } else { Role::Member };
        let person = people::add(&mut tx, handle, role, ("os", handle)).await.expect("added");
        let via = person.identities[0].clone();
        callers.insert(handle.to_owned(), Caller { person, via, once: None });
    }
    tx.commit().await.expect("kept");
    let rules = FLOWS.iter().zip(0..).filter_map(|(id, flow)| Some((*id, rules(flow, 0)?)));
    config::put_in_force(app, &configuration(&rules.collect())).await.expect("in force");
    for system in SYSTEMS {
        integrations::connect(app, &callers[ADMIN], system, &ConnectKubernetes::default())
            .await
            .expect("connected");
    }
    callers
}

/// A PostgreSQL client of its own, for what goes on behind the store's back.
pub(crate) struct Psql {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

/// PostgreSQL's clock as one that stands where it is put: found before the real one, because its
/// schema is searched before.
const A_CLOCK_TO_SET: &str = "CREATE SCHEMA faked; CREATE TABLE faked.clock (at TIMESTAMPTZ); \
     INSERT INTO faked.clock VALUES ('2026-09-21 14:13:20Z'); \
     CREATE FUNCTION faked.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS \
     $$ SELECT at FROM faked.clock $$; \
     DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public, faked, pg_catalog', \
     current_database()); END $$";

impl Psql {
    pub(crate) fn open(address: &str) -> Self {
        let mut command = Command::new("psql");
        command.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", address]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("psql, the client of PostgreSQL");
        let input = child.stdin.take().expect("piped");
        let output = BufReader::new(child.stdout.take().expect("piped"));
        Self { child, input, output }
    }

    /// Runs `text` to its end.
    pub(crate) fn run(&mut self, text: &str) {
        writeln!(self.input, "{text};\n\\echo done").expect("psql takes it");
        self.input.flush().expect("psql takes it");
        let mut line = String::new();
        while line.trim() != "done" {
            line.clear();
            let read = self.output.read_line(&mut line).expect("psql answers");
            assert!(read > 0, "psql refused {text}");
        }
    }
}

impl Drop for Psql {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// An empty database of its own on a server; gone when this is dropped.
pub(crate) struct Database {
    server: Psql,
    name: String,
    pub(crate) address: String,
}

impl Database {
    /// An empty one with a clock to set, or a copy of another.
    pub(crate) fn new(server: &str, copy_of: Option<&Self>) -> Self {
        let name = format!("bellhop_model_{}", Uuid::from_u128(rand::random()).simple());
        let (before, _) = server.rsplit_once('/').expect("postgres://…/DATABASE");
        let address = format!("{before}/{name}");
        let mut server = Psql::open(server);
        let template = copy_of.map_or("template1", |other| &other.name);
        server.run(&format!("CREATE DATABASE {name} TEMPLATE {template}"));
        if copy_of.is_none() {
            Psql::open(&address).run(A_CLOCK_TO_SET);
        } else {
            let path = "search_path = public, faked, pg_catalog";
            server.run(&format!("ALTER DATABASE {name} SET {path}"));
        }
        Self { server, name, address }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.server.run(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}

/// A folder in memory where there is one: what is under test is not the disk.
pub(crate) fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.expect("a folder")
}

//! `bellhop serve --database`: another file, a PostgreSQL database, and every address that is wrong.

use std::io::Write;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bellhop_domain::{Clock as _, SystemClock};
use bellhop_e2e::cluster::Cluster;
use bellhop_e2e::installation::{Installation, number};
use bellhop_e2e::scratch::Scratch;
use bellhop_e2e::shared::shared;
use bellhop_e2e::wait;
use chrono::{DateTime, Utc};

/// How long a context may take to go.
const LIMIT: Duration = Duration::from_secs(10);

/// A database of one test's own, removed at the end.
struct Database {
    server: String,
    name: String,
}

impl Database {
    /// Made on the server that `BELLHOP_TEST_POSTGRES` names; none when it names none.
    fn new() -> Result<Option<Self>> {
        let server = std::env::var_os("BELLHOP_TEST_POSTGRES");
        let Some(server) = server.and_then(|server| server.into_string().ok()) else {
            ensure!(std::env::var_os("CI").is_none(), "CI has to run everything");
            // Not eprintln: libtest would hide the line of a test that passes.
            writeln!(std::io::stderr(), "Not run: what needs BELLHOP_TEST_POSTGRES")?;
            return Ok(None);
        };
        let name = format!("bellhop_e2e_{:016x}", rand::random::<u64>());
        let made = Self { server, name };
        made.sql(&format!("CREATE DATABASE {}", made.name))?;
        Ok(Some(made))
    }

    /// Runs a statement on the server's first database, where others are made.
    fn sql(&self, text: &str) -> Result<()> {
        psql(&self.server, text)
    }

    /// The address of another database on the same server.
    fn address(&self, name: &str) -> Result<String> {
        let (server, query) = match self.server.split_once('?') {
            Some((server, query)) => (server, format!("?{query}")),
            None => (self.server.as_str(), String::new()),
        };
        let (server, _) = server.rsplit_once('/').context("an address has a database")?;
        Ok(format!("{server}/{name}{query}"))
    }

    fn own(&self) -> Result<String> {
        self.address(&self.name)
    }
}

fn psql(address: &str, text: &str) -> Result<()> {
    let psql = Command::new("psql").args(["-qAt", "-c", text, address]).output()?;
    ensure!(psql.status.success(), "{}", String::from_utf8_lossy(&psql.stderr));
    Ok(())
}

impl Drop for Database {
    fn drop(&mut self) {
        // The next run makes one of another name.
        self.sql(&format!("DROP DATABASE {} WITH (FORCE)", self.name)).ok();
    }
}

#[test]
fn the_walk_on_postgresql() -> Result<()> {
    let (Some(cluster), Some(database)) = (shared()?, Database::new()?) else { return Ok(()) };
    cluster.seed("onpg")?;
    let scratch = Scratch::new()?;
    let admin = std::fs::read(cluster.admin_kubeconfig())?;
    let mut made = Installation::with_kubeconfig(scratch.path(), &admin, &["onpg1"])?;
    let address = database.own()?;
    made.start_with(&[("BELLHOP_DATABASE", &address)])?;
    made.run(["connect", "kubernetes", "k8s-real", "--yes"])?.ok()?;
    let request = made.request("onpg1", "10m")?;
    assert_eq!(request["status"], "active");
    let shown = made.json(["show", &number(&request)?])?;
    assert_eq!(shown["label"], "Ending soon");
    let ended = made.json(["end", &number(&request)?])?;
    assert_eq!(ended["label"], "Returned");
    // The agent may have been faster than the command, and be at it still.
    wait::until("its context is gone", LIMIT, || Ok(made.kubeconfig_is_original()?.then_some(())))?;
    assert_eq!(made.json(["audit", "verify"])?["intact"], true);
    let export = made.run(["audit", "export"])?.ok()?.stdout;
    assert_eq!(export.lines().count(), made.audit()?.len());
    assert!(!made.store().exists(), "nothing is remembered in a file");

    let backup = made.run(["backup", "copy.db"])?;
    assert!(backup.code == 1 && backup.stderr.contains("pg_dump"), "{}", backup.stderr);
    assert!(!std::path::Path::new("copy.db").exists());
    // The password is in nothing that the backend says or shows to others.
    let process = made.backend()?;
    let line = std::fs::read(format!("/proc/{process}/cmdline"))?;
    let line = String::from_utf8_lossy(&line).into_owned();
    for text in [made.log()?, line] {
        assert!(!text.contains("postgres://"), "{text}");
    }
    // One row that does not read hides no other, and is told beside the answer.
    let second = made.request("onpg1", "10m")?;
    psql(&address, "UPDATE requests SET decision = '{}' WHERE number = 1001")?;
    let list = made.run(["list"])?.ok()?;
    assert!(list.stdout.contains(&number(&second)?), "{}", list.stdout);
    assert!(!list.stdout.contains("R-1001"), "{}", list.stdout);
    assert!(
        list.stderr.contains("R-1001") && list.stderr.contains("impossible"),
        "{}",
        list.stderr
    );
    made.json(["end", &number(&second)?])?;
    made.stop()
}

/// What is in the cluster for an installation's grants.
fn objects(cluster: &Cluster, installation: &str) -> Result<String> {
    let label = format!("bellhop/installation={installation},bellhop/part!=rights");
    cluster.admin().get(["get", "rolebindings,serviceaccounts", "-A", "-l", &label, "-o", "name"])
}

#[test]
fn p24_a_deadline_that_came_while_the_database_was_away_ends_access_when_it_is_back() -> Result<()>
{
    let (Some(cluster), Some(database)) = (shared()?, Database::new()?) else { return Ok(()) };
    cluster.seed("away")?;
    let scratch = Scratch::new()?;
    let admin = std::fs::read(cluster.admin_kubeconfig())?;
    let mut made = Installation::with_kubeconfig(scratch.path(), &admin, &["away1"])?;
    made.start_with(&[("BELLHOP_DATABASE", &database.own()?)])?;
    made.run(["connect", "kubernetes", "k8s-real", "--yes"])?.ok()?;
    let request = made.request("away1", "10s")?;
    let (number, process, id) = (number(&request)?, made.backend()?, made.id()?);
    let deadline: DateTime<Utc> = request["deadline"].as_str().context("it has one")?.parse()?;

    database.sql(&format!("ALTER DATABASE {} ALLOW_CONNECTIONS false", database.name))?;
    let all = format!("FROM pg_stat_activity WHERE datname = '{}'", database.name);
    database.sql(&format!("SELECT pg_terminate_backend(pid) {all}"))?;
    // The first call meets the broken session, the next one the closed door.
    made.run(["list"])?;
    let told = made.run(["list"])?;
    assert_eq!(told.code, 1, "{}{}", told.stdout, told.stderr);
    assert!(told.stderr.contains("the store cannot be used at the moment"), "{}", told.stderr);
    wait::until("the deadline", LIMIT * 3, || Ok((SystemClock.now() > deadline).then_some(())))?;
    assert!(!objects(cluster, &id)?.is_empty(), "nobody could take it away");

    database.sql(&format!("ALTER DATABASE {} ALLOW_CONNECTIONS true", database.name))?;
    wait::until("it is taken away", LIMIT, || Ok(objects(cluster, &id)?.is_empty().then_some(())))?;
    let expired = || Ok((made.json(["show", &number])?["label"] == "Expired").then_some(()));
    wait::until("it is told", LIMIT, expired)?;
    assert_eq!(made.backend()?, process, "nobody had to start it again");
    let log = made.log()?;
    assert!(log.matches("no work can be claimed").count() == 1, "it is said once: {log}");
    assert!(log.contains("work goes on") && !log.contains('\u{1b}'), "{log}");
    assert_eq!(made.json(["audit", "verify"])?["intact"], true);
    made.stop()
}

#[test]
fn a_database_that_cannot_be_used_is_refused_in_words_without_its_password() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let made = Installation::with_kubeconfig(folder.path(), b"", &["x1"])?;
    let refused = |address: &str, texts: &[&str]| {
        let ran = made.run_with(["serve"], &[("BELLHOP_DATABASE", address.as_ref())])?;
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        assert!(!ran.stderr.contains("hop-secret"), "{}", ran.stderr);
        for text in texts {
            assert!(ran.stderr.contains(text), "\"{text}\" is not in: {}", ran.stderr);
        }
        Ok::<_, anyhow::Error>(())
    };
    refused("mysql://bell:hop-secret@db/access", &["no store of the kind mysql", "postgres://"])?;
    refused("postgres:/bell:hop-secret@db/access", &["two slashes", "postgres://"])?;
    refused("postgres://bell:hop-secret@db:port/access", &["no place for the store"])?;
    refused("host=db password=hop-secret", &["no place for the store"])?;
    let down = "postgres://bell:hop-secret@127.0.0.1:1/access";
    refused(down, &["\"access\" in PostgreSQL on 127.0.0.1:1", "whether PostgreSQL runs there"])?;
    let folder = folder.path().to_str().context("UTF-8")?;
    refused(folder, &["no way to the store", "not a folder itself"])?;
    refused(&format!("{folder}/nowhere/bellhop.db"), &["no way to the store", "folder is there"])?;
    let text = format!("{folder}/text");
    std::fs::write(&text, "not a store, whatever else it is. ".repeat(100))?;
    refused(&text, &["no way to the store", "Name another file"])?;
    // On the command line everybody could read it.
    let ran = made.run(["serve", "--database", down])?;
    assert!(ran.stderr.contains("Set BELLHOP_DATABASE instead"), "{}", ran.stderr);
    let help = made.run_with(["serve", "--help"], &[("BELLHOP_DATABASE", down.as_ref())])?.ok()?;
    assert!(help.stdout.contains("BELLHOP_DATABASE") && !help.stdout.contains("hop-secret"));

    let Some(database) = Database::new()? else { return Ok(()) };
    refused(&database.address("no_such_db")?, &["no_such_db", "does not exist", "createdb"])?;
    let mut newer = Installation::with_kubeconfig(&made.home().join("newer"), b"", &["x1"])?;
    newer.start_with(&[("BELLHOP_DATABASE", &database.own()?)])?;
    newer.stop()?;
    let later = "UPDATE _sqlx_migrations SET version = 99991231000000 \
                 WHERE version = (SELECT max(version) FROM _sqlx_migrations)";
    psql(&database.own()?, later)?;
    refused(&database.own()?, &["newer Bellhop", "Start the newer program"])?;
    Ok(())
}

//! A backup is made while the backend runs, and restored as the README says.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use anyhow::{Context, Result};
use bellhop_e2e::installation::{Installation, number};
use bellhop_e2e::scratch::Scratch;
use bellhop_e2e::shared::shared;
use bellhop_e2e::wait;
use chrono::{DateTime, Utc};

const LIMIT: Duration = Duration::from_secs(20);

#[test]
fn a_restored_backup_ends_what_is_over_and_removes_what_it_does_not_know() -> Result<()> {
    let Some(cluster) = shared()? else { return Ok(()) };
    cluster.seed("restore")?;
    let scratch = Scratch::new()?;
    let mut made =
        Installation::new(cluster, scratch.path(), &["restore1", "restore2", "restore3"])?;
    let short = made.request("restore1", "6s")?;
    let long = made.request("restore2", "30m")?;
    let copy = scratch.path().join("backup.db");
    let backup = ["backup".as_ref(), copy.as_os_str()];
    let said = made.run(backup)?.ok()?.stdout;
    assert!(said.contains("was read back") && said.contains("Head "), "{said}");
    assert_eq!(fs::metadata(&copy)?.permissions().mode() & 0o777, 0o600);
    let again = made.run(backup)?;
    assert!(again.code == 1 && again.stderr.contains("replace nothing"), "{}", again.stderr);
    let label = format!("bellhop/installation={},bellhop/part!=rights", made.id()?);
    let objects = || {
        let kinds = "rolebindings";
        cluster.admin().get(["get", kinds, "-A", "-l", &label, "-o", "name"])
    };
    // This is after the backup: the restored store knows nothing of it.
    let unknown = made.request("restore3", "30m")?;
    assert_eq!(objects()?.lines().count(), 3);
    made.kill()?;
    let deadline = short["deadline"].as_str().context("a deadline")?;
    let deadline = DateTime::parse_from_rfc3339(deadline)?.to_utc();
    wait::until("the deadline has passed", LIMIT, || Ok((wall_clock() > deadline).then_some(())))?;

    for leftover in ["-wal", "-shm"] {
        let file = made.home().join(format!("data/bellhop.db{leftover}"));
        if file.exists() {
            fs::remove_file(file)?;
        }
    }
    fs::copy(&copy, made.store())?;
    made.start()?;

    let page = made.json(["list"])?;
    let listed: Vec<_> = page["items"].as_array().context("items")?.iter().collect();
    let numbers: Vec<_> = listed.iter().map(|r| r["number"].as_str().unwrap_or_default()).collect();
    assert_eq!(numbers, [number(&long)?, number(&short)?]);
    assert_eq!(listed[0]["status"], "active");
    wait::until("what was over is ended", LIMIT, || {
        let shown = made.json(["show", &number(&short)?])?;
        Ok((shown["label"] == "Expired").then_some(()))
    })?;
    wait::until("what nothing explains is removed", LIMIT, || {
        Ok((objects()?.lines().count() == 1).then_some(()))
    })?;
    let removed = wait::until("and reported", LIMIT, || {
        let audit = made.audit()?;
        Ok(audit.into_iter().find(|event| event["kind"] == "drift.removed"))
    })?;
    assert!(removed["after"]["removed"].as_str().is_some_and(|what| !what.is_empty()));
    assert_eq!(made.run(["show", &number(&unknown)?])?.code, 4);
    assert_eq!(made.json(["audit", "verify"])?["intact"], true);
    made.json(["end", &number(&long)?])?;
    wait::until("no context is left", LIMIT, || Ok(made.kubeconfig_is_original()?.then_some(())))?;
    Ok(())
}

#[test]
fn a_backup_takes_what_is_there_whether_or_not_a_backend_runs() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut made = Installation::with_kubeconfig(folder.path(), b"", &["x1"])?;
    let copy = |name: &str| folder.path().join(name);
    let back =
        |made: &Installation, name: &str| made.run(["backup".as_ref(), copy(name).as_os_str()]);
    let nothing = back(&made, "nothing.db")?;
    assert!(
        nothing.code == 1 && nothing.stderr.contains("there is no store at"),
        "{}",
        nothing.stderr
    );
    made.start()?;
    made.run(["list"])?.ok()?;
    back(&made, "running.db")?.ok()?;
    made.kill()?;
    back(&made, "killed.db")?.ok()?;
    made.start()?;
    made.stop()?;
    let before = fs::read(made.store())?;
    back(&made, "stopped.db")?.ok()?;
    assert_eq!(fs::read(made.store())?, before, "the store was read and not changed");

    // A running backend says where its store is: not in the usual place.
    let elsewhere = folder.path().join("elsewhere.db");
    let address = elsewhere.to_str().context("UTF-8")?;
    made.start_with(&[("BELLHOP_DATABASE", address)])?;
    made.run(["list"])?.ok()?;
    fs::write(made.store(), "stale")?;
    back(&made, "elsewhere-copy.db")?.ok()?;
    made.stop()?;
    let stale = back(&made, "stale.db")?;
    assert!(stale.code == 1 && !copy("stale.db").exists(), "{}", stale.stderr);
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "compared with deadlines that the backend set")]
fn wall_clock() -> DateTime<Utc> {
    Utc::now()
}

//! A credential that is kept in the keyring is there and nowhere else; a keyring that is locked lets
//! nobody have anything new, and what is open ends as soon as it is unlocked.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bellhop_e2e::installation::{INTEGRATION, Installation, Ran};
use bellhop_e2e::keyring::Keyring;
use bellhop_e2e::scratch::Scratch;
use bellhop_e2e::shared::shared;
use bellhop_e2e::wait;

/// An installation on the real cluster whose credential is to be kept in the keyring.
fn installation(scratch: &Scratch, namespace: &str) -> Result<Option<Installation>> {
    let Some(cluster) = shared()? else { return Ok(None) };
    cluster.seed("locked")?;
    let admin = fs::read(cluster.admin_kubeconfig())?;
    let made = Installation::with_kubeconfig(scratch.path(), &admin, &[namespace])?;
    let file = made.home().join("config/bellhop.toml");
    let text = fs::read_to_string(&file)?;
    let usual = "kind = \"kubernetes\"\n";
    ensure!(text.contains(usual), "{text}");
    fs::write(&file, text.replacen(usual, &format!("{usual}credential = \"keyring\"\n"), 1))?;
    Ok(Some(made))
}

/// The secret of the one entry.
fn secret(keyring: &Keyring) -> Result<String> {
    let found = keyring.of_bellhop()?;
    let secret = found.lines().find_map(|line| line.strip_prefix("secret = "));
    Ok(secret.with_context(|| format!("no secret in {found}"))?.to_owned())
}

/// Every file below `folder` that contains `text`.
fn files_with(folder: &Path, text: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files_with(&path, text)?);
        } else if path.is_file()
            && fs::read(&path)?.windows(text.len()).any(|w| w == text.as_bytes())
        {
            found.push(path.display().to_string());
        }
    }
    Ok(found)
}

fn says(ran: &Ran, words: &[&str]) -> Result<()> {
    for words in words {
        let Ran { stdout, stderr, .. } = ran;
        ensure!(
            stdout.contains(words) || stderr.contains(words),
            "no {words:?} in {stdout}{stderr}"
        );
    }
    Ok(())
}

#[test]
fn a_credential_in_the_keyring_is_nowhere_else_and_gone_after_an_uninstall() -> Result<()> {
    let scratch = Scratch::new()?;
    let Some(keyring) = Keyring::start(&scratch.path().join("session"))? else { return Ok(()) };
    let Some(mut made) = installation(&scratch, "locked1")? else { return Ok(()) };
    made.start_with(&keyring.environment())?;
    made.run(["connect", "kubernetes", INTEGRATION, "--yes"])?.ok()?;
    let token = secret(&keyring)?;
    ensure!(token.starts_with("ey"), "a token of the cluster");
    assert_eq!(files_with(scratch.path(), &token)?, Vec::<String>::new());
    ensure!(!made.home().join("data/credentials").exists(), "no file was made");
    made.request("locked1", "1h")?;

    made.run(["uninstall", "--yes"])?.ok()?;
    assert_eq!(keyring.of_bellhop()?, "");
    made.stop()
}

#[test]
fn a_locked_keyring_gives_nothing_new_and_what_is_open_ends_when_it_is_unlocked() -> Result<()> {
    let scratch = Scratch::new()?;
    let Some(mut keyring) = Keyring::start(&scratch.path().join("session"))? else {
        return Ok(());
    };
    let Some(mut made) = installation(&scratch, "locked2")? else { return Ok(()) };
    made.start_with(&keyring.environment())?;
    made.run(["connect", "kubernetes", INTEGRATION, "--yes"])?.ok()?;
    made.request("locked2", "1h")?;
    made.stop()?;

    keyring.lock()?;
    made.start_with(&keyring.environment())?;
    // The backend looks by itself at its start.
    wait::until("the integration says that it is locked", Duration::from_secs(30), || {
        let shown = made.json(["integrations"])?.to_string();
        Ok((shown.contains("degraded") && shown.contains("the keyring is locked")).then_some(()))
    })?;
    let target = format!("{INTEGRATION}/namespace/locked2:edit");
    let new = made.run(["request", &target, "--for", "30m", "--reason", "why"])?;
    ensure!(new.code != 0, "{}", new.stdout);
    let bus: Vec<_> =
        keyring.environment().iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    let bus: Vec<_> = bus.iter().map(|(name, value)| (*name, OsStr::new(value))).collect();
    says(&made.run_with(["doctor"], &bus)?, &["BAD   keyring", "is locked"])?;

    let ended = made.run(["end", "R-1001", "--no-wait"])?;
    ensure!(made.json(["show", "R-1001"])?["status"] != "ended", "{}", ended.stdout);
    keyring.unlock()?;
    wait::until("the access is gone", Duration::from_mins(1), || {
        Ok((made.json(["show", "R-1001"])?["status"] == "ended").then_some(()))
    })?;
    says(&made.run_with(["doctor"], &bus)?, &["ok    keyring"])?;
    made.stop()
}

#[test]
fn without_a_keyring_connecting_says_what_to_install_and_keeps_nothing() -> Result<()> {
    let scratch = Scratch::new()?;
    let Some(mut made) = installation(&scratch, "locked3")? else { return Ok(()) };
    let nowhere = format!("unix:path={}", scratch.path().join("no-bus").display());
    made.start_with(&[("DBUS_SESSION_BUS_ADDRESS", &nowhere)])?;
    let refused = made.run(["connect", "kubernetes", INTEGRATION, "--yes"])?;
    ensure!(refused.code != 0, "{}", refused.stdout);
    says(&refused, &["no keyring answers", "Install gnome-keyring"])?;
    made.stop()
}

//! The tour shows what is true, and leaves nothing: in the home of whoever takes it, or elsewhere.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bellhop_e2e::counterparties;
use bellhop_e2e::installation::bellhop;
use bellhop_e2e::wait;
use rustix::process::{Pid, Signal, kill_process};

/// Every file below a folder, with what is in it.
fn listing(folder: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path.clone());
                found.insert(path, Vec::new());
            } else {
                found.insert(path.clone(), fs::read(&path)?);
            }
        }
    }
    Ok(found)
}

/// Somebody's home with a kubeconfig in it, and a folder for temporary files.
fn somebody(folder: &Path) -> Result<Command> {
    for made in ["home/.kube", "home/.config", "tmp"] {
        fs::create_dir_all(folder.join(made))?;
    }
    fs::write(folder.join("home/.kube/config"), "apiVersion: v1\nkind: Config\n")?;
    let mut tour = Command::new(bellhop()?);
    tour.env("HOME", folder.join("home")).env("TMPDIR", folder.join("tmp"));
    for name in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "KUBECONFIG"] {
        tour.env_remove(name);
    }
    tour.env("XDG_RUNTIME_DIR", folder.join("home")).stdin(Stdio::null());
    Ok(tour)
}

#[test]
fn the_tour_comes_to_its_end_and_leaves_the_home_as_it_was() -> Result<()> {
    let kubectls = counterparties::kubectls()?;
    for kubectl in &kubectls {
        let folder = tempfile::tempdir()?;
        let mut tour = somebody(folder.path())?;
        let before = listing(&folder.path().join("home"))?;
        let ran = tour.args(["tour", "--auto", "--kubectl"]).arg(&kubectl.path).output()?;
        let said = String::from_utf8(ran.stdout)?;
        ensure!(ran.status.success(), "{said}\n{}", String::from_utf8(ran.stderr)?);
        for words in ["Context bellhop-k8s-demo was added", "R-1001  Returned", "every one fits"] {
            ensure!(said.contains(words), "{words:?} is not in {said}");
        }
        assert_eq!(listing(&folder.path().join("home"))?, before, "nothing changed");
        assert_eq!(listing(&folder.path().join("tmp"))?, BTreeMap::new(), "nothing is left");
    }
    Ok(())
}

#[test]
fn a_tour_that_is_cut_short_leaves_nothing_either() -> Result<()> {
    let kubectls = counterparties::kubectls()?;
    let Some(kubectl) = kubectls.first() else { return Ok(()) };
    let folder = tempfile::tempdir()?;
    let mut tour = somebody(folder.path())?;
    tour.args(["tour", "--auto", "--kubectl"]).arg(&kubectl.path);
    let mut running = tour.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    wait::until("the backend listens", Duration::from_secs(30), || {
        let listens = |path: &PathBuf| path.ends_with("run/api.sock");
        Ok(listing_of_names(&folder.path().join("tmp"))?.iter().any(listens).then_some(()))
    })?;
    let process = Pid::from_raw(i32::try_from(running.id())?).context("a process")?;
    kill_process(process, Signal::TERM)?;
    assert_eq!(running.wait()?.code(), Some(1));
    assert_eq!(listing(&folder.path().join("tmp"))?, BTreeMap::new(), "nothing is left");
    Ok(())
}

/// The files below a folder whose things come and go.
fn listing_of_names(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return Ok(found) };
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(listing_of_names(&path)?);
        }
        found.push(path);
    }
    Ok(found)
}

#[test]
fn without_a_kubectl_the_tour_says_what_to_install() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut tour = somebody(folder.path())?;
    let ran = tour.env("PATH", folder.path()).args(["tour", "--auto"]).output()?;
    let said = String::from_utf8(ran.stderr)?;
    assert_eq!(ran.status.code(), Some(1));
    ensure!(said.contains("no kubectl") && said.contains("apt install"), "{said}");
    Ok(())
}

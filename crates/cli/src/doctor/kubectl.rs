//! kubectl and its configuration.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use bellhop_workstation::env::Environment;
use bellhop_workstation::home::Home;
use bellhop_workstation::kubeconfig::{Contexts, KubeconfigFiles, list_contexts};

use super::Finding;
use super::place::counted;

pub(super) fn look(home: &Home) -> Vec<Finding> {
    let mut found = vec![program()];
    match KubeconfigFiles::from_environment(&Environment::read()) {
        Ok(files) => found.extend(contexts(home, &files)),
        Err(error) => found.push(Finding::bad("kubeconfig", error.to_string(), "")),
    }
    found
}

fn program() -> Finding {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let mut found = std::env::split_paths(&paths).map(|folder| folder.join("kubectl"));
    let Some(kubectl) = found.find(|file| file.is_file()) else {
        let next = "Debian and Ubuntu: apt install kubernetes-client";
        return Finding::note("kubectl", "it is not on your PATH", next);
    };
    match version(&kubectl) {
        Some(version) => Finding::good("kubectl", format!("{version} ({})", kubectl.display())),
        None => {
            let what = format!("{} does not say its version", kubectl.display());
            Finding::bad("kubectl", what, "Run: kubectl version --client")
        }
    }
}

fn version(kubectl: &Path) -> Option<String> {
    let mut asked = Command::new(kubectl);
    asked.args(["version", "--client", "-o", "json"]).stdin(Stdio::null());
    let ran = asked.output().ok()?;
    let said: serde_json::Value = serde_json::from_slice(&ran.stdout).ok()?;
    Some(said.pointer("/clientVersion/gitVersion")?.as_str()?.to_owned())
}

fn contexts(home: &Home, files: &KubeconfigFiles) -> Vec<Finding> {
    let listed = match list_contexts(files) {
        Ok(listed) => listed,
        Err(error) => return vec![Finding::bad("kubeconfig", error.to_string(), "")],
    };
    let places: Vec<_> = files.paths().iter().map(|path| path.display().to_string()).collect();
    let contexts = counted(listed.len(), "context");
    let what = format!("{contexts} in {}", places.join(", "));
    let mut found = vec![Finding::good("kubeconfig", what)];
    let known = match Contexts::new(home).ledger() {
        Ok(ledger) => ledger.contexts,
        Err(error) => {
            found.push(Finding::bad("contexts", error.to_string(), ""));
            return found;
        }
    };
    for ours in listed.iter().filter(|one| one.ours) {
        let of_this_home: Option<&PathBuf> =
            known.iter().find(|entry| entry.name.as_str() == ours.name).map(|entry| &entry.path);
        if of_this_home.is_none() {
            let what = format!("{} in {} is not of this home", ours.name, ours.path.display());
            let next = "Another Bellhop made it, or one that is gone. To take it away: kubectl config delete-context";
            found.push(Finding::note("contexts", what, format!("{next} {}", ours.name)));
        }
    }
    for entry in known {
        if !listed.iter().any(|one| one.ours && one.name == entry.name.as_str()) {
            let requests: Vec<_> = entry.requests.iter().map(String::as_str).collect();
            let what =
                format!("{} is not in {} any more", entry.name.as_str(), entry.path.display());
            let next =
                format!("To have it back: bellhop access {} --add-context", requests.join(" "));
            found.push(Finding::note("contexts", what, next));
        }
    }
    found
}

//! After an uninstall nothing of Bellhop is left: no access, no context, no object in the cluster,
//! no file. And nothing is removed that is still needed to take access away.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bellhop_e2e::cluster::Cluster;
use bellhop_e2e::installation::{Installation, refused};
use bellhop_e2e::scratch::Scratch;
use bellhop_e2e::shared::shared;
use bellhop_e2e::{counterparties, wait};

/// Every object that carries Bellhop's mark.
fn marked(cluster: &Cluster) -> Result<String> {
    let kinds = "namespaces,clusterroles,clusterrolebindings,roles,rolebindings,serviceaccounts";
    let label = "app.kubernetes.io/managed-by=bellhop";
    cluster.admin().get(["get", kinds, "-A", "-l", label, "-o", "name"])
}

fn folders(home: &Path) -> Vec<&'static str> {
    ["config", "data", "run"].into_iter().filter(|name| home.join(name).exists()).collect()
}

#[test]
fn t21_an_uninstall_leaves_nothing_anywhere() -> Result<()> {
    let Some(cluster) = shared()? else { return Ok(()) };
    cluster.seed("leaving")?;
    let scratch = Scratch::new()?;
    let mut installation = Installation::new(cluster, scratch.path(), &["leaving1", "leaving2"])?;
    installation.request("leaving1", "1h")?;
    installation.request("leaving2", "1h")?;
    let copy = installation.copy_kubeconfig("copy")?;
    let kubectl = installation.kubectl_with(&counterparties::kubectl()?, &copy);
    let pods = ["get", "pods", "-n", "leaving1", "--context", "bellhop-k8s-real"];
    ensure!(!refused(&kubectl.run(pods)?), "access is open");

    // Without an agreement, and with a context that may not delete, everything stays.
    let asked = installation.run(["uninstall"])?;
    assert_eq!(asked.code, 1);
    for words in ["R-1001", "R-1002", "leaves  k8s-real", "bellhop-k8s-real in", "deletes "] {
        ensure!(asked.stderr.contains(words), "{words:?} is not in {}", asked.stderr);
    }
    ensure!(!refused(&kubectl.run(pods)?), "nothing was done");
    let nowhere = [("KUBECONFIG", scratch.path().join("nowhere").into_os_string())];
    let nowhere: Vec<_> = nowhere.iter().map(|(name, value)| (*name, value.as_os_str())).collect();
    let stuck = installation.run_with(["uninstall", "--yes"], &nowhere)?;
    assert_eq!(stuck.code, 2, "{}{}", stuck.stdout, stuck.stderr);
    ensure!(stuck.stderr.contains("--forget k8s-real"), "{}", stuck.stderr);
    assert_eq!(folders(installation.home()), ["config", "data", "run"]);

    let done = installation.run(["uninstall", "--yes"])?.ok()?;
    ensure!(done.stdout.contains("Bellhop is uninstalled"), "{}", done.stdout);
    // The cluster itself takes a while to empty a namespace.
    wait::until("nothing of Bellhop is in the cluster", Duration::from_secs(30), || {
        Ok(marked(cluster)?.is_empty().then_some(()))
    })?;
    assert_eq!(folders(installation.home()), Vec::<&str>::new());
    ensure!(installation.kubeconfig_is_original()?, "the kubeconfig is as it was");
    ensure!(refused(&kubectl.run(pods)?), "access is gone");
    let again = installation.run(["uninstall", "--yes"])?.ok()?;
    ensure!(again.stdout.contains("Nothing of Bellhop is here"), "{}", again.stderr);
    installation.stop().context("its backend was stopped, and ends well")?;
    Ok(())
}

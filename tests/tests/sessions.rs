//! What was open when access ended. Kubernetes asks about rights once for each request, so a watch
//! and an exec go on; whoever looks at the grant is told so, before the end and after it.

#![expect(clippy::indexing_slicing, reason = "JSON without the key is null, and fails the test")]

use std::path::Path;

use anyhow::{Context, Result, ensure};
use bellhop_e2e::cluster::Cluster;
use bellhop_e2e::counterparties;
use bellhop_e2e::installation::{INTEGRATION, Installation, number, refused};
use bellhop_e2e::kubectl::Kubectl;
use bellhop_e2e::scratch::Scratch;
use bellhop_e2e::shared::shared;
use serde_json::Value;

/// Fails unless the grant says, in JSON and to people, that such a thing can outlive the end.
fn declared(installation: &Installation, number: &str, words: &str) -> Result<()> {
    let shown = installation.json(["show", number])?;
    let remains = shown["grants"][0]["remains"].as_array().context("what remains is a list")?;
    let says = |one: &Value| one.as_str().is_some_and(|text| text.contains(words));
    ensure!(remains.iter().any(says), "{words:?} is not among what remains: {shown}");
    let text = installation.run(["show", number])?.ok()?.stdout;
    let (_, after) = text.split_once("What can outlive the end:").context("a heading")?;
    ensure!(after.contains(words), "{words:?} is not shown: {text}");
    Ok(())
}

/// A kubectl with the grant's own token in a file, as somebody keeps one who means to stay.
fn with_token(cluster: &Cluster, installation: &Installation, binary: &Path) -> Result<Kubectl> {
    let words = ["credential", "kubernetes", "--integration", INTEGRATION];
    let answer: Value = serde_json::from_str(&installation.run(words)?.ok()?.stdout)?;
    let token = answer["status"]["token"].as_str().context("a credential has a token")?;
    let file = installation.home().join("kept.kubeconfig");
    std::fs::write(&file, cluster.kubeconfig("kept", token))?;
    Ok(installation.kubectl_with(binary, &file))
}

/// Ends the request; every new call of the kept token is refused then.
fn end(installation: &Installation, number: &str, new_calls: &[(&Kubectl, &[&str])]) -> Result<()> {
    let ended = installation.json(["end", number])?;
    assert_eq!(ended["status"], "ended");
    for (kubectl, words) in new_calls {
        let output = kubectl.run(*words)?;
        ensure!(refused(&output), "{words:?} went on: {}", output.stdout);
        ensure!(output.stderr.contains("forbidden"), "{words:?}: {}", output.stderr);
    }
    Ok(())
}

#[test]
fn t15_an_open_watch_goes_on_and_is_declared() -> Result<()> {
    let Some(cluster) = shared()? else { return Ok(()) };
    cluster.seed("watched")?;
    let scratch = Scratch::new()?;
    let installation = Installation::new(cluster, scratch.path(), &["watched1"])?;
    let binary = counterparties::kubectl()?;
    let number = number(&installation.request("watched1", "10m")?)?;
    declared(&installation, &number, "kubectl get --watch")?;

    let kubectl = with_token(cluster, &installation, &binary)?;
    let words = ["get", "pods", "-n", "watched1", "-o", "name"];
    let mut watch = kubectl.open(words.iter().chain(&["--watch"]))?;
    watch.shows("pod/mongodb")?;
    end(&installation, &number, &[(&kubectl, &words)])?;

    cluster.make_pod("watched1", "made-after-the-end", None)?;
    watch.shows("pod/made-after-the-end")?;
    declared(&installation, &number, "kubectl get --watch")
}

#[test]
fn t15_an_open_exec_goes_on_and_is_declared() -> Result<()> {
    let Some(cluster) = shared()? else { return Ok(()) };
    let Some(kubelet) = counterparties::kubelet()? else { return Ok(()) };
    cluster.seed("inside")?;
    let _node = cluster.start_node(&kubelet, "node-of-inside")?;
    cluster.make_pod("inside1", "shell", Some("node-of-inside"))?;
    let scratch = Scratch::new()?;
    let installation = Installation::new(cluster, scratch.path(), &["inside1"])?;
    let binary = counterparties::kubectl()?;
    let number = number(&installation.request("inside1", "10m")?)?;
    declared(&installation, &number, "kubectl exec")?;

    let kubectl = with_token(cluster, &installation, &binary)?;
    let once = ["exec", "-n", "inside1", "shell", "--", "echo", "let in"];
    ensure!(kubectl.get(once)?.contains("let in"), "exec does not work before the end");
    let mut session = kubectl.open(["exec", "-i", "-n", "inside1", "shell", "--", "cat"])?;
    session.say("before the end")?;
    session.shows("before the end")?;
    end(&installation, &number, &[(&kubectl, &once)])?;

    session.say("after the end")?;
    session.shows("after the end")?;
    declared(&installation, &number, "kubectl exec")
}

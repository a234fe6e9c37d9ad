//! The walk: ask, get into a real namespace with a real kubectl, be out at the end.

#![expect(clippy::indexing_slicing, reason = "JSON without the key is null, and fails the test")]

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bellhop_e2e::cluster::Cluster;
use bellhop_e2e::installation::{INTEGRATION, Installation, number, refused};
use bellhop_e2e::kubectl::Kubectl;
use bellhop_e2e::scratch::Scratch;
use bellhop_e2e::shared::shared;
use bellhop_e2e::{counterparties, wait};
use chrono::{DateTime, Utc};
use serde_json::Value;

const LIMIT: Duration = Duration::from_secs(20);
const CONTEXT: &str = "bellhop-k8s-real";

fn pods(kubectl: &Kubectl, namespace: &str) -> Result<bellhop_e2e::kubectl::Output> {
    kubectl.run(["get", "pods", "-n", namespace, "--context", CONTEXT])
}

/// What of an installation's grants is in the cluster: bindings and grantee accounts.
fn objects(cluster: &Cluster, installation: &Installation) -> Result<String> {
    let label = format!("bellhop/installation={},bellhop/part!=rights", installation.id()?);
    let kinds = "rolebindings,serviceaccounts";
    cluster.admin().get(["get", kinds, "-A", "-l", &label, "-o", "name"])
}

/// What the API server itself wrote down about requests of Bellhop's grantees.
fn codes(cluster: &Cluster, namespace: &str) -> Result<Vec<i64>> {
    let grantee = |event: &Value| {
        let user = event["user"]["username"].as_str().unwrap_or_default();
        user.starts_with("system:serviceaccount:bellhop-system:bellhop-")
            && event["objectRef"]["resource"] == "pods"
            && event["objectRef"]["namespace"] == namespace
    };
    let log = cluster.audit_log()?;
    Ok(log
        .iter()
        .filter(|e| grantee(e))
        .filter_map(|e| e["responseStatus"]["code"].as_i64())
        .collect())
}

/// What Bellhop deleted, in the order in which the API server did it.
fn removals(cluster: &Cluster, installation: &Installation) -> Result<Vec<String>> {
    let id = installation.id()?.replace('-', "");
    let own = format!("system:serviceaccount:bellhop-system:bellhop-{}", &id[20..]);
    let deleted = |event: &&Value| event["verb"] == "delete" && event["user"]["username"] == own;
    let resource = |event: &Value| event["objectRef"]["resource"].as_str().map(str::to_owned);
    Ok(cluster.audit_log()?.iter().filter(deleted).filter_map(resource).collect())
}

#[test]
fn t21_the_walk_with_every_kubectl_leaves_the_kubeconfig_byte_for_byte() -> Result<()> {
    let Some(cluster) = shared()? else { return Ok(()) };
    cluster.seed("walk")?;
    let scratch = Scratch::new()?;
    let installation = Installation::new(cluster, scratch.path(), &["walk1"])?;
    for kubectl in counterparties::kubectls()? {
        walk(cluster, &installation, &kubectl.path).with_context(|| kubectl.version.clone())?;
    }
    wait::until("the API server's own log agrees", LIMIT, || {
        let (allowed, other) = (codes(cluster, "walk1")?, codes(cluster, "walk2")?);
        let agrees = allowed.contains(&200) && other.contains(&403) && !other.contains(&200);
        Ok(agrees.then_some(()))
    })?;
    let removed = removals(cluster, &installation)?;
    ensure!(!removed.is_empty(), "the API server saw no removal");
    for pair in removed.chunks(2) {
        assert_eq!(pair, ["rolebindings", "serviceaccounts"], "the binding goes first");
    }
    let verdict = installation.json(["audit", "verify"])?;
    assert_eq!(verdict["intact"], true);
    Ok(())
}

fn walk(cluster: &Cluster, installation: &Installation, binary: &Path) -> Result<()> {
    let kubectl = installation.kubectl(binary);
    let request = installation.request("walk1", "10m")?;
    assert_eq!(request["status"], "active");
    let listed = pods(&kubectl, "walk1")?;
    ensure!(listed.stdout.contains("mongodb"), "{}", listed.stderr);

    let other = pods(&kubectl, "walk2")?;
    assert!(other.stderr.contains("Forbidden"), "{}", other.stderr);
    let open = installation.copy_kubeconfig("open.kubeconfig")?;
    let token = token(installation)?;

    let ended = installation.json(["end", &number(&request)?])?;
    assert_eq!((&ended["status"], &ended["label"]), (&"ended".into(), &"Returned".into()));
    // It is over when it says so. With a copy of the context the plugin is refused at once, and so is
    // the very token; the context itself goes with the end.
    assert!(refused(&pods(&installation.kubectl_with(binary, &open), "walk1")?));
    wait::until("the context is gone", LIMIT, || {
        Ok(refused(&pods(&kubectl, "walk1")?).then_some(()))
    })?;
    let stolen = cluster.kubeconfig("stolen", &token);
    let file = installation.home().join("stolen.kubeconfig");
    std::fs::write(&file, stolen)?;
    let stolen = installation.kubectl_with(binary, &file);
    let output = stolen.run(["get", "pods", "-n", "walk1"])?;
    assert!(refused(&output), "a token outlived its grant: {}", output.stdout);

    assert!(installation.kubeconfig_is_original()?, "the kubeconfig was changed");
    assert_eq!(objects(cluster, installation)?, "");
    Ok(())
}

fn token(installation: &Installation) -> Result<String> {
    let words = ["credential", "kubernetes", "--integration", INTEGRATION];
    let answer: Value = serde_json::from_str(&installation.run(words)?.ok()?.stdout)?;
    Ok(answer["status"]["token"].as_str().context("a credential has a token")?.to_owned())
}

#[test]
fn p24_the_deadline_ends_access_with_no_client_running() -> Result<()> {
    let Some(cluster) = shared()? else { return Ok(()) };
    cluster.seed("late")?;
    let scratch = Scratch::new()?;
    let installation = Installation::new(cluster, scratch.path(), &["late1"])?;
    let binary = counterparties::kubectl()?;
    let request = installation.request("late1", "4s")?;
    let open = installation.copy_kubeconfig("open.kubeconfig")?;
    let token = token(&installation)?;
    let file = installation.home().join("stolen.kubeconfig");
    std::fs::write(&file, cluster.kubeconfig("stolen", &token))?;
    let stolen = installation.kubectl_with(&binary, &file);
    let listed = stolen.run(["get", "pods", "-n", "late1"])?;
    assert!(listed.stdout.contains("mongodb"), "{}", listed.stderr);

    // Nothing of Bellhop runs now but its backend. The same token must stop working, and not before.
    let deadline = DateTime::parse_from_rfc3339(request["deadline"].as_str().context("deadline")?)?;
    let refused_at = wait::until("the token is refused", LIMIT, || {
        let output = stolen.run(["get", "pods", "-n", "late1"])?;
        Ok(refused(&output).then(wall_clock))
    })?;
    assert!(refused_at >= deadline.to_utc(), "refused before the deadline");
    assert!(refused(&pods(&installation.kubectl_with(&binary, &open), "late1")?));
    wait::until("the context is gone", LIMIT, || {
        Ok(installation.kubeconfig_is_original()?.then_some(()))
    })?;
    wait::until("nothing is left", LIMIT, || {
        Ok(objects(cluster, &installation)?.is_empty().then_some(()))
    })?;
    let shown = installation.json(["show", &number(&request)?])?;
    assert_eq!((&shown["status"], &shown["label"]), (&"ended".into(), &"Expired".into()));
    Ok(())
}

#[test]
fn a_backend_that_slept_past_the_deadline_ends_access_before_anything_else() -> Result<()> {
    let Some(cluster) = shared()? else { return Ok(()) };
    cluster.seed("sleepy")?;
    let scratch = Scratch::new()?;
    let mut installation = Installation::new(cluster, scratch.path(), &["sleepy1"])?;
    let request = installation.request("sleepy1", "2s")?;
    installation.kill()?;
    let deadline = DateTime::parse_from_rfc3339(request["deadline"].as_str().context("deadline")?)?;
    wait::until("the deadline has passed", LIMIT, || {
        let passed = wall_clock() > deadline.to_utc() + chrono::TimeDelta::seconds(1);
        Ok(passed.then_some(()))
    })?;
    // A change of the configuration waits behind the revocation, like everything else.
    let config = installation.home().join("config/bellhop.toml");
    let text = std::fs::read_to_string(&config)?;
    std::fs::write(&config, text.replace("RnD access", "Other access"))?;
    installation.start()?;
    let kinds: Vec<(String, i64)> = installation
        .audit()?
        .iter()
        .map(|e| {
            (
                e["kind"].as_str().unwrap_or_default().to_owned(),
                e["after"]["late_ms"].as_i64().unwrap_or(0),
            )
        })
        .collect();
    let at =
        |kind: &str| kinds.iter().position(|(k, _)| k == kind).with_context(|| kind.to_owned());
    let last_flow =
        kinds.iter().rposition(|(kind, _)| kind == "flow.changed").context("changed")?;
    assert!(at("grant.ended")? < last_flow, "{kinds:?}");
    assert!(kinds[at("grant.ended")?].1 >= 1_000, "{kinds:?}");
    assert_eq!(objects(cluster, &installation)?, "");
    wait::until("the context is gone", LIMIT, || {
        Ok(installation.kubeconfig_is_original()?.then_some(()))
    })?;
    Ok(())
}

#[test]
fn p23_the_current_context_changes_only_when_asked() -> Result<()> {
    let Some(cluster) = shared()? else { return Ok(()) };
    cluster.seed("current")?;
    let scratch = Scratch::new()?;
    let installation = Installation::new(cluster, scratch.path(), &["current1"])?;
    let kubectl = installation.kubectl(&counterparties::kubectl()?);
    let current = || kubectl.get(["config", "current-context"]);
    let before = current()?;
    let request = installation.request("current1", "10m")?;
    assert_eq!(current()?, before);
    let number = number(&request)?;
    installation.run(["access", &number, "--add-context"])?.ok()?;
    assert_eq!(current()?, before);
    installation.run(["access", &number, "--add-context", "--use"])?.ok()?;
    assert_eq!(current()?.trim(), CONTEXT);
    installation.json(["end", &number])?;
    assert_eq!(current()?, before);
    assert!(installation.kubeconfig_is_original()?);
    Ok(())
}

#[test]
fn two_requests_share_an_account_and_the_last_one_out_takes_it_along() -> Result<()> {
    let Some(cluster) = shared()? else { return Ok(()) };
    cluster.seed("pair")?;
    let scratch = Scratch::new()?;
    let installation = Installation::new(cluster, scratch.path(), &["pair1", "pair2"])?;
    let kubectl = installation.kubectl(&counterparties::kubectl()?);
    let one = installation.request("pair1", "10m")?;
    let two = installation.request("pair2", "10m")?;
    assert!(!refused(&pods(&kubectl, "pair1")?) && !refused(&pods(&kubectl, "pair2")?));
    installation.json(["end", &number(&one)?])?;
    assert!(refused(&pods(&kubectl, "pair1")?) && !refused(&pods(&kubectl, "pair2")?));
    installation.json(["end", &number(&two)?])?;
    assert_eq!(objects(cluster, &installation)?, "");
    assert!(installation.kubeconfig_is_original()?);
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "compared with deadlines that the backend set")]
fn wall_clock() -> DateTime<Utc> {
    Utc::now()
}

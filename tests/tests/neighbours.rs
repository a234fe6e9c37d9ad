//! Two installations on one cluster, and people who change things by hand.

#![expect(clippy::indexing_slicing, reason = "JSON without the key is null, and fails the test")]

use std::time::Duration;

use anyhow::Result;
use bellhop_e2e::cluster::Cluster;
use bellhop_e2e::installation::{Installation, number};
use bellhop_e2e::scratch::Scratch;
use bellhop_e2e::shared::shared;
use bellhop_e2e::{counterparties, wait};

const LIMIT: Duration = Duration::from_secs(20);
const CONTEXT: &str = "bellhop-k8s-real";

fn can_list(installation: &Installation, namespace: &str) -> Result<bool> {
    let kubectl = installation.kubectl(&counterparties::kubectl()?);
    Ok(kubectl.run(["get", "pods", "-n", namespace, "--context", CONTEXT])?.status.success())
}

fn bindings(cluster: &Cluster, installation: &Installation, namespace: &str) -> Result<String> {
    let label = format!("bellhop/installation={},bellhop/part=grant", installation.id()?);
    cluster.admin().get(["get", "rolebindings", "-n", namespace, "-l", &label, "-o", "name"])
}

/// A sweep runs at every start.
fn sweep(installation: &mut Installation) -> Result<()> {
    installation.stop()?;
    installation.start()
}

fn has(installation: &Installation, kind: &str) -> Result<bool> {
    Ok(installation.audit()?.iter().any(|event| event["kind"] == kind))
}

#[test]
fn p25_two_installations_on_one_cluster_leave_each_other_alone() -> Result<()> {
    let Some(cluster) = shared()? else { return Ok(()) };
    cluster.seed("shared")?;
    let (one_dir, two_dir) = (Scratch::new()?, Scratch::new()?);
    let mut one = Installation::new(cluster, one_dir.path(), &["shared1"])?;
    let mut two = Installation::new(cluster, two_dir.path(), &["shared1"])?;
    let first = one.request("shared1", "10m")?;
    let second = two.request("shared1", "10m")?;

    // A sweep of one, an end of one and a fresh connect of one leave the other's access alone.
    sweep(&mut one)?;
    one.run(["connect", "kubernetes", "k8s-real", "--yes", "--context", "admin@real"])?.ok()?;
    assert!(can_list(&two, "shared1")?);
    one.json(["end", &number(&first)?])?;
    assert!(!can_list(&one, "shared1")? && can_list(&two, "shared1")?);
    assert_eq!(bindings(cluster, &one, "shared1")?, "");
    sweep(&mut one)?;
    sweep(&mut two)?;
    assert!(can_list(&two, "shared1")?);
    assert!(!has(&one, "drift.removed")? && !has(&two, "drift.removed")?);
    two.json(["end", &number(&second)?])?;
    assert_eq!(bindings(cluster, &two, "shared1")?, "");
    Ok(())
}

#[test]
fn t14_a_binding_deleted_by_hand_ends_the_grant_as_drift() -> Result<()> {
    let Some(cluster) = shared()? else { return Ok(()) };
    cluster.seed("drift")?;
    let scratch = Scratch::new()?;
    let mut installation = Installation::new(cluster, scratch.path(), &["drift1"])?;
    let request = installation.request("drift1", "10m")?;
    let name = bindings(cluster, &installation, "drift1")?;
    cluster.admin().get(["delete", "-n", "drift1", name.trim()])?;
    assert!(!can_list(&installation, "drift1")?);
    sweep(&mut installation)?;
    let label = until_over(&installation, &number(&request)?)?;
    assert_eq!(label, "Removed outside");
    assert_eq!(bindings(cluster, &installation, "drift1")?, "", "drift is never made again");
    Ok(())
}

#[test]
fn t14_a_binding_changed_by_hand_is_removed_and_ends_the_grant() -> Result<()> {
    let Some(cluster) = shared()? else { return Ok(()) };
    cluster.seed("changed")?;
    let scratch = Scratch::new()?;
    let mut installation = Installation::new(cluster, scratch.path(), &["changed1"])?;
    let request = installation.request("changed1", "10m")?;
    let name = bindings(cluster, &installation, "changed1")?;
    let subject = r#"[{"op":"add","path":"/subjects/-","value":{"kind":"User","name":"eve","apiGroup":"rbac.authorization.k8s.io"}}]"#;
    cluster.admin().get(["patch", "-n", "changed1", name.trim(), "--type=json", "-p", subject])?;
    sweep(&mut installation)?;
    assert_eq!(until_over(&installation, &number(&request)?)?, "Removed outside");
    assert_eq!(bindings(cluster, &installation, "changed1")?, "");
    Ok(())
}

#[test]
fn t14_a_deleted_namespace_ends_the_grant_as_gone() -> Result<()> {
    let Some(cluster) = shared()? else { return Ok(()) };
    cluster.seed("deleted")?;
    let scratch = Scratch::new()?;
    let mut installation = Installation::new(cluster, scratch.path(), &["deleted1"])?;
    let request = installation.request("deleted1", "10m")?;
    cluster.admin().get(["delete", "namespace", "deleted1"])?;
    sweep(&mut installation)?;
    assert_eq!(until_over(&installation, &number(&request)?)?, "Target gone");
    Ok(())
}

#[test]
fn t14_what_no_live_grant_explains_is_removed_and_what_is_not_ours_stays() -> Result<()> {
    let Some(cluster) = shared()? else { return Ok(()) };
    cluster.seed("planted")?;
    let scratch = Scratch::new()?;
    let mut installation = Installation::new(cluster, scratch.path(), &["planted1"])?;
    let request = installation.request("planted1", "10m")?;
    let id = installation.id()?;
    let plant = |name: &str, installation: &str| {
        let admin = cluster.admin();
        admin.get([
            "create",
            "rolebinding",
            name,
            "-n",
            "planted1",
            "--clusterrole=edit",
            "--user=eve",
        ])?;
        let labels = [
            format!("bellhop/installation={installation}"),
            "bellhop/part=grant".to_owned(),
            "bellhop/grant=01a1fb7a-0000-7000-8000-000000000000".to_owned(),
        ];
        let mut words = vec!["label", "rolebinding", name, "-n", "planted1"];
        words.extend(labels.iter().map(String::as_str));
        admin.get(words)
    };
    plant("ours-without-a-grant", &id)?;
    plant("of-another-installation", "01a1fb7a-0000-7000-8000-00000000000f")?;
    sweep(&mut installation)?;
    wait::until("the sweep has removed it", LIMIT, || {
        Ok(has(&installation, "drift.removed")?.then_some(()))
    })?;
    let left = cluster.admin().get(["get", "rolebindings", "-n", "planted1", "-o", "name"])?;
    assert!(!left.contains("ours-without-a-grant"), "{left}");
    assert!(left.contains("of-another-installation"), "{left}");
    assert!(can_list(&installation, "planted1")?, "the live grant stays");
    installation.json(["end", &number(&request)?])?;
    Ok(())
}

#[test]
fn p25_what_another_installation_should_have_taken_away_is_named_and_left_alone() -> Result<()> {
    let Some(cluster) = shared()? else { return Ok(()) };
    cluster.seed("asleep")?;
    let (one_dir, two_dir) = (Scratch::new()?, Scratch::new()?);
    let mut one = Installation::new(cluster, one_dir.path(), &["asleep1"])?;
    let mut two = Installation::new(cluster, two_dir.path(), &["asleep1"])?;
    let (id, request) = (two.id()?, two.request("asleep1", "10m")?);
    let name = bindings(cluster, &two, "asleep1")?;
    let overdue = |looks: &Installation| -> Result<Vec<String>> {
        let shown = looks.json(["integrations", "show", "k8s-real"])?;
        let late = shown["diagnosis"]["overdue"].as_array().cloned().unwrap_or_default();
        let here = late.iter().filter(|one| one["installation"] == id.as_str());
        Ok(here.filter_map(|one| one["binding"]["name"].as_str().map(str::to_owned)).collect())
    };
    // What is open in time is nobody else's business.
    assert_eq!(overdue(&one)?, Vec::<String>::new());

    // The other Bellhop is off, and its deadline goes by.
    two.stop()?;
    let past = "bellhop/deadline=2026-01-02T03:04:05Z";
    cluster.admin().get(["annotate", "--overwrite", "-n", "asleep1", name.trim(), past])?;
    let doctor = one.run(["doctor"])?.ok()?;
    let binding = name.trim().rsplit('/').next().unwrap_or_default();
    for told in [
        format!("RoleBinding {binding} to edit in asleep1, of installation {id}"),
        "should have ended 2026-01-02 03:04:05 UTC (".to_owned(),
        " days ago)".to_owned(),
        "Its Bellhop is off or gone".to_owned(),
        format!("kubectl delete rolebinding {binding} -n asleep1"),
    ] {
        assert!(doctor.stdout.contains(&told), "{told:?} is not in {}", doctor.stdout);
    }
    sweep(&mut one)?;
    assert_eq!(overdue(&one)?, [binding]);
    assert_eq!(bindings(cluster, &one, "asleep1")?, "");
    let there = cluster.admin().get(["get", "-n", "asleep1", name.trim(), "-o", "name"])?;
    assert_eq!(there, name, "it is left alone");
    // The advice works: the other one ends it when it is back, and so does an admin by hand.
    cluster.admin().get(["delete", "rolebinding", binding, "-n", "asleep1"])?;
    assert_eq!(overdue(&one)?, Vec::<String>::new());
    two.start()?;
    assert_eq!(until_over(&two, &number(&request)?)?, "Removed outside");
    Ok(())
}

fn until_over(installation: &Installation, number: &str) -> Result<String> {
    wait::until("the request is over", LIMIT, || {
        let shown = installation.json(["show", number])?;
        let over = shown["status"] == "ended" || shown["status"] == "failed";
        Ok(over.then(|| shown["label"].as_str().unwrap_or_default().to_owned()))
    })
}

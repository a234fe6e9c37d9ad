//! What people may ask for, found and explained in the terminal, on a real cluster.

use std::time::Duration;

use anyhow::Result;
use bellhop_e2e::installation::{INTEGRATION, Installation, user};
use bellhop_e2e::scratch::Scratch;
use bellhop_e2e::shared::shared;
use bellhop_e2e::wait;
use serde_json::Value;

const LIMIT: Duration = Duration::from_secs(20);

fn found(installation: &Installation, words: &str) -> Result<Vec<String>> {
    let list = installation.json(["search", words])?;
    let items = list.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
    let target = |item: &Value| item.get("target").and_then(Value::as_str).map(str::to_owned);
    Ok(items.iter().filter_map(target).collect())
}

fn target(namespace: &str) -> String {
    format!("{INTEGRATION}/namespace/{namespace}:edit")
}

#[test]
fn what_is_in_the_cluster_is_found_asked_for_by_its_short_name_and_explained() -> Result<()> {
    let Some(cluster) = shared()? else { return Ok(()) };
    cluster.seed("finder")?;
    let scratch = Scratch::new()?;
    let installation = Installation::new(cluster, scratch.path(), &["finder*"])?;
    // Connecting is enough: nobody has to ask for the list.
    wait::until("the namespaces are known", LIMIT, || {
        let all = found(&installation, "finder")?;
        Ok((all == [target("finder1"), target("finder2"), target("finder3")]).then_some(()))
    })?;
    assert_eq!(found(&installation, "FNDR2 ed")?, [target("finder2")]);
    let table = installation.run(["search", "finder2"])?.ok()?.stdout;
    assert!(table.contains("APPROVED BY") && table.contains(&target("finder2")), "{table}");

    cluster.admin().get(["delete", "namespace", "finder3", "--wait=true"])?;
    installation.run(["integrations", "sync", INTEGRATION])?.ok()?;
    assert_eq!(found(&installation, "finder3")?, Vec::<String>::new());

    let asked = ["request", "finder1", "--reason", "why", "--wait"];
    let ran = installation.run(asked)?.ok()?;
    assert!(ran.stderr.contains(&format!("finder1 is {}", target("finder1"))), "{}", ran.stderr);
    let list = installation.json(["search", "finder1"])?;
    assert_eq!(list.pointer("/items/0/active").and_then(Value::as_str), Some("R-1001"));

    let yes = installation.run(["explain", "finder2"])?.ok()?.stdout;
    for part in [&format!("{} may request {}", user()?, target("finder2")), "at once, by the flow"]
    {
        assert!(yes.contains(part), "{yes}");
    }
    let no = installation.run(["explain", "k8s-real/namespace/other:edit"])?.ok()?.stdout;
    assert!(no.contains("may not request") && no.contains("no flow covers"), "{no}");
    Ok(())
}

#[test]
fn bad_input_is_one_clear_error_with_what_is_nearest() -> Result<()> {
    let Some(cluster) = shared()? else { return Ok(()) };
    cluster.seed("typo")?;
    let scratch = Scratch::new()?;
    let installation = Installation::new(cluster, scratch.path(), &["typo1", "typo2"])?;
    let long = "x".repeat(201);
    for (args, code, says) in [
        (vec!["request", "typ0"], 2, "The nearest are:\n  k8s-real/namespace/typo1:edit"),
        (vec!["request", "k8s-reel/namespace/typo1:edit"], 4, "Did you mean k8s-real?"),
        (
            vec!["request", "k8s-real/namespace/typpo2:edit"],
            3,
            "Did you mean k8s-real/namespace/typo2:edit?",
        ),
        (vec!["request", "k8s-real/namespace/typo1:"], 2, "A target looks like"),
        (vec!["request", "typo1", "--for", "0"], 2, "Durations look like 30m"),
        (vec!["request", "typo1", "--for", "-1h"], 2, "\"-1h\" is not a duration"),
        (vec!["request", "typo1", "--for", "99999d"], 2, "between 1s and 365d"),
        (vec!["request", "typo1", "--for", "9h", "--reason", "x"], 2, "--for 8h"),
        (vec!["request", "typo1", "--preview"], 3, "asks for a reason"),
        (vec!["search", &long], 2, "200 are the most"),
        (vec!["explain", "typo1", "--as", "nobody-like-that"], 4, "there is no person"),
        (vec!["integrations", "sync", "k8s-reel"], 4, "Did you mean k8s-real?"),
    ] {
        let ran = installation.run(&args)?;
        assert_eq!(ran.code, code, "{args:?}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.contains(says), "{args:?}: {says:?} is not in {}", ran.stderr);
    }
    let all = installation.json(["list"])?;
    assert_eq!(all.get("items").and_then(Value::as_array).map(Vec::len), Some(0));
    Ok(())
}

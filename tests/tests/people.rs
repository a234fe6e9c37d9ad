//! Requests that people decide about, as people type them.

#![expect(clippy::indexing_slicing, reason = "JSON without the key is null, and fails the test")]

use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use bellhop_e2e::installation::{INTEGRATION, Installation, Ran, number, user};
use bellhop_e2e::scratch::Scratch;
use bellhop_e2e::shared::shared;
use bellhop_e2e::{planted, wait};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

const LIMIT: Duration = Duration::from_secs(20);

/// An installation in which people decide about `namespace`, as `approval` says.
fn asking(dir: &Scratch, name: &str, approval: &str) -> Result<Option<Installation>> {
    let Some(cluster) = shared()? else { return Ok(None) };
    let [namespace, ..] = cluster.seed(name)?;
    let mut made = Installation::new(cluster, dir.path(), &["nothing"])?;
    made.stop()?;
    let user = user()?;
    let flow = format!(
        r#"[[flow]]
id = "asked"
name = "Asked"
requesters = {{ users = ["{user}"] }}
duration = {{ default = "1h", max = "3h" }}
extend = {{ times = 2, by = "1h" }}
  [[flow.target]]
  integration = "{INTEGRATION}"
  type = "namespace"
  resources = ["{namespace}"]
  permissions = ["edit"]
  [flow.approval]
  {approval}
"#
    );
    made.configure("people.toml", &flow)?;
    planted::act_as(&made.store(), "erin")?;
    planted::act_as(&made.store(), &user)?;
    made.start()?;
    Ok(Some(made))
}

fn ask(made: &Installation, name: &str) -> Result<String> {
    let target = format!("{INTEGRATION}/namespace/{name}1:edit");
    number(&made.json(["request", &target, "--reason", "a slow query"])?)
}

fn says(ran: &Ran, code: i32, texts: &[&str]) {
    let all = format!("{}{}", ran.stdout, ran.stderr);
    assert_eq!(ran.code, code, "{all}");
    for text in texts {
        assert!(all.contains(text), "\"{text}\" is not in: {all}");
    }
}

/// Waits until the request is in this state, and gives it.
fn until(made: &Installation, number: &str, status: &str) -> Result<Value> {
    wait::until(status, LIMIT, || {
        let shown = made.json(["show", number])?;
        Ok((shown["status"] == status).then_some(shown))
    })
}

#[test]
fn t05_whoever_asked_does_not_approve_in_the_terminal_either() -> Result<()> {
    let scratch = Scratch::new()?;
    let user = user()?;
    let rule = format!("steps = [{{ any = {{ users = [\"{user}\", \"erin\"] }} }}]");
    let Some(made) = asking(&scratch, "tfive", &rule)? else { return Ok(()) };
    let number = ask(&made, "tfive")?;
    for verb in ["approve", "deny"] {
        let ran = made.run([verb, &number, "--yes"])?;
        says(&ran, 3, &["is your own request", "Ask another approver"]);
    }
    let shown = made.json(["show", &number])?;
    assert_eq!((&shown["status"], &shown["waits"]["for_you"]), (&"pending".into(), &false.into()));
    assert_eq!(shown["waits"]["approvers"], serde_json::json!(["erin"]));
    Ok(())
}

#[test]
fn t05_self_approval_works_from_end_to_end_where_the_flow_allows_it() -> Result<()> {
    let scratch = Scratch::new()?;
    let user = user()?;
    let rule =
        format!("steps = [{{ any = {{ users = [\"{user}\"] }} }}]\n  self_approval = \"allowed\"");
    let Some(made) = asking(&scratch, "tself", &rule)? else { return Ok(()) };
    let target = format!("{INTEGRATION}/namespace/tself1:edit");
    thread::scope(|scope| {
        let waiting =
            scope.spawn(|| made.run(["request", &target, "--reason", "a slow query", "--wait"]));
        wait::until("it waits", LIMIT, || {
            let list = made.run(["list"])?.ok()?;
            Ok(list.stdout.contains("you").then_some(()))
        })?;
        let nobody = made.run(["approve", "R-1001"])?;
        says(&nobody, 1, &["R-1001  Pending", "a slow query", "Pass --yes"]);
        let approved = made.run(["approve", "R-1001", "--yes", "--note", "mine to say"])?;
        says(&approved, 0, &["R-1001 approved"]);
        let waited = waiting.join().map_err(|_| anyhow!("the one who waited panicked"))??;
        let waits = format!("Waits for {user}");
        says(&waited, 0, &["R-1001 Pending", &waits, "R-1001 Active until", "Context bellhop-"]);
        Ok::<_, anyhow::Error>(())
    })?;
    says(&made.run(["show", "R-1001"])?, 0, &["approved", &user, "mine to say", "Active"]);
    made.json(["end", "R-1001"])?;
    assert!(made.kubeconfig_is_original()?);
    Ok(())
}

#[test]
fn two_people_ask_approve_extend_and_deny() -> Result<()> {
    let scratch = Scratch::new()?;
    let rule = "steps = [{ any = { users = [\"erin\"] } }]";
    let Some(made) = asking(&scratch, "pairs", rule)? else { return Ok(()) };
    let user = user()?;
    let become_ = |handle: &str| planted::act_as(&made.store(), handle);
    let [first, second, third] = [ask(&made, "pairs")?, ask(&made, "pairs")?, ask(&made, "pairs")?];
    says(&made.run(["list"])?, 0, &["Pending", "WAITS FOR", "erin", "answer by"]);
    says(&made.run(["withdraw", &third])?, 0, &["Withdrawn"]);
    says(&made.run(["withdraw", &third])?, 0, &["Withdrawn"]);

    become_("erin")?;
    let list = made.run(["list"])?.ok()?;
    let lines: Vec<_> = list.stdout.lines().collect();
    assert!(lines[1].contains("you") && lines[2].contains("you"), "{}", list.stdout);
    assert!(!lines[3].contains("you") && lines[3].contains("Withdrawn"), "{}", list.stdout);
    // Whoever sits there is shown what it is and asked; everything but yes is no.
    for typed in ["n\n", "\n", "maybe\n", "\u{4}"] {
        let no = made.at_a_terminal(&format!("approve {first} --note 'go on'"), typed)?;
        says(&no, 1, &["a slow query", "Approve R-1001? [y/N]", "nothing was changed"]);
    }
    assert_eq!(made.json(["show", &first])?["status"], "pending");
    let yes = made.at_a_terminal(&format!("approve {first} --note 'go on'"), "y\n")?;
    says(&yes, 0, &["waits for  erin", "Approve R-1001? [y/N]", "R-1001 approved"]);
    says(&made.run(["deny", &second, "--yes", "--note", "not today"])?, 0, &["Denied"]);
    says(&made.run(["withdraw", &first])?, 3, &["not yours"]);
    // Too late and too often.
    let late = made.run(["deny", &first, "--yes"])?;
    says(&late, 1, &["changed meanwhile", "was approved by erin"]);
    says(&made.run(["approve", &first, "--yes"])?, 0, &["approved"]);

    become_(&user)?;
    let active = until(&made, &first, "active")?;
    assert_eq!(active["decision"]["by"], "erin");
    says(&made.run(["show", &second])?, 0, &["Denied", "denied", "by erin", "not today"]);
    made.run(["access", &first, "--add-context"])?.ok()?;
    let asked = made.run(["extend", &first])?;
    says(&asked, 0, &["waits for erin to give it 1h more", "Meanwhile it stays Active"]);
    says(&made.run(["list"])?, 0, &["Active, more time asked for"]);

    become_("erin")?;
    says(&made.run(["approve", &first, "--yes"])?, 0, &["1h more", "got 1h more: Active until"]);
    become_(&user)?;
    let longer = made.json(["show", &first])?;
    assert!(longer["deadline"].as_str() > active["deadline"].as_str(), "{longer}");
    assert!(!made.kubeconfig_is_original()?, "the context stays");
    made.json(["end", &first])?;
    assert!(made.kubeconfig_is_original()?);
    says(&made.run(["extend", &first])?, 1, &["cannot be extended"]);
    Ok(())
}

#[test]
fn who_waits_is_told_no_in_the_words_of_what_happened() -> Result<()> {
    let scratch = Scratch::new()?;
    let rule = "steps = [{ any = { users = [\"erin\"] } }]\n  lapse_after = \"3s\"";
    let Some(made) = asking(&scratch, "nowait", rule)? else { return Ok(()) };
    let target = format!("{INTEGRATION}/namespace/nowait1:edit");
    let asking = ["request", &target, "--reason", "a slow query", "--wait"];
    let then = |then: &dyn Fn(&str) -> Result<()>| {
        thread::scope(|scope| {
            let waiting = scope.spawn(|| made.run(asking));
            let open = wait::until("it waits", LIMIT, || {
                let page = made.json(["list", "--open"])?;
                Ok(page["items"][0]["number"].as_str().map(str::to_owned))
            })?;
            then(&open)?;
            waiting.join().map_err(|_| anyhow!("the one who waited panicked"))?
        })
    };
    let withdrawn = then(&|open| made.run(["withdraw", open])?.ok().map(drop))?;
    says(&withdrawn, 3, &["was withdrawn by"]);
    let denied = then(&|open| {
        planted::act_as(&made.store(), "erin")?;
        made.run(["deny", open, "--yes", "--note", "not today"])?.ok().map(drop)
    })?;
    says(&denied, 3, &["was denied by erin: not today"]);
    planted::act_as(&made.store(), &user()?)?;
    let lapsed = then(&|_| Ok(()))?;
    says(&lapsed, 3, &["No answer", "got no answer in time"]);
    Ok(())
}

#[test]
fn p15_the_terminal_says_what_the_backend_says_and_that_is_what_is_stored() -> Result<()> {
    let scratch = Scratch::new()?;
    let rule = "steps = [{ any = { users = [\"erin\"] } }]";
    let Some(made) = asking(&scratch, "agree", rule)? else { return Ok(()) };
    let number = ask(&made, "agree")?;
    planted::act_as(&made.store(), "erin")?;
    made.run(["deny", &number, "--yes", "--note", "not today"])?.ok()?;
    let stored = made.json(["audit", "list", "--request", &number])?;
    let rows = stored["items"].as_array().context("rows")?;
    let denied = rows.iter().map(|row| &row["event"]).find(|e| e["kind"] == "request.denied");
    let denied = denied.context("the decision is in the log")?;
    let wire = made.json(["show", &number])?;
    assert_eq!(denied["actor"]["handle"], wire["decision"]["by"]);
    let label = wire["label"].as_str().context("a label")?;
    let shown = made.run(["show", &number])?.ok()?.stdout;
    assert!(shown.starts_with(&format!("{number}  {label}\n")), "{shown}");
    assert!(shown.contains("by erin") && shown.contains("not today"), "{shown}");
    let list = made.run(["list"])?.ok()?.stdout;
    let line = list.lines().find(|line| line.starts_with(&number)).context("listed")?;
    assert!(line.contains(label), "{line}");
    Ok(())
}

#[test]
fn an_extended_request_keeps_its_context_past_the_old_deadline() -> Result<()> {
    let scratch = Scratch::new()?;
    let Some(made) = asking(&scratch, "longer", "mode = \"automatic\"")? else { return Ok(()) };
    let request = made.request("longer1", "8s")?;
    let number = number(&request)?;
    says(&made.run(["extend", &number])?, 0, &["Active until"]);
    let old = DateTime::parse_from_rfc3339(request["deadline"].as_str().context("a deadline")?)?;
    wait::until("the old deadline has passed", LIMIT, || {
        let passed = wall_clock() > old.to_utc() + TimeDelta::seconds(1);
        Ok(passed.then_some(()))
    })?;
    assert_eq!(made.json(["show", &number])?["status"], "active");
    assert!(!made.kubeconfig_is_original()?, "its context was taken away");
    let kinds: Vec<_> = made.audit()?.iter().map(|row| row["kind"].clone()).collect();
    assert!(!kinds.contains(&"grant.revoking".into()), "{kinds:?}");
    made.json(["end", &number])?;
    // The agent may have been faster than the command, and be at it still.
    wait::until("its context is gone", LIMIT, || Ok(made.kubeconfig_is_original()?.then_some(())))?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "compared with deadlines that the backend set")]
fn wall_clock() -> DateTime<Utc> {
    Utc::now()
}

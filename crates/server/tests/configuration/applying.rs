//! A plan says what would change, and exactly that is applied.

use bellhop_api::{ApplyFlows, Code, ConfigurationFile, End, LARGEST_BODY, PlanFlows};
use bellhop_domain::Verdict;
use bellhop_server::app::{AppError, configuration, requests};
use bellhop_store::{integrations, people};
use serde_json::json;

use crate::support::World;
use crate::support::open::Open;
use crate::{ASKING, applied, apply_as, files, planned, said};

/// Another flow beside the usual one.
const OTHER: &str = r#"
[[flow]]
id = "other"
name = "Other"
requesters = { users = ["dana"] }
duration = { default = "1h", max = "1h" }
  [[flow.target]]
  integration = "k8s-real"
  type = "namespace"
  resources = ["other"]
  permissions = ["view"]
  [flow.approval]
  mode = "automatic"
"#;

#[tokio::test]
async fn a_plan_says_what_changes_and_whom_it_touches() {
    let world = World::asking().await;
    let erin = world.member("erin").await;
    let live = world.ask().await;
    world.says(&erin, Verdict::Approve, &live).await.expect("allowed");
    world.work().await;
    world.ask().await;

    let same = planned(&world, ASKING).await;
    assert_eq!((same.add, same.change, same.remove, same.unchanged), (0, 0, 0, 2));
    assert!(same.changes.is_empty(), "{same:?}");

    let text = ASKING.replace("max = \"3h\"", "max = \"2h\"") + OTHER;
    let plan = planned(&world, &text).await;
    assert_eq!((plan.add, plan.change, plan.remove, plan.unchanged), (1, 1, 0, 1));
    let [other, rnd] = plan.changes.as_slice() else { panic!("{plan:?}") };
    assert_eq!((other.deed.as_str(), other.name.as_str()), ("add", "other"));
    assert_eq!((rnd.deed.as_str(), rnd.live_grants, rnd.pending_requests), ("change", 1, 1));
    let field = &rnd.fields[0];
    assert_eq!((rnd.fields.len(), field.field.as_str()), (1, "duration.max"));
    assert_eq!((field.before.as_str(), field.after.as_str()), ("3h", "2h"));

    let more = ASKING.replace("[\"edit\"]", "[\"edit\", \"view\"]");
    let plan = planned(&world, &more).await;
    let field = &plan.changes[0].fields[0];
    assert_eq!(field.field, "targets[0].permissions");
    assert_eq!(
        (field.before.as_str(), field.after.as_str()),
        (r#"["edit"]"#, r#"["edit","view"]"#)
    );

    let nothing = planned(&world, "").await;
    assert_eq!((nothing.add, nothing.change, nothing.remove), (0, 0, 2));
}

#[tokio::test]
async fn live_grants_survive_an_edit_and_pending_requests_are_asked_again() {
    let world = World::asking().await;
    let erin = world.member("erin").await;
    let live = world.ask().await;
    world.says(&erin, Verdict::Approve, &live).await.expect("allowed");
    world.work().await;
    let waiting = world.ask().await;
    applied(&world, &ASKING.replace("max = \"3h\"", "max = \"2h\"")).await.expect("applied");
    world.work().await;
    assert_eq!(world.show(&live.number).await.status, "active");
    let now = world.show(&waiting.number).await;
    assert_eq!(now.status, "pending");
    assert_ne!(now.seen, waiting.seen, "what was shown before cannot be decided");
    world.says(&erin, Verdict::Approve, &waiting).await.expect_err("an old picture");
    world.says(&erin, Verdict::Approve, &now).await.expect("allowed");
}

#[tokio::test]
async fn another_plan_by_then_is_a_conflict_that_shows_it_and_changes_nothing() {
    let world = World::asking().await;
    let shown = planned(&world, &(ASKING.to_owned() + OTHER)).await;
    applied(&world, &ASKING.replace("RnD access", "Meanwhile")).await.expect("applied");
    let rows = world.kinds().await.len();
    let late =
        apply_as(&world, &world.dana, (files(&(ASKING.to_owned() + OTHER)), &shown.hash)).await;
    let Err(AppError::OtherPlan(now)) = late else { panic!("{late:?}") };
    assert_eq!((now.add, now.change), (1, 1));
    assert_ne!(now.hash, shown.hash);
    assert_eq!(world.kinds().await.len(), rows);
    // What is shown now can be applied; and the same a second time cannot.
    let text = ASKING.to_owned() + OTHER;
    apply_as(&world, &world.dana, (files(&text), &now.hash)).await.expect("applied");
    let twice = apply_as(&world, &world.dana, (files(&text), &now.hash)).await;
    let Err(AppError::OtherPlan(none)) = twice else { panic!("{twice:?}") };
    assert!(none.changes.is_empty());
}

#[tokio::test]
async fn a_plan_says_that_open_access_holds_an_integration() {
    let world = World::asking().await;
    let erin = world.member("erin").await;
    assert_eq!(planned(&world, "").await.blocked, None);
    let live = world.ask().await;
    world.says(&erin, Verdict::Approve, &live).await.expect("allowed");
    world.work().await;
    let blocked = planned(&world, "").await.blocked.expect("it is held");
    assert!(blocked.contains(&live.number) && blocked.contains("End it first"), "{blocked}");
    assert_eq!(said(applied(&world, "").await), blocked);
    assert_eq!(planned(&world, ASKING).await.blocked, None);
}

#[tokio::test]
async fn p22_what_was_applied_is_on_record_with_who_did_it() {
    let world = World::asking().await;
    let before = world.kinds().await.len();
    applied(&world, &ASKING.replace("max = \"3h\"", "max = \"2h\"")).await.expect("applied");
    let mut tx = world.app.store.read().await.expect("opens");
    let rows = bellhop_store::audit::after(&mut tx, 0, None, 10_000).await.expect("reads");
    let row: serde_json::Value = serde_json::from_str(&rows[before].text).expect("JSON");
    assert_eq!(row["kind"], "flow.changed");
    assert_eq!(row["actor"], json!(bellhop_domain::Actor::from(&world.dana.person)));
    assert_eq!(row["before"]["flow"]["duration"]["max"], "3h");
    assert_eq!(row["after"]["flow"]["duration"]["max"], "2h");
}

#[tokio::test]
async fn p22_only_who_is_an_admin_at_that_moment_changes_flows() {
    let world = World::asking().await;
    let text = ASKING.replace("[\"erin\", \"finn\"]", "[\"erin\", \"dana\"]");
    let plan = planned(&world, &text).await;
    // Erin approves under this flow, and may not change who does.
    let erin = world.member("erin").await;
    let input = PlanFlows { files: files(&text) };
    let refused = said(configuration::plan(&world.app, &erin, input).await);
    assert!(refused.contains("only an admin may change flows"), "{refused}");
    let refused = said(apply_as(&world, &erin, (files(&text), &plan.hash)).await);
    assert!(refused.contains("only an admin may change flows"), "{refused}");
    said(configuration::export(&world.app, &erin).await);
    // Dana was one when she called, and is here no more.
    let rows = world.kinds().await.len();
    let mut tx = world.app.store.write().await.expect("opens");
    people::set_active(&mut tx, world.dana.person.id, false).await.expect("stored");
    tx.commit().await.expect("kept");
    let refused = said(apply_as(&world, &world.dana, (files(&text), &plan.hash)).await);
    assert!(refused.contains("was deactivated"), "{refused}");
    assert_eq!(world.kinds().await.len(), rows, "nothing was done");
}

#[tokio::test]
async fn an_integration_with_access_is_not_removed_and_one_without_is() {
    let world = World::new().await;
    let request = world.granted().await;
    let plan = planned(&world, "").await;
    let held: Vec<_> = plan.changes.iter().filter(|one| !one.held_by.is_empty()).collect();
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].held_by, std::slice::from_ref(&request.number));
    assert!(held[0].connected);
    let refused = said(apply_as(&world, &world.dana, (Vec::new(), &plan.hash)).await);
    assert!(refused.contains(&format!("bellhop end {}", request.number)), "{refused}");

    requests::end(&world.app, &world.dana, &request.number, End::default()).await.expect("hers");
    world.work().await;
    assert_eq!(world.fake.open(), 0);
    // A worker that slept may still make it again: it is read once more before anybody looks away.
    said(apply_as(&world, &world.dana, (Vec::new(), &plan.hash)).await);
    world.pass(120);
    world.work().await;
    apply_as(&world, &world.dana, (Vec::new(), &plan.hash)).await.expect("applied");
    let mut tx = world.app.store.read().await.expect("opens");
    assert_eq!(integrations::all(&mut tx).await.expect("reads"), []);
    drop(tx);
    // What looks after it again and again finds nothing to do; what was is still shown.
    world.pass(600);
    world.work().await;
    assert_eq!(world.show(&request.number).await.status, "ended");

    // Under the same name it is another system, which nobody has connected.
    applied(&world, ASKING).await.expect("applied");
    let found =
        integrations::by_name(&mut world.app.store.read().await.expect("opens"), "k8s-real")
            .await
            .expect("reads")
            .expect("there");
    assert_eq!((found.settings, found.pin, found.status.as_str()), (None, None, "error"));
}

#[tokio::test]
async fn what_does_not_read_is_told_with_file_and_line_and_nothing_is_applied() {
    let world = World::asking().await;
    let named =
        |name: &str, text: &str| ConfigurationFile { name: name.to_owned(), text: text.to_owned() };
    let large = "#".repeat(600 * 1024);
    for (files, says) in [
        (files(&ASKING.replace("usres", "x").replace("users = [\"dana\"]", "usres = []")), "users"),
        (files(&ASKING.replace("k8s-real\"\n  type", "k8s\"\n  type")), "a.toml: line 6: the flow"),
        (vec![named("../a.toml", "")], "NAME.toml"),
        (vec![named("a\\b.toml", "")], "NAME.toml"),
        (vec![named(".toml", "")], "NAME.toml"),
        (vec![named("a.tml", "")], "NAME.toml"),
        (vec![named("a\n.toml", "")], "NAME.toml"),
        (vec![named("a.toml", ""), named("a.toml", "")], "two files of this name"),
        (vec![named("a.toml", &large), named("b.toml", &large)], "are the most"),
    ] {
        let input = PlanFlows { files: files.clone() };
        let refused = configuration::plan(&world.app, &world.dana, input).await;
        let refused = refused.expect_err(says);
        assert_eq!(refused.code(), Code::InvalidInput);
        assert!(refused.to_string().contains(says), "{says} is not in {refused}");
        let input = ApplyFlows { files, plan: String::new() };
        let refused = configuration::apply(&world.app, &world.dana, input).await;
        assert!(said(refused).contains(says));
    }
}

#[tokio::test]
async fn over_http_a_whole_configuration_may_be_large_and_another_plan_comes_with_the_conflict() {
    let open = Open::door(World::asking().await);
    open.call_as("dana").await;
    let large = format!("{ASKING}\n# {}", "x".repeat(LARGEST_BODY));
    let files = json!([{ "name": "a.toml", "text": large }]);
    let (status, plan) = open.post("/flows/plan", &json!({ "files": files })).await;
    assert_eq!((status, plan["unchanged"].as_u64()), (200, Some(2)), "{plan}");
    let body = json!({ "files": files, "plan": "another" });
    let (status, problem) = open.post("/flows/apply", &body).await;
    assert_eq!((status, &problem["plan"]["hash"]), (409, &plan["hash"]), "{problem}");
    let huge = json!({ "files": [{ "name": "a.toml", "text": "x".repeat(3 * 1024 * 1024) }] });
    assert_eq!(open.post("/flows/plan", &huge).await.0, 413);
    let exported = open.client().export_flows().await.expect("answered");
    assert_eq!(exported.files.len(), 0, "the world put its own in force without keeping it");
}

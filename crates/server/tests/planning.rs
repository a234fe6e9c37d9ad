//! What a request would come to, and why: by the same decision as when it is made.

#![expect(clippy::expect_used, reason = "a test stops at what it cannot do")]

mod support;

use bellhop_api::{Code, CreateRequest, ExplainQuery, Explanation, Preview};
use bellhop_domain::Role;
use bellhop_server::app::{AppError, Caller, integrations, plan, requests};

use support::{ASKING, World, body};

/// One flow that approves by itself beside the one that asks.
fn two_flows() -> String {
    let quick = r#"
[[flow]]
id = "quick"
name = "Quick"
requesters = { users = ["dana"] }
reason = "optional"
duration = { default = "30m", max = "1h" }
  [[flow.target]]
  integration = "k8s-real"
  type = "namespace"
  resources = ["tools"]
  permissions = ["view"]
  [flow.approval]
  mode = "automatic"
"#;
    format!("{ASKING}{quick}")
}

async fn world() -> World {
    let world = World::with(&two_flows()).await;
    world.fake.offers(&["view", "edit"], [("customer1", "prod"), ("tools", "prod")]);
    integrations::sync(&world.app, &world.dana, "k8s-real").await.expect("synced");
    for handle in ["erin", "finn"] {
        world.member(handle).await;
    }
    world
}

async fn preview(world: &World, body: CreateRequest) -> Preview {
    plan::preview(&world.app, &world.dana, body).await.expect("answers")
}

fn ask(targets: &[&str]) -> CreateRequest {
    let targets = targets.iter().map(|&target| target.to_owned()).collect();
    CreateRequest { targets, ..body() }
}

async fn explain(world: &World, who: &Caller, target: &str, of: Option<&str>) -> Explanation {
    let query = ExplainQuery { target: target.to_owned(), person: of.map(str::to_owned) };
    plan::explain(&world.app, who, query).await.expect("answers")
}

#[tokio::test]
async fn a_preview_says_who_decides_and_how_long_and_stores_nothing() {
    let world = world().await;
    let before = world.app.store.commits();
    let shown = preview(&world, ask(&["customer1"])).await;
    assert_eq!((shown.requests.len(), &shown.refusal), (1, &None));
    let one = &shown.requests[0];
    assert_eq!(one.targets, ["k8s-real/namespace/customer1:edit"]);
    assert_eq!(one.decided_by, ["erin", "finn"]);
    assert_eq!(one.duration_seconds, Some(3_600));
    let end = one.deadline.expect("known").format("%Y-%m-%d %H:%M:%S UTC").to_string();
    assert!(one.ends_alone.contains(&end), "{}", one.ends_alone);
    assert_eq!(one.under.as_ref().expect("a flow").flow, "rnd");

    let quick = preview(&world, ask(&["tools"])).await;
    let one = &quick.requests[0];
    assert!(one.decided_by.is_empty() && one.refusal.is_none(), "{one:?}");
    assert_eq!(one.under.as_ref().expect("a flow").approval, "automatic");
    assert_eq!(world.app.store.commits(), before);
    let made = requests::create(&world.app, &world.dana, ask(&["tools"])).await.expect("taken");
    assert_eq!((made.number.as_str(), made.deadline), ("R-1001", one.deadline));
}

#[tokio::test]
async fn a_preview_refuses_with_the_words_of_the_refusal_itself() {
    let world = world().await;
    let long = CreateRequest { duration_seconds: Some(36_000), ..ask(&["tools"]) };
    let no_reason = CreateRequest { reason: String::new(), ..ask(&["customer1"]) };
    let twice = ask(&["customer1", "k8s-real/namespace/customer1:edit"]);
    for wrong in [
        ask(&["k8s-real/namespace/custmer1:edit"]),
        ask(&["k8s-real/namespace/customer1:admin"]),
        ask(&["k8s-reel/namespace/customer1:edit"]),
        ask(&["tools", "customer1"]),
        ask(&[]),
        long,
        no_reason,
        twice,
    ] {
        let shown = preview(&world, wrong.clone()).await;
        let refused = requests::create(&world.app, &world.dana, wrong.clone()).await;
        let refused = refused.expect_err("refused");
        let refusal = shown.refusal.expect("says so");
        assert_eq!(
            (refusal.code, refusal.detail),
            (refused.code(), refused.to_string()),
            "{wrong:?}"
        );
    }
}

#[tokio::test]
async fn targets_under_different_flows_are_a_request_each() {
    let world = world().await;
    let both = ask(&["tools", "customer1"]);
    let shown = preview(&world, both).await;
    let parts: Vec<_> = shown
        .requests
        .iter()
        .map(|one| {
            let flow = one.under.as_ref().map(|under| under.flow.clone());
            (flow.expect("a flow"), one.targets.join(" "), one.refusal.is_none())
        })
        .collect();
    assert_eq!(
        parts,
        [
            ("quick".to_owned(), "k8s-real/namespace/tools:view".to_owned(), true),
            ("rnd".to_owned(), "k8s-real/namespace/customer1:edit".to_owned(), true),
        ]
    );
    let text = shown.refusal.expect("one request cannot").detail;
    for part in ["quick: k8s-real/namespace/tools:view", "rnd: k8s-real/namespace/customer1:edit"] {
        assert!(text.contains(part), "{text}");
    }
}

#[tokio::test]
async fn a_refusal_names_what_was_probably_meant() {
    let world = world().await;
    for (target, says, code) in [
        ("k8s-reel/namespace/customer1:edit", "Did you mean k8s-real?", Code::NotFound),
        (
            "k8s-real/namespace/tolls:view",
            "Did you mean k8s-real/namespace/tools:view",
            Code::NotEntitled,
        ),
        (
            "k8s-real/namespace/customer1:admin",
            "Did you mean k8s-real/namespace/customer1:edit",
            Code::NotEntitled,
        ),
    ] {
        let refused = requests::create(&world.app, &world.dana, ask(&[target])).await;
        let refused = refused.expect_err("refused");
        assert!(refused.to_string().contains(says), "{refused}");
        assert_eq!(refused.code(), code);
    }
}

#[tokio::test]
async fn an_explanation_says_which_flow_or_why_none_and_who_can_change_that() {
    let world = world().await;
    let yes = explain(&world, &world.dana, "customer1", None).await;
    assert_eq!(
        (yes.target.as_str(), yes.person.as_str()),
        ("k8s-real/namespace/customer1:edit", "dana")
    );
    let under = yes.plan.under.as_ref().expect("a flow");
    assert_eq!((under.flow.as_str(), under.max_seconds), ("rnd", 10_800));
    assert_eq!((yes.plan.refusal, yes.notes.len(), yes.ask.len()), (None, 0, 0));

    // Zoe is nobody to the flow; Dana, the first one, is an admin and can change that.
    world.member("zoe").await;
    let target = "k8s-real/namespace/customer1:edit";
    let other = explain(&world, &world.dana, target, Some("zoe")).await;
    let why = other.plan.refusal.expect("refused").detail;
    assert!(why.contains("no flow lets zoe") && why.contains("\"rnd\" covers it"), "{why}");
    assert_eq!(other.ask, ["dana"]);

    let unknown = explain(&world, &world.dana, "k8s-real/namespace/customer9:edit", None).await;
    assert!(unknown.plan.refusal.is_none(), "the flow's glob covers it");
    let note = unknown.notes.join("\n");
    assert!(note.contains("no namespace \"customer9\"") && note.contains("customer1"), "{note}");
    let wrong = explain(&world, &world.dana, "k8s-real/namespace/customer1:admin", None).await;
    assert!(wrong.plan.refusal.is_some() && wrong.plan.under.is_none());
    assert!(wrong.notes.join("\n").contains("It offers edit and view"), "{:?}", wrong.notes);
    let typed = explain(&world, &world.dana, "k8s-real/database/customer1:edit", None).await;
    assert!(typed.notes.join("\n").contains("It has namespace"), "{:?}", typed.notes);
    let system = explain(&world, &world.dana, "k8s-reel/namespace/customer1:edit", None).await;
    let why = system.plan.refusal.expect("refused").detail;
    assert!(why.contains("k8s-real"), "{why}");
}

#[tokio::test]
async fn members_explain_themselves_and_admins_anybody() {
    let world = world().await;
    let erin = world.member("erin").await;
    assert_eq!(erin.person.role, Role::Member);
    let target = "k8s-real/namespace/customer1:edit";
    let about = |who: Option<&str>| ExplainQuery {
        target: target.to_owned(),
        person: who.map(str::to_owned),
    };
    for own in [None, Some("erin")] {
        let answer = plan::explain(&world.app, &erin, about(own)).await.expect("about herself");
        assert_eq!(answer.person, "erin");
    }
    // What is there is nothing to a member who may not ask for it.
    for resource in ["tools", "not-there"] {
        let text = format!("k8s-real/namespace/{resource}:admin");
        let blind = explain(&world, &erin, &text, None).await;
        assert_eq!(blind.notes, Vec::<String>::new());
        assert_eq!(
            explain(&world, &world.dana, &text, None).await.notes.len(),
            if resource == "tools" { 1 } else { 2 }
        );
    }
    for other in ["dana", "nobody-of-this-name"] {
        let refused = plan::explain(&world.app, &erin, about(Some(other))).await;
        assert!(matches!(refused, Err(AppError::Forbidden(_))), "{refused:?}");
    }
    let missing = plan::explain(&world.app, &world.dana, about(Some("erinn"))).await;
    let text = missing.expect_err("nobody").to_string();
    assert!(text.contains("Did you mean erin?"), "{text}");
}

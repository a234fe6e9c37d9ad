//! What people may ask for: all of it, nothing else, and as it is at that moment.

#![expect(clippy::expect_used, reason = "a test stops at what it cannot do")]

mod support;

use std::sync::Arc;

use bellhop_api::{CreateRequest, End, TargetList, TargetQuery};
use bellhop_server::app::{App, AppError, Caller, Once, integrations, requests, targets};
use bellhop_store::{Place, Store};

use support::{World, body};

const CONFIG: &str = r#"
[[integration]]
name = "k8s-real"
kind = "kubernetes"

[[flow]]
id = "a-quick"
name = "Quick"
requesters = { users = ["dana"] }
reason = "optional"
duration = { default = "30m", max = "1h" }
  [[flow.target]]
  integration = "k8s-real"
  type = "namespace"
  resources = ["customer1", "not-there-yet"]
  permissions = ["view", "debug"]
  [flow.approval]
  mode = "automatic"

[[flow]]
id = "b-asked"
name = "Asked"
requesters = { users = ["dana", "finn"] }
duration = { default = "1h", max = "8h" }
  [[flow.target]]
  integration = "k8s-real"
  type = "namespace"
  resources = ["*", "kube-public"]
  permissions = ["view", "edit"]
  [flow.approval]
  steps = [{ any = { users = ["erin", "ada"] } }]
"#;

/// Dana may ask under both flows, and these namespaces are there.
async fn world() -> World {
    let world = World::with(CONFIG).await;
    let there = ["customer1", "customer2", "payments", "kube-system", "kube-public"];
    world.fake.offers(&["view", "edit"], there.map(|name| (name, "Prod")));
    integrations::sync(&world.app, &world.dana, "k8s-real").await.expect("synced");
    world.member("erin").await;
    world
}

async fn page(app: &App, who: &Caller, query: TargetQuery) -> Result<TargetList, AppError> {
    targets::search(app, &who.person, query).await
}

async fn found(app: &App, who: &Caller, q: &str) -> Vec<String> {
    let query = TargetQuery { q: q.to_owned(), ..TargetQuery::default() };
    let list = page(app, who, query).await.expect("found");
    let short = |target: &str| target.trim_start_matches("k8s-real/namespace/").to_owned();
    list.items.iter().map(|item| short(&item.target)).collect()
}

fn ask(target: &str) -> CreateRequest {
    CreateRequest { targets: vec![target.to_owned()], ..body() }
}

#[tokio::test]
async fn only_what_somebody_may_request_is_found_each_under_the_flow_that_decides() {
    let world = world().await;
    // A glob never reaches kube-*, "debug" is not offered, and a name that is written out counts
    // before anybody has seen it.
    let all = found(&world.app, &world.dana, "").await;
    let expected = [
        "customer1:edit",
        "customer1:view",
        "customer2:edit",
        "customer2:view",
        "kube-public:edit",
        "kube-public:view",
        "not-there-yet:view",
        "payments:edit",
        "payments:view",
    ];
    let mut sorted = expected.to_vec();
    sorted.sort_unstable();
    assert_eq!(all, sorted);
    let finn = world.member("finn").await;
    assert!(!found(&world.app, &finn, "").await.contains(&"not-there-yet:view".to_owned()));
    assert_eq!(found(&world.app, &world.member("zoe").await, "").await, Vec::<String>::new());

    let query = TargetQuery { q: "customer1".to_owned(), ..TargetQuery::default() };
    let list = page(&world.app, &world.dana, query).await.expect("found");
    let view = list.items.iter().find(|item| item.permission == "view").expect("found");
    assert_eq!((view.under.flow.as_str(), view.under.approval.as_str()), ("a-quick", "automatic"));
    assert_eq!((view.under.default_seconds, view.under.max_seconds), (1_800, 3_600));
    assert!(!view.under.reason_required && view.closed.is_none());
    let edit = list.items.iter().find(|item| item.permission == "edit").expect("found");
    assert_eq!(
        (edit.under.flow.as_str(), edit.under.approval.as_str()),
        ("b-asked", "erin or ada")
    );
    assert!(edit.under.reason_required);
    // As when it is asked for.
    let made = requests::create(&world.app, &world.dana, ask(&view.target)).await.expect("taken");
    assert_eq!(made.flow, view.under.flow);
}

#[tokio::test]
async fn letters_of_several_words_in_any_case_find_targets_and_their_tags() {
    let world = world().await;
    assert_eq!(found(&world.app, &world.dana, "CUST2 EDIT").await, ["customer2:edit"]);
    assert_eq!(found(&world.app, &world.dana, "edit cstmr2").await, ["customer2:edit"]);
    assert_eq!(found(&world.app, &world.dana, "payments:v").await[0], "payments:view");
    assert_eq!(found(&world.app, &world.dana, "env=prod pay edit").await, ["payments:edit"]);
    assert_eq!(found(&world.app, &world.dana, "env=test").await, Vec::<String>::new());
    assert_eq!(found(&world.app, &world.dana, "zzz").await, Vec::<String>::new());
}

#[tokio::test]
async fn what_was_requested_lately_comes_first_and_what_is_open_says_so() {
    let world = world().await;
    let target = "k8s-real/namespace/customer1:view";
    requests::create(&world.app, &world.dana, ask("payments:edit")).await.expect("taken");
    let open = requests::create(&world.app, &world.dana, ask(target)).await.expect("taken");
    world.work().await;
    let all = found(&world.app, &world.dana, "").await;
    assert_eq!(all[..3], ["customer1:view", "payments:edit", "customer1:edit"]);
    let list = page(&world.app, &world.dana, TargetQuery::default()).await.expect("found");
    assert_eq!(list.items[0].active.as_ref(), Some(&open.number));
    assert_eq!(list.items[1].active, None, "it waits for somebody");
    requests::end(&world.app, &world.dana, &open.number, End::default()).await.expect("ended");
    world.work().await;
    let list = page(&world.app, &world.dana, TargetQuery::default()).await.expect("found");
    assert_eq!(list.items[0].active, None);
}

#[tokio::test]
async fn pages_show_everything_once() {
    let world = world().await;
    for q in ["", "view", "e"] {
        let whole = found(&world.app, &world.dana, q).await;
        let (mut pages, mut cursor) = (Vec::new(), None);
        loop {
            let query = TargetQuery { q: q.to_owned(), limit: Some(2), cursor };
            let list = page(&world.app, &world.dana, query).await.expect("found");
            assert_eq!(list.total, whole.len() as u64);
            let short = |one: &str| one.trim_start_matches("k8s-real/namespace/").to_owned();
            pages.extend(list.items.iter().map(|item| short(&item.target)));
            cursor = list.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(pages, whole, "{q}");
    }
}

#[tokio::test]
async fn t08_a_search_that_is_too_long_or_has_a_false_cursor_is_an_error() {
    let world = world().await;
    let long = TargetQuery { q: "x".repeat(201), ..TargetQuery::default() };
    let refused = page(&world.app, &world.dana, long).await.expect_err("too long");
    assert!(refused.to_string().contains("200 are the most"), "{refused}");
    for cursor in ["zzz", "k8s-real/namespace/zzz:view", ""] {
        let query = TargetQuery { cursor: Some(cursor.to_owned()), ..TargetQuery::default() };
        let refused = page(&world.app, &world.dana, query).await.expect_err("no such place");
        assert!(matches!(refused, AppError::BadCursor(_)), "{refused}");
    }
}

#[tokio::test]
async fn a_change_shows_at_once_on_every_replica() {
    let world = world().await;
    let file = world.path("bellhop.db");
    let clock = Arc::new(world.clock.clone());
    let store = Store::open(&Place::File(file), Arc::clone(&clock) as _).await.expect("opens");
    let timer = Arc::new(world.timer.clone());
    let other = App::new(store, (clock, timer), Arc::new(world.fake.clone()));
    for app in [&world.app, &other] {
        assert_eq!(found(app, &world.dana, "paym edit").await, ["payments:edit"]);
    }
    // What is there.
    world.fake.offers(&["view", "edit"], [("payroll", "prod")]);
    integrations::sync(&world.app, &world.dana, "k8s-real").await.expect("synced");
    for app in [&world.app, &other] {
        assert_eq!(found(app, &world.dana, "pay edit").await, ["payroll:edit"]);
    }
    // What is offered on it.
    world.fake.offers(&["edit"], [("payroll", "prod")]);
    integrations::sync(&other, &world.dana, "k8s-real").await.expect("synced");
    for app in [&world.app, &other] {
        assert_eq!(found(app, &world.dana, "payroll").await, ["payroll:edit"]);
    }
    // Who may ask for it, and whether it can be had.
    world.configure(&CONFIG.replace("\"dana\", \"finn\"", "\"finn\"")).await;
    for app in [&world.app, &other] {
        assert_eq!(found(app, &world.dana, "payroll").await, Vec::<String>::new());
    }
    world.fake.fail("check", bellhop_connectors::Fault::Unavailable("it is down".to_owned()));
    integrations::refresh(&world.app, "k8s-real").await.expect("checked");
    let finn = world.member("finn").await;
    for app in [&world.app, &other] {
        let list = page(app, &finn, TargetQuery::default()).await.expect("found");
        let closed = list.items[0].closed.as_ref().expect("says why");
        assert!(closed.contains("it is down"), "{closed}");
    }
}

#[tokio::test]
async fn a_short_name_stands_for_the_one_target_that_has_it() {
    let world = world().await;
    let made =
        requests::create(&world.app, &world.dana, ask("payments:edit")).await.expect("taken");
    assert_eq!(made.targets, ["k8s-real/namespace/payments:edit"]);
    let several = requests::create(&world.app, &world.dana, ask("payments")).await;
    let text = several.expect_err("two of them").to_string();
    for part in ["any of 2", "k8s-real/namespace/payments:edit", "k8s-real/namespace/payments:view"]
    {
        assert!(text.contains(part), "{text}");
    }
    let near = requests::create(&world.app, &world.dana, ask("paymnets")).await;
    let text = near.expect_err("misspelt").to_string();
    assert!(text.contains("none of the targets") && text.contains("payments:edit"), "{text}");
    let none = requests::create(&world.app, &world.member("zoe").await, ask("payments")).await;
    let text = none.expect_err("hers is nothing").to_string();
    assert!(text.contains("no flow in force lets zoe"), "{text}");
    // Before anybody has read what is there, a glob stands for nothing.
    let unread = World::new().await;
    let text = requests::create(&unread.app, &unread.dana, ask("payments")).await;
    let text = text.expect_err("not known").to_string();
    assert!(text.contains("bellhop integrations sync"), "{text}");
    // Whoever writes a whole target means that one, and nothing that is like it.
    for wrong in ["k8s-real/namespace/payments:", "k8s-real/namespace/pay ments:edit", "", "é"] {
        let refused = requests::create(&world.app, &world.dana, ask(wrong)).await;
        assert!(matches!(refused, Err(AppError::Invalid(_))), "{wrong}: {refused:?}");
    }
}

#[tokio::test]
async fn an_answer_is_kept_also_when_a_short_name_means_more_by_then() {
    let world = world().await;
    let once = || Caller {
        once: Some(Once::new(b"key", "/requests", b"body").expect("a key")),
        ..world.dana.clone()
    };
    let first = requests::create(&world.app, &once(), ask("customer2:edit")).await.expect("taken");
    world.configure(&CONFIG.replace("resources = [\"*\"", "resources = [\"payments\"")).await;
    let again = requests::create(&world.app, &once(), ask("customer2:edit")).await;
    assert_eq!(again.expect("the same").number, first.number);
    let anew = requests::create(&world.app, &world.dana, ask("customer2:edit")).await;
    assert!(anew.is_err(), "{anew:?}");
}

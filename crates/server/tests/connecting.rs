//! Connecting by hand: who may, what a look stores (nothing), whose the integration is, and what no
//! page is told.

#![expect(clippy::expect_used, reason = "a test stops at what it misses")]

mod support;

use async_trait::async_trait;
use bellhop_api::{
    AccessDetails, Code, ConfigurationFile, ConnectHere, ConnectPreview, Contexts, DisconnectHere,
    Hopped, KubeconfigContext, PlanFlows,
};
use bellhop_connectors::{About, Check, Finding, Flaw, Preview};
use bellhop_server::app::{AppError, Caller, configuration, here, integrations};
use bellhop_server::config;
use bellhop_server::workstation::{HopTo, Workstation, WorkstationError};
use bellhop_store::people;
use support::World;
use tokio::sync::watch;

/// A machine of which nothing but the way to its contexts is asked.
#[derive(Debug)]
struct Machine;

const NOT_ASKED: &str = "nobody asks that here";

#[async_trait]
impl Workstation for Machine {
    async fn contexts(&self) -> Result<Contexts, WorkstationError> {
        Err(WorkstationError(NOT_ASKED.to_owned()))
    }

    async fn hop(&self, _: HopTo) -> Result<Hopped, WorkstationError> {
        Err(WorkstationError(NOT_ASKED.to_owned()))
    }

    async fn use_access(&self, _: AccessDetails) -> Result<Hopped, WorkstationError> {
        Err(WorkstationError(NOT_ASKED.to_owned()))
    }

    fn way_to(&self, context: &str) -> Result<KubeconfigContext, WorkstationError> {
        Ok(KubeconfigContext {
            kubeconfig: vec!["/s3cret/kubeconfig".to_owned()],
            context: Some(context.to_owned()),
            path: Some("/s3cret/bin".to_owned()),
            https_proxy: Some("http://dana:s3cret@proxy".to_owned()),
            no_proxy: None,
        })
    }

    fn changes(&self) -> watch::Receiver<u64> {
        watch::channel(0).1
    }
}

fn ask(name: &str) -> ConnectHere {
    let (name, context) = (name.to_owned(), "prod".to_owned());
    ConnectHere { name, context, new: true, ..ConnectHere::default() }
}

async fn look(world: &World, who: &Caller, ask: ConnectHere) -> Result<ConnectPreview, AppError> {
    here::preview(&world.app, (who, &Machine), ask).await
}

async fn connect(world: &World, ask: ConnectHere) -> Result<bellhop_api::Connected, AppError> {
    here::connect(&world.app, (&world.dana, &Machine), ask).await
}

async fn disconnect(world: &World, name: &str) -> bellhop_api::Disconnected {
    let (name, context) = (name.to_owned(), Some("prod".to_owned()));
    let ask = DisconnectHere { name, context, forget: false };
    here::disconnect(&world.app, (&world.dana, &Machine), ask).await.expect("disconnects")
}

/// Another system than the one that the world is connected to.
fn another() -> Preview {
    let check = |about| Check { about, finding: Finding::Passed(String::new()) };
    let checks = About::ALL.map(check).to_vec();
    Preview { checks, pin: Some("another".to_owned()), ..Preview::default() }
}

async fn world() -> World {
    let world = World::new().await;
    world.fake.looks_like(another());
    world.fake.become_another("another");
    world
}

async fn names(world: &World) -> Vec<(String, String)> {
    let list = integrations::list(&world.app).await.expect("reads");
    list.items.into_iter().map(|one| (one.name, one.owner)).collect()
}

/// What applying this file would change.
async fn planned(world: &World, text: &str) -> Vec<String> {
    let file = ConfigurationFile { name: "a.toml".to_owned(), text: text.to_owned() };
    let input = PlanFlows { files: vec![file] };
    let plan = configuration::plan(&world.app, &world.dana, input).await.expect("plans");
    plan.changes.into_iter().map(|one| format!("{} {}", one.deed, one.name)).collect()
}

fn of(names: &[(&str, &str)]) -> Vec<(String, String)> {
    names.iter().map(|(name, owner)| ((*name).to_owned(), (*owner).to_owned())).collect()
}

#[tokio::test]
async fn a_look_stores_nothing_and_tells_no_page_what_is_in_a_context() {
    let world = world().await;
    let commits = world.app.store.commits();
    let found = look(&world, &world.dana, ask("k8s-new")).await.expect("looks");
    assert!(found.ready, "{found:?}");
    assert_eq!(world.app.store.commits(), commits);
    let told = serde_json::to_string(&found).expect("JSON");
    assert!(!told.contains("s3cret"), "{told}");
    let connected = connect(&world, ask("k8s-new")).await.expect("connects");
    let told = serde_json::to_string(&connected).expect("JSON");
    assert!(!told.contains("s3cret"), "{told}");
}

#[tokio::test]
async fn only_who_is_an_admin_at_that_moment_looks_and_connects() {
    let world = world().await;
    let erin = world.member("erin").await;
    // Dana was one when the call came in.
    let mut tx = world.app.store.write().await.expect("opens");
    people::set_active(&mut tx, world.dana.person.id, false).await.expect("kept");
    tx.commit().await.expect("kept");
    for who in [&erin, &world.dana] {
        let refused = look(&world, who, ask("k8s-new")).await.expect_err("refused");
        assert_eq!(refused.code(), Code::Forbidden, "{refused}");
        let refused =
            here::connect(&world.app, (who, &Machine), ask("k8s-new")).await.expect_err("refused");
        assert_eq!(refused.code(), Code::Forbidden, "{refused}");
    }
    assert_eq!(names(&world).await, of(&[("k8s-real", "file")]));
}

#[tokio::test]
async fn what_is_connected_by_hand_is_no_files_to_take_away_and_flows_may_name_it() {
    let world = world().await;
    let before = world.kinds().await.len();
    connect(&world, ask("k8s-new")).await.expect("connects");
    assert_eq!(world.kinds().await[before..], ["integration.added", "integration.connected"]);
    let both = of(&[("k8s-new", "ui"), ("k8s-real", "file")]);
    assert_eq!(names(&world).await, both);
    world.configure(support::CONFIG).await;
    assert_eq!(names(&world).await, both, "files that do not name it leave it alone");
    assert!(planned(&world, support::CONFIG).await.is_empty());

    let text = support::CONFIG.replace("integration = \"k8s-real\"", "integration = \"k8s-new\"");
    let files = [config::Source { name: "a.toml".to_owned(), text: text.clone() }];
    assert!(config::check_beside(&files, &[]).is_err(), "nobody defined it");
    config::check_beside(&files, &["k8s-new".to_owned()]).expect("reads");
    // A file that names it makes it its own, and what is connected stays so.
    let own = "[[integration]]\nname = \"k8s-new\"\nkind = \"kubernetes\"\n";
    assert_eq!(planned(&world, &format!("{own}{}", support::CONFIG)).await, ["change k8s-new"]);
    world.configure(&format!("{own}{text}")).await;
    assert_eq!(names(&world).await, of(&[("k8s-new", "file"), ("k8s-real", "file")]));
    let one = integrations::show(&world.app, "k8s-new").await.expect("is there");
    assert_eq!(one.status, "active");
}

#[tokio::test]
async fn a_name_is_taken_once_and_has_to_be_one() {
    let world = world().await;
    for (name, why) in [
        ("", "1 to 40"),
        ("K8s", "1 to 40"),
        ("../x", "1 to 40"),
        ("\u{202e}k8s", "1 to 40"),
        ("k8s-real", "connected already"),
    ] {
        let found = look(&world, &world.dana, ask(name)).await.expect("looks");
        let check = &found.checks[0];
        assert_eq!((check.check.as_str(), check.state.as_str()), ("name", "failed"), "{name}");
        assert!(check.why.contains(why) && !check.next.is_empty() && !found.ready, "{check:?}");
        assert!(connect(&world, ask(name)).await.is_err(), "{name}");
    }
    let again = ConnectHere { new: false, ..ask("nowhere") };
    let found = look(&world, &world.dana, again).await.expect("looks");
    assert!(found.checks[0].failed(), "{found:?}");
    assert_eq!(names(&world).await, of(&[("k8s-real", "file")]));
}

#[tokio::test]
async fn one_system_is_connected_under_one_name() {
    let world = world().await;
    let pin = Some("fake".to_owned());
    world.fake.looks_like(Preview { pin, ..another() });
    let found = look(&world, &world.dana, ask("k8s-new")).await.expect("looks");
    let check = found.checks.iter().find(|check| check.check == "system").expect("looked at");
    assert!(check.failed() && check.why.contains("as k8s-real"), "{check:?}");
    let refused = connect(&world, ask("k8s-new")).await.expect_err("refused");
    assert!(refused.to_string().contains("as k8s-real"), "{refused}");
    let again = ConnectHere { new: false, ..ask("k8s-real") };
    assert!(look(&world, &world.dana, again).await.expect("looks").ready, "it is the same");
}

#[tokio::test]
async fn what_a_look_finds_keeps_it_from_being_connected_and_nothing_is_stored() {
    let world = world().await;
    let flaw = Flaw {
        why: "nothing answers".to_owned(),
        next: "check the VPN".to_owned(),
        ..Flaw::default()
    };
    let mut found = another();
    found.checks[1].finding = Finding::Failed(flaw);
    world.fake.looks_like(found);
    let refused = connect(&world, ask("k8s-new")).await.expect_err("refused");
    assert_eq!(refused.code(), Code::Conflict);
    let text = refused.to_string();
    assert!(text.contains("nothing answers") && text.contains("check the VPN"), "{text}");
    assert_eq!(names(&world).await, of(&[("k8s-real", "file")]));
}

#[tokio::test]
async fn questions_are_bounded() {
    let world = world().await;
    let many: Vec<_> = (0..51).map(|number| format!("n{number}")).collect();
    for ask in [
        ConnectHere { namespaces: many.clone(), ..ask("k8s-new") },
        ConnectHere { offer: many.clone(), ..ask("k8s-new") },
        ConnectHere { context: "x".repeat(1_001), ..ask("k8s-new") },
        ConnectHere { context: String::new(), ..ask("k8s-new") },
    ] {
        let refused = look(&world, &world.dana, ask).await.expect_err("refused");
        assert_eq!(refused.code(), Code::InvalidInput, "{refused}");
    }
}

#[tokio::test]
async fn what_was_made_by_hand_goes_when_it_is_disconnected_unless_a_flow_names_it() {
    let world = world().await;
    connect(&world, ask("k8s-new")).await.expect("connects");
    disconnect(&world, "k8s-new").await;
    assert_eq!(names(&world).await, of(&[("k8s-real", "file")]));
    let list = integrations::list(&world.app).await.expect("reads");
    assert!(list.any_before);

    connect(&world, ask("k8s-new")).await.expect("connects again, as another");
    let flow = support::CONFIG.replace("integration = \"k8s-real\"", "integration = \"k8s-new\"");
    let files = [config::Source { name: "a.toml".to_owned(), text: flow }];
    let read = config::check_beside(&files, &["k8s-new".to_owned()]).expect("reads");
    config::put_in_force(&world.app, &read).await.expect("in force");
    disconnect(&world, "k8s-new").await;
    let one = integrations::show(&world.app, "k8s-new").await.expect("stays for the flow");
    assert_eq!((one.status.as_str(), one.owner.as_str()), ("error", "ui"));
    connect(&world, ask("k8s-new")).await.expect("connects again");
}

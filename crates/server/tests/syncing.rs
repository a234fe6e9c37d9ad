//! What can be asked for is what the last complete list says, and nobody waits for it to be written.

#![expect(clippy::expect_used, reason = "a test stops at what it cannot do")]

mod support;

use std::sync::Arc;

use bellhop_connectors::Fault;
use bellhop_domain::{Clock as _, Role};
use bellhop_server::app::{AppError, Caller, diagnosis, integrations, requests};
use bellhop_store::resources;

use support::{World, body};

async fn names(world: &World) -> Vec<String> {
    let mut tx = world.app.store.read().await.expect("opens");
    let found = bellhop_store::integrations::by_name(&mut tx, "k8s-real").await.expect("reads");
    let id = found.expect("there").id;
    let all = resources::all(&mut tx, id).await.expect("reads");
    let mut names: Vec<_> = all.into_iter().map(|one| one.name).collect();
    names.sort();
    names
}

async fn sync(world: &World) -> Result<bellhop_api::Integration, AppError> {
    integrations::sync(&world.app, &world.dana, "k8s-real").await
}

#[tokio::test]
async fn a_list_follows_the_system_and_comes_back_by_itself() {
    let world = World::new().await;
    world.fake.offers(&["edit"], [("customer1", "prod"), ("customer2", "test")]);
    let shown = sync(&world).await.expect("synced");
    assert_eq!((shown.resources, shown.synced_at.is_some()), (2, true));
    assert_eq!(names(&world).await, ["customer1", "customer2"]);

    // A start looks after every connected system, and again every few minutes.
    let world = world.restart().await;
    world.fake.offers(&["edit"], [("customer2", "test"), ("customer3", "prod")]);
    world.work().await;
    assert_eq!(names(&world).await, ["customer2", "customer3"]);
    world.fake.offers(&["edit"], [("customer3", "prod")]);
    world.pass(60);
    world.work().await;
    assert_eq!(names(&world).await.len(), 2, "not every minute");
    world.pass(240);
    world.work().await;
    assert_eq!(names(&world).await, ["customer3"]);
}

#[tokio::test]
async fn only_a_complete_list_removes_anything() {
    let world = World::new().await;
    world.fake.offers(&["edit"], [("customer1", "prod")]);
    sync(&world).await.expect("synced");
    world.fake.offers(&["edit"], []);
    for fault in [
        Fault::Unavailable("half a list".to_owned()),
        Fault::NotAllowed("no right".to_owned()),
        Fault::WrongSystem("another one".to_owned()),
    ] {
        world.fake.fail("discover", fault);
        assert!(sync(&world).await.is_err());
        assert_eq!(names(&world).await, ["customer1"]);
    }
    sync(&world).await.expect("synced");
    assert_eq!(names(&world).await, Vec::<String>::new());
}

#[tokio::test]
async fn what_an_older_picture_says_is_not_written_over_a_newer_one() {
    let world = World::new().await;
    world.fake.offers(&["edit"], [("old", "prod")]);
    let (app, dana, fake) = (Arc::clone(&world.app), world.dana.clone(), world.fake.clone());
    // While the first list is under way, somebody else reads and writes a newer one.
    world.fake.hold("discover", async move {
        fake.offers(&["edit"], [("newer", "prod")]);
        integrations::sync(&app, &dana, "k8s-real").await.expect("the other one");
        fake.offers(&["edit"], [("old", "prod")]);
        let later = fake.clone();
        fake.during("discover", move || later.offers(&["edit"], [("newest", "prod")]));
    });
    sync(&world).await.expect("begins anew");
    assert_eq!(names(&world).await, ["newest"]);
}

#[tokio::test]
async fn a_request_is_taken_while_a_long_list_is_written() {
    let world = World::new().await;
    let many: Vec<String> = (0..20_000).map(|n| format!("customer{n}")).collect();
    world.fake.offers(&["edit"], many.iter().map(|name| (name.as_str(), "prod")));
    let before = world.app.store.commits();
    let (synced, asked) = tokio::join!(sync(&world), async {
        // Let the writing begin.
        while world.app.store.commits() == before {
            tokio::task::yield_now().await;
        }
        let request = requests::create(&world.app, &world.dana, body()).await;
        (request, world.app.store.commits() - before)
    });
    assert_eq!(synced.expect("synced").resources, 20_000);
    let (request, commits) = asked;
    assert!(request.is_ok(), "{request:?}");
    assert!(commits < 10, "it waited for {commits} parts of the list");
}

#[tokio::test]
async fn only_an_admin_syncs_and_only_what_there_is() {
    let world = World::new().await;
    let erin: Caller = world.member("erin").await;
    assert_eq!(erin.person.role, Role::Member);
    let refused = integrations::sync(&world.app, &erin, "k8s-real").await;
    assert!(matches!(refused, Err(AppError::Forbidden(_))), "{refused:?}");
    let missing = integrations::sync(&world.app, &world.dana, "k8s-reel").await;
    let text = missing.expect_err("there is none").to_string();
    assert!(text.contains("Did you mean k8s-real?"), "{text}");
}

/// What does not work of the work that comes back, as everybody is told.
async fn failing(world: &World) -> Vec<bellhop_api::FailingWork> {
    let list = integrations::list(&world.app).await.expect("reads");
    list.items.into_iter().flat_map(|one| one.failing).collect()
}

#[tokio::test]
async fn a_sync_that_fails_is_told_until_one_goes_well() {
    let world = World::new().await.restart().await;
    world.fake.offers(&["edit"], [("customer1", "prod")]);
    let broken = || world.fake.fail("discover", Fault::NotAllowed("no right to list".to_owned()));
    broken();
    world.work().await;
    let told = failing(&world).await;
    assert_eq!(told.len(), 1, "{told:?}");
    let (one, now) = (&told[0], world.clock.now());
    assert_eq!((one.work.as_str(), one.times), ("sync", 1));
    assert_eq!(one.what, "reading what can be asked for");
    assert!(one.why.contains("no right to list") && one.next_at > now, "{one:?}");
    broken();
    world.pass(60);
    world.work().await;
    assert_eq!(failing(&world).await[0].times, 2);
    // It outlives a restart, and ends with the first try that goes well.
    let world = world.restart().await;
    assert_eq!(failing(&world).await[0].times, 2);
    world.work().await;
    assert_eq!(failing(&world).await, []);

    // One that goes well by hand counts, too; one that fails by hand is said to whoever tried.
    let broken = || world.fake.fail("discover", Fault::NotAllowed("no right to list".to_owned()));
    broken();
    world.pass(300);
    world.work().await;
    assert_eq!(failing(&world).await.len(), 1);
    broken();
    assert!(sync(&world).await.is_err());
    assert_eq!(failing(&world).await.len(), 1);
    assert_eq!(sync(&world).await.expect("synced").failing, []);
}

#[tokio::test]
async fn a_sweep_that_fails_is_told_beside_the_status() {
    let world = World::new().await.restart().await;
    world.fake.fail("leftovers", Fault::NotAllowed("no right to list".to_owned()));
    world.work().await;
    let told = failing(&world).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].work, "sweep");
    assert!(told[0].what.contains("open without a grant"), "{told:?}");
}

#[tokio::test]
async fn only_an_admin_looks_closer() {
    let world = World::new().await;
    let erin: Caller = world.member("erin").await;
    let refused = diagnosis::of(&world.app, &erin, "k8s-real").await;
    assert!(matches!(refused, Err(AppError::Forbidden(_))), "{refused:?}");
    let found = diagnosis::of(&world.app, &world.dana, "k8s-real").await.expect("looked");
    assert_eq!((found.integration.as_str(), found.overdue.len()), ("k8s-real", 0));
}

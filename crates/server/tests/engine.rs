//! What the engine promises, on the real store with a clock that moves when told to.

mod support;

use bellhop_api::{ConnectKubernetes, End};
use bellhop_connectors::Fault;
use bellhop_domain::Command;
use bellhop_server::app::{AppError, Then, access, integrations, requests};
use bellhop_store::StoreError;
use bellhop_store::jobs::{self, Class};
use chrono::TimeDelta;
use support::{World, body};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

fn unavailable() -> Fault {
    Fault::Unavailable("no answer".to_owned())
}

#[tokio::test]
async fn p09_the_time_of_an_approval_is_read_after_the_lock() {
    let world = World::new().await;
    let arrived = world.app.store.write().await.expect("opens").now();
    let held = world.app.store.write().await.expect("opens");
    let asking = requests::create(&world.app, &world.dana, body());
    tokio::pin!(asking);
    // The request has arrived and waits for the lock; ten minutes go by before it gets it.
    assert!(futures::poll!(asking.as_mut()).is_pending());
    world.pass(600);
    drop(held);
    let request = asking.await.expect("allowed");
    let deadline = request.deadline.expect("approved");
    assert_eq!(deadline - arrived, TimeDelta::seconds(3600 + 600));
}

#[tokio::test]
async fn p09_a_grant_that_comes_to_its_turn_after_the_deadline_is_never_made() {
    let world = World::new().await;
    let request = world.ask().await;
    world.pass(3600);
    // The clean-up job has not run: the apply job is claimed by hand.
    let mut tx = world.app.store.write().await.expect("opens");
    let until = tx.now() + TimeDelta::seconds(60);
    let grant = bellhop_domain::GrantId(request.grants[0].id.parse().expect("an id"));
    let job = loop {
        let job = jobs::claim(&mut tx, Uuid::nil(), until, Class::Giving).await.expect("claims");
        let job = job.expect("an apply job is due");
        if job.about.grant().is_some() {
            break job;
        }
    };
    tx.commit().await.expect("kept");
    let refused = world.app.step(&job, Command::Applied(grant), Then::GoOn).await;
    assert!(matches!(refused, Err(AppError::Refused(_))), "{refused:?}");
    assert!(world.fake.calls().is_empty());
}

#[tokio::test]
async fn p09_a_deadline_that_comes_during_the_call_leaves_nothing_open() {
    let world = World::new().await;
    let request = world.ask().await;
    // Late enough for the deadline to come within the job's lease.
    world.pass(3590);
    let clock = world.clock.clone();
    world.fake.during("apply", move || clock.advance(TimeDelta::seconds(10)));
    world.work().await;
    let shown = world.show(&request.number).await;
    assert_eq!((shown.status.as_str(), world.fake.open()), ("failed", 0), "{shown:?}");
    assert!(!world.kinds().await.contains(&"grant.active".to_owned()));
}

#[tokio::test]
async fn t20_no_face_says_active_or_ended_before_the_store_does() {
    let world = World::new().await;
    let asked = world.ask().await;
    assert_eq!((asked.status.as_str(), asked.label.as_str()), ("granting", "Setting up"));
    world.fake.fail("probe", unavailable());
    world.work().await;
    let unproved = world.show(&asked.number).await;
    assert_eq!(unproved.label, "Setting up", "made, but not shown to work");
    assert!(access::details(&world.app, &world.dana.person, &asked.number).await.is_err());
    assert!(access::credential(&world.app, &world.dana.person, "k8s-real").await.is_err());
    world.pass(10);
    world.work().await;
    assert_eq!(world.show(&asked.number).await.label, "Active");

    world.fake.fail("read", unavailable());
    requests::end(&world.app, &world.dana, &asked.number, End::default()).await.expect("hers");
    world.work().await;
    let unproved = world.show(&asked.number).await;
    assert_eq!(unproved.label, "Ending", "removed, but not shown to be gone");
    assert_eq!(unproved.grants[0].note.as_deref(), Some("still trying: no answer"));
    assert!(access::credential(&world.app, &world.dana.person, "k8s-real").await.is_err());
    world.pass(60);
    world.work().await;
    assert_eq!(world.show(&asked.number).await.label, "Returned");
}

#[tokio::test]
async fn a_credential_never_outlives_the_deadline_whatever_the_system_says() {
    let world = World::new().await;
    let request = world.granted().await;
    let credential =
        access::credential(&world.app, &world.dana.person, "k8s-real").await.expect("live");
    assert_eq!(Some(credential.expires_at), request.deadline);
    world.pass(3600);
    // The timer has not run, and still nothing is given out.
    assert!(access::credential(&world.app, &world.dana.person, "k8s-real").await.is_err());
}

#[tokio::test]
async fn p24_a_restart_past_the_deadline_ends_access_and_says_how_late() {
    let world = World::new().await;
    let request = world.granted().await;
    world.pass(3600 + 90);
    let world = world.restart().await;
    world.app.store.read().await.expect("opens");
    let shown = world.show(&request.number).await;
    assert_eq!((shown.label.as_str(), world.fake.open()), ("Expired", 0));
    let mut tx = world.app.store.read().await.expect("opens");
    let rows = bellhop_store::audit::before(&mut tx, i64::MAX, None, 10).await.expect("reads");
    assert!(rows.iter().any(|row| row.text.contains("\"late_ms\":90000")), "{rows:?}");
}

#[tokio::test]
async fn a_revocation_never_gives_up_and_is_shown_as_may_still_be_open() {
    let world = World::new().await;
    let request = world.granted().await;
    for _ in 0..200 {
        world.fake.fail("revoke", unavailable());
    }
    requests::end(&world.app, &world.dana, &request.number, End::default()).await.expect("hers");
    for _ in 0..200 {
        world.work().await;
        world.pass(31);
    }
    let stuck = world.show(&request.number).await;
    assert_eq!((stuck.label.as_str(), world.fake.open()), ("May still be open", 1));
    world.work().await;
    let healed = world.show(&request.number).await;
    assert_eq!((healed.label.as_str(), world.fake.open()), ("Returned", 0));
}

#[tokio::test]
async fn setting_up_gives_up_after_ten_minutes_and_is_undone() {
    let world = World::new().await;
    let request = world.ask().await;
    for _ in 0..100 {
        world.fake.fail("probe", unavailable());
    }
    for _ in 0..45 {
        world.work().await;
        world.pass(15);
    }
    world.fake.clear_faults();
    world.pass(60);
    world.work().await;
    let failed = world.show(&request.number).await;
    assert_eq!((failed.label.as_str(), world.fake.open()), ("Failed", 0), "{failed:?}");
    assert_eq!(failed.grants[0].note.as_deref(), Some("no answer"));
}

#[tokio::test]
async fn a_worker_that_slept_past_its_lease_writes_nothing() {
    let world = World::new().await;
    world.ask().await;
    let clock = world.clock.clone();
    world.fake.during("prepare", move || clock.advance(TimeDelta::seconds(61)));
    let before = world.kinds().await.len();
    world.worker.run_one().await.expect("works");
    let kinds = world.kinds().await;
    assert_eq!(kinds[before..], ["grant.applying"], "nothing after the lost lease");
    world.work().await;
    assert_eq!(world.fake.open(), 1);
}

#[tokio::test]
async fn p21_two_changes_from_one_picture_cannot_both_win() {
    let world = World::new().await;
    let request = world.granted().await;
    let number = request.number.parse().expect("a number");
    let which = bellhop_store::access::Which::Number(number);
    let mut tx = world.app.store.read().await.expect("opens");
    let picture = bellhop_store::access::find(&mut tx, which).await.expect("reads").expect("there");
    drop(tx);
    let end = Command::End { by: world.dana.person.clone(), flow: None, note: String::new() };
    let mut outcomes = Vec::new();
    for _ in 0..2 {
        let mut tx = world.app.store.write().await.expect("opens");
        let step = bellhop_domain::decide(&picture, end.clone(), tx.now()).expect("allowed");
        let written = bellhop_store::access::write(&mut tx, &picture, &step).await;
        if written.is_ok() {
            tx.commit().await.expect("kept");
        }
        outcomes.push(written);
    }
    assert!(outcomes[0].is_ok());
    assert!(matches!(outcomes[1], Err(StoreError::Conflict { .. })), "{:?}", outcomes[1]);
    let kinds = world.kinds().await;
    assert_eq!(kinds.iter().filter(|k| *k == "grant.revoking").count(), 1);
}

#[tokio::test]
async fn t14_access_removed_outside_ends_as_drift_and_is_never_made_again() {
    let world = World::new().await;
    let request = world.granted().await;
    world.fake.take_away();
    world.app.sweep("k8s-real").await.expect("swept");
    world.work().await;
    let shown = world.show(&request.number).await;
    assert_eq!((shown.label.as_str(), world.fake.open()), ("Removed outside", 0));
}

#[tokio::test]
async fn t14_a_deleted_target_ends_as_gone() {
    let world = World::new().await;
    let request = world.granted().await;
    world.fake.take_away();
    world.fake.fail("target", Fault::TargetGone("no such namespace".to_owned()));
    world.app.sweep("k8s-real").await.expect("swept");
    world.work().await;
    assert_eq!(world.show(&request.number).await.label, "Target gone");
}

#[tokio::test]
async fn t14_what_no_live_grant_explains_is_removed_and_reported() {
    let world = World::new().await;
    world.granted().await;
    world.fake.plant(bellhop_domain::GrantId(Uuid::from_u128(7)));
    world.app.sweep("k8s-real").await.expect("swept");
    assert_eq!(world.fake.open(), 1, "the live grant stays");
    assert_eq!(drift(&world).await, ["drift.found", "drift.removed"]);
}

async fn drift(world: &World) -> Vec<String> {
    world.kinds().await.into_iter().filter(|kind| kind.starts_with("drift.")).collect()
}

#[tokio::test]
async fn t14_what_is_removed_is_on_record_before_and_told_once_whoever_dies_in_between() {
    let world = World::new().await;
    world.fake.plant(bellhop_domain::GrantId(Uuid::from_u128(7)));
    for _ in 0..2 {
        world.fake.fail("remove", unavailable());
        world.app.sweep("k8s-real").await.expect_err("cut short");
    }
    assert_eq!(drift(&world).await, ["drift.found"], "once");
    // It was removed all the same, or by hand.
    world.fake.take_away();
    let world = world.restart().await;
    world.app.sweep("k8s-real").await.expect("swept");
    world.app.sweep("k8s-real").await.expect("swept");
    assert_eq!(drift(&world).await, ["drift.found", "drift.removed"]);
}

#[tokio::test]
async fn p25_an_incomplete_or_failed_look_proves_nothing() {
    let world = World::new().await;
    let request = world.granted().await;
    for fault in [unavailable(), Fault::WrongSystem("another cluster".to_owned())] {
        world.fake.fail("leftovers", fault.clone());
        world.app.sweep("k8s-real").await.expect_err("cut short");
        world.fake.fail("read", fault);
        world.app.sweep("k8s-real").await.expect_err("cut short");
    }
    world.app.sweep("k8s-real").await.expect("swept");
    assert_eq!(world.show(&request.number).await.label, "Active");
}

#[tokio::test]
async fn p25_a_revocation_on_another_system_is_never_taken_for_done() {
    let world = World::new().await;
    let request = world.granted().await;
    for _ in 0..50 {
        world.fake.fail("read", Fault::WrongSystem("another cluster".to_owned()));
    }
    requests::end(&world.app, &world.dana, &request.number, End::default()).await.expect("hers");
    for _ in 0..10 {
        world.work().await;
        world.pass(31);
    }
    let shown = world.show(&request.number).await;
    assert_eq!(shown.label, "May still be open");
    assert_eq!(shown.grants[0].note.as_deref(), Some("still trying: another cluster"));
}

#[tokio::test]
async fn p25_an_integration_with_open_access_cannot_be_pointed_at_another_system() {
    let world = World::new().await;
    let request = world.granted().await;
    let how = ConnectKubernetes::default();
    let connect = || integrations::connect(&world.app, &world.dana, "k8s-real", &how);
    connect().await.expect("the same system may be connected again");
    world.fake.become_another("another");
    let refused = connect().await.expect_err("refused").to_string();
    assert!(refused.contains(&request.number) && refused.contains("another"), "{refused}");
    requests::end(&world.app, &world.dana, &request.number, End::default()).await.expect("hers");
    world.work().await;
    connect().await.expect("nothing is open any more");
}

#[tokio::test]
async fn t13_a_system_that_asked_for_a_pause_is_not_looked_at_either() {
    let world = World::new().await;
    let request = world.granted().await;
    // From a start on, systems are checked and swept every minute.
    let world = world.restart().await;
    world.work().await;
    let after = std::time::Duration::from_mins(10);
    world.fake.fail("revoke", Fault::Throttled { message: "slow down".to_owned(), after });
    requests::end(&world.app, &world.dana, &request.number, End::default()).await.expect("hers");
    world.work().await;
    let calls = world.fake.calls().len();
    for _ in 0..4 {
        world.pass(120);
        world.work().await;
    }
    assert_eq!(world.fake.calls()[calls..], Vec::<String>::new()[..]);
    world.pass(300);
    world.work().await;
    assert_eq!(
        (world.show(&request.number).await.status.as_str(), world.fake.open()),
        ("ended", 0)
    );
}

#[tokio::test]
async fn new_work_goes_straight_to_the_worker_that_stands_by() {
    let world = World::new().await;
    let (stop, tracker) = (CancellationToken::new(), TaskTracker::new());
    let (worker, stopped) = (world.worker.clone(), stop.clone());
    tracker.spawn(async move { worker.run(stopped).await });
    let mut head = world.app.head.subscribe();
    let request = world.ask().await;
    while world.show(&request.number).await.status != "active" {
        head.changed().await.expect("more is coming");
    }
    stop.cancel();
    tracker.close();
    tracker.wait().await;
    assert_eq!(world.fake.calls(), ["prepare", "apply", "probe"], "once each");
    assert_eq!(world.work().await, 0, "the job is done and not left behind");
}

//! What connected systems do to the engine: replies that are lost, pauses, rights that are lost,
//! and access that stood there before.

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test stops at what it misses")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use bellhop_api::{End, ListQuery};
use bellhop_connectors::Fault;
use bellhop_domain::{About, JobKind, NewJob, Step, Verdict};
use bellhop_server::app::requests;
use bellhop_store::access::{self, Which};
use chrono::TimeDelta;
use support::{World, body};

fn lost() -> Fault {
    Fault::Unavailable("the reply was lost".to_owned())
}

fn throttled(seconds: u64) -> Fault {
    Fault::Throttled { message: "slow down".to_owned(), after: Duration::from_secs(seconds) }
}

impl World {
    /// Work and time take turns.
    async fn a_while(&self, times: usize, seconds: i64) {
        for _ in 0..times {
            self.work().await;
            self.pass(seconds);
        }
    }

    /// A copy of a request whose grant is of a target that does not read.
    async fn poisoned(&self, number: &str) -> String {
        let mut tx = self.app.store.write().await.expect("opens");
        let which = Which::Number(number.parse().expect("a number"));
        let mut next = access::find(&mut tx, which).await.expect("reads").expect("there");
        next.request.id.0 = tx.new_id();
        next.request.number = access::next_number(&mut tx).await.expect("counted");
        next.grants[0].id.0 = tx.new_id();
        next.grants[0].target.permission.clear();
        let (request, grant) = (next.request.id, next.grants[0].id);
        let job = NewJob {
            kind: JobKind::Apply,
            about: About::Grant(request, grant),
            lane: "poisoned".to_owned(),
            run_at: tx.now() - TimeDelta::seconds(1),
        };
        let number = next.request.number.to_string();
        let step = Step { next, events: Vec::new(), jobs: vec![job] };
        access::insert(&mut tx, &step).await.expect("stored");
        tx.commit().await.expect("kept");
        number
    }

    fn count(&self, call: &str) -> usize {
        self.fake.calls().iter().filter(|made| *made == call).count()
    }
}

#[tokio::test]
async fn p27_a_lost_reply_does_not_turn_our_own_access_into_somebody_elses() {
    let world = World::new().await;
    world.fake.shares_its_effect();
    world.fake.fail("apply", lost());
    let request = world.ask().await;
    world.a_while(3, 5).await;
    assert_eq!(world.show(&request.number).await.label, "Active");
    assert_eq!(world.count("prepare"), 1, "what was there is read once, before the first effect");
    requests::end(&world.app, &world.dana, &request.number, End::default()).await.expect("hers");
    world.work().await;
    assert_eq!(
        (world.show(&request.number).await.label.as_str(), world.fake.open()),
        ("Returned", 0)
    );
}

#[tokio::test]
async fn p27_what_was_there_is_stored_before_the_first_effect() {
    let world = World::new().await;
    let app = Arc::clone(&world.app);
    let (tell, told) = std::sync::mpsc::channel();
    world.fake.during("apply", move || {
        // Another connection sees what is committed while the first effect is under way.
        let looking = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().expect("built");
            runtime.block_on(async {
                let mut tx = app.store.read().await.expect("opens");
                let rows =
                    bellhop_store::audit::before(&mut tx, i64::MAX, None, 1).await.expect("reads");
                tell.send(rows[0].text.contains("\"kind\":\"grant.observed\"")).expect("sent");
            });
        });
        looking.join().expect("looked");
    });
    world.granted().await;
    assert!(told.recv().expect("the effect was made"), "observed before the effect");
}

#[tokio::test]
async fn t11_the_last_one_out_removes_a_shared_effect() {
    let world = World::new().await;
    world.fake.shares_its_effect();
    let (first, second) = (world.granted().await, world.granted().await);
    requests::end(&world.app, &world.dana, &first.number, End::default()).await.expect("hers");
    world.work().await;
    let shown = world.show(&first.number).await;
    assert_eq!((shown.label.as_str(), world.fake.open()), ("Returned", 1));
    let note = shown.grants[0].note.clone().unwrap_or_default();
    assert!(note.contains(&second.grants[0].id), "says what still allows it: {note}");
    requests::end(&world.app, &world.dana, &second.number, End::default()).await.expect("hers");
    world.work().await;
    assert_eq!(
        (world.show(&second.number).await.label.as_str(), world.fake.open()),
        ("Returned", 0)
    );
}

#[tokio::test]
async fn t11_standing_access_is_recorded_and_kept() {
    let world = World::new().await;
    world.fake.shares_its_effect();
    world.fake.stands_already();
    let request = world.granted().await;
    let again = world.granted().await;
    for number in [&request.number, &again.number] {
        requests::end(&world.app, &world.dana, number, End::default()).await.expect("hers");
        world.work().await;
        assert_eq!((world.show(number).await.label.as_str(), world.fake.open()), ("Returned", 1));
    }
    world.a_while(3, 60).await;
    assert_eq!(world.fake.open(), 1, "nor is it swept away");
}

#[tokio::test]
async fn t11_what_was_made_late_for_a_grant_that_is_over_is_not_standing_access() {
    let world = World::new().await;
    world.fake.shares_its_effect();
    // While she has anything there, what she has is under one account.
    let mut other = body();
    other.targets = vec!["k8s-real/namespace/customer2:edit".to_owned()];
    requests::create(&world.app, &world.dana, other).await.expect("allowed");
    let first = world.granted().await;
    let members = world.fake.members();
    requests::end(&world.app, &world.dana, &first.number, End::default()).await.expect("hers");
    world.work().await;
    // A worker that slept past its lease made it again; then the same is asked for anew.
    world.fake.has_members(members);
    let second = world.ask().await;
    world.work().await;
    let shown = world.show(&second.number).await;
    let note = shown.grants[0].note.clone().unwrap_or_default();
    assert!(note.contains("waiting to see whose"), "{note}");
    world.a_while(20, 10).await;
    assert_eq!(world.show(&second.number).await.label, "Active");
    requests::end(&world.app, &world.dana, &second.number, End::default()).await.expect("hers");
    world.work().await;
    assert_eq!(world.fake.open(), 1, "only the other one");
}

#[tokio::test]
async fn t10_a_pause_that_a_system_asks_for_holds_for_all_work_there() {
    let world = World::new().await;
    let requests: Vec<_> = [world.granted().await, world.granted().await].into();
    for request in &requests {
        requests::end(&world.app, &world.dana, &request.number, End::default())
            .await
            .expect("hers");
    }
    world.fake.fail("revoke", throttled(90));
    world.work().await;
    assert_eq!(world.count("revoke"), 1, "the second is not even tried");
    world.a_while(8, 10).await;
    assert_eq!(world.count("revoke"), 1, "nor either of them before the pause is over");
    world.a_while(3, 20).await;
    assert_eq!((world.count("revoke"), world.fake.open()), (3, 0));
}

#[tokio::test]
async fn t10_lost_rights_are_shown_and_tried_again() {
    let world = World::new().await;
    let request = world.granted().await;
    let no = || Fault::NotAllowed("Bellhop may not delete rolebindings".to_owned());
    (0..4).for_each(|_| world.fake.fail("revoke", no()));
    requests::end(&world.app, &world.dana, &request.number, End::default()).await.expect("hers");
    world.a_while(4, 31).await;
    let stuck = world.show(&request.number).await;
    assert_eq!(stuck.label, "May still be open");
    let note = stuck.grants[0].note.clone().unwrap_or_default();
    assert_eq!(note, "still trying: Bellhop may not delete rolebindings");
    world.a_while(2, 31).await;
    assert_eq!(world.show(&request.number).await.label, "Returned");
}

#[tokio::test]
async fn t10_a_target_that_is_gone_fails_at_once_and_leaves_nothing() {
    let world = World::new().await;
    world.fake.fail("prepare", Fault::TargetGone("there is no namespace customer1".to_owned()));
    let request = world.ask().await;
    world.work().await;
    let failed = world.show(&request.number).await;
    assert_eq!((failed.label.as_str(), world.fake.open()), ("Failed", 0));
    assert_eq!(failed.grants[0].note.as_deref(), Some("there is no namespace customer1"));
}

#[tokio::test]
async fn t12_a_revocation_that_fails_for_hours_is_shown_announced_and_heals_by_itself() {
    let world = World::new().await;
    let request = world.granted().await;
    (0..10_000).for_each(|_| world.fake.fail("revoke", lost()));
    requests::end(&world.app, &world.dana, &request.number, End::default()).await.expect("hers");
    world.a_while(6 * 60, 60).await;
    let tries = world.count("revoke");
    assert!(tries >= 6 * 60, "still tried at least once a minute: {tries}");
    assert_eq!(world.show(&request.number).await.label, "May still be open");
    let announced = world.kinds().await.iter().filter(|k| *k == "grant.revoke_stuck").count();
    assert_eq!(announced, 1, "once, and not with every try");
    world.fake.clear_faults();
    world.a_while(1, 60).await;
    assert_eq!(
        (world.show(&request.number).await.label.as_str(), world.fake.open()),
        ("Returned", 0)
    );
}

#[tokio::test]
async fn one_lease_after_the_end_what_came_back_is_removed_and_reported() {
    let world = World::new().await;
    let request = world.granted().await;
    requests::end(&world.app, &world.dana, &request.number, End::default()).await.expect("hers");
    world.work().await;
    let grant = request.grants[0].id.parse().expect("an id");
    // A worker that slept past its lease made it again.
    world.fake.plant(bellhop_domain::GrantId(grant));
    world.fake.fail("leftovers", lost());
    world.pass(60 + 26);
    world.work().await;
    assert_eq!(world.fake.open(), 0);
    assert!(world.kinds().await.contains(&"drift.removed".to_owned()));
}

#[tokio::test]
async fn after_a_failure_the_system_is_swept_without_delay() {
    let world = World::new().await;
    world.fake.fail("prepare", Fault::Impossible("no such role".to_owned()));
    world.ask().await;
    let before = world.count("leftovers");
    world.work().await;
    assert!(world.count("leftovers") > before, "{:?}", world.fake.calls());
}

#[tokio::test]
async fn connected_systems_are_checked_and_swept_again_and_again() {
    let world = World::new().await.restart().await;
    world.work().await;
    for _ in 0..5 {
        let before = (world.count("check"), world.count("leftovers"));
        world.pass(60);
        world.work().await;
        assert_eq!((world.count("check"), world.count("leftovers")), (before.0 + 1, before.1 + 1));
    }
}

#[tokio::test]
async fn t14_an_extension_does_not_make_again_what_was_removed_outside() {
    let world = World::asking().await;
    let erin = world.member("erin").await;
    let request = world.ask().await;
    world.says(&erin, Verdict::Approve, &request).await.expect("she may");
    world.work().await;
    world.fake.take_away();
    let asked = requests::extend(&world.app, &world.dana, &request.number).await.expect("in use");
    world.says(&erin, Verdict::Approve, &asked).await.expect("as far as anybody knows");
    world.work().await;
    assert_eq!((world.count("extend"), world.count("apply"), world.fake.open()), (1, 1, 0));
    assert_eq!(world.show(&request.number).await.label, "Removed outside");
}

#[tokio::test]
async fn a_look_that_takes_longer_than_a_lease_keeps_it_and_goes_on_meanwhile() {
    let world = World::new().await.restart().await;
    world.work().await;
    world.pass(60);
    let (app, timer, clock) = (Arc::clone(&world.app), world.timer.clone(), world.clock.clone());
    world.fake.hold("leftovers", async move {
        // The lease is to be renewed while the look itself writes.
        let tx = app.store.write().await.expect("opens");
        while timer.sleeping() == 0 {
            tokio::task::yield_now().await;
        }
        clock.advance(TimeDelta::seconds(50));
        timer.advance(20);
        while timer.sleeping() > 0 {
            tokio::task::yield_now().await;
        }
        tx.commit().await.expect("kept");
        // It is, and sleeps until it is due again.
        while timer.sleeping() == 0 {
            tokio::task::yield_now().await;
        }
        clock.advance(TimeDelta::seconds(50));
    });
    let before = world.count("leftovers");
    world.work().await;
    assert_eq!(world.count("leftovers"), before + 1, "it was not begun anew");
    world.pass(59);
    world.work().await;
    assert_eq!(world.count("leftovers"), before + 1, "it was not cut short");
    world.pass(1);
    world.work().await;
    assert_eq!(world.count("leftovers"), before + 2);
}

#[tokio::test]
async fn one_failed_target_does_not_undo_the_others() {
    let world = World::new().await;
    let mut two = body();
    two.targets.push("k8s-real/namespace/customer2:edit".to_owned());
    let request = requests::create(&world.app, &world.dana, two).await.expect("allowed");
    world.fake.fail("prepare", Fault::TargetGone("there is no namespace customer1".to_owned()));
    world.work().await;
    let shown = world.show(&request.number).await;
    assert_eq!((shown.label.as_str(), shown.open, shown.targets.len()), ("Active", 1, 2));
    let mut labels: Vec<_> = shown.grants.iter().map(|grant| grant.label.as_str()).collect();
    labels.sort_unstable();
    assert_eq!(labels, ["Active", "Failed"], "whichever of the two was made first");
}

#[tokio::test]
async fn an_impossible_row_stops_neither_other_work_nor_the_list() {
    let world = World::new().await;
    let good = world.ask().await;
    let bad = world.poisoned(&good.number).await;
    world.work().await;
    assert_eq!(world.show(&good.number).await.label, "Active");
    let listed = requests::list(&world.app, &world.dana.person, ListQuery::default()).await;
    let listed = listed.expect("lists");
    assert_eq!(listed.items.len(), 1);
    assert!(listed.unreadable[0].contains(&bad), "{:?}", listed.unreadable);
    requests::end(&world.app, &world.dana, &good.number, End::default()).await.expect("hers");
    world.work().await;
    assert_eq!(world.show(&good.number).await.label, "Returned");
}

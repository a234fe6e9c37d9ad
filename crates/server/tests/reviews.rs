//! Decisions by people, on the real store: who may, about what, and until when.

#![expect(clippy::expect_used, reason = "a test stops at what it misses")]

mod support;

use bellhop_api::{ConnectKubernetes, End, ListQuery, Request};
use bellhop_domain::{Refusal, Verdict};
use bellhop_server::app::{AppError, integrations, people, requests};
use support::{ASKING, World};

/// A world in which Dana's request waits, and those who may approve it are known.
async fn waiting() -> (World, Request) {
    let world = World::asking().await;
    world.member("erin").await;
    world.member("finn").await;
    let request = world.ask().await;
    assert_eq!((request.status.as_str(), request.label.as_str()), ("pending", "Pending"));
    (world, request)
}

async fn approved(world: &World, request: &Request) -> Request {
    let erin = world.member("erin").await;
    world.says(&erin, Verdict::Approve, request).await.expect("allowed")
}

#[tokio::test]
async fn a_new_user_of_the_machine_does_not_get_the_name_of_somebody_who_is_known() {
    let world = World::new().await;
    let other = people::os_user(&world.app, 1000, || "dana".to_owned()).await.expect("let in");
    assert_eq!(other.person.handle, "dana-1000");
    let again = people::os_user(&world.app, 1000, || "dana".to_owned()).await.expect("let in");
    assert_eq!(again.person.id, other.person.id);
    assert_ne!(other.person.id, world.dana.person.id);
}

#[tokio::test]
async fn a_request_is_approved_used_and_gone() {
    let (world, request) = waiting().await;
    assert_eq!(world.work().await, 0, "nothing is made before somebody approves");
    assert_eq!(request.waits.as_ref().expect("waits").approvers, ["erin", "finn"]);
    assert!(approved(&world, &request).await.deadline.is_some());
    world.work().await;
    let shown = world.show(&request.number).await;
    assert_eq!((shown.label.as_str(), shown.open, world.fake.open()), ("Active", 1, 1));
    let decision = shown.decision.expect("decided");
    assert_eq!((decision.what.as_str(), decision.by.as_str()), ("approved", "erin"));
    world.pass(3600);
    world.work().await;
    assert_eq!(world.show(&request.number).await.label, "Expired");
}

#[tokio::test]
async fn t01_two_approvers_in_the_same_instant_make_one_decision_and_one_grant() {
    let (world, request) = waiting().await;
    let (erin, finn) = (world.member("erin").await, world.member("finn").await);
    let (first, second) = tokio::join!(
        world.says(&erin, Verdict::Approve, &request),
        world.says(&finn, Verdict::Deny, &request),
    );
    let (won, lost) = if first.is_ok() { (first, second) } else { (second, first) };
    let won = won.expect("one of them");
    let Err(AppError::Outdated { refusal, current }) = lost else {
        panic!("the other is told: {lost:?}")
    };
    let by = won.decision.expect("decided").by;
    assert!(refusal.to_string().contains(&format!("by {by}")), "{refusal}");
    assert_eq!((current.status.as_str(), current.seen), (won.status.as_str(), won.seen));
    world.work().await;
    let kinds = world.kinds().await;
    let decided =
        kinds.iter().filter(|k| matches!(k.as_str(), "request.approved" | "request.denied"));
    assert_eq!(decided.count(), 1);
    assert!(world.fake.open() <= 1);
}

#[tokio::test]
async fn t03_nobody_approves_after_the_lapse_although_no_job_has_run() {
    let (world, request) = waiting().await;
    world.pass(7200);
    let late = world.says(&world.member("erin").await, Verdict::Approve, &request).await;
    let refusal = late.expect_err("too late").to_string();
    assert!(refusal.contains("got no answer until"), "{refusal}");
    world.work().await;
    assert_eq!(world.show(&request.number).await.label, "No answer");
}

#[tokio::test]
async fn t04_approvers_whom_nobody_knows_are_nobody() {
    let world = World::asking().await;
    let refused = requests::create(&world.app, &world.dana, support::body()).await;
    let refusal = refused.expect_err("nobody could approve").to_string();
    assert!(refusal.contains("\"RnD access\" names erin, finn"), "{refusal}");
    world.member("erin").await;
    people::deactivate(&world.app, &world.dana, "erin").await.expect("dana is an admin");
    let refused = requests::create(&world.app, &world.dana, support::body()).await;
    assert!(matches!(refused, Err(AppError::Refused(Refusal::NobodyDecides { .. }))));
}

#[tokio::test]
async fn t06_an_approver_who_lost_standing_does_not_approve() {
    let (world, request) = waiting().await;
    let erin = world.member("erin").await;
    people::deactivate(&world.app, &world.dana, "erin").await.expect("dana is an admin");
    let refused = world.says(&erin, Verdict::Approve, &request).await;
    assert!(matches!(refused, Err(AppError::Forbidden(_))), "{refused:?}");
    let finn = world.member("finn").await;
    world.configure(&ASKING.replace(", \"finn\"", "")).await;
    let refused = world.says(&finn, Verdict::Approve, &request).await;
    assert!(matches!(refused, Err(AppError::NotFound(_))), "not even his to see: {refused:?}");
    assert_eq!(world.show(&request.number).await.status, "pending");
}

#[tokio::test]
async fn t06_a_flow_that_was_edited_asks_again() {
    let (world, request) = waiting().await;
    let erin = world.member("erin").await;
    world.configure(&ASKING.replace("max = \"3h\"", "max = \"2h\"")).await;
    let refused = world.says(&erin, Verdict::Approve, &request).await;
    let Err(AppError::Outdated { current, .. }) = refused else {
        panic!("shown again: {refused:?}")
    };
    assert_ne!(current.seen, request.seen);
    world.says(&erin, Verdict::Approve, &current).await.expect("looked again");
}

#[tokio::test]
async fn t06_what_changed_between_approval_and_effect_fails_closed() {
    for (what, config) in [
        ("requester taken out", ASKING.replace("users = [\"dana\"]", "users = [\"gus\"]")),
        ("approver taken out", ASKING.replace("[\"erin\", ", "[")),
        ("target taken out", ASKING.replace("customer*", "other*")),
        ("maximum lowered", ASKING.replace("\"3h\"", "\"30m\"").replace("\"1h\"", "\"30m\"")),
        ("switched off", ASKING.replace("id = \"rnd\"", "id = \"rnd\"\nenabled = false")),
    ] {
        let (world, request) = waiting().await;
        approved(&world, &request).await;
        world.configure(&config).await;
        world.work().await;
        let shown = world.show(&request.number).await;
        assert_eq!((shown.label.as_str(), world.fake.open()), ("Failed", 0), "{what}: {shown:?}");
        let note = shown.grants[0].note.clone().unwrap_or_default();
        assert!(note.contains("not allowed any more"), "{what}: {note}");
        assert!(!world.fake.calls().contains(&"apply".to_owned()), "{what}");
    }
}

#[tokio::test]
async fn t06_an_integration_that_was_re_pointed_gets_nothing_that_was_asked_of_the_other() {
    for approve_first in [false, true] {
        let (world, request) = waiting().await;
        if approve_first {
            approved(&world, &request).await;
        }
        let connect = || async {
            let ask = ConnectKubernetes::default();
            integrations::connect(&world.app, &world.dana, "k8s-real", &ask).await
        };
        world.fake.become_another("another");
        if approve_first {
            // Scheduled is open: what may still be made there keeps the integration where it is.
            connect().await.expect_err("refused while something is open");
            continue;
        }
        connect().await.expect("nothing is open yet");
        let refused = world.says(&world.member("erin").await, Verdict::Approve, &request).await;
        let refusal = refused.expect_err("another system").to_string();
        assert!(refusal.contains("connected to another system"), "{refusal}");
    }
}

#[tokio::test]
async fn p17_a_requester_who_left_holds_nothing_and_waits_for_nothing() {
    let (world, request) = waiting().await;
    let admin = world.dana.clone();
    people::deactivate(&world.app, &admin, "dana").await.expect("an admin may");
    let shown = requests::show(&world.app, &admin.person, &request.number).await.expect("theirs");
    assert_eq!(shown.label, "Withdrawn");
    let refused = world.says(&world.member("erin").await, Verdict::Approve, &request).await;
    assert!(refused.is_err(), "{refused:?}");

    let world = World::new().await;
    let request = world.granted().await;
    people::deactivate(&world.app, &world.dana, "dana").await.expect("an admin may");
    world.work().await;
    let shown = requests::show(&world.app, &world.dana.person, &request.number).await;
    assert_eq!(shown.expect("theirs").label, "No longer eligible");
    assert_eq!(world.fake.open(), 0);
    let again = requests::create(&world.app, &world.dana, support::body()).await;
    assert!(matches!(again, Err(AppError::Forbidden(_))), "{again:?}");
}

#[tokio::test]
async fn t18_an_extension_moves_the_deadline_once_it_is_approved_and_the_system_is_told() {
    let (world, request) = waiting().await;
    approved(&world, &request).await;
    world.work().await;
    let asked = requests::extend(&world.app, &world.dana, &request.number).await.expect("in use");
    let old = asked.deadline.expect("approved");
    assert_eq!(asked.waits.as_ref().expect("waits").extend_seconds, Some(1800));
    assert_eq!(asked.label, "Active", "access stays on meanwhile");
    assert_eq!(asked.extension.as_ref().expect("asked for").decision, None);
    let longer = approved(&world, &asked).await;
    let decision = longer.extension.as_ref().and_then(|asked| asked.decision.as_ref());
    let decision = decision.expect("decided");
    assert_eq!((decision.what.as_str(), decision.by.as_str()), ("approved", "erin"));
    assert_eq!(longer.deadline.expect("approved"), old + chrono::TimeDelta::minutes(30));
    world.work().await;
    assert_eq!(world.fake.deadlines(), [longer.deadline.expect("approved")]);
    world.pass(3600);
    world.work().await;
    assert_eq!(world.show(&request.number).await.label, "Active", "past the old deadline");
    world.pass(1800);
    world.work().await;
    assert_eq!(world.show(&request.number).await.label, "Expired");
}

#[tokio::test]
async fn an_approver_sees_and_may_end_what_they_approve_and_a_stranger_does_not() {
    let (world, request) = waiting().await;
    approved(&world, &request).await;
    world.work().await;
    let gus = world.member("gus").await;
    let refused = requests::end(&world.app, &gus, &request.number, End::default()).await;
    assert!(matches!(refused, Err(AppError::NotFound(_))), "{refused:?}");
    let finn = world.member("finn").await;
    let listed =
        requests::list(&world.app, &finn.person, ListQuery::default()).await.expect("lists");
    assert_eq!(listed.items.len(), 1);
    assert!(listed.items[0].may_end, "an approver may");
    let why = End { note: "The incident is closed".to_owned() };
    requests::end(&world.app, &finn, &request.number, why).await.expect("an approver may");
    world.work().await;
    let gone = world.show(&request.number).await;
    assert_eq!((gone.label.as_str(), gone.may_end), ("Revoked", false));
    let ended = gone.ended.expect("somebody did");
    assert_eq!((ended.what.as_str(), ended.by.as_str()), ("revoked", "finn"));
    assert_eq!(ended.note, "The incident is closed");
}

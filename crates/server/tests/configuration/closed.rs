//! A configuration that does not read gives nobody anything, and takes nobody's end away.

use bellhop_api::{Again, Decide, End, Request};
use bellhop_domain::Verdict;
use bellhop_server::app::{Caller, reviews};
use bellhop_server::app::{people, requests};
use bellhop_server::config;

use crate::support::{World, body};
use crate::{ASKING, applied, said};

const BROKEN: &str = "[[flow]]\nid = \"x\"\napporval = {}\n";

/// What a refusal has to say.
const PARTS: [&str; 4] =
    ["no new access is given", "config/zz.toml", "line 3", "Correct it, then: bellhop apply"];

async fn start(world: &World) {
    config::at_start(&world.app, &world.path("config")).await.expect("starts all the same");
}

/// A world with a request that is active, one that waits, and one that is approved and not made yet;
/// then it is started again on files that do not read.
async fn closed() -> (World, [Request; 3]) {
    let world = World::asking().await;
    let erin = world.member("erin").await;
    let active = world.ask().await;
    world.says(&erin, Verdict::Approve, &active).await.expect("allowed");
    world.work().await;
    let (waiting, approved) = (world.ask().await, world.ask().await);
    world.says(&erin, Verdict::Approve, &approved).await.expect("allowed");
    std::fs::write(world.path("config/zz.toml"), BROKEN).expect("written");
    let world = world.restart().await;
    start(&world).await;
    (world, [active, waiting, approved])
}

async fn approve(world: &World, who: &Caller, number: &str) -> String {
    let seen = requests::show(&world.app, &who.person, number).await.expect("shown").seen;
    let input = Decide { seen, note: String::new(), duration_seconds: None };
    said(reviews::decide_on(&world.app, who, (number, Verdict::Approve), input).await)
}

#[tokio::test]
async fn p12_while_the_configuration_does_not_read_nobody_gets_anything_new() {
    let (world, [active, waiting, approved]) = closed().await;
    let erin = world.member("erin").await;
    let app = &world.app;
    let refusals = [
        said(requests::create(app, &world.dana, body()).await),
        said(requests::again(app, &world.dana, &active.number, Again::default()).await),
        said(requests::extend(app, &world.dana, &active.number).await),
        approve(&world, &erin, &waiting.number).await,
    ];
    for refusal in refusals {
        for part in PARTS {
            assert!(refusal.contains(part), "{part:?} is not in {refusal}");
        }
    }
    let open = world.fake.open();
    world.work().await;
    assert_eq!(world.fake.open(), open, "what was approved before is not made");
    assert_eq!(world.show(&approved.number).await.status, "failed");
    assert_eq!(app.configuration.unread().map(|why| why.contains("zz.toml")), Some(true));
}

#[tokio::test]
async fn p12_what_is_open_ends_although_the_configuration_does_not_read() {
    let (world, [active, waiting, _]) = closed().await;
    let erin = world.member("erin").await;
    world.work().await;
    assert_eq!(world.show(&active.number).await.status, "active");
    world.says(&erin, Verdict::Deny, &waiting).await.expect("a no is always possible");
    requests::end(&world.app, &world.dana, &active.number, End::default()).await.expect("hers");
    world.work().await;
    assert_eq!(
        (world.show(&active.number).await.label.as_str(), world.fake.open()),
        ("Returned", 0)
    );

    let (world, [active, ..]) = closed().await;
    world.pass(3600);
    world.work().await;
    assert_eq!(
        (world.show(&active.number).await.label.as_str(), world.fake.open()),
        ("Expired", 0)
    );

    let (world, _) = closed().await;
    people::deactivate(&world.app, &world.dana, "erin").await.expect("an admin");
}

#[tokio::test]
async fn p12_a_successful_apply_opens_it_again_and_a_failed_one_does_not() {
    let (world, _) = closed().await;
    // Other files than the folder's are no way around it.
    let refused = said(applied(&world, ASKING).await);
    assert!(refused.contains("Put the files into"), "{refused}");
    assert!(world.app.configuration.unread().is_some());
    std::fs::remove_file(world.path("config/zz.toml")).expect("removed");
    assert!(applied(&world, ASKING).await.expect("applied").changes.is_empty());
    assert_eq!(world.app.configuration.unread(), None);
    world.ask().await;
}

#[tokio::test]
async fn p12_a_folder_that_cannot_be_read_closes_as_well() {
    let world = World::asking().await;
    std::fs::write(world.path("config/b.toml"), [0xff, 0xfe]).expect("written");
    start(&world).await;
    let refused = said(requests::create(&world.app, &world.dana, body()).await);
    assert!(refused.contains("b.toml") && refused.contains("cannot be read"), "{refused}");
}

//! Work on a whole integration: there once, sooner when somebody asks, and back when it is done.

use bellhop_domain::{About, IntegrationId, JobKind, NewJob};
use bellhop_store::jobs::{self, Class, Job};
use bellhop_store::{Tx, integrations};
use chrono::TimeDelta;
use uuid::Uuid;

use crate::world::World;

on_both!(
    work_on_an_integration_is_there_once_and_can_only_be_hastened,
    work_that_failed_is_told_until_it_went_well,
);

async fn claim(tx: &mut Tx) -> Option<Job> {
    let lease = tx.now() + TimeDelta::seconds(60);
    jobs::claim(tx, Uuid::nil(), lease, Class::Giving).await.expect("claims")
}

async fn integration(tx: &mut Tx) -> IntegrationId {
    integrations::by_name(tx, "k8s-real").await.expect("reads").expect("there").id
}

async fn work_on_an_integration_is_there_once_and_can_only_be_hastened(world: World) {
    let mut tx = world.store.write().await.expect("opens");
    let id = integration(&mut tx).await;
    let at = |tx: &Tx, seconds| tx.now() + TimeDelta::seconds(seconds);
    let (late, soon) = (at(&tx, 60), at(&tx, 30));
    jobs::hasten(&mut tx, JobKind::Sweep, id, late).await.expect("added");
    assert_eq!(jobs::next_due(&mut tx, Class::Giving).await.expect("reads"), Some(late));
    jobs::hasten(&mut tx, JobKind::Sweep, id, soon).await.expect("hastened");
    jobs::hasten(&mut tx, JobKind::Sweep, id, late).await.expect("kept");
    assert_eq!(jobs::next_due(&mut tx, Class::Giving).await.expect("reads"), Some(soon));
    let now = tx.now();
    let about = About::Integration(id);
    let job = NewJob { kind: JobKind::Sweep, about, lane: "any".into(), run_at: now };
    jobs::enqueue(&mut tx, &job).await.expect("hastened");
    let sweep = claim(&mut tx).await.expect("due");
    assert_eq!((sweep.kind, sweep.about), (JobKind::Sweep, About::Integration(id)));
    assert_eq!(claim(&mut tx).await, None, "it is one");
    jobs::again(&mut tx, &sweep, late).await.expect("held");
    assert_eq!(jobs::next_due(&mut tx, Class::Giving).await.expect("reads"), Some(late));
    jobs::hasten(&mut tx, JobKind::Check, id, now).await.expect("added");
    let check = claim(&mut tx).await.expect("due");
    assert_eq!(check.kind, JobKind::Check, "each kind is work of its own");
}

async fn work_that_failed_is_told_until_it_went_well(world: World) {
    let mut tx = world.store.write().await.expect("opens");
    let id = integration(&mut tx).await;
    let now = tx.now();
    let later = now + TimeDelta::seconds(30);
    let told = async |tx: &mut Tx| {
        let failing = jobs::failing(tx, id).await.expect("reads");
        failing.into_iter().map(|one| (one.kind, one.times, one.why)).collect::<Vec<_>>()
    };
    for (times, why) in [(1, "no answer"), (2, "no right")] {
        jobs::hasten(&mut tx, JobKind::Sync, id, now).await.expect("due");
        let sync = claim(&mut tx).await.expect("due");
        jobs::retry(&mut tx, &sync, later, why).await.expect("held");
        assert_eq!(told(&mut tx).await, [(JobKind::Sync, times, why.to_owned())]);
    }
    assert_eq!(jobs::failing(&mut tx, id).await.expect("reads")[0].next_at, later);
    jobs::recovered(&mut tx, JobKind::Check, id).await.expect("another kind of work");
    assert_eq!(told(&mut tx).await.len(), 1);
    jobs::recovered(&mut tx, JobKind::Sync, id).await.expect("done by hand");
    assert_eq!(told(&mut tx).await, []);

    // What is being tried again is still told, until it went well.
    jobs::hasten(&mut tx, JobKind::Sync, id, now).await.expect("due");
    let sync = claim(&mut tx).await.expect("due");
    jobs::retry(&mut tx, &sync, now, "no answer").await.expect("held");
    let sync = claim(&mut tx).await.expect("due");
    jobs::recovered(&mut tx, JobKind::Sync, id).await.expect("somebody is at it");
    assert_eq!(told(&mut tx).await.len(), 1);
    jobs::again(&mut tx, &sync, later).await.expect("held");
    assert_eq!(told(&mut tx).await, []);
}

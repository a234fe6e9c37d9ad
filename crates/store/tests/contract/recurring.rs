//! Work on a whole integration: there once, sooner when somebody asks, and back when it is done.

use bellhop_domain::{About, IntegrationId, JobKind, NewJob};
use bellhop_store::jobs::{self, Class, Job};
use bellhop_store::{Tx, integrations};
use chrono::TimeDelta;
use uuid::Uuid;

use crate::world::World;

on_both!(work_on_an_integration_is_there_once_and_can_only_be_hastened,);

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

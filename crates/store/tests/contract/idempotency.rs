//! The answer to a call that comes twice is given once.

use bellhop_store::StoreError;
use bellhop_store::idempotency::{self, Answered};
use chrono::TimeDelta;

use crate::world::World;

on_both!(an_answer_is_found_again_until_it_is_old);

async fn an_answer_is_found_again_until_it_is_old(world: World) {
    let dana = world.dana.id;
    let answered = Answered { body_hash: "abc".into(), answer: "{}".into() };
    let mut tx = world.store.write().await.expect("opens");
    assert_eq!(idempotency::find(&mut tx, dana, "k").await.expect("reads"), None);
    idempotency::insert(&mut tx, dana, "k", &answered).await.expect("stored");
    let again = idempotency::insert(&mut tx, dana, "k", &answered).await;
    assert!(matches!(again, Err(StoreError::Conflict { .. })), "{again:?}");
    assert_eq!(idempotency::find(&mut tx, dana, "k").await.expect("reads"), Some(answered));
    let now = tx.now();
    assert_eq!(idempotency::prune(&mut tx, now).await.expect("prunes"), 0);
    assert_eq!(idempotency::prune(&mut tx, now + TimeDelta::hours(1)).await.expect("prunes"), 1);
    assert_eq!(idempotency::find(&mut tx, dana, "k").await.expect("reads"), None);
}

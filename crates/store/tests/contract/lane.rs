//! The grants of one lane, same target and same account, and what they know of each other.

use bellhop_domain::{
    Access, Before, Command, Found, Grant, GrantId, GrantState, JobKind, Proof, decide,
};
use bellhop_store::jobs::{self, Class};
use bellhop_store::{Tx, access};
use chrono::TimeDelta;
use serde_json::Value;
use uuid::Uuid;

use crate::world::World;

on_both!(t11_the_grants_of_a_lane_know_who_made_what_is_there,);

async fn play(tx: &mut Tx, before: &Access, commands: Vec<Command>) -> Access {
    let mut access = before.clone();
    for command in commands {
        let step = decide(&access, command, tx.now()).expect("allowed");
        access::write(tx, &access, &step).await.expect("written");
        access = step.next;
    }
    access
}

/// Who may have an effect there, and which of these still need it.
async fn others(tx: &mut Tx, grant: &Grant) -> (Vec<GrantId>, Vec<GrantId>) {
    let mates: Vec<(GrantId, GrantState)> = access::lane_mates(tx, grant).await.expect("reads");
    let owners = access::owners(tx, grant).await.expect("reads");
    (mates.into_iter().map(|(id, _)| id).collect(), owners)
}

async fn t11_the_grants_of_a_lane_know_who_made_what_is_there(world: World) {
    let (first, second) = (world.asked().await, world.asked().await);
    let (id, grant) = (first.grants[0].id, &second.grants[0]);
    let facts = world.facts(first.grants[0].integration);
    let mut tx = world.store.write().await.expect("opens");
    let nobody = (vec![], vec![]);
    let begun = play(&mut tx, &first, vec![Command::Start(id, facts)]).await;
    assert_eq!(others(&mut tx, grant).await, nobody, "it has made nothing");
    let before = Before { found: Found::Absent, plan: Value::Null };
    let seen = play(&mut tx, &begun, vec![Command::Observed(id, before)]).await;
    assert_eq!(others(&mut tx, grant).await, (vec![id], vec![id]));
    assert_eq!(others(&mut tx, &seen.grants[0]).await, nobody, "it is not its own mate");
    let elsewhere = Grant { account: "somebody-else".into(), ..grant.clone() };
    assert_eq!(others(&mut tx, &elsewhere).await, nobody);
    let end = Command::End { by: world.dana.clone(), flow: None, note: String::new() };
    let ending = play(&mut tx, &seen, vec![end]).await;
    assert_eq!(others(&mut tx, grant).await, (vec![id], vec![]), "it does not need it any more");
    assert_eq!(access::just_over(&mut tx, grant).await.expect("reads"), []);
    let proof = Proof::ReadBack { said: "gone".into() };
    play(&mut tx, &ending, vec![Command::Revoked(id, proof)]).await;
    assert_eq!(others(&mut tx, grant).await, nobody);
    assert_eq!(access::just_over(&mut tx, grant).await.expect("reads"), [id]);
    assert_eq!(access::just_over(&mut tx, &elsewhere).await.expect("reads"), []);
    tx.commit().await.expect("kept");
    read_again(&world).await;
    let mut tx = world.store.read().await.expect("opens");
    assert_eq!(access::just_over(&mut tx, grant).await.expect("reads"), []);
}

/// Does all work that is due two minutes later, the second reading of what ended among it.
async fn read_again(world: &World) {
    world.advance(TimeDelta::minutes(2)).await;
    let mut tx = world.store.write().await.expect("opens");
    let (lease, mut done) = (tx.now() + TimeDelta::minutes(1), Vec::new());
    for class in [Class::Taking, Class::Giving] {
        while let Some(job) = jobs::claim(&mut tx, Uuid::nil(), lease, class).await.expect("reads")
        {
            jobs::complete(&mut tx, &job).await.expect("held");
            done.push(job.kind);
        }
    }
    assert!(done.contains(&JobKind::Recheck), "{done:?}");
    tx.commit().await.expect("kept");
}

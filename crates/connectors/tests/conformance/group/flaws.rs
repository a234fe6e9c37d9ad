//! The kit finds what is broken: a connector with one flaw must fail, and at the check that is
//! there for it.

use super::World;
use super::connector::Flaw;
use crate::kit::{faults, random, sentence};

async fn finds(flaw: Flaw, check: &str) {
    let checked = sentence(&World::start(Some(flaw)).await, check).await;
    assert!(checked.is_err(), "{flaw:?} passes \"{check}\"");
}

async fn finds_by_faults(flaw: Flaw, changing: bool, words: &str) {
    let (_, wrong) = faults::everywhere(&World::start(Some(flaw)).await, changing).await;
    let found = wrong.iter().any(|said| said.contains(words));
    assert!(found, "{flaw:?} should fail with \"{words}\", and these failed: {wrong:#?}");
}

#[tokio::test]
async fn the_kit_finds_access_that_is_taken_from_others() {
    finds(Flaw::RemovesStandingAccess, "standing").await;
    finds(Flaw::ReplacesStandingAccess, "standing").await;
    finds(Flaw::ForgetsTheOwners, "overlaps").await;
    finds(Flaw::ListsForeignLeftovers, "neighbours").await;
    finds(Flaw::RemovesByName, "leftovers").await;
}

#[tokio::test]
async fn the_kit_finds_access_that_is_given_or_left_wrongly() {
    finds(Flaw::GivesAccessInPrepare, "life").await;
    finds(Flaw::IsNotIdempotent, "life").await;
    finds(Flaw::FailsWhenItIsGone, "by_hand").await;
    finds(Flaw::ExtendsWhatIsGone, "by_hand").await;
    finds(Flaw::RemembersBetweenCalls, "lost_reply").await;
    finds(Flaw::ForgetsTheDeadline, "deadline").await;
    finds(Flaw::ListsSomeLeftovers, "leftovers").await;
    finds(Flaw::MintsForTooLong, "mint").await;
    finds(Flaw::TrustsTheTargetsName, "target_gone").await;
}

#[tokio::test]
async fn the_kit_finds_lists_of_targets_that_are_wrong() {
    finds(Flaw::FindsSomeTargets, "discover").await;
    finds(Flaw::KnowsTargetsByName, "discover").await;
    finds(Flaw::OffersItself, "discover").await;
}

#[tokio::test]
async fn the_kit_finds_a_connector_that_believes_anybody() {
    finds(Flaw::TrustsTheAddress, "wrong_system").await;
    finds(Flaw::CallsLostRightsTrouble, "rights").await;
}

#[tokio::test]
async fn the_kit_finds_faults_that_are_taken_for_answers() {
    finds_by_faults(Flaw::ReadsAbsentOnErrors, false, "said Ok(Presence(Absent))").await;
    finds_by_faults(Flaw::ProbesRefusedOnErrors, false, "said Ok(Probe(Refused(").await;
    finds_by_faults(Flaw::FindsNothingOnErrors, false, "said Ok(Found(").await;
}

#[tokio::test]
async fn the_kit_finds_faults_that_are_called_by_another_name() {
    finds_by_faults(Flaw::CallsAPauseTrouble, false, "Refusal(429").await;
    finds_by_faults(Flaw::CallsLostRightsTrouble, true, "Refusal(403").await;
    finds_by_faults(Flaw::CallsTroubleFinal, true, "said Err(Impossible").await;
}

#[tokio::test]
async fn the_kit_finds_faults_that_break_more_than_a_call() {
    finds_by_faults(Flaw::IsNotIdempotent, true, "Apply at Applied").await;
    finds_by_faults(Flaw::ShowsItsKey, true, "a secret can be read").await;
}

#[tokio::test]
async fn the_kit_finds_what_only_a_sequence_shows() {
    for flaw in [Flaw::ForgetsTheOwners, Flaw::ReadsAbsentOnErrors, Flaw::RemembersBetweenCalls] {
        let wrong = random::first_wrong(&World::start(Some(flaw)).await, 0..200).await;
        assert!(wrong.is_some_and(|said| said.starts_with("seed ")), "{flaw:?} gets through");
    }
}

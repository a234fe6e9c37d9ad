//! What a transition writes down: versions that count up, rows that say what changed, and work.

#![expect(clippy::expect_used, reason = "a test stops at what it misses")]

mod support;

use bellhop_domain::{
    Actor, Command, EndReason, EndedBy, GrantId, JobKind, LEASE, Refusal, Role, Span, Status, Step,
    Verdict, decide, sha256,
};
use serde_json::{Value, json};
use support::{
    TARGET, active, after, approved_by_erin, ask, asked, asking, dana, end, erin, facts, flow,
    grant_id, pending, play, proof, says, scheduled, span, start, up,
};
use uuid::Uuid;

fn row<'a>(step: &'a Step, kind: &str) -> &'a bellhop_domain::Event {
    step.events.iter().find(|event| event.kind == kind).expect("a row of this kind")
}

#[test]
fn p21_every_change_counts_the_versions_up_by_one() {
    let mut access = scheduled();
    assert_eq!((access.request.version, access.grants[0].version), (1, 1));
    for (place, command) in (2..).zip(up(0)) {
        access = decide(&access, command, after(1)).expect("allowed").next;
        assert_eq!((access.request.version, access.grants[0].version), (place, place));
    }
    let same = decide(&access, up(0).remove(3), after(2)).expect("no change").next;
    assert_eq!(same, access);
    let waits = pending();
    let denied = play(waits.clone(), vec![says(&waits, &erin(), Verdict::Deny)], after(1));
    assert_eq!(denied.request.version, waits.request.version + 1);
}

#[test]
fn the_row_of_a_request_says_until_when_it_waits_and_only_if_it_does() {
    let ask = ask(&[TARGET], "ticket 7", None);
    let waits = asked(&asking(), &facts(&asking()), &ask).expect("allowed");
    let row_of = |step: &Step| row(step, "request.submitted").after.clone();
    assert_eq!(row_of(&waits)["lapses_at"], json!(after(7200)));
    let made = asked(&flow(), &facts(&flow()), &ask).expect("allowed");
    assert_eq!(row_of(&made).get("lapses_at"), None);
    assert_eq!(row_of(&made)["reason"], "ticket 7");
    assert_eq!(row_of(&made)["wanted"][0]["target"], TARGET);
}

#[test]
fn the_row_of_a_decision_says_what_was_decided_by_whom_and_until_when() {
    let waits = pending();
    let step = decide(&waits, says(&waits, &erin(), Verdict::Approve), after(60)).expect("allowed");
    let approved = row(&step, "request.approved");
    assert_eq!(approved.before, Some(json!({ "state": "pending" })));
    assert_eq!(approved.after["state"], "granting");
    assert_eq!(approved.after["by"]["handle"], "erin");
    assert_eq!(approved.after["deadline"], json!(after(3660)));
    let step = decide(&waits, says(&waits, &erin(), Verdict::Deny), after(60)).expect("allowed");
    assert_eq!(row(&step, "request.denied").after["state"], "denied");
    let extended = Command::Extend { by: dana(), facts: facts(&flow()) };
    let step = decide(&active(), extended, after(60)).expect("allowed");
    let moved = row(&step, "request.extended");
    let deadline = |value: &Value| value["deadline"].clone();
    assert_eq!(moved.before.as_ref().map(deadline), Some(json!(after(3600))));
    assert_eq!(deadline(&moved.after), json!(after(110 * 60)));
}

#[test]
fn the_row_of_a_status_says_what_it_was_and_is() {
    let step = decide(&active(), end(&dana()), after(2)).expect("allowed");
    let revoking = row(&step, "request.revoking");
    assert_eq!(revoking.before, Some(json!({ "state": "active" })));
    assert_eq!(revoking.after, json!({ "state": "revoking" }));
    let ended = decide(&step.next, Command::Revoked(grant_id(0), proof()), after(3));
    let reason = EndReason::Returned;
    let row_of = ended.expect("allowed");
    assert_eq!(row(&row_of, "request.ended").after, json!({ "state": "ended", "reason": reason }));
}

#[test]
fn who_ended_it_and_why_is_kept_and_said_in_the_row() {
    let by = |note: &str| Command::End { by: erin(), flow: Some(asking().flow), note: note.into() };
    let active = play(approved_by_erin(), up(0), after(1));
    let step = decide(&active, by(" It is over. "), after(2)).expect("allowed");
    let revoking = row(&step, "request.revoking");
    assert_eq!(revoking.actor.name(), "erin");
    assert_eq!(revoking.after, json!({ "state": "revoking", "note": "It is over." }));
    let ended = step.next.approved().and_then(|approved| approved.ended.as_deref().cloned());
    let by_erin = EndedBy { at: after(2), by: Actor::from(&erin()), note: "It is over.".into() };
    assert_eq!(ended, Some(by_erin));
    // Whoever comes later ends nothing, and is not the one who did.
    let again = decide(&step.next, end(&dana()), after(3)).expect("allowed");
    assert_eq!((again.next, again.events), (step.next, vec![]));
    let hidden = decide(&active, by("a\u{202e}b"), after(2));
    assert!(matches!(hidden, Err(Refusal::BadText(_))), "{hidden:?}");
    // A deadline is nobody's.
    let late = decide(&active, Command::Expire, after(90_000)).expect("allowed");
    assert_eq!(late.next.approved().and_then(|approved| approved.ended.clone()), None);
}

#[test]
fn after_a_failure_the_system_is_to_be_swept_and_after_a_plain_end_it_is_not() {
    let kinds = |step: Step| step.jobs.iter().map(|job| job.kind).collect::<Vec<_>>();
    let gone = || Command::Revoked(grant_id(0), proof());
    let undone = play(scheduled(), vec![Command::GiveUp(grant_id(0), "no".into())], after(1));
    let step = decide(&undone, gone(), after(2)).expect("allowed");
    assert_eq!(kinds(step), [JobKind::Sweep, JobKind::Recheck]);
    let plain = play(active(), vec![end(&dana())], after(1));
    assert_eq!(kinds(decide(&plain, gone(), after(2)).expect("allowed")), [JobKind::Recheck]);
    let stuck = play(plain, vec![Command::RevokeFailing(grant_id(0), "no".into())], after(100));
    let step = decide(&stuck, gone(), after(101)).expect("allowed");
    assert_eq!(kinds(step), [JobKind::Sweep, JobKind::Recheck]);
}

#[test]
fn what_was_made_is_looked_at_once() {
    let begun = play(scheduled(), up(0)[..2].to_vec(), after(1));
    let made = decide(&begun, Command::Applied(grant_id(0)), after(2)).expect("allowed");
    assert_eq!(made.jobs.iter().map(|job| job.kind).collect::<Vec<_>>(), [JobKind::Verify]);
    let again = decide(&made.next, Command::Applied(grant_id(0)), after(3)).expect("allowed");
    assert_eq!((again.next, again.jobs), (made.next, vec![]));
}

#[test]
fn what_ended_is_read_again_one_lease_later_and_not_all_of_it_together() {
    let mut times = Vec::new();
    for last in [0, 10, 255] {
        let mut access = play(active(), vec![end(&dana())], after(1));
        let id = GrantId(Uuid::from_bytes([last; 16]));
        access.grants[0].id = id;
        let step = decide(&access, Command::Revoked(id, proof()), after(100)).expect("allowed");
        times.push(step.jobs[0].run_at - after(100) - LEASE);
    }
    assert_eq!(times, [0, 1_000, 25_500].map(chrono::TimeDelta::milliseconds));
}

#[test]
fn what_can_still_change_is_not_over() {
    let over = Status::Ended(EndReason::Drift);
    for status in [Status::Denied, Status::Withdrawn, Status::Lapsed, Status::Failed, over] {
        assert!(status.is_terminal(), "{status:?}");
    }
    let granting = Status::Granting;
    for status in [Status::Pending, granting, Status::Active, Status::Revoking, Status::RevokeStuck]
    {
        assert!(!status.is_terminal(), "{status:?}");
    }
}

#[test]
fn a_hash_is_the_one_of_the_standard() {
    // FIPS 180-4, the example "abc".
    let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(sha256("abc"), hash);
}

#[test]
fn the_longest_that_a_flow_allows_is_allowed_when_asking_and_when_deciding() {
    let longest: Span = span("3h");
    let ask = ask(&[TARGET], "why", Some("3h"));
    let waits = asked(&asking(), &facts(&asking()), &ask).expect("allowed").next;
    let approved = play(waits.clone(), vec![says(&waits, &erin(), Verdict::Approve)], start());
    assert_eq!(approved.deadline(), Some(start() + longest.delta()));
}

#[test]
fn roles_have_the_names_that_the_store_and_the_api_know() {
    assert_eq!(
        [Role::Admin, Role::Auditor, Role::Member].map(Role::name),
        ["admin", "auditor", "member"]
    );
}

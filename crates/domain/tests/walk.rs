//! One request through its whole life, and the promises that its transitions keep.

mod support;

use bellhop_domain::{
    Access, Actor, Before, Command, EndReason, Found, GrantState, JobKind, LONGEST_REASON,
    MOST_TARGETS, Refusal, Role, STUCK_AFTER, Status, Step, choose_flow, decide, words,
};
use chrono::TimeDelta;
use serde_json::json;
use support::{
    TARGET, active, after, ask, asked, dana, end, facts, flow, grant_id, person, play, proof,
    scheduled, start, up,
};

fn now_asked(targets: &[&str], reason: &str, duration: Option<&str>) -> Result<Step, Refusal> {
    asked(&flow(), &facts(&flow()), &ask(targets, reason, duration))
}

#[test]
fn p09_an_approval_is_dated_by_the_time_of_its_own_transaction() {
    let access = scheduled();
    assert_eq!(access.deadline(), Some(start() + TimeDelta::hours(1)));
}

#[test]
fn p09_nothing_becomes_usable_at_or_after_the_deadline_although_no_timer_has_run() {
    let late = scheduled().deadline().expect("approved");
    for steps in 0..4 {
        let mut commands = up(0);
        let next = commands.remove(steps);
        commands.truncate(steps);
        let access = play(scheduled(), commands, after(1));
        let refused = decide(&access, next.clone(), late);
        assert_eq!(refused, Err(Refusal::PastDeadline { number: support::NUMBER }), "{next:?}");
        assert!(decide(&access, next, late - TimeDelta::microseconds(1)).is_ok());
    }
}

#[test]
fn p19_approved_granting_and_active_are_different_states_and_words() {
    let mut access = scheduled();
    let label = |a: &Access| words::request_label(a.status(), a.deadline(), after(1));
    for command in up(0) {
        assert_eq!((access.status(), label(&access)), (Status::Granting, "Setting up"));
        access = decide(&access, command, after(1)).expect("allowed").next;
    }
    assert_eq!((access.status(), label(&access)), (Status::Active, "Active"));
}

#[test]
fn t20_a_grant_is_active_only_after_a_probe_and_ended_only_after_a_proof() {
    let id = grant_id(0);
    let applied = play(scheduled(), up(0)[..3].to_vec(), after(1));
    assert_eq!(applied.status(), Status::Granting);
    let ended = decide(&active(), end(&dana()), after(2)).expect("allowed");
    assert_eq!(ended.next.status(), Status::Revoking);
    let gone = decide(&ended.next, Command::Revoked(id, proof()), after(3)).expect("allowed");
    assert_eq!(gone.next.status(), Status::Ended(EndReason::Returned));
}

#[test]
fn every_change_has_its_audit_row_and_every_end_its_job() {
    let created = now_asked(&[TARGET], "why", None).expect("allowed");
    let kinds: Vec<_> = created.events.iter().map(|e| e.kind.as_str()).collect();
    assert_eq!(kinds, ["request.submitted", "request.approved", "grant.scheduled"]);
    let jobs: Vec<_> = created.jobs.iter().map(|j| (j.kind, j.run_at)).collect();
    assert_eq!(jobs, [(JobKind::Apply, start()), (JobKind::Expire, after(3600))]);

    let end = decide(&active(), Command::Expire, after(3600)).expect("allowed");
    let kinds: Vec<_> = end.events.iter().map(|e| e.kind.as_str()).collect();
    assert_eq!(kinds, ["grant.revoking", "request.revoking"]);
    assert!(end.events.iter().all(|e| e.actor == Actor::System));
    assert_eq!(end.jobs.len(), 1);
    assert_eq!(end.jobs[0].kind, JobKind::Revoke);
}

#[test]
fn a_late_end_says_how_late() {
    let ending = decide(&active(), Command::Expire, after(3700)).expect("allowed").next;
    let end = decide(&ending, Command::Revoked(grant_id(0), proof()), after(3701)).expect("ok");
    assert_eq!(end.next.status(), Status::Ended(EndReason::Expired));
    assert_eq!(end.events[0].after["late_ms"], json!(101_000));
}

#[test]
fn a_timer_that_runs_early_ends_nothing_and_comes_back() {
    let step = decide(&active(), Command::Expire, after(3599)).expect("allowed");
    assert_eq!(step.next, active());
    assert_eq!(step.jobs.iter().map(|j| j.run_at).collect::<Vec<_>>(), [after(3600)]);
}

#[test]
fn an_end_while_setting_up_is_undone_like_any_other() {
    for done in 0..4 {
        let access = play(scheduled(), up(0)[..done].to_vec(), after(1));
        let ending = decide(&access, end(&dana()), after(2)).expect("allowed").next;
        assert_eq!(ending.status(), Status::Revoking);
        assert!(decide(&ending, up(0).remove(done), after(2)).is_err(), "step {done} went on");
        let command = Command::Revoked(grant_id(0), proof());
        let ended = decide(&ending, command, after(3)).expect("allowed").next;
        assert!(ended.status().is_terminal());
    }
}

#[test]
fn terminal_states_never_reopen() {
    let ending = play(active(), vec![end(&dana())], after(2));
    let ended = play(ending, vec![Command::Revoked(grant_id(0), proof())], after(3));
    for command in up(0) {
        assert!(decide(&ended, command.clone(), after(4)).is_err(), "{command:?}");
    }
    let id = grant_id(0);
    for command in [
        end(&dana()),
        Command::Expire,
        Command::GiveUp(id, "no".into()),
        Command::RevokeFailing(id, "no".into()),
        Command::Revoked(id, proof()),
    ] {
        let step = decide(&ended, command.clone(), after(9_999)).expect("no change");
        assert_eq!(step.next, ended, "{command:?}");
        assert!(step.events.is_empty() && step.jobs.is_empty(), "{command:?}");
    }
}

#[test]
fn only_the_requester_and_an_admin_may_end() {
    let other = person("eve", Role::Member, 2);
    let refused = decide(&active(), end(&other), after(2));
    assert_eq!(refused, Err(Refusal::NotYours { number: support::NUMBER }));
    let admin = person("root", Role::Admin, 3);
    let ended = play(active(), vec![end(&admin)], after(2));
    let ended = play(ended, vec![Command::Revoked(grant_id(0), proof())], after(3));
    assert_eq!(ended.status(), Status::Ended(EndReason::Revoked));
}

#[test]
fn a_revocation_that_keeps_failing_is_shown_and_can_still_succeed() {
    let id = grant_id(0);
    let ending = play(active(), vec![Command::Expire], after(3600));
    let failing = |access: &Access, at| {
        decide(access, Command::RevokeFailing(id, "no answer".into()), at).expect("allowed").next
    };
    assert_eq!(failing(&ending, after(3601)), ending);
    let stuck = failing(&ending, after(3600) + STUCK_AFTER);
    assert_eq!(stuck.status(), Status::RevokeStuck);
    assert_eq!(failing(&stuck, after(4000)), stuck, "the same again says nothing new");
    let other = Command::RevokeFailing(id, "not allowed".into());
    let other = decide(&stuck, other, after(4000)).expect("allowed").next;
    assert!(
        matches!(&other.grants[0].state, GrantState::RevokeStuck { error, .. } if error == "not allowed")
    );
    assert_eq!(words::request_label(stuck.status(), Some(start()), start()), "May still be open");
    let ended = play(stuck, vec![Command::Revoked(id, proof())], after(9_000));
    assert_eq!(ended.status(), Status::Ended(EndReason::Expired));
}

#[test]
fn what_was_there_before_is_what_was_read_first() {
    let id = grant_id(0);
    let access = play(scheduled(), up(0)[..2].to_vec(), after(1));
    let second = Before { found: Found::Standing, plan: json!({}) };
    let step = decide(&access, Command::Observed(id, second), after(2)).expect("no change");
    assert_eq!(step.next, access);
}

#[test]
fn a_failed_target_does_not_undo_the_others() {
    let targets = ["k8s-real/namespace/customer1:edit", "k8s-real/namespace/customer2:edit"];
    let two = now_asked(&targets, "why", None).expect("allowed").next;
    let two = play(two, up(0), after(1));
    let two = play(two, vec![Command::GiveUp(grant_id(1), "no such role".into())], after(1));
    assert_eq!(two.status(), Status::Active);
    let two = play(two, vec![Command::Revoked(grant_id(1), proof())], after(2));
    assert!(matches!(two.grants[1].state, GrantState::ApplyFailed { .. }));
    assert_eq!(two.status(), Status::Active);
}

#[test]
fn t08_bad_asks_are_refused_with_what_to_do() {
    let good = "k8s-real/namespace/customer1:edit";
    let long = "x".repeat(4_001);
    for (targets, reason, duration, says) in [
        (vec![good], "", None, "asks for a reason"),
        (vec![good], "   \n", None, "asks for a reason"),
        (vec![good], long.as_str(), None, "4001 characters"),
        (vec![good], "a\u{202e}b", None, "turn text around"),
        (vec![good], "a\u{7}b", None, "nobody can see"),
        (vec![good], "why", Some("9h"), "Ask for 3h or less"),
        (vec![], "why", None, "1 to 20 targets"),
        (vec![good, good], "why", None, "named twice"),
        (vec!["k8s-real/namespace/other:edit"], "why", None, "does not let dana"),
    ] {
        let error = now_asked(&targets, reason, duration).expect_err(says).to_string();
        assert!(error.contains(says), "{says:?} is not in {error:?}");
    }
}

#[test]
fn t08_as_much_as_is_allowed_is_allowed() {
    let all: Vec<String> =
        (1..=MOST_TARGETS + 1).map(|n| format!("k8s-real/namespace/customer{n}:edit")).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let longest = "é".repeat(LONGEST_REASON);
    let step = now_asked(&all[..MOST_TARGETS], &longest, Some("3h")).expect("allowed");
    assert_eq!(step.next.grants.len(), MOST_TARGETS);
    let error = now_asked(&all, "why", None).expect_err("refused").to_string();
    assert!(error.contains("this one names 21"), "{error}");
}

#[test]
fn a_request_obeys_the_one_flow_that_covers_all_of_it() {
    let flows = [flow()];
    let target = |t: &str| vec![t.parse().expect("a target")];
    let found = choose_flow(&flows, &dana(), &target("k8s-real/namespace/customer1:edit"));
    assert_eq!(found.map(|f| f.version), Ok(3));
    let eve = person("eve", Role::Member, 2);
    let error = choose_flow(&flows, &eve, &target("k8s-real/namespace/customer1:edit"));
    assert!(error.expect_err("refused").to_string().contains("add eve to its requesters"));
    let error = choose_flow(&flows, &dana(), &target("k8s-real/namespace/kube-system:edit"));
    assert!(error.expect_err("refused").to_string().contains("no flow covers"));
}

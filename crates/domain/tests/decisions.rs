//! Who decides, about what, and until when.

#![expect(clippy::expect_used, reason = "a test stops at what it cannot do")]

mod support;

use bellhop_domain::{
    Actor, Command, Decision, Facts, Flow, JobKind, Refusal, Request, Review, Seen, Span, Status,
    Verdict, decide,
};
use chrono::TimeDelta;
use proptest::prelude::*;
use support::{
    TARGET, active, after, approved_by_erin, ask, asked, asking, dana, end, erin, facts, finn,
    grant_id, pending, play, proof, review, says, says_with, start, up_under,
};

fn refused(review: Review, facts: Facts) -> Refusal {
    decide(&pending(), says_with(review, facts), after(60)).expect_err("refused")
}

#[test]
fn a_request_waits_until_somebody_decides_and_makes_nothing_before() {
    let ask = ask(&[TARGET], "ticket 7", None);
    let step = asked(&asking(), &facts(&asking()), &ask).expect("allowed");
    assert_eq!((step.next.status(), step.next.deadline()), (Status::Pending, None));
    assert!(step.next.grants.is_empty());
    let jobs: Vec<_> = step.jobs.iter().map(|j| (j.kind, j.run_at)).collect();
    assert_eq!(jobs, [(JobKind::Lapse, after(7200))]);
    assert_eq!(step.events.len(), 1);
    assert_eq!(step.events[0].after["state"], "pending");
}

#[test]
fn the_timer_of_an_answer_waits_for_its_time_and_closes_then() {
    let lapsed = |at| decide(&pending(), Command::Lapse, at).expect("allowed");
    let early = lapsed(after(7199));
    assert_eq!((early.next, early.events), (pending(), vec![]));
    let jobs: Vec<_> = early.jobs.iter().map(|j| (j.kind, j.run_at)).collect();
    assert_eq!(jobs, [(JobKind::Lapse, after(7200))], "it comes back");
    let over = lapsed(after(7200));
    assert_eq!((over.next.status(), over.jobs), (Status::Lapsed, vec![]));
    let denied = play(pending(), vec![says(&pending(), &erin(), Verdict::Deny)], after(1));
    let late = decide(&denied, Command::Lapse, after(7200)).expect("allowed");
    assert_eq!((late.next, late.jobs), (denied, vec![]), "what was decided stays");
}

#[test]
fn p09_the_deadline_counts_from_the_approval() {
    let pending = pending();
    let step = decide(&pending, says(&pending, &erin(), Verdict::Approve), after(600));
    let step = step.expect("allowed");
    assert_eq!(step.next.deadline(), Some(after(600 + 3600)));
    let kinds: Vec<_> = step.events.iter().map(|e| e.kind.as_str()).collect();
    assert_eq!(kinds, ["request.approved", "grant.scheduled"]);
    assert_eq!(step.events[0].actor, Actor::from(&erin()));
    let jobs: Vec<_> = step.jobs.iter().map(|j| j.kind).collect();
    assert_eq!(jobs, [JobKind::Apply, JobKind::Expire]);
}

#[test]
fn an_approver_gives_less_time_than_was_asked_for_and_never_more() {
    let span = |text: &str| text.parse::<Span>().expect("a duration");
    let said = |shorter: &str, verdict| {
        let shorter = Some(span(shorter));
        let review = Review { shorter, ..review(&pending(), &erin(), verdict) };
        decide(&pending(), says_with(review, facts(&asking())), after(600))
    };
    let step = said("30m", Verdict::Approve).expect("allowed");
    assert_eq!(step.next.deadline(), Some(after(600 + 1_800)));
    assert_eq!(step.events[0].after["shorter"], "30m", "{}", step.events[0].after);
    assert!(step.jobs.iter().any(|job| job.kind == JobKind::Expire && job.run_at == after(2_400)));
    let as_asked = said("1h", Verdict::Approve).expect("allowed");
    let plain = decide(&pending(), says(&pending(), &erin(), Verdict::Approve), after(600));
    assert_eq!(as_asked, plain.expect("allowed"), "as much as was asked for is nothing of its own");
    let number = pending().request.number;
    for (given, verdict) in
        [("1h1s", Verdict::Approve), ("2h", Verdict::Approve), ("30m", Verdict::Deny)]
    {
        let asked = span("1h");
        let refusal = Refusal::NotShorter { number, asked, given: span(given) };
        assert_eq!(said(given, verdict), Err(refusal), "{given}");
    }
}

#[test]
fn t03_an_approval_at_the_moment_of_lapse_is_refused_although_no_clean_up_has_run() {
    let waits = pending();
    let yes = says(&waits, &erin(), Verdict::Approve);
    let lapse = after(7200);
    let late = decide(&waits, yes.clone(), lapse + TimeDelta::milliseconds(1));
    assert!(matches!(late, Err(Refusal::Lapsed { .. })), "{late:?}");
    assert!(matches!(decide(&waits, yes.clone(), lapse), Err(Refusal::Lapsed { .. })));
    assert!(decide(&waits, yes, lapse - TimeDelta::milliseconds(1)).is_ok());
    let no = says(&waits, &erin(), Verdict::Deny);
    assert!(matches!(decide(&waits, no, lapse), Err(Refusal::Lapsed { .. })));
}

#[test]
fn t01_the_second_of_two_approvers_is_told_who_was_first() {
    let approved = approved_by_erin();
    let second = decide(&approved, says(&pending(), &finn(), Verdict::Approve), after(1));
    let error = second.expect_err("refused");
    assert!(matches!(error, Refusal::AlreadyDecided { .. }), "{error:?}");
    assert!(error.to_string().contains("was approved by erin"), "{error}");
    assert_eq!(approved.grants.len(), 1);
}

#[test]
fn repeating_ones_own_decision_changes_nothing() {
    let waits = pending();
    for (verdict, status) in [(Verdict::Approve, Status::Granting), (Verdict::Deny, Status::Denied)]
    {
        let said = says(&waits, &erin(), verdict);
        let decided = play(waits.clone(), vec![said.clone()], after(1));
        assert_eq!(decided.status(), status);
        let again = decide(&decided, said, after(9_999)).expect("no change");
        assert_eq!(again.next, decided);
        assert!(again.events.is_empty() && again.jobs.is_empty());
    }
    let withdrawn = play(waits, vec![Command::Withdraw { by: dana() }], after(1));
    let again = decide(&withdrawn, Command::Withdraw { by: dana() }, after(2)).expect("no change");
    assert_eq!(again.next, withdrawn);
}

#[test]
fn denial_beats_approval_and_says_who() {
    let waits = pending();
    let denied = play(waits.clone(), vec![says(&waits, &finn(), Verdict::Deny)], after(1));
    let late = decide(&denied, says(&waits, &erin(), Verdict::Approve), after(2));
    assert!(late.expect_err("refused").to_string().contains("was denied by finn"));
}

type Change = fn(&mut Request);

fn flow_of(facts: &mut Facts) -> &mut Flow {
    &mut facts.flow.as_mut().expect("in force").flow
}

/// Every way in which what was asked for stopped being allowed.
fn changes() -> Vec<(&'static str, Facts)> {
    let change = |change: fn(&mut Facts)| {
        let mut facts = facts(&asking());
        change(&mut facts);
        facts
    };
    vec![
        ("flow gone", change(|f| f.flow = None)),
        ("requester removed", change(|f| flow_of(f).requesters.users.clear())),
        ("requester deactivated", change(|f| f.requester.active = false)),
        ("target taken out", change(|f| flow_of(f).targets.clear())),
        ("shorter maximum", change(|f| flow_of(f).duration.max = support::span("30m"))),
        (
            "re-pointed",
            change(|f| {
                f.systems.get_mut("k8s-real").expect("there").pin = Some("cluster-2".into());
            }),
        ),
        (
            "another integration",
            change(|f| {
                let other = bellhop_domain::ids::uuid_at(start(), [78; 10]);
                f.systems.get_mut("k8s-real").expect("there").id.0 = other;
            }),
        ),
        ("integration gone", change(|f| f.systems.clear())),
        ("clock behind", change(|f| f.behind = Some(TimeDelta::minutes(3)))),
    ]
}

#[test]
fn t06_what_changed_before_the_approval_refuses_it() {
    let waits = pending();
    for (what, facts) in changes() {
        let said = says_with(review(&waits, &erin(), Verdict::Approve), facts);
        assert!(decide(&waits, said, after(60)).is_err(), "{what}");
    }
    let mut newer = facts(&asking());
    newer.flow.as_mut().expect("in force").version = 4;
    let said = says_with(review(&waits, &erin(), Verdict::Approve), newer.clone());
    assert_eq!(
        decide(&waits, said, after(60)),
        Err(Refusal::ContentChanged { number: support::NUMBER })
    );
    // Once the request is put under the new version, whoever looks again may approve.
    let moved = play(waits, vec![Command::FlowChanged(newer.clone())], after(61));
    let again = says_with(review(&moved, &erin(), Verdict::Approve), newer);
    assert_eq!(play(moved, vec![again], after(62)).status(), Status::Granting);
}

#[test]
fn a_system_that_could_not_take_access_away_is_not_approved_for() {
    let waits = pending();
    let mut closed = facts(&asking());
    closed.systems.get_mut("k8s-real").expect("there").closed = Some("rights are missing".into());
    let error = refused(review(&waits, &erin(), Verdict::Approve), closed.clone());
    assert!(error.to_string().contains("takes no new access: rights are missing"), "{error}");
    let no = says_with(review(&waits, &erin(), Verdict::Deny), closed);
    assert!(decide(&waits, no, after(60)).is_ok(), "a denial is always possible");
}

#[test]
fn p11_what_changed_before_the_effect_makes_it_fail_closed() {
    let mut all = changes();
    let mut no_approver = facts(&asking());
    no_approver.approver.as_mut().expect("erin").active = false;
    all.push(("approver deactivated", no_approver));
    all.push(("another approver", Facts { approver: Some(finn()), ..facts(&asking()) }));
    all.push(("approver gone", Facts { approver: None, ..facts(&asking()) }));
    for (what, changed) in all {
        for done in 0..3 {
            let steps = up_under(0, &facts(&asking()))[..done].to_vec();
            let access = play(approved_by_erin(), steps, after(2));
            let step = decide(&access, Command::Start(grant_id(0), changed.clone()), after(3));
            let undone = step.expect("undone").next;
            assert_eq!(undone.status(), Status::Revoking, "{what} after {done} steps");
            let gone = Command::Revoked(grant_id(0), proof());
            assert_eq!(play(undone, vec![gone], after(4)).status(), Status::Failed, "{what}");
        }
    }
}

#[test]
fn t07_a_decision_is_bound_to_the_content_shown() {
    let shown = pending();
    let mut other = review(&shown, &erin(), Verdict::Approve);
    other.seen = Seen("0".repeat(64));
    let error = refused(other, facts(&asking()));
    assert!(matches!(error, Refusal::ContentChanged { .. }), "{error:?}");
    let changes: [(&str, Change); 6] = [
        ("duration", |r| r.duration = support::span("2h")),
        ("target", |r| r.wanted[0].target.resource = "customer2".into()),
        ("system", |r| r.wanted[0].pin = "cluster-2".into()),
        ("reason", |r| r.reason = "another".into()),
        ("flow version", |r| r.flow.version = 4),
        ("requester", |r| r.requester = finn().id),
    ];
    for (what, change) in changes {
        let mut other = shown.request.clone();
        change(&mut other);
        assert_ne!(other.seen(), shown.request.seen(), "{what}");
    }
}

#[test]
fn only_the_requester_withdraws_and_only_before_a_decision() {
    let waits = pending();
    let by_erin = decide(&waits, Command::Withdraw { by: erin() }, after(1));
    assert!(matches!(by_erin, Err(Refusal::NotYours { .. })));
    let late = decide(&approved_by_erin(), Command::Withdraw { by: dana() }, after(2));
    assert!(matches!(late, Err(Refusal::WrongState { .. })), "{late:?}");
}

#[test]
fn an_approver_may_end_what_they_may_approve() {
    let ended = decide(&active(), end(&erin()), after(2)).expect("allowed");
    assert_eq!(ended.next.status(), Status::Revoking);
}

#[test]
fn a_requester_who_left_keeps_nothing() {
    let by = || Actor::System;
    let left = play(pending(), vec![Command::RequesterLeft { by: by() }], after(1));
    assert_eq!(left.status(), Status::Withdrawn);
    let left = play(active(), vec![Command::RequesterLeft { by: by() }], after(2));
    let ended = play(left, vec![Command::Revoked(grant_id(0), proof())], after(3));
    let reason = bellhop_domain::EndReason::Ineligible;
    assert_eq!(ended.status(), Status::Ended(reason));
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Erin(Verdict),
    Finn(Verdict),
    Withdraw,
    Lapse,
    End,
    Work,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// All orders of decisions, timers and work, on a clock that only goes on.
    #[test]
    fn t02_after_deny_withdraw_or_lapse_nothing_is_ever_active(
        acts in prop::collection::vec((prop_oneof![
            Just(Act::Erin(Verdict::Approve)), Just(Act::Erin(Verdict::Deny)),
            Just(Act::Finn(Verdict::Approve)), Just(Act::Finn(Verdict::Deny)),
            Just(Act::Withdraw), Just(Act::Lapse), Just(Act::End), Just(Act::Work),
        ], 0..3_000_i64), 1..12),
    ) {
        let shown = pending();
        let (mut access, mut now, mut first) = (shown.clone(), start(), None);
        for (act, passed) in acts {
            now += TimeDelta::seconds(passed);
            let commands = match act {
                Act::Erin(verdict) => vec![says(&shown, &erin(), verdict)],
                Act::Finn(verdict) => vec![says(&shown, &finn(), verdict)],
                Act::Withdraw => vec![Command::Withdraw { by: dana() }],
                Act::Lapse => vec![Command::Lapse],
                Act::End => vec![end(&dana())],
                Act::Work => up_under(0, &facts(&asking())),
            };
            for command in commands {
                if let Ok(step) = decide(&access, command, now) {
                    access = step.next;
                }
            }
            if first.is_none() && access.status() != Status::Pending {
                first = Some((access.request.decision.clone(), now));
            }
            let waited = matches!(access.request.decision, Decision::Approved(_));
            prop_assert!(access.grants.is_empty() || waited);
        }
        if let Some((decision, at)) = first {
            // The first decision stands, whatever was tried afterwards. Only who ended the access
            // is noted with it.
            let mut stands = access.request.decision;
            if let Decision::Approved(approved) = &mut stands {
                approved.ended = None;
            }
            prop_assert_eq!(&stands, &decision);
            let approved = matches!(decision, Decision::Approved(_));
            prop_assert!(!approved || at < after(7200), "approved after the lapse");
        }
    }
}

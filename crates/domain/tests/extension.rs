//! More time: within the flow's maximum, counted from the approval, and never by itself.

mod support;

use bellhop_domain::{
    Access, Actor, Answer, Approved, Command, Decision, EndReason, Facts, FlowInForce, Grant,
    GrantState, JobKind, Person, Refusal, Status, Verdict, decide,
};
use proptest::prelude::*;
use support::{
    active, after, approved_by_erin, asking, dana, end, erin, facts, finn, flow, grant_id, play,
    review, says_with, span, up_under,
};

fn extend(by: &Person, facts: Facts) -> Command {
    Command::Extend { by: by.clone(), facts }
}

fn by_dana(flow: &FlowInForce) -> Command {
    extend(&dana(), facts(flow))
}

fn by(person: &Person) -> Actor {
    Actor::from(person)
}

fn note() -> String {
    review(&active_under_people(), &finn(), Verdict::Approve).note
}

fn answer(access: &Access) -> Option<Answer> {
    let extension = access.approved().and_then(|approved| approved.extension.clone());
    extension.map(|extension| extension.answer)
}

fn active_under_people() -> Access {
    play(approved_by_erin(), up_under(0, &facts(&asking())), after(2))
}

#[test]
fn t18_extensions_end_at_the_maximum_counted_from_the_approval() {
    let mut access = active();
    for (at, minutes) in [(60, 110), (61, 160), (62, 180)] {
        let step = decide(&access, by_dana(&flow()), after(at)).expect("allowed");
        assert_eq!(step.next.deadline(), Some(after(minutes * 60)));
        assert_eq!(step.jobs.iter().map(|j| j.kind).collect::<Vec<_>>(), [JobKind::Extend]);
        access = step.next;
    }
    let error = decide(&access, by_dana(&flow()), after(63)).expect_err("refused");
    assert!(error.to_string().contains("lasts 3h already"), "{error}");
}

#[test]
fn t18_a_flow_extends_as_often_as_it_says() {
    let mut once = flow();
    once.flow.extend = Some(bellhop_domain::ExtendRule { times: 1, by: span("5m") });
    let access = play(active(), vec![by_dana(&once)], after(2));
    let error = decide(&access, by_dana(&once), after(3)).expect_err("refused");
    assert!(error.to_string().contains("extends once at most"), "{error}");
    once.flow.extend = None;
    let error = decide(&active(), by_dana(&once), after(3)).expect_err("refused");
    assert!(matches!(error, Refusal::NoExtension { .. }), "{error:?}");
}

#[test]
fn t18_the_timer_of_the_old_deadline_goes_on_to_the_new_one() {
    let access = play(active(), vec![by_dana(&flow())], after(60));
    let early = decide(&access, Command::Expire, after(3600)).expect("allowed");
    assert_eq!(early.next, access);
    assert_eq!(early.jobs.iter().map(|j| j.run_at).collect::<Vec<_>>(), [after(110 * 60)]);
}

#[test]
fn only_the_requester_extends_and_only_what_is_in_use() {
    let by_erin = decide(&active(), extend(&erin(), facts(&flow())), after(2));
    assert!(matches!(by_erin, Err(Refusal::NotYours { .. })));
    let late = decide(&active(), by_dana(&flow()), after(3600));
    assert!(matches!(late, Err(Refusal::PastDeadline { .. })), "{late:?}");
    let ending = play(active(), vec![end(&dana())], after(2));
    let late = decide(&ending, by_dana(&flow()), after(3));
    assert!(matches!(late, Err(Refusal::WrongState { .. })), "{late:?}");
    let mut gone = facts(&flow());
    gone.requester.active = false;
    let refused = decide(&active(), extend(&dana(), gone), after(2));
    assert!(matches!(refused, Err(Refusal::NoLongerAllowed { .. })), "{refused:?}");
}

#[test]
fn where_people_approve_an_extension_waits_for_them_and_access_stays_on() {
    let step = decide(&active_under_people(), by_dana(&asking()), after(60)).expect("allowed");
    assert_eq!((step.next.status(), step.next.deadline()), (Status::Active, Some(after(3601))));
    assert_eq!(
        step.jobs.iter().map(|j| (j.kind, j.run_at)).collect::<Vec<_>>(),
        [(JobKind::Lapse, after(3601))]
    );
    let asked = step.next;
    let said = |who: &Person, verdict| says_with(review(&asked, who, verdict), facts(&asking()));
    let own = decide(&asked, said(&dana(), Verdict::Approve), after(70));
    assert!(matches!(own, Err(Refusal::NotApprover { .. })), "{own:?}");
    let longer = play(asked.clone(), vec![said(&finn(), Verdict::Approve)], after(70));
    assert_eq!(longer.deadline(), Some(after(3601 + 3000)));
    assert_eq!(
        answer(&longer),
        Some(Answer::Approved { at: after(70), by: by(&finn()), note: note() })
    );
    let denied = play(asked.clone(), vec![said(&finn(), Verdict::Deny)], after(70));
    assert_eq!(
        answer(&denied),
        Some(Answer::Denied { at: after(70), by: by(&finn()), note: note() })
    );
    assert_eq!((denied.deadline(), denied.status()), (Some(after(3601)), Status::Active));
    let early = decide(&asked, Command::Lapse, after(3600)).expect("allowed");
    assert_eq!((early.next, early.events), (asked.clone(), vec![]));
    assert_eq!(early.jobs.iter().map(|j| j.run_at).collect::<Vec<_>>(), [after(3601)]);
    let lapsed = play(asked.clone(), vec![Command::Lapse], after(3601));
    assert_eq!(answer(&lapsed), Some(Answer::Lapsed { at: after(3601) }));
    let late = decide(&asked, said(&finn(), Verdict::Approve), after(3601));
    assert!(matches!(late, Err(Refusal::Lapsed { .. })), "{late:?}");
}

#[test]
fn t18_what_was_approved_before_an_extension_does_not_approve_it() {
    let asked = play(active_under_people(), vec![by_dana(&asking())], after(60));
    let old =
        says_with(review(&active_under_people(), &erin(), Verdict::Approve), facts(&asking()));
    assert!(matches!(decide(&asked, old, after(70)), Err(Refusal::ContentChanged { .. })));
}

#[test]
fn t18_who_repeats_themselves_changes_nothing_and_who_is_late_hears_what_was_decided() {
    let asked = play(active_under_people(), vec![by_dana(&asking())], after(60));
    let said = |who: &Person, verdict| says_with(review(&asked, who, verdict), facts(&asking()));
    for (verdict, other, what) in [
        (Verdict::Approve, Verdict::Deny, "extended by finn"),
        (Verdict::Deny, Verdict::Approve, "denied more time by finn"),
    ] {
        let decided = play(asked.clone(), vec![said(&finn(), verdict)], after(70));
        let again = decide(&decided, said(&finn(), verdict), after(71)).expect("allowed");
        assert_eq!((again.next, again.events), (decided.clone(), vec![]));
        for late in [said(&finn(), other), said(&erin(), verdict), said(&erin(), other)] {
            let error = decide(&decided, late, after(71)).expect_err("refused").to_string();
            assert!(error.contains(what), "{error}");
        }
    }
    let lapsed = play(asked.clone(), vec![Command::Lapse], after(3601));
    let late = decide(&lapsed, said(&finn(), Verdict::Approve), after(3602));
    assert!(matches!(late, Err(Refusal::Lapsed { .. })), "{late:?}");
}

#[test]
fn t18_an_extension_that_waits_lapses_when_the_access_is_over() {
    let asked = play(active_under_people(), vec![by_dana(&asking())], after(60));
    for over in [end(&dana()), Command::Lost(grant_id(0), EndReason::Drift)] {
        let step = decide(&asked, over, after(70)).expect("allowed");
        assert_eq!(answer(&step.next), Some(Answer::Lapsed { at: after(70) }));
        let told = step.events.last().map(|event| (event.kind.as_str(), &event.actor));
        assert_eq!(told, Some(("request.extension_lapsed", &Actor::System)));
    }
    // While anything of it is on, or comes to be, more time makes sense.
    let mut two = asked.clone();
    let second = Grant { id: grant_id(1), state: GrantState::Scheduled, ..two.grants[0].clone() };
    two.grants.push(second);
    let step = decide(&two, Command::Lost(grant_id(0), EndReason::Drift), after(70));
    assert_eq!(answer(&step.expect("allowed").next), answer(&asked));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn t18_no_order_of_commands_moves_the_deadline_past_the_maximum(
        acts in prop::collection::vec((0..5_u8, 0..2_000_i64), 1..40),
    ) {
        let mut access = active_under_people();
        let mut now = after(2);
        for (act, passed) in acts {
            now += chrono::TimeDelta::seconds(passed);
            let command = match act {
                0 => by_dana(&asking()),
                1 => says_with(review(&access, &finn(), Verdict::Approve), facts(&asking())),
                2 => Command::Expire,
                3 => Command::Lapse,
                _ => Command::Start(grant_id(0), facts(&asking())),
            };
            let was = access.deadline();
            let asked = access.approved().is_some_and(|a| a.waiting().is_some());
            if let Ok(step) = decide(&access, command, now) {
                access = step.next;
            }
            let Decision::Approved(Approved { deadline, at, .. }) = &access.request.decision else {
                panic!("it was approved");
            };
            prop_assert!(*deadline <= *at + span("3h").delta());
            // Only an approved extension moves it, and only while it had not come.
            if was != Some(*deadline) {
                prop_assert!(act == 1 && asked && was.is_some_and(|was| now < was));
            }
        }
    }
}

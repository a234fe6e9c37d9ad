//! Who may decide, and who may not under whichever name.

#![expect(clippy::expect_used, clippy::panic, reason = "a test stops at what it cannot do")]

mod support;

use bellhop_domain::{
    Approval, Facts, FlowInForce, Person, Refusal, Review, Role, Verdict, decide,
};
use support::{
    TARGET, after, ask, asked, asking, dana, erin, facts, finn, flow, identity, pending, person,
    review, says_with, start,
};

fn refused(review: Review, facts: Facts) -> Refusal {
    decide(&pending(), says_with(review, facts), after(60)).expect_err("refused")
}

/// Who approves under a flow that asks people.
fn approvers(flow: &mut FlowInForce) -> &mut Vec<String> {
    let Approval::People(people) = &mut flow.flow.approval else {
        panic!("people decide");
    };
    &mut people.any.users
}

#[test]
fn p07_an_empty_set_of_approvers_is_nobody() {
    let mut nobody = asking();
    approvers(&mut nobody).clear();
    let error = asked(&nobody, &facts(&nobody), &ask(&[TARGET], "why", None));
    assert!(matches!(error, Err(Refusal::NobodyDecides { .. })), "{error:?}");
    // And one that was emptied since: whoever tries is none of them.
    let tries = review(&pending(), &erin(), Verdict::Approve);
    let refused = refused(tries, facts(&nobody));
    assert!(matches!(refused, Refusal::NotApprover { .. }), "{refused:?}");
}

#[test]
fn t04_unknown_gone_or_only_oneself_is_nobody_and_the_flow_is_named() {
    let mut own = asking();
    *approvers(&mut own) = vec!["dana".into(), "nobody-knows".into()];
    let text = asked(&own, &facts(&own), &ask(&[TARGET], "why", None)).expect_err("refused");
    let text = text.to_string();
    assert!(text.contains("\"RnD access\" names dana, nobody-knows"), "{text}");
}

#[test]
fn p10_only_approvers_of_the_requests_own_flow_decide() {
    let stranger = person("gus", Role::Admin, 6);
    let refused = refused(review(&pending(), &stranger, Verdict::Approve), facts(&asking()));
    assert!(matches!(refused, Refusal::NotApprover { .. }), "an admin is no approver: {refused:?}");
}

#[test]
fn p16_without_an_approval_rule_by_people_nobody_approves() {
    let waits = pending();
    for flow in [None, Some(flow())] {
        let facts = Facts { flow, ..facts(&asking()) };
        let tried =
            decide(&waits, says_with(review(&waits, &erin(), Verdict::Approve), facts), start());
        assert!(tried.is_err(), "{tried:?}");
    }
}

fn as_self(who: &Person) -> Refusal {
    let mut flow = asking();
    *approvers(&mut flow) = vec!["erin".into(), who.handle.clone()];
    let mut facts = facts(&flow);
    facts.requester.identities.push(identity("email", "dana@example.com"));
    facts.requester.identities.push(identity("slack", "T1/U7"));
    facts.requester.identities.push(identity("teams", "29:dana"));
    refused(review(&pending(), who, Verdict::Approve), facts)
}

#[test]
fn t05_nobody_decides_about_their_own_request_under_whichever_name() {
    assert!(matches!(as_self(&dana()), Refusal::OwnRequest { .. }));
    for (handle, provider, subject) in [
        ("a", "slack", "T1/U7"),
        ("b", "teams", "29:dana"),
        ("c", "email", "dana@example.com"),
        ("d", "email", "dana+prod@example.com"),
        ("e", "email", "DANA@EXAMPLE.COM"),
        ("Dana@example.com", "os", "1001"),
    ] {
        let mut alias = person(handle, Role::Member, 8);
        alias.identities = vec![identity(provider, subject)];
        let refusal = as_self(&alias);
        assert!(matches!(refusal, Refusal::OwnRequest { .. }), "{handle}: {refusal:?}");
    }
}

#[test]
fn t05_a_bots_request_is_its_owners_and_a_bot_never_decides() {
    let mut bot = erin();
    bot.owner = Some(finn().id);
    let error = refused(review(&pending(), &bot, Verdict::Approve), facts(&asking()));
    assert!(matches!(error, Refusal::NotApprover { .. }), "{error:?}");
    let mut facts = facts(&asking());
    facts.requester.owner = Some(erin().id);
    let error = refused(review(&pending(), &erin(), Verdict::Approve), facts);
    assert!(matches!(error, Refusal::OwnRequest { .. }), "{error:?}");
}

#[test]
fn a_link_that_the_requester_made_later_cannot_decide() {
    let mut planted = review(&pending(), &erin(), Verdict::Approve);
    planted.via.linked_by = Some(dana().id);
    planted.via.linked_at = after(0);
    let error = refused(planted.clone(), facts(&asking()));
    assert!(matches!(error, Refusal::LinkedByRequester { .. }), "{error:?}");
    planted.via.linked_at = after(-1);
    assert!(decide(&pending(), says_with(planted, facts(&asking())), after(1)).is_ok());
}

#[test]
fn p17_both_people_are_checked_when_asking_and_when_deciding() {
    let mut gone = facts(&asking());
    gone.requester.active = false;
    let refused_ask = asked(&asking(), &gone, &ask(&[TARGET], "why", None));
    assert!(matches!(refused_ask, Err(Refusal::NotEntitled(_))), "{refused_ask:?}");
    let error = refused(review(&pending(), &erin(), Verdict::Approve), gone);
    assert!(matches!(error, Refusal::NoLongerAllowed { .. }), "{error:?}");
}

#[test]
fn p18_an_approver_is_one_at_the_moment_of_deciding() {
    let mut left = erin();
    left.active = false;
    let error = refused(review(&pending(), &left, Verdict::Approve), facts(&asking()));
    assert!(matches!(error, Refusal::NotApprover { .. }), "{error:?}");
}

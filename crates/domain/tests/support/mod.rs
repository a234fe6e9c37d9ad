//! People, a flow of each kind, and requests under them.

#![allow(dead_code, clippy::allow_attributes, reason = "each test file uses its part of this")]
#![expect(clippy::expect_used, reason = "a test stops at what it cannot do")]

use std::collections::BTreeMap;

use bellhop_domain::{
    Access, Approval, Approvers, Ask, Before, Command, DurationRule, ExtendRule, Facts, Flow,
    FlowInForce, Found, GrantId, Hands, Identity, IntegrationId, NewNames, People, Person,
    PersonId, Proof, ReasonRule, Refusal, RequestId, RequestNumber, Requesters, Review, Role,
    SelfApproval, Span, Step, System, TargetRule, Verdict, decide, ids, submit,
};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

pub(crate) const TARGET: &str = "k8s-real/namespace/customer1:edit";
pub(crate) const NUMBER: RequestNumber = RequestNumber(1042);

pub(crate) fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).expect("in range")
}

pub(crate) fn after(seconds: i64) -> DateTime<Utc> {
    start() + TimeDelta::seconds(seconds)
}

pub(crate) fn person(handle: &str, role: Role, n: u8) -> Person {
    Person {
        id: PersonId(ids::uuid_at(start(), [n; 10])),
        handle: handle.into(),
        role,
        active: true,
        owner: None,
        identities: vec![identity("os", handle)],
    }
}

pub(crate) fn identity(provider: &str, subject: &str) -> Identity {
    let (provider, subject) = (provider.to_owned(), subject.to_owned());
    Identity { provider, subject, linked_at: after(-999), linked_by: None }
}

/// Asks.
pub(crate) fn dana() -> Person {
    person("dana", Role::Member, 1)
}

/// Approves.
pub(crate) fn erin() -> Person {
    person("erin", Role::Member, 4)
}

/// Approves as well.
pub(crate) fn finn() -> Person {
    person("finn", Role::Member, 5)
}

pub(crate) fn span(text: &str) -> Span {
    text.parse().expect("a duration")
}

pub(crate) fn flow() -> FlowInForce {
    let flow = Flow {
        id: "rnd".into(),
        name: "RnD access".into(),
        requesters: Requesters { users: vec!["dana".into()] },
        reason: ReasonRule::Required,
        duration: DurationRule { default: span("1h"), max: span("3h"), choices: vec![] },
        targets: vec![TargetRule {
            integration: "k8s-real".into(),
            resource_type: "namespace".into(),
            resources: vec!["customer*".into()],
            permissions: vec!["edit".into()],
        }],
        extend: Some(ExtendRule { times: 5, by: span("50m") }),
        approval: Approval::Automatic,
    };
    FlowInForce { version: 3, flow }
}

/// The same flow, but Erin or Finn decide.
pub(crate) fn asking() -> FlowInForce {
    let mut asking = flow();
    asking.flow.approval = Approval::People(People {
        any: Approvers { users: vec!["erin".into(), "finn".into()] },
        self_approval: SelfApproval::Never,
        lapse_after: span("2h"),
    });
    asking
}

pub(crate) fn facts(flow: &FlowInForce) -> Facts {
    let id = IntegrationId(ids::uuid_at(start(), [77; 10]));
    let system = System { id, pin: Some("cluster-1".into()), closed: None };
    Facts {
        flow: Some(flow.clone()),
        requester: dana(),
        approver: Some(erin()),
        systems: BTreeMap::from([("k8s-real".to_owned(), system)]),
        behind: None,
        unread: None,
    }
}

pub(crate) fn grant_id(n: u8) -> GrantId {
    GrantId(ids::uuid_at(start(), [100 + n; 10]))
}

pub(crate) fn grants(count: usize) -> Vec<(GrantId, String)> {
    (0..).take(count).map(|n| (grant_id(n), "bellhop-x".into())).collect()
}

pub(crate) fn ask(targets: &[&str], reason: &str, duration: Option<&str>) -> Ask {
    let targets = targets.iter().map(|t| t.parse().expect("a target")).collect();
    Ask { targets, reason: reason.into(), duration: duration.map(span) }
}

/// Dana asks at the start.
pub(crate) fn asked(flow: &FlowInForce, facts: &Facts, ask: &Ask) -> Result<Step, Refusal> {
    let names = NewNames { id: RequestId(ids::uuid_at(start(), [9; 10])), number: NUMBER };
    let hands = Hands { approvers: vec![erin(), finn()], grants: grants(ask.targets.len()) };
    submit(ask, flow, facts, (names, &hands), start())
}

pub(crate) fn scheduled() -> Access {
    let ask = ask(&[TARGET], "ticket 7", None);
    asked(&flow(), &facts(&flow()), &ask).expect("allowed").next
}

pub(crate) fn pending() -> Access {
    let ask = ask(&[TARGET], "ticket 7", None);
    asked(&asking(), &facts(&asking()), &ask).expect("allowed").next
}

pub(crate) fn review(access: &Access, by: &Person, verdict: Verdict) -> Review {
    let via = by.identities.first().cloned().expect("an identity");
    let seen = access.request.seen();
    Review { by: by.clone(), via, seen, note: "as agreed".to_owned(), verdict, shorter: None }
}

/// `by` decides on what is there now.
pub(crate) fn says(access: &Access, by: &Person, verdict: Verdict) -> Command {
    says_with(review(access, by, verdict), facts(&asking()))
}

pub(crate) fn says_with(review: Review, facts: Facts) -> Command {
    Command::Review { review, facts, grants: grants(1) }
}

pub(crate) fn approved_by_erin() -> Access {
    let pending = pending();
    play(pending.clone(), vec![says(&pending, &erin(), Verdict::Approve)], after(1))
}

pub(crate) fn before() -> Before {
    Before { found: Found::Absent, plan: json!({}) }
}

pub(crate) fn proof() -> Proof {
    Proof::Probed { said: "asked".into() }
}

pub(crate) fn play(mut access: Access, commands: Vec<Command>, at: DateTime<Utc>) -> Access {
    for command in commands {
        access = decide(&access, command, at).expect("allowed").next;
    }
    access
}

/// All steps of a grant to *active*.
pub(crate) fn up(n: u8) -> Vec<Command> {
    up_under(n, &facts(&flow()))
}

pub(crate) fn up_under(n: u8, facts: &Facts) -> Vec<Command> {
    let id = grant_id(n);
    vec![
        Command::Start(id, facts.clone()),
        Command::Observed(id, before()),
        Command::Applied(id),
        Command::Verified(id, proof()),
    ]
}

pub(crate) fn active() -> Access {
    play(scheduled(), up(0), after(1))
}

pub(crate) fn end(by: &Person) -> Command {
    Command::End { by: by.clone(), flow: Some(asking().flow), note: String::new() }
}

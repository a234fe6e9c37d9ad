//! Many people with much access, all of which ends in the same second.

use std::fmt::Write as _;

use bellhop_domain::{
    Ask, Before, Command, Facts, Found, GrantId, Hands, JobKind, NewNames, Person, Proof,
    RequestId, Role, Step, System, decide, submit,
};
use bellhop_store::{Store, Tx, access, accounts, flows, integrations, people};
use serde_json::json;

pub(crate) const INTEGRATION: &str = "k8s-real";
const PEOPLE: usize = 50;
/// Targets of one request.
const TARGETS: usize = 10;
/// Requests that are stored in one transaction.
const AT_ONCE: usize = 50;

/// A flow for the crowd and for whoever runs the test.
pub(crate) fn config(tester: &str) -> String {
    let mut users = format!("\"{tester}\"");
    for number in 0..PEOPLE {
        write!(users, ", \"person{number}\"").expect("a string grows");
    }
    format!(
        r#"
[[integration]]
name = "{INTEGRATION}"
kind = "kubernetes"

[[flow]]
id = "rnd"
name = "RnD access"
requesters = {{ users = [{users}] }}
duration = {{ default = "1h", max = "8h" }}
  [[flow.target]]
  integration = "{INTEGRATION}"
  type = "namespace"
  resources = ["*"]
  permissions = ["edit"]
  [flow.approval]
  mode = "automatic"
"#
    )
}

/// Stores `count` active grants as they are an instant before the deadline; answers which.
///
/// Their rows of the audit log are left out, as how they came to be is not what is looked at.
pub(crate) async fn move_in(store: &Store, count: usize) -> Vec<GrantId> {
    let mut tx = store.write().await.expect("opens");
    let mut crowd = Vec::new();
    for number in 0..PEOPLE {
        let (name, id) = (format!("person{number}"), (70_000 + number).to_string());
        let added = people::add(&mut tx, &name, Role::Member, ("os", &id)).await;
        crowd.push(added.expect("added"));
    }
    tx.commit().await.expect("kept");
    let mut open = Vec::new();
    while open.len() < count {
        let mut tx = store.write().await.expect("opens");
        for _ in 0..AT_ONCE.min((count - open.len()).div_ceil(TARGETS)) {
            let person = &crowd[(open.len() / TARGETS) % PEOPLE];
            let step = active(&mut tx, person, open.len()).await;
            access::insert(&mut tx, &step).await.expect("stored");
            open.extend(step.next.grants.iter().map(|grant| grant.id));
        }
        tx.commit().await.expect("kept");
    }
    open
}

/// A request with all its grants active, and nothing to do before its deadline.
async fn active(tx: &mut Tx, person: &Person, first: usize) -> Step {
    let system = integrations::by_name(tx, INTEGRATION).await.expect("reads").expect("defined");
    let account = accounts::in_use(tx, system.id, person.id).await.expect("an account");
    let flow = flows::in_force(tx).await.expect("reads").remove(0);
    let known = System { id: system.id, pin: system.pin, closed: None };
    let facts = Facts {
        flow: Some(flow.clone()),
        requester: person.clone(),
        approver: None,
        systems: [(INTEGRATION.to_owned(), known)].into(),
        behind: None,
        unread: None,
    };
    let target = |number| format!("{INTEGRATION}/namespace/n{number}:edit").parse();
    let targets = (first..first + TARGETS).map(|number| target(number).expect("a target"));
    let ask = Ask { targets: targets.collect(), reason: "why".to_owned(), duration: None };
    let grants: Vec<_> =
        ask.targets.iter().map(|_| (GrantId(tx.new_id()), account.clone())).collect();
    let number = access::next_number(tx).await.expect("a number");
    let names = NewNames { id: RequestId(tx.new_id()), number };
    let hands = Hands { approvers: Vec::new(), grants: grants.clone() };
    let mut step = submit(&ask, &flow, &facts, (names, &hands), tx.now()).expect("allowed");
    for (grant, _) in grants {
        for command in [
            Command::Start(grant, facts.clone()),
            Command::Observed(grant, Before { found: Found::Absent, plan: json!({}) }),
            Command::Applied(grant),
            Command::Verified(grant, Proof::Probed { said: "it works".to_owned() }),
        ] {
            let later = decide(&step.next, command, tx.now()).expect("allowed");
            step = step.and_then(later);
        }
    }
    step.jobs.retain(|job| job.kind == JobKind::Expire);
    step.events.clear();
    step
}

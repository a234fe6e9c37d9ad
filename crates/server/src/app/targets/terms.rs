//! What a flow says about requests under it, as the wire shows it.

use bellhop_api::FlowTerms;
use bellhop_domain::{FlowInForce, ReasonRule};

/// The terms of a flow.
pub(in crate::app) fn terms(in_force: &FlowInForce) -> FlowTerms {
    let flow = &in_force.flow;
    let approvers = flow.approvers().map(|people| people.any.users.clone()).unwrap_or_default();
    FlowTerms {
        flow: flow.id.clone(),
        flow_name: flow.name.clone(),
        approval: match flow.approvers() {
            None => "automatic".to_owned(),
            Some(_) => words(&approvers, "or"),
        },
        approvers,
        default_seconds: flow.duration.default.seconds(),
        max_seconds: flow.duration.max.seconds(),
        reason_required: flow.reason == ReasonRule::Required,
    }
}

/// `ada, ben or eve`.
pub(in crate::app) fn words(names: &[impl AsRef<str>], last: &str) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match names.split_last() {
        None => "nobody".to_owned(),
        Some((one, [])) => (*one).to_owned(),
        Some((one, others)) => format!("{} {last} {one}", others.join(", ")),
    }
}

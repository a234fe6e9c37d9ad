//! What access is: people, targets, flows, requests, grants, audit, and the transitions between
//! their states.
//!
//! Everything here is pure: time, randomness and what the outside answered are arguments, and a
//! transition returns what is to be stored. No file, network or database is touched.

mod clock;
mod credential_place;
mod decide;
mod draft;
mod facts;
mod flow;
mod grant;
pub mod ids;
mod person;
mod refusal;
mod request;
mod span;
mod step;
mod submit;
mod target;
pub mod words;

pub use clock::{Clock, ManualClock, SystemClock};
pub use credential_place::CredentialPlace;
pub use decide::{Command, LEASE, Review, SETUP_LIMIT, STUCK_AFTER, Verdict, decide, may_end};
pub use facts::{Facts, System};
pub use flow::{
    Approval, Approvers, DurationRule, ExtendRule, Flow, People, ReasonRule, Requesters,
    SelfApproval, TargetRule,
};
pub use grant::{Before, EndCause, EndReason, Ending, Found, Grant, GrantState, Proof};
pub use ids::{
    BadRequestNumber, GrantId, InstallationId, IntegrationId, JobId, PersonId, RequestId,
    RequestNumber,
};
pub use person::{Actor, Identity, Person, Role};
pub use refusal::Refusal;
pub use request::{
    Access, Answer, Approved, Decision, EndedBy, Extension, FlowVersion, Request, Seen, Status,
    Wanted, sha256,
};
pub use span::{BadSpan, Span};
pub use step::{About, Event, JobKind, NewJob, Step, Subject, effect_lane, integration_lane};
pub use submit::{
    Ask, FlowInForce, Hands, LONGEST_REASON, MOST_TARGETS, NewNames, choose_flow, flow_for, submit,
};
pub use target::{BadTarget, Target, is_integration_name};

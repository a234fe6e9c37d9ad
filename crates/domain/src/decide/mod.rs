//! The one decision function: what a command does to a request, at a given time.

mod ending;
mod extend;
mod review;
mod setup;

use chrono::{DateTime, TimeDelta, Utc};

pub use ending::may_end;
pub use review::{Review, Verdict};

use crate::{
    Access, Actor, Before, EndReason, Facts, Flow, Grant, GrantId, Person, Proof, Refusal, Step,
};

/// Setting up gives up after this long and is undone.
pub const SETUP_LIMIT: TimeDelta = TimeDelta::minutes(10);
/// A revocation that fails for this long is shown as "May still be open".
pub const STUCK_AFTER: TimeDelta = TimeDelta::seconds(30);
/// How long a worker may be at a job before somebody else takes it up.
pub const LEASE: TimeDelta = TimeDelta::seconds(60);

/// What somebody, a timer or a worker wants to happen to a request.
#[derive(Clone, Debug)]
pub enum Command {
    /// An approver decides about the request, or about an extension of it.
    Review {
        /// What they say.
        review: Review,
        /// What is true now.
        facts: Facts,
        /// What an approval makes: for each target the grant, and the account it is given to.
        grants: Vec<(GrantId, String)>,
    },
    /// The requester takes the request back.
    Withdraw {
        /// Who.
        by: Person,
    },
    /// Nobody decided in time.
    Lapse,
    /// The flow was changed while the request waits.
    FlowChanged(Facts),
    /// The requester asks for more time.
    Extend {
        /// Who.
        by: Person,
        /// What is true now.
        facts: Facts,
    },
    /// A person ends the access.
    End {
        /// Who.
        by: Person,
        /// The request's flow as it is in force; its approvers may end what they may approve.
        flow: Option<Flow>,
        /// Why, in their words.
        note: String,
    },
    /// The requester was deactivated.
    RequesterLeft {
        /// By whom.
        by: Actor,
    },
    /// The deadline came.
    Expire,
    /// A worker begins to make a grant.
    Start(GrantId, Facts),
    /// A worker read what is there, before the first effect.
    Observed(GrantId, Before),
    /// A worker made the access.
    Applied(GrantId),
    /// A probe as the grantee succeeded.
    Verified(GrantId, Proof),
    /// Making the access failed for good: undo it.
    GiveUp(GrantId, String),
    /// A try to take the access away failed.
    RevokeFailing(GrantId, String),
    /// The access is shown to be gone.
    Revoked(GrantId, Proof),
    /// A sweep found that an active grant was removed or changed outside, or its target deleted.
    Lost(GrantId, EndReason),
}

/// What `command` does to `access` at `now`. A command that finds its work done already changes
/// nothing and is no error: people and workers repeat themselves.
pub fn decide(access: &Access, command: Command, now: DateTime<Utc>) -> Result<Step, Refusal> {
    match command {
        Command::Review { review, facts, grants } => {
            review::review(access, &review, &facts, &grants, now)
        }
        Command::Withdraw { by } => review::withdraw(access, &by, now),
        Command::Lapse => Ok(review::lapse(access, now)),
        Command::FlowChanged(facts) => Ok(review::flow_changed(access, &facts, now)),
        Command::Extend { by, facts } => extend::ask(access, &by, &facts, now),
        Command::End { by, flow, note } => ending::end(access, &by, flow.as_ref(), &note, now),
        Command::RequesterLeft { by } => Ok(ending::requester_left(access, &by, now)),
        Command::Expire => Ok(ending::expire(access, now)),
        Command::Start(id, facts) => setup::start(access, id, &facts, now),
        Command::Observed(id, before) => setup::observed(access, id, before, now),
        Command::Applied(id) => setup::applied(access, id, now),
        Command::Verified(id, proof) => setup::verified(access, id, proof, now),
        Command::GiveUp(id, why) => Ok(ending::give_up(access, id, why, now)),
        Command::RevokeFailing(id, error) => Ok(ending::revoke_failing(access, id, error, now)),
        Command::Revoked(id, proof) => ending::revoked(access, id, proof, now),
        Command::Lost(id, reason) => Ok(ending::lost(access, id, reason, now)),
    }
}

fn find(access: &Access, id: GrantId) -> Result<&Grant, Refusal> {
    access.grant(id).ok_or(Refusal::WrongState {
        number: access.request.number,
        state: "without that grant",
        verb: "changed",
    })
}

fn wrong_state(access: &Access, grant: &Grant, verb: &'static str) -> Refusal {
    Refusal::WrongState { number: access.request.number, state: grant.state.name(), verb }
}

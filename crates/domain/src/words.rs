//! What people read for each state: one table for every face. Matches are exhaustive on purpose,
//! so that a new state fails the build until it has its words.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{EndReason, GrantState, Status};

/// From here on an active access is "ending soon".
const SOON: TimeDelta = TimeDelta::minutes(10);

/// The words for a request.
pub fn request_label(
    status: Status,
    deadline: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> &'static str {
    match status {
        Status::Pending => "Pending",
        Status::Denied => "Denied",
        Status::Withdrawn => "Withdrawn",
        Status::Lapsed => "No answer",
        Status::Granting => "Setting up",
        Status::Active if deadline.is_some_and(|end| end - now <= SOON) => "Ending soon",
        Status::Active => "Active",
        Status::Revoking => "Ending",
        Status::RevokeStuck => "May still be open",
        Status::Ended(reason) => end_label(reason),
        Status::Failed => "Failed",
    }
}

/// The words for one grant.
pub fn grant_label(
    state: &GrantState,
    deadline: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> &'static str {
    match state {
        GrantState::Scheduled | GrantState::Applying { .. } | GrantState::Verifying { .. } => {
            "Setting up"
        }
        GrantState::Active { .. } => request_label(Status::Active, deadline, now),
        GrantState::Revoking { .. } => "Ending",
        GrantState::RevokeStuck { .. } => "May still be open",
        GrantState::Ended { reason, .. } => end_label(*reason),
        GrantState::ApplyFailed { .. } => "Failed",
    }
}

fn end_label(reason: EndReason) -> &'static str {
    match reason {
        EndReason::Expired => "Expired",
        EndReason::Returned => "Returned",
        EndReason::Revoked => "Revoked",
        EndReason::Drift => "Removed outside",
        EndReason::Gone => "Target gone",
        EndReason::Ineligible => "No longer eligible",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p19_set_up_and_active_and_ended_are_different_words() {
        let now = DateTime::UNIX_EPOCH;
        let far = Some(now + TimeDelta::hours(1));
        let near = Some(now + TimeDelta::minutes(10));
        assert_eq!(request_label(Status::Pending, None, now), "Pending");
        assert_eq!(request_label(Status::Granting, far, now), "Setting up");
        assert_eq!(request_label(Status::Active, far, now), "Active");
        assert_eq!(request_label(Status::Active, near, now), "Ending soon");
        assert_eq!(request_label(Status::Revoking, near, now), "Ending");
        assert_eq!(request_label(Status::RevokeStuck, near, now), "May still be open");
        assert_eq!(request_label(Status::Ended(EndReason::Expired), near, now), "Expired");
    }
}

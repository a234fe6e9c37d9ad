//! Exit codes: what a script can tell from how the program ended.

use std::process::ExitCode;

use bellhop_api::{ClientError, Code};

use crate::session::NoBackend;

/// Somebody said no, or nobody said yes in time: everything worked, and the answer is no.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Refused(pub(crate) String);

/// The exit code of a failure.
pub(crate) fn exit_code(error: &anyhow::Error) -> ExitCode {
    if error.is::<NoBackend>() {
        return ExitCode::from(5);
    }
    if error.is::<Refused>() {
        return ExitCode::from(3);
    }
    let Some(client) = error.downcast_ref::<ClientError>() else { return ExitCode::from(1) };
    match client {
        ClientError::Unreachable(_) => ExitCode::from(5),
        ClientError::Unexpected(_) => ExitCode::from(1),
        ClientError::Refused(problem) => ExitCode::from(match problem.code {
            Code::NotEntitled | Code::Forbidden | Code::Unauthenticated => 3,
            Code::NotFound => 4,
            Code::InvalidInput
            | Code::BadCursor
            | Code::MethodNotAllowed
            | Code::BodyTooLarge
            | Code::AddressTooLong
            | Code::UnsupportedMediaType => 2,
            Code::Conflict
            | Code::IntegrationFailed
            | Code::RateLimited
            | Code::Unavailable
            | Code::Internal => 1,
        }),
    }
}

//! Exit codes: what a script can tell from how the program ended.

use std::process::ExitCode;

use bellhop_api::{ClientError, Code};
use bellhop_workstation::kubeconfig::KubeconfigError;

use crate::session::NoBackend;

/// Somebody said no, or nobody said yes in time: everything worked, and the answer is no.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Refused(pub(crate) String);

/// There is no such thing.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NotThere(pub(crate) String);

/// Somebody pressed Ctrl-C or Esc at a question, or while they waited.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct BrokenOff(pub(crate) String);

/// Why a command of the user's was not run; the exit codes are those of a shell.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CannotRun {
    #[error("{0} is not there, so nothing was asked for. Check its name and your PATH")]
    NotFound(String),
    #[error("{0} may not be executed, so nothing was asked for. Run: chmod +x {0}")]
    NotExecutable(String),
    #[error("{0} could not be started: {1}. Check that it is a program of this machine")]
    Failed(String, std::io::Error),
}

/// Something that has to be typed is missing.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Usage(pub(crate) String);

/// The exit code of a failure.
pub(crate) fn exit_code(error: &anyhow::Error) -> ExitCode {
    if error.is::<NoBackend>() {
        return ExitCode::from(5);
    }
    if error.is::<Usage>() {
        return ExitCode::from(2);
    }
    if error.is::<BrokenOff>() {
        // What a shell says of a program that Ctrl-C ended.
        return ExitCode::from(130);
    }
    if error.is::<Refused>() {
        return ExitCode::from(3);
    }
    if let Some(cannot) = error.downcast_ref::<CannotRun>() {
        return ExitCode::from(match cannot {
            CannotRun::NotFound(_) => 127,
            CannotRun::NotExecutable(_) | CannotRun::Failed(..) => 126,
        });
    }
    let nothing = matches!(
        error.downcast_ref(),
        Some(KubeconfigError::NoSuchContext { .. } | KubeconfigError::NothingBefore { .. })
    );
    if nothing || error.is::<NotThere>() {
        return ExitCode::from(4);
    }
    let Some(client) = error.downcast_ref::<ClientError>() else { return ExitCode::from(1) };
    match client {
        ClientError::Unreachable(_) => ExitCode::from(5),
        ClientError::Unexpected(_) => ExitCode::from(1),
        ClientError::Refused(problem) => ExitCode::from(match problem.code {
            Code::NotEntitled | Code::Forbidden | Code::Unauthenticated => 3,
            Code::NotFound | Code::NoWorkstation => 4,
            Code::InvalidInput
            | Code::BadCursor
            | Code::MethodNotAllowed
            | Code::BodyTooLarge
            | Code::AddressTooLong
            | Code::UnsupportedMediaType => 2,
            Code::Conflict
            | Code::WorkstationFailed
            | Code::IntegrationFailed
            | Code::RateLimited
            | Code::Unavailable
            | Code::Internal => 1,
        }),
    }
}

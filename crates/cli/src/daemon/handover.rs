//! Taking the place of an older backend.

use std::time::Duration;

use bellhop_api::{Client, ClientError, Code};
use bellhop_workstation::home::Home;
use semver::Version;

use super::start;
use crate::output;

/// How often an older backend is asked that has work under way, and how long between.
const TRIES: u32 = 25;
const PAUSE: Duration = Duration::from_millis(200);

/// Whether the older backend gave way and one of this version answers now. One that was started by
/// hand stays: whoever did that knows with which settings.
pub(super) async fn replaced(home: &Home, client: &Client, own: &Version) -> anyhow::Result<bool> {
    if !start::is_allowed() {
        return Ok(false);
    }
    for _ in 0..TRIES {
        match client.hand_over(&own.to_string()).await {
            Ok(()) => {
                output::progress(format!("bellhop: replacing an older backend by version {own}"));
                start::until_free(home).await?;
                start::detached(home, client).await?;
                return Ok(true);
            }
            Err(ClientError::Refused(problem)) if problem.code == Code::Conflict => {}
            // It was faster than its answer, or somebody else replaced it.
            Err(ClientError::Unreachable(_)) => {
                start::until_free(home).await?;
                start::detached(home, client).await?;
                return Ok(true);
            }
            // It is too old to know what this means.
            Err(ClientError::Refused(_) | ClientError::Unexpected(_)) => return Ok(false),
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(false)
}

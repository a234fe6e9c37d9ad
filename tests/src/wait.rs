//! Waiting by polling, always with a limit.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

const INTERVAL: Duration = Duration::from_millis(50);

/// Asks until the answer is `Some`; after `limit`, fails with what was waited for. An error of
/// the question ends the wait at once: return `Ok(None)` for what may still come right.
pub fn until<T>(
    what: &str,
    limit: Duration,
    mut ask: impl FnMut() -> Result<Option<T>>,
) -> Result<T> {
    let began = Instant::now();
    loop {
        if let Some(answer) = ask()? {
            return Ok(answer);
        }
        if began.elapsed() >= limit {
            bail!("{what}: not within {} s", limit.as_secs_f32());
        }
        thread::sleep(INTERVAL);
    }
}

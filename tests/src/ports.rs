//! Free ports of 127.0.0.1 for servers that must be told their port.

use std::net::{Ipv4Addr, TcpListener};
use std::ops::Range;

use anyhow::{Context, Result};

/// Below the range from which the system takes ports for outgoing connections and for binds to
/// port 0, so that nothing takes ours before the server has bound it or while it restarts.
const RANGE: Range<u16> = 20_000..32_000;
const ATTEMPTS: usize = 200;

/// A port on which nothing listens now, taken at random so that two runs rarely meet.
pub(crate) fn free() -> Result<u16> {
    (0..ATTEMPTS)
        .map(|_| rand::random_range(RANGE))
        .find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .context("no free port of 127.0.0.1 was found")
}

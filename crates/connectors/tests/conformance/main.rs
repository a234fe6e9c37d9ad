//! What every connector has to do, checked against the system that it connects.
//!
//! `kit` is the suite; each kind of system has a file or folder that says how to look at it from
//! outside, and tests that run the kit on it. How to add one: docs/how-to/add-a-connector.md.

#![expect(
    clippy::unwrap_used,
    clippy::unwrap_in_result,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at the first thing that is not as it should be, and waits for no task"
)]

mod group;
mod kit;
mod kubernetes;
#[expect(dead_code, reason = "shared with the other tests on a real API server")]
#[path = "../real/mod.rs"]
mod real;

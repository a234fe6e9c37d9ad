//! The whole engine against a small reference: random sequences of what people do, what goes wrong
//! outside, crashes and clocks that jump. After every command what happened is compared with what
//! may happen, and in the end with what is really there.
//!
//! A failing case prints its seed and the shortest sequence found. The ids and the spread of the
//! waits are not from the seed, so a case may need a few tries: `BELLHOP_MODEL_SEED=7` runs one,
//! `BELLHOP_MODEL_CASES=5000` more than usual.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test stops at what it cannot do, and says what it did"
)]

mod acts;
mod backend;
mod checks;
mod commands;
mod connector;
mod deeds;
mod known;
mod ledger;
mod outside;
mod quiet;
mod reference;
mod run;
mod scene;
#[path = "../support/timer.rs"]
mod timer;
mod world;

use run::{Engine, server, setting};

/// Commands in a sequence, at the most.
const LONGEST: usize = 50;

#[test]
fn p03_t02_t11_t18_t23_the_engine_keeps_its_promises_on_sqlite() {
    run::cases(&Engine::Sqlite, setting("BELLHOP_MODEL_CASES").unwrap_or(1_000));
}

#[test]
fn p03_t02_t11_t18_t23_the_engine_keeps_its_promises_on_postgresql() {
    let Some(server) = server() else { return };
    let cases = setting("BELLHOP_MODEL_CASES").map_or(40, |cases| cases.div_ceil(10));
    run::cases(&Engine::Postgres(server), cases);
}

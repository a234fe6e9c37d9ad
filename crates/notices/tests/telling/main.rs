//! What notices say, and when they ring.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod common;
mod day;
mod desk;
mod held;
mod order;
mod trouble;
mod wants;
mod words;

//! What a person sees who types commands at a terminal, on a sample cluster.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod asking;
mod connecting;
mod doctor;
mod leaving;
mod planning;
mod running;
mod screen;
mod shells;
mod world;
mod wrong;

//! What notices say, and when they ring.

mod common;
mod desk;
mod order;
mod words;

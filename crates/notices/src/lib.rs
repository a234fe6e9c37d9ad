//! What the desktop is told, in three parts that know nothing of windows.
//!
//! [`words`] says what a notice about a request says: a pure function of the request as stored.
//! [`Desk`] says when one rings: a state machine without a clock of its own, which never tells an
//! event twice, merges what belongs together, and keeps for later what nobody could hear. The
//! `service` module (Linux) shows notices, and tells what people choose in them; it believes nobody
//! on the bus but the notification service itself.
//!
//! Whoever rings the bell reads a change, reads its request, gives both to the desk, saves
//! [`Desk::memory`], and only then carries out what the desk answered ([`carry_out`]). What nobody
//! could show goes back with [`Desk::unheard`].
//!
//! Nothing here decides about anybody's request. A choice that sounds as if it did
//! ([`Choice::ReviewToApprove`]) is only the way to where the request is shown whole.

mod bell;
mod desk;
mod notice;
#[cfg(target_os = "linux")]
pub mod service;
mod text;
mod wall;
pub mod words;

pub use bell::{Bell, RingError, carry_out};
#[cfg(any(test, feature = "testing"))]
pub use bell::{Heard, Recorder};
pub use desk::{Act, Desk, Memory, MemoryError, MemoryFile, Pause};
pub use notice::{About, Action, Choice, Notice, Urgency};
pub use wall::Wall;

//! The machine of the person who runs this backend, where it is one's own: what of it pages may see
//! and do. What knows how is put in by whoever starts the backend; this crate touches no file of it.
//!
//! Each part of the machine is a trait of its own, so that a page of one needs nothing of another.

use std::fmt::Debug;

use async_trait::async_trait;
use bellhop_api::{AccessDetails, Contexts, Hop, Hopped, KubeconfigContext};
use tokio::sync::watch;

/// The kubectl contexts of the machine.
#[async_trait]
pub trait Workstation: Debug + Send + Sync {
    /// All of them.
    async fn contexts(&self) -> Result<Contexts, WorkstationError>;

    /// Makes one of them current.
    async fn hop(&self, to: HopTo) -> Result<Hopped, WorkstationError>;

    /// Adds the contexts that these details make, and makes the first of them current.
    async fn use_access(&self, access: AccessDetails) -> Result<Hopped, WorkstationError>;

    /// How a backend on this machine reads one of them: which files, and what the shell would have
    /// its plugins see. Nothing of it goes to a page.
    fn way_to(&self, context: &str) -> Result<KubeconfigContext, WorkstationError>;

    /// Moves on whenever the contexts may be others than before, whoever changed them. Never moves
    /// where nobody can tell.
    fn changes(&self) -> watch::Receiver<u64>;
}

/// Where to hop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HopTo {
    /// To this context.
    Name(String),
    /// To the one that was current before.
    Back,
}

/// Why something was not done on the machine; nothing was changed. The text says what happened, why,
/// and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct WorkstationError(pub String);

/// Longest name of a context that can be asked for, in bytes.
const LONGEST_NAME: usize = 1_000;

impl HopTo {
    /// What a call asks for; nothing when it names both or neither, or no context there can be.
    pub fn asked(hop: Hop) -> Option<Self> {
        match hop {
            Hop { name: Some(name), back: false } if (1..=LONGEST_NAME).contains(&name.len()) => {
                Some(Self::Name(name))
            }
            Hop { name: None, back: true } => Some(Self::Back),
            Hop { .. } => None,
        }
    }
}

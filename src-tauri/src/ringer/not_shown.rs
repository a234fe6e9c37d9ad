//! Where this system's own notices are not reached yet: what happens is in the menu and the window.

use bellhop_notices::{About, Bell, Choice, Notice, RingError};

/// What comes back.
#[expect(dead_code, reason = "the same words as where notices are shown")]
pub(super) enum Heard {
    /// Somebody chose something.
    Answer(About, Choice),
    /// Nothing shows notices.
    Absent,
    /// Something does again.
    Present,
    /// The desktop asks not to disturb, or does no more.
    Inhibited(bool),
}

/// Shows nothing.
pub(super) struct Shown;

impl Shown {
    pub(super) async fn start() -> Self {
        Self
    }

    pub(super) async fn heard(&mut self) -> Heard {
        std::future::pending().await
    }

    pub(super) async fn stop(self) {}
}

impl Bell for Shown {
    async fn ring(&self, _: &Notice) -> Result<(), RingError> {
        Err(RingError::Absent)
    }

    async fn hush(&self, _: &About) {}
}

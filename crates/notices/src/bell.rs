//! What shows notices, as whoever rings it sees it.

use std::future::Future;

use crate::{About, Act, Notice};

/// Why a notice was not shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RingError {
    /// There is nothing in this session that shows notices. Tell [`crate::Desk::unheard`].
    #[error("no notification service runs in this session")]
    Absent,
    /// The service refused it, or did not answer. Nobody can know whether it is shown, so it is not
    /// to be told again.
    #[error("the notification service did not show a notice: {0}")]
    Failed(String),
}

/// Shows notices.
pub trait Bell: Send + Sync {
    /// Shows a notice, in the place of the last one about the same.
    fn ring(&self, notice: &Notice) -> impl Future<Output = Result<(), RingError>> + Send;

    /// Takes away the notice about this, if there is one.
    fn hush(&self, about: &About) -> impl Future<Output = ()> + Send;
}

/// Does these, in order. Answers those that were not shown, each with why.
pub async fn carry_out(acts: Vec<Act>, bell: &impl Bell) -> Vec<(About, RingError)> {
    let mut troubles = Vec::new();
    for act in acts {
        match act {
            Act::Hush(about) => bell.hush(&about).await,
            Act::Ring(notice) => {
                if let Err(error) = bell.ring(&notice).await {
                    troubles.push((notice.about, error));
                }
            }
        }
    }
    troubles
}

/// A bell that only writes down what it was told.
#[cfg(any(test, feature = "testing"))]
#[derive(Debug, Default)]
pub struct Recorder {
    heard: std::sync::Mutex<Vec<Heard>>,
    absent: std::sync::atomic::AtomicBool,
}

/// What a [`Recorder`] was told.
#[cfg(any(test, feature = "testing"))]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A notice rang.
    Rang(Notice),
    /// A notice was taken away.
    Hushed(About),
}

#[cfg(any(test, feature = "testing"))]
impl Recorder {
    /// Whether there is anything that shows notices from now on.
    pub fn set_absent(&self, absent: bool) {
        self.absent.store(absent, std::sync::atomic::Ordering::SeqCst);
    }

    /// What it was told since it was asked last.
    pub fn heard(&self) -> Vec<Heard> {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Heard>> {
        self.heard.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(any(test, feature = "testing"))]
impl Bell for Recorder {
    async fn ring(&self, notice: &Notice) -> Result<(), RingError> {
        if self.absent.load(std::sync::atomic::Ordering::SeqCst) {
            return Err(RingError::Absent);
        }
        self.lock().push(Heard::Rang(notice.clone()));
        Ok(())
    }

    async fn hush(&self, about: &About) {
        self.lock().push(Heard::Hushed(about.clone()));
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::words;

    #[tokio::test]
    async fn acts_are_carried_out_in_order_and_what_was_not_shown_is_told() {
        let (bell, notice) = (Recorder::default(), words::backend_unreachable());
        let acts = || vec![Act::Hush(About::Several), Act::Ring(notice.clone())];
        assert_eq!(carry_out(acts(), &bell).await, []);
        assert_eq!(bell.heard(), [Heard::Hushed(About::Several), Heard::Rang(notice.clone())]);
        bell.set_absent(true);
        assert_eq!(carry_out(acts(), &bell).await, [(About::Backend, RingError::Absent)]);
        assert_eq!(bell.heard(), [Heard::Hushed(About::Several)]);
    }
}

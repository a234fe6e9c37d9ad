//! The desktop's notification service, where there is a session bus to reach one.

use bellhop_notices::service::{Answer, Event, Sender, Service};
use bellhop_notices::{About, Bell, Choice, Notice, RingError};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::trouble::log;

/// What comes back.
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

/// Shows notices; nothing where there is no session bus.
pub(super) struct Shown(Option<(Service, UnboundedReceiver<Event>)>);

impl Shown {
    pub(super) async fn start() -> Self {
        let sender = Sender {
            name: "Bellhop".to_owned(),
            desktop_entry: "Bellhop".to_owned(),
            icon: "bellhop-desktop".to_owned(),
        };
        match Service::start(sender).await {
            Ok(started) => Self(Some(started)),
            Err(error) => {
                log("there are no notices", &error);
                Self(None)
            }
        }
    }

    /// The next thing that comes back.
    pub(super) async fn heard(&mut self) -> Heard {
        let Some((_, events)) = &mut self.0 else { return std::future::pending().await };
        match events.recv().await {
            Some(Event::Answer(Answer { about, choice, .. })) => Heard::Answer(about, choice),
            Some(Event::Absent) => Heard::Absent,
            Some(Event::Present) => Heard::Present,
            Some(Event::Inhibited(inhibited)) => Heard::Inhibited(inhibited),
            // The service has ended, and tells nothing more.
            None => std::future::pending().await,
        }
    }

    /// Takes all notices away.
    pub(super) async fn stop(self) {
        if let Some((service, _)) = self.0 {
            service.stop().await;
        }
    }
}

impl Bell for Shown {
    async fn ring(&self, notice: &Notice) -> Result<(), RingError> {
        match &self.0 {
            Some((service, _)) => service.ring(notice).await,
            None => Err(RingError::Absent),
        }
    }

    async fn hush(&self, about: &About) {
        if let Some((service, _)) = &self.0 {
            service.hush(about).await;
        }
    }
}

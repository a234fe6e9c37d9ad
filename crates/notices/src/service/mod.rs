//! Shows notices on Linux desktops, and tells what people choose in them.
//!
//! Anybody on the session bus can send the signal that says "button 2 of notice 7 was pressed". So
//! signals count only when their sender, whom the bus names, is the owner of
//! `org.freedesktop.Notifications` at that moment; when they name a notice that is on the screen;
//! and when that notice has such a button.
//!
//! Notices are made with notify-rust, and sent and answered on one connection of our own, which
//! listens before anything is sent. notify-rust's would not do: some services (dunst) answer only
//! the connection that a notice came on, and there it begins to listen after the service replied,
//! and takes anybody's word.
//!
//! Do not disturb is read where the service says it (`Inhibited`, which KDE has). Elsewhere the
//! service itself keeps quiet, and nothing is held back here.

mod book;
mod listen;
mod send;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use zbus::Connection;

use self::book::Book;
use self::send::Abilities;
use crate::{About, Bell, Choice, Notice, RingError};

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
/// A service that takes longer to answer does not work.
const PATIENCE: Duration = Duration::from_secs(5);

/// As whom notices are shown.
#[derive(Clone, Debug)]
pub struct Sender {
    /// The app's name: `Bellhop`.
    pub name: String,
    /// The name of its desktop file, without `.desktop`.
    pub desktop_entry: String,
    /// The name of its icon, or the path of a file.
    pub icon: String,
}

/// What somebody chose in a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What the notice was about.
    pub about: About,
    /// What they chose: something that this notice offered.
    pub choice: Choice,
    /// With it a window may come to the front under Wayland (`XDG_ACTIVATION_TOKEN`), where the
    /// service gave one.
    pub token: Option<String>,
}

/// What the service tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Somebody chose something.
    Answer(Answer),
    /// Nothing shows notices here. Told once, until it is [`Event::Present`]: call
    /// [`crate::Desk::unheard`] for what was not shown, and [`crate::Desk::audible`] then.
    Absent,
    /// Something shows notices again.
    Present,
    /// Whether the desktop asks not to disturb: [`crate::Desk::inhibited`].
    Inhibited(bool),
}

/// Why there is no service at all.
#[derive(Debug, thiserror::Error)]
#[error("there is no session bus, over which notices are shown: {0}")]
pub struct NoBus(#[from] zbus::Error);

/// The notification service of this session. Ends with [`Service::stop`].
#[derive(Debug)]
pub struct Service {
    shared: Arc<Shared>,
    sender: Sender,
    /// One notice at a time, so that the order on the screen is that of the calls.
    turn: tokio::sync::Mutex<()>,
    tasks: TaskTracker,
    end: CancellationToken,
}

/// What the sending and the listening half both know.
#[derive(Debug)]
struct Shared {
    bus: Connection,
    book: Mutex<Book>,
    events: UnboundedSender<Event>,
}

impl Shared {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nobody listens any more when the app ends.
    fn tell(&self, event: Event) {
        self.events.send(event).ok();
    }
}

impl Service {
    /// Begins to listen on the session bus (`DBUS_SESSION_BUS_ADDRESS`), inside a tokio runtime. No
    /// notification service needs to run yet; the bus starts one if it can.
    ///
    /// # Errors
    /// There is no session bus.
    pub async fn start(sender: Sender) -> Result<(Self, UnboundedReceiver<Event>), NoBus> {
        let bus = zbus::connection::Builder::session().method_timeout(PATIENCE).build().await?;
        // There are never more than notices on the screen, each of which answers once.
        let (events, receiver) = unbounded_channel();
        let shared = Arc::new(Shared { bus, book: Mutex::default(), events });
        let (tasks, end) = (TaskTracker::new(), CancellationToken::new());
        let signals = listen::begin(&shared, &tasks).await?;
        let listener = listen::run(Arc::clone(&shared), signals, tasks.clone());
        let ended = end.clone();
        tasks.spawn(async move { ended.run_until_cancelled(listener).await });
        let turn = tokio::sync::Mutex::new(());
        Ok((Self { shared, sender, turn, tasks, end }, receiver))
    }

    /// Takes all notices away and ends. A notice that stayed could not be answered any more.
    pub async fn stop(self) {
        let shown = self.shared.book().about_what();
        for about in shown {
            self.hush(&about).await;
        }
        self.end.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// What the service can do; asked once for each that comes.
    async fn abilities(&self) -> Result<Arc<Abilities>, RingError> {
        let known = self.shared.book().abilities.clone();
        if let Some(abilities) = known {
            return Ok(abilities);
        }
        let asked = send::abilities(&self.shared.bus).await;
        let abilities = Arc::new(asked.map_err(|error| self.absent_or_failed(&error))?);
        self.shared.book().abilities = Some(Arc::clone(&abilities));
        Ok(abilities)
    }

    fn absent_or_failed(&self, error: &zbus::Error) -> RingError {
        if !listen::is_absent(error) {
            return RingError::Failed(error.to_string());
        }
        if self.shared.book().is_newly_absent() {
            self.shared.tell(Event::Absent);
        }
        RingError::Absent
    }
}

impl Bell for Service {
    async fn ring(&self, notice: &Notice) -> Result<(), RingError> {
        let _turn = self.turn.lock().await;
        let abilities = self.abilities().await?;
        let (replaces, epoch) = self.shared.book().begin(&notice.about);
        let made = send::notification(&self.sender, notice, &abilities);
        match send::notify(&self.shared.bus, &made, replaces).await {
            Ok(id) => {
                let answers = self.shared.book().sent(id, epoch, notice);
                for answer in answers {
                    self.shared.tell(Event::Answer(answer));
                }
                Ok(())
            }
            Err(error) => {
                self.shared.book().not_sent();
                Err(self.absent_or_failed(&error))
            }
        }
    }

    async fn hush(&self, about: &About) {
        let Some(id) = self.shared.book().take(about) else { return };
        let closing =
            self.shared.bus.call_method(Some(NAME), PATH, Some(NAME), "CloseNotification", &id);
        if let Err(error) = closing.await {
            // It is gone already, or the service is.
            tracing::debug!(%error, id, "a notice could not be closed");
        }
    }
}

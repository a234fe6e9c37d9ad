//! Tells the desktop what happened: follows the backend's changes on its own, asks the desk of
//! notices what is to be told and when, and shows that. What somebody chooses in a notice is handed to
//! the controller, as if it had been chosen from the menu.

mod follow;
#[cfg(target_os = "linux")]
mod shown;
#[cfg(not(target_os = "linux"))]
#[path = "not_shown.rs"]
mod shown;

use std::path::{Path, PathBuf};
use std::time::Duration;

use bellhop_api::{Client, ClientError, Code, Me, Request};
use bellhop_notices::words::{View, trouble};
use bellhop_notices::{
    About, Act, Bell as _, Choice, Desk, MemoryFile, Pause, RingError, Wall, carry_out,
};
use bellhop_workstation::home::Home;
use chrono::{DateTime, Utc};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

use crate::clock;
use crate::controller::Event;
use crate::manners::Manners;
use crate::trouble::log;
use crate::view::{Action, Missing, Page};
use shown::{Heard, Shown};

/// How long until a backend that does not answer is asked again.
const AGAIN: Duration = Duration::from_secs(1);

/// What the ringer is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    /// No notices until then.
    Pause(DateTime<Utc>),
    /// Notices again.
    Resume,
    /// Something that was asked for here did not work.
    Trouble {
        /// What.
        what: &'static str,
        /// Why.
        why: String,
    },
    /// The machine woke up: what happened meanwhile is told as one.
    Woke,
    /// The app ends: what is shown could not be answered any more.
    Stop,
}

/// Everything that telling takes.
pub struct Ringer {
    home: Home,
    desk: Desk,
    file: MemoryFile,
    shown: Shown,
    orders: UnboundedReceiver<Order>,
    events: UnboundedSender<Event>,
    /// Whom the backend takes the user for, once it said so.
    me: Option<Me>,
    /// Own and other requests that are not over, as read last.
    open: Vec<Request>,
    /// How the user wants it, as read when something happened last.
    manners: Manners,
}

impl Ringer {
    /// Begins where the last one of this home ended.
    pub async fn new(
        home: Home,
        orders: UnboundedReceiver<Order>,
        events: UnboundedSender<Event>,
    ) -> Self {
        let (file, memory, error) = MemoryFile::open(&memory_file(home.data_dir()));
        if let Some(error) = error {
            log("what was told before is not known", &error);
        }
        let desk = Desk::new(memory);
        let shown = Shown::start().await;
        let (me, open, manners) = (None, Vec::new(), Manners::read(&home));
        let ringer = Self { home, desk, file, shown, orders, events, me, open, manners };
        ringer.tell_pause();
        ringer
    }

    /// Tells until the app ends.
    pub async fn run(mut self) {
        loop {
            match self.connected().await {
                Ok(Some(())) => return self.shown.stop().await,
                Ok(None) => continue,
                // The watch says so, where the user looks.
                Err(_) => {}
            }
            let now = clock::now();
            self.desk.away(now);
            self.desk.unreachable(now);
            if self.waited(AGAIN).await.is_none() {
                return self.shown.stop().await;
            }
        }
    }

    /// Follows the backend until it is gone. `Some` when the app ends, none when it is to be tried
    /// at once.
    async fn connected(&mut self) -> Result<Option<()>, ClientError> {
        let client = Client::on_socket(&self.home.socket())?;
        match client.events(self.desk.memory().place()).await {
            Ok(changes) => {
                self.me = Some(client.me().await?);
                let acts = self.desk.reachable();
                self.carry(acts).await;
                self.follow(&client, changes).await.map(Some)
            }
            // It is another backend than the one whose place is remembered.
            Err(ClientError::Refused(problem)) if problem.code == Code::BadCursor => {
                self.desk.forget_place();
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Lets time go by, and hears what is ordered and answered meanwhile. None when the app ends.
    async fn waited(&mut self, time: Duration) -> Option<()> {
        let over = tokio::time::sleep(time);
        tokio::pin!(over);
        loop {
            tokio::select! {
                () = &mut over => break,
                order = self.orders.recv() => self.ordered(order?).await?,
                heard = self.shown.heard() => self.heard(heard),
            }
        }
        self.tick().await;
        Some(())
    }

    /// None when the app ends.
    async fn ordered(&mut self, order: Order) -> Option<()> {
        match order {
            Order::Pause(until) => self.desk.pause(Pause::Until(until)),
            Order::Resume => self.desk.resume(),
            Order::Trouble { what, why } => {
                // That it is not shown is all that can be said about it, and where: in the log.
                if let Err(error) = self.shown.ring(&trouble(what, &why)).await {
                    log(what, &format_args!("{why} ({error})"));
                }
            }
            // Whoever follows the backend looks at the clock after every order.
            Order::Woke => {}
            Order::Stop => return None,
        }
        self.tell_pause();
        // Also before the backend was ever reached.
        self.carry(Vec::new()).await;
        self.tick().await;
        Some(())
    }

    fn heard(&mut self, heard: Heard) {
        match heard {
            Heard::Answer(about, choice) => {
                let action = action(&about, &choice);
                // Nobody listens only when the app ends.
                self.events.send(Event::Chosen(action)).ok();
            }
            Heard::Present => self.desk.audible(),
            Heard::Absent => {
                log("nothing shows notices here", &"they are told once something does");
            }
            Heard::Inhibited(inhibited) => self.desk.inhibited(inhibited),
        }
    }

    /// Time went by: tells what is due.
    async fn tick(&mut self) {
        self.manners = Manners::read(&self.home);
        let Some(me) = &self.me else { return };
        let acts = self.desk.tick(&self.open, &view(me, &self.manners));
        self.carry(acts).await;
    }

    /// Remembers first, and then shows: nothing is told twice, however the app ends.
    async fn carry(&mut self, acts: Vec<Act>) {
        if let Err(error) = self.file.save(self.desk.memory()) {
            log("what was told cannot be remembered", &error);
        }
        for (about, error) in carry_out(acts, &self.shown).await {
            match error {
                RingError::Absent => self.desk.unheard(&about),
                RingError::Failed(_) => log("a notice was not shown", &error),
            }
        }
    }

    fn tell_pause(&self) {
        let until = match self.desk.paused() {
            Some(Pause::Until(until)) => Some(until),
            Some(Pause::UntilResumed) | None => None,
        };
        self.events.send(Event::Paused(until)).ok();
    }
}

/// Who the user is, how they read, and what they want to be told of.
fn view<'a>(me: &'a Me, manners: &Manners) -> View<'a> {
    let twelve_hours = manners.twelve_hours;
    let wall = Wall { now: clock::now(), local: clock::local, twelve_hours };
    View { me, wall, quotes: manners.settings.notice_reasons, wants: manners.wants() }
}

fn memory_file(data: &Path) -> PathBuf {
    data.join("notices.json")
}

/// What a choice in a notice is in the menu. None decides about anybody's request.
fn action(about: &About, choice: &Choice) -> Action {
    let number = about.request().unwrap_or_default().to_owned();
    match choice {
        Choice::Open | Choice::ReviewToApprove | Choice::ReviewToDeny => {
            Action::Open(match about {
                About::Request(number) => Page::Request(number.clone()),
                About::Backend => Page::Trouble(Missing::Backend),
                About::Integration(_) | About::Machine | About::Several => Page::Access,
            })
        }
        Choice::UseContext => Action::UseContext(number),
        Choice::CopyCommand => Action::CopyCommand(number),
        Choice::Extend => Action::Extend(number),
        Choice::EndNow => Action::End(number),
        Choice::RequestAgain => Action::Again(number),
        Choice::RequestInstead(_) => Action::Open(Page::Palette),
        Choice::TryAgain => Action::TryAgain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p04_a_choice_in_a_notice_never_decides_about_somebodys_request() {
        let about = About::Request("R-1".to_owned());
        for choice in [Choice::Open, Choice::ReviewToApprove, Choice::ReviewToDeny] {
            assert_eq!(action(&about, &choice), Action::Open(Page::Request("R-1".to_owned())));
        }
        assert_eq!(action(&about, &Choice::Extend), Action::Extend("R-1".to_owned()));
        assert_eq!(action(&About::Backend, &Choice::TryAgain), Action::TryAgain);
        assert_eq!(action(&About::Several, &Choice::Open), Action::Open(Page::Access));
    }
}

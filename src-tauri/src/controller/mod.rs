//! What happens, one thing after the other: the one place that changes the state. What it comes to
//! is shown on a screen and handed on as work; both are told to it, so that a test can look.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use bellhop_api::{CONTEXTS_CHANGED, Change, Request};
use bellhop_workstation::kubeconfig::is_production;
use bellhop_workstation::settings::Shortcut;
use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use semver::Version;
use tokio::sync::mpsc::UnboundedSender;

use crate::manners::Manners;
use crate::state::{Context, Link, Read, State};
use crate::view::{self, Action, Page, Tray};

/// How long notifications are paused at a time.
const PAUSE: TimeDelta = TimeDelta::hours(1);

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The backend was read.
    Read(Read),
    /// It does not answer.
    Away {
        /// What the system said.
        why: String,
        /// It ended in good order.
        stopped: bool,
    },
    /// The backend tells of a change. What it comes to is read next.
    Change(Change),
    /// The backend says which version it is.
    Version(String),
    /// The kubeconfig was read.
    Contexts(Vec<Context>),
    /// Time went by.
    Tick,
    /// Something was chosen from the menu.
    Chosen(Action),
    /// Somebody opened a deep link, or started the app once more.
    Asked(Page),
    /// A page of ours asked for access, under this number.
    Made(String),
    /// The global shortcut that can be used, if one could be had.
    Shortcut(Option<String>),
    /// How the user wants it was read.
    Manners(Manners),
    /// Notices are held back until then, or no more.
    Paused(Option<DateTime<Utc>>),
    /// Work was done, or was not.
    Done(Work, Result<(), String>),
}

/// What is done elsewhere, as it takes a while or may fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Work {
    /// Looks for the backend at once, and starts it if it does not run.
    Reach,
    /// Reads the kubeconfig.
    ReadContexts,
    /// Reads how the user wants it.
    ReadManners,
    /// Asks for more time.
    Extend(String),
    /// Ends one's own access.
    End(String),
    /// Takes a request back.
    Withdraw(String),
    /// Asks for the same again.
    Again(String),
    /// Adds the context of a request's access, and makes it current or not.
    AddContext {
        /// The request.
        number: String,
        /// Whether to make it current.
        current: bool,
    },
    /// Makes a context current.
    Hop(String),
    /// Makes the one current that was before.
    HopBack,
    /// Holds notices back until then.
    Pause(DateTime<Utc>),
    /// Lets them come again.
    Resume,
    /// Ends what tells the desktop, and then the app.
    Quit,
    /// The same, and the app that is installed by now is started.
    Restart,
}

/// What the desktop can be told.
pub trait Screen {
    /// Shows icon and menu.
    fn show(&mut self, tray: &Tray);
    /// Opens a window, or brings the one to the front that is open.
    fn open(&mut self, page: &Page);
    /// Puts a text where the user can paste it from.
    fn copy(&mut self, text: &str);
    /// Tells the user what they asked for and did not get: what, and why.
    fn tell(&mut self, what: &'static str, why: &str);
    /// Hands a change on to the pages that are open.
    fn changed(&mut self, change: &Change);
    /// Tells the pages that are open whether the backend answers.
    fn reached(&mut self, link: &Link);
    /// Opens the palette by this combination from now on, or says why not and by the old one.
    fn hold(&mut self, keys: &Shortcut) -> Result<(), String>;
    /// Tells the pages that are open that a setting changed.
    fn preferred(&mut self);
    /// The app is about to end: one that is started now is not to be taken for a second one.
    fn make_room(&mut self);
    /// Ends the app.
    fn quit(&mut self);
    /// Ends the app, and starts the one that is installed.
    fn restart(&mut self);
}

/// Holds the state.
pub struct Controller<S> {
    state: State,
    screen: S,
    work: UnboundedSender<Work>,
    shown: Option<Tray>,
    /// Why the kubeconfig does not read, once that was told.
    unreadable: Option<String>,
    /// Requests that pages of ours made: their contexts are added when they become active.
    made: BTreeSet<String>,
}

impl<S: Screen> Controller<S> {
    /// Begins, knowing nothing.
    pub fn new(screen: S, work: UnboundedSender<Work>) -> Self {
        let (state, made) = (State::default(), BTreeSet::new());
        Self { state, screen, work, shown: None, unreadable: None, made }
    }

    /// Takes in what happened, and shows what is new.
    pub fn on(&mut self, event: Event, now: DateTime<FixedOffset>) {
        let utc = now.with_timezone(&Utc);
        match event {
            Event::Read(read) => self.read(read, utc),
            Event::Away { why, stopped } => self.away(why, stopped, utc),
            Event::Change(change) => {
                if change.kind == CONTEXTS_CHANGED {
                    self.order(Work::ReadContexts);
                }
                self.screen.changed(&change);
            }
            Event::Version(theirs) => {
                self.state.newer = is_newer(&theirs, bellhop_api::version()).then_some(theirs);
            }
            Event::Contexts(contexts) => {
                self.state.contexts = contexts;
                self.unreadable = None;
            }
            Event::Tick => {
                self.order(Work::ReadContexts);
                self.order(Work::ReadManners);
            }
            Event::Chosen(action) => self.chosen(action, utc),
            Event::Asked(page) => self.screen.open(&page),
            Event::Made(number) => {
                self.made.insert(number);
                self.add_contexts();
            }
            Event::Shortcut(keys) => self.state.shortcut = keys,
            Event::Manners(manners) => self.manners(&manners),
            Event::Paused(until) => self.state.paused_until = until,
            Event::Done(Work::Quit, _) => self.screen.quit(),
            Event::Done(Work::Restart, _) => self.screen.restart(),
            Event::Done(work, done) => self.done(&work, done),
        }
        let tray = view::tray(&self.state, now);
        if self.shown.as_ref() != Some(&tray) {
            self.screen.show(&tray);
            self.shown = Some(tray);
        }
    }

    /// What somebody else changed in the settings holds from now on, too.
    fn manners(&mut self, manners: &Manners) {
        if self.state.manners.as_ref() == Some(manners) {
            return;
        }
        let before = self.state.manners.replace(manners.clone());
        let keys = &manners.settings.shortcut;
        // The first one is taken as the app starts.
        if before.as_ref().is_some_and(|before| before.settings.shortcut != *keys) {
            match self.screen.hold(keys) {
                Ok(()) => self.state.shortcut = Some(keys.as_str().to_owned()),
                Err(why) => self.screen.tell("The shortcut could not be changed", &why),
            }
        }
        let trouble = |manners: &Manners| manners.trouble.clone();
        if let Some(why) = trouble(manners)
            && before.as_ref().and_then(trouble).as_ref() != Some(&why)
        {
            self.screen.tell("The settings do not read", &why);
        }
        if before.is_some() {
            self.screen.preferred();
        }
    }

    fn read(&mut self, read: Read, now: DateTime<Utc>) {
        self.hop_to_what_opened(&read);
        if self.state.link != Link::Up {
            self.state.link = Link::Up;
            self.screen.reached(&Link::Up);
        }
        (self.state.read, self.state.read_at) = (Some(read), Some(now));
        self.add_contexts();
        // Access that comes or goes brings or takes a context.
        self.order(Work::ReadContexts);
    }

    /// Where the user wants that, the context of access that opened just now becomes the current one:
    /// not one of production, about which somebody is asked first.
    fn hop_to_what_opened(&mut self, read: &Read) {
        let wanted = |manners: &Manners| manners.settings.hop_when_granted;
        // What was open before the app was there is nothing new.
        let (Some(before), true) =
            (&self.state.read, self.state.manners.as_ref().is_some_and(wanted))
        else {
            return;
        };
        let was_active = |number: &str| {
            before.own().any(|request| request.number == number && request.status == "active")
        };
        let opened = read.own().filter(|r| r.status == "active" && !was_active(&r.number));
        for request in opened {
            let current = !contexts_of(request).any(|context| is_production(&context));
            self.made.remove(&request.number);
            self.order(Work::AddContext { number: request.number.clone(), current });
        }
    }

    /// Adds the contexts of what pages of ours asked for and what is active now.
    fn add_contexts(&mut self) {
        let Some(read) = &self.state.read else { return };
        let known = |number: &String| {
            read.own().chain(&read.recent).find(|request| request.number == *number)
        };
        let is_active = |number: &String| known(number).is_some_and(|r| r.status == "active");
        let (active, waiting): (BTreeSet<_>, BTreeSet<_>) =
            self.made.iter().cloned().partition(is_active);
        let is_over = |number: &String| known(number).is_some_and(Request::is_over);
        self.made = waiting.into_iter().filter(|number| !is_over(number)).collect();
        for number in active {
            self.order(Work::AddContext { number, current: false });
        }
    }

    fn away(&mut self, why: String, stopped: bool, now: DateTime<Utc>) {
        let since = match &self.state.link {
            Link::Away { since, .. } => *since,
            Link::Starting | Link::Up => now,
        };
        self.state.link = Link::Away { since, why, stopped };
        self.screen.reached(&self.state.link);
    }

    fn chosen(&mut self, action: Action, now: DateTime<Utc>) {
        match action {
            Action::TryAgain => self.order(Work::Reach),
            Action::Open(page) => self.screen.open(&page),
            Action::UseContext(number) => self.use_context(number),
            Action::CopyCommand(number) => {
                self.screen.copy(&format!("bellhop access {number} --add-context"));
            }
            Action::Extend(number) => self.order(Work::Extend(number)),
            Action::End(number) => self.order(Work::End(number)),
            Action::Withdraw(number) => self.order(Work::Withdraw(number)),
            Action::Again(number) => self.order(Work::Again(number)),
            Action::Hop(name) => self.order(Work::Hop(name)),
            Action::HopBack => self.order(Work::HopBack),
            Action::Pause => self.order(Work::Pause(now + PAUSE)),
            Action::Resume => self.order(Work::Resume),
            Action::Quit => self.leave(Work::Quit),
            Action::Restart => self.leave(Work::Restart),
        }
    }

    fn leave(&mut self, work: Work) {
        self.screen.make_room();
        self.order(work);
    }

    /// A context of production is added, and whether it becomes the current one is asked first.
    fn use_context(&mut self, number: String) {
        let requests = self.state.read.iter().flat_map(Read::own);
        let mut contexts = requests.filter(|r| r.number == number).flat_map(contexts_of);
        let production = contexts.find(|context| is_production(context));
        drop(contexts);
        self.order(Work::AddContext { number, current: production.is_none() });
        if let Some(context) = production {
            self.screen.open(&Page::Confirm(context));
        }
    }

    fn done(&mut self, work: &Work, done: Result<(), String>) {
        match (work, done) {
            // It is read again and again, and told once.
            (Work::ReadContexts, Err(why)) if self.unreadable.as_ref() == Some(&why) => {}
            (Work::ReadContexts, Err(why)) => {
                self.screen.tell(failed(work), &why);
                self.unreadable = Some(why);
            }
            (_, Err(why)) => self.screen.tell(failed(work), &why),
            (_, Ok(())) => {}
        }
        if matches!(work, Work::AddContext { .. } | Work::Hop(_) | Work::HopBack) {
            self.order(Work::ReadContexts);
        }
    }

    fn order(&self, work: Work) {
        // Whoever works is gone only when the app ends.
        self.work.send(work).ok();
    }
}

/// The contexts that a request's access has.
fn contexts_of(request: &Request) -> impl Iterator<Item = String> {
    let system = |target: &String| Some(format!("bellhop-{}", target.split_once('/')?.0));
    request.targets.iter().filter_map(system)
}

/// What did not happen.
fn failed(work: &Work) -> &'static str {
    match work {
        Work::Reach => "The backend could not be started",
        Work::ReadContexts => "The kubeconfig could not be read",
        Work::ReadManners => "The settings could not be read",
        Work::Extend(_) => "Could not ask for more time",
        Work::End(_) => "Could not end the access",
        Work::Withdraw(_) => "Could not withdraw the request",
        Work::Again(_) => "Could not request again",
        Work::AddContext { .. } => "Could not add the context",
        Work::Hop(_) | Work::HopBack => "Could not hop",
        Work::Pause(_) | Work::Resume => "Could not change when notices come",
        Work::Quit => "Could not quit",
        Work::Restart => "Could not restart",
    }
}

/// Whether a version is newer than the other. What does not read is none.
fn is_newer(theirs: &str, own: &str) -> bool {
    match (theirs.parse::<Version>(), own.parse::<Version>()) {
        (Ok(theirs), Ok(own)) => theirs > own,
        _ => false,
    }
}

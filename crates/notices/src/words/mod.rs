//! What a notice says. Every text derives from the request as stored at this moment: a change is
//! only the occasion. What is not so (any more, or yet) is not said.

mod asked;
mod mine;
mod others;
mod subject;

use bellhop_api::{Me, Request};
use serde::{Deserialize, Serialize};

pub use others::{Missed, backend_unreachable, integration, several, trouble};

use crate::{Notice, Wall};

/// Whom to tell, and how.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// Who is at this computer.
    pub me: &'a Me,
    /// Their clock.
    pub wall: Wall,
    /// Whether notices quote what people wrote: reasons and notes.
    pub quotes: bool,
    /// What they want to be told of.
    pub wants: Wants,
}

/// What somebody wants to be told of, of what can be turned off. The rest is always told: that
/// access ended, failed or may still be open, and what became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wants {
    /// That access was agreed to and opened.
    pub granted: bool,
    /// That it is about to end.
    pub ending: bool,
    /// That somebody asks them.
    pub asked: bool,
}

impl Default for Wants {
    /// All of it.
    fn default() -> Self {
        Self { granted: true, ending: true, asked: true }
    }
}

impl Wants {
    fn to_hear(self, what: What) -> bool {
        match what {
            What::Approved | What::Granted => self.granted,
            What::EndingSoon => self.ending,
            What::Asked | What::AskedAnew | What::AskedForMore => self.asked,
            What::Denied
            | What::Lapsed
            | What::Extended
            | What::ExtensionDenied
            | What::ExtensionLapsed
            | What::Ended
            | What::Failed
            | What::Stuck
            | What::Confirmed => true,
        }
    }
}

/// What happened, as far as somebody may want to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Somebody asked, and somebody has to decide.
    Asked,
    /// The flow changed while it waited: whoever was asked is asked anew.
    AskedAnew,
    /// Somebody said yes; nothing is usable yet.
    Approved,
    /// It became usable.
    Granted,
    /// Somebody said no.
    Denied,
    /// Nobody decided in time.
    Lapsed,
    /// Its time is nearly up.
    EndingSoon,
    /// The holder asks for more time.
    AskedForMore,
    /// It lasts longer.
    Extended,
    /// Somebody said no to more time.
    ExtensionDenied,
    /// Nobody decided about more time.
    ExtensionLapsed,
    /// It is gone.
    Ended,
    /// It never came to be.
    Failed,
    /// Taking it away fails: it may still be open.
    Stuck,
    /// What may still have been open is gone.
    Confirmed,
}

impl What {
    /// What an event of this kind is the occasion for; nothing for most.
    pub fn of(kind: &str) -> Option<Self> {
        Some(match kind {
            "request.submitted" => Self::Asked,
            "request.flow_changed" => Self::AskedAnew,
            "request.approved" => Self::Approved,
            "request.active" => Self::Granted,
            "request.denied" => Self::Denied,
            "request.lapsed" => Self::Lapsed,
            "request.extension_asked" => Self::AskedForMore,
            "request.extended" => Self::Extended,
            "request.extension_denied" => Self::ExtensionDenied,
            "request.extension_lapsed" => Self::ExtensionLapsed,
            "request.ended" => Self::Ended,
            "request.failed" => Self::Failed,
            "grant.revoke_stuck" => Self::Stuck,
            _ => return None,
        })
    }
}

/// What the caller may know beside the request. A text leaves out what it does not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Known {
    /// A smaller target that the person may ask for instead, whole.
    pub instead: Option<String>,
    /// The kubectl context that is the current one again.
    pub back_on: Option<String>,
}

/// The notice for `what` about `request` as it is stored now. None where the person has no part in
/// it, did it themselves, does not want to be told, or where it is not so.
pub fn notice(what: What, request: &Request, known: &Known, view: &View<'_>) -> Option<Notice> {
    if !view.wants.to_hear(what) {
        return None;
    }
    let told = match what {
        What::Asked | What::AskedAnew => return asked::access(what, request, view),
        What::AskedForMore => return asked::more_time(request, view),
        What::Stuck => return others::stuck(request, view),
        What::Confirmed => return others::confirmed(request, view),
        What::Approved => mine::approved(request),
        What::Granted => mine::granted(request, view),
        What::Denied => mine::denied(request, known, view),
        What::Lapsed => mine::lapsed(request),
        What::EndingSoon => mine::ending_soon(request, view),
        What::Extended => mine::extended(request, view),
        What::ExtensionDenied => mine::extension_denied(request, view),
        What::ExtensionLapsed => mine::extension_lapsed(request, view),
        What::Ended => mine::ended(request, known, view),
        What::Failed => mine::failed(request),
    };
    told.filter(|_| request.requester == view.me.handle)
}

/// Quotes what somebody wrote, if quotes are wanted.
fn quote(said: &str, view: &View<'_>) -> Option<String> {
    view.quotes.then(|| crate::text::quoted(said)).flatten()
}

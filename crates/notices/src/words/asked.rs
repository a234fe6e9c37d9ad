//! Notices for those who may decide. None of their buttons does.

use bellhop_api::{Request, Waits};

use super::subject::{Subject, about};
use super::{View, What, quote};
use crate::text::{Part, body};
use crate::wall::length;
use crate::{Choice, Notice};

/// Somebody asks for access.
pub(super) fn access(what: What, request: &Request, view: &View<'_>) -> Option<Notice> {
    let (waits, subject) = (waiting_for(request, view)?, Subject::of(request));
    if waits.extend_seconds.is_some() {
        return None;
    }
    let asks = format!(" asks for {} on ", subject.permission);
    let who = [Part::Name(&request.requester), Part::Says(&asks)];
    let how = match subject.integration {
        "" => format!("For {}.", length(request.duration_seconds)),
        system => format!("{} on {system}.", length(request.duration_seconds)),
    };
    let anew =
        if what == What::AskedAnew { "The flow changed, so you are asked anew." } else { "" };
    let reason = quote(&request.reason, view).unwrap_or_default();
    let said = body(&[&how, anew, &reason]);
    Some(offered(Notice::new(about(request), subject.title(&who, "", ""), said)))
}

/// Somebody asks for more time.
pub(super) fn more_time(request: &Request, view: &View<'_>) -> Option<Notice> {
    let (waits, subject) = (waiting_for(request, view)?, Subject::of(request));
    let (seconds, deadline) = (waits.extend_seconds?, request.deadline?);
    let who = [Part::Name(&request.requester), Part::Says(" asks for more time on ")];
    let more = format!("{} more of {}.", length(seconds), subject.what());
    let said = body(&[&more, &format!("It ends at {} now.", view.wall.at(deadline))]);
    Some(offered(Notice::new(about(request), subject.title(&who, "", ""), said)))
}

/// What waits for the person, while it does.
fn waiting_for<'a>(request: &'a Request, view: &View<'_>) -> Option<&'a Waits> {
    let waits = request.waits.as_ref()?;
    (waits.for_you && view.wall.now < waits.lapses_at).then_some(waits)
}

fn offered(notice: Notice) -> Notice {
    notice.offering([("Approve", Choice::ReviewToApprove), ("Deny", Choice::ReviewToDeny)]).aloud()
}

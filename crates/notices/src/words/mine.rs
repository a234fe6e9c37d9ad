//! Notices for whoever asked.

use bellhop_api::{Decision, Ended, Request};

use super::subject::{Subject, Target, about};
use super::{Known, View, quote};
use crate::text::{Part, body, line, sentence, title};
use crate::wall::length;
use crate::{Choice, Notice};

/// From here on access is ending soon, in minutes.
const SOON: i64 = 10;

/// Somebody said yes, and it takes a while until it is usable.
pub(super) fn approved(request: &Request) -> Option<Notice> {
    let decision = decided(request, "approved").filter(|_| request.status == "granting")?;
    if decision.by == request.flow {
        return None;
    }
    let subject = Subject::of(request);
    let yes = format!(" said yes to {} on ", subject.permission);
    let title = subject.title(&[Part::Name(&decision.by), Part::Says(&yes)], "", "");
    let said = body(&["Bellhop is setting it up."]);
    Some(Notice::new(about(request), title, said).offering([("Open", Choice::Open)]))
}

pub(super) fn granted(request: &Request, view: &View<'_>) -> Option<Notice> {
    let deadline = running(request, view)?;
    let (open, all) = (request.open, request.targets.len());
    let subject = Subject::of(request);
    let title = if open < all {
        let verb = if open == 1 { "is" } else { "are" };
        title(&[Part::Says(&format!("{open} of {all} targets {verb} open for you"))])
    } else {
        subject.title(&[], " is open for you", " are open for you")
    };
    let until = format!("{} until {}.", subject.permission, view.wall.at(deadline));
    let decision = decided(request, "approved").filter(|decision| decision.by != request.flow);
    let by = decision.map(|decision| format!("Approved by {}.", decision.by)).unwrap_or_default();
    let failed = request.grants.iter().filter(|grant| grant.state == "apply_failed").count();
    let failed = if failed > 0 { format!("{failed} could not be set up.") } else { String::new() };
    let offers = [("Use context", Choice::UseContext), ("Copy command", Choice::CopyCommand)];
    let said = body(&[&until, &by, &failed]);
    Some(Notice::new(about(request), title, said).offering(offers).aloud())
}

pub(super) fn denied(request: &Request, known: &Known, view: &View<'_>) -> Option<Notice> {
    let decision = decided(request, "denied").filter(|_| request.status == "denied")?;
    let subject = Subject::of(request);
    let no = format!(" said no to {} on ", subject.permission);
    let title = subject.title(&[Part::Name(&decision.by), Part::Says(&no)], "", "");
    let note = quote(&decision.note, view).unwrap_or_else(|| "The request is closed.".to_owned());
    let mut notice = Notice::new(about(request), title, body(&[&note]));
    notice = notice.offering([("Open", Choice::Open)]);
    if let Some(target) = &known.instead {
        let label = format!("Request {}", line(Target::of(target).permission));
        let choice = Choice::RequestInstead(target.clone());
        notice.actions.insert(0, crate::Action { label, choice });
    }
    Some(notice)
}

pub(super) fn lapsed(request: &Request) -> Option<Notice> {
    let decision = decided(request, "lapsed").filter(|_| request.status == "lapsed")?;
    let title = Subject::of(request).title(&[Part::Says("No answer on ")], "", "");
    let waited = (decision.at - request.submitted_at).num_seconds();
    let waited = length(u32::try_from(waited).unwrap_or_default());
    let said = body(&[&format!("Nobody answered for {waited}."), "The request is closed."]);
    let offers = [("Request again", Choice::RequestAgain), ("Open", Choice::Open)];
    Some(Notice::new(about(request), title, said).offering(offers))
}

pub(super) fn ending_soon(request: &Request, view: &View<'_>) -> Option<Notice> {
    let deadline = running(request, view)?;
    let minutes = view.wall.minutes_to(deadline);
    if minutes > SOON {
        return None;
    }
    let unit = if minutes == 1 { "minute" } else { "minutes" };
    let subject = Subject::of(request);
    let (one, many) = (format!(" ends in {minutes} {unit}"), format!(" end in {minutes} {unit}"));
    let said = format!("{} ends at {}.", subject.what(), view.wall.at(deadline));
    let more = request.waits.as_ref().and_then(|waits| waits.extend_seconds);
    let (asked, first) = match more {
        None => ("", ("Extend", Choice::Extend)),
        Some(_) => ("Nobody has answered yet about more time.", ("Open", Choice::Open)),
    };
    let notice =
        Notice::new(about(request), subject.title(&[], &one, &many), body(&[&said, asked]));
    Some(notice.offering([first, ("End now", Choice::EndNow)]))
}

/// By a flow that extends by itself it is the requester's own doing, and no news.
pub(super) fn extended(request: &Request, view: &View<'_>) -> Option<Notice> {
    let decision = more_time(request, "approved").filter(|d| d.by != request.flow)?;
    let note = quote(&decision.note, view).unwrap_or_default();
    let said = body(&[&format!("{} agreed.", decision.by), &note]);
    until(request, "now", &said, view)
}

pub(super) fn extension_denied(request: &Request, view: &View<'_>) -> Option<Notice> {
    let decision = more_time(request, "denied")?;
    let no = format!("{} said no to more time", decision.by);
    let said = match quote(&decision.note, view) {
        Some(note) => body(&[&format!("{no}: {note}")]),
        None => body(&[&format!("{no}.")]),
    };
    until(request, "still", &said, view)
}

pub(super) fn extension_lapsed(request: &Request, view: &View<'_>) -> Option<Notice> {
    more_time(request, "lapsed")?;
    until(request, "still", &body(&["Nobody answered about more time."]), view)
}

fn until(request: &Request, how: &str, said: &str, view: &View<'_>) -> Option<Notice> {
    let at = view.wall.at(running(request, view)?);
    let (one, many) = (format!(" {how} ends at {at}"), format!(" {how} end at {at}"));
    let title = Subject::of(request).title(&[], &one, &many);
    Some(Notice::new(about(request), title, said.to_owned()).offering([("Open", Choice::Open)]))
}

/// It is shown to be gone. What the holder gave back is no news.
pub(super) fn ended(request: &Request, known: &Known, view: &View<'_>) -> Option<Notice> {
    let deadline = request.deadline.filter(|_| request.status == "ended")?;
    let subject = Subject::of(request);
    let (title, why) = match request.label.as_str() {
        "Returned" => return None,
        "Expired" => (
            subject.title(&[], " has ended", " have ended"),
            format!("Its time was up at {}, and access is removed.", view.wall.at(deadline)),
        ),
        "Revoked" => revoked(request, &subject, view),
        "Removed outside" => (
            subject.title(&[], " was removed outside", " were removed outside"),
            format!("Somebody changed it on {}, so Bellhop ended your access.", subject.system()),
        ),
        "Target gone" => (
            subject.title(&[], " is gone", " are gone"),
            format!("It was deleted on {}, and your access with it.", subject.system()),
        ),
        other => (
            subject.title(&[], " has ended", " have ended"),
            format!("{}: access is removed.", line(other)),
        ),
    };
    let back = known.back_on.as_ref().map(|context| format!("You are back on {context}."));
    let notice = Notice::new(about(request), title, body(&[&why, &back.unwrap_or_default()]));
    let again = ("Request again", Choice::RequestAgain);
    Some(match request.label.as_str() {
        "Expired" => notice.offering([again]),
        "Target gone" => notice.offering([("Open", Choice::Open)]),
        _ => notice.offering([("Open", Choice::Open), again]),
    })
}

fn revoked(request: &Request, subject: &Subject<'_>, view: &View<'_>) -> (String, String) {
    match &request.ended {
        Some(Ended { by, note, .. }) => {
            let who = [Part::Name(by), Part::Says(" ended your access to ")];
            let note = quote(note, view).unwrap_or_default();
            (subject.title(&who, "", ""), body(&[&note, "Access is removed."]))
        }
        None => (
            subject.title(&[], " was revoked", " were revoked"),
            "Somebody else ended your access, and it is removed.".to_owned(),
        ),
    }
}

pub(super) fn failed(request: &Request) -> Option<Notice> {
    if request.status != "failed" {
        return None;
    }
    let title = Subject::of(request).title(&[Part::Says("Could not set up ")], "", "");
    let why = request.grants.iter().find_map(|grant| grant.note.as_deref());
    let why = why.map(|why| sentence(&crate::text::cut(&line(why), 200))).unwrap_or_default();
    let said = body(&[&why, "Nothing was granted."]);
    Some(Notice::new(about(request), title, said).offering([("Open", Choice::Open)]))
}

/// The deadline of what is usable now.
fn running(request: &Request, view: &View<'_>) -> Option<chrono::DateTime<chrono::Utc>> {
    let usable = request.status == "active" && request.open > 0;
    request.deadline.filter(|&deadline| usable && view.wall.now < deadline)
}

fn decided<'a>(request: &'a Request, what: &str) -> Option<&'a Decision> {
    request.decision.as_ref().filter(|decision| decision.what == what)
}

fn more_time<'a>(request: &'a Request, what: &str) -> Option<&'a Decision> {
    let extension = request.extension.as_ref()?;
    extension.decision.as_ref().filter(|decision| decision.what == what)
}

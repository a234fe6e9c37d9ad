//! Notices that are not only for whoever asked: what may still be open, integrations, the backend,
//! several things at once.

use bellhop_api::{Integration, Request};

use super::View;
use super::subject::{Subject, Target, about};
use crate::text::{Part, body, cut, line, sentence, title};
use crate::{About, Choice, Notice, Urgency};

/// As many titles stand in the notice for several things.
const NAMED: usize = 3;

/// Taking access away fails. For its holder, and for admins.
pub(super) fn stuck(request: &Request, view: &View<'_>) -> Option<Notice> {
    let stuck: Vec<_> = request
        .grants
        .iter()
        .filter(|grant| grant.state == "revoke_stuck")
        .map(|grant| Target::of(&grant.target))
        .collect();
    if stuck.is_empty() || !concerned(request, view) {
        return None;
    }
    let subject = Subject::among(&stuck);
    let whose = if request.requester == view.me.handle {
        String::new()
    } else {
        format!("{}'s ", request.requester)
    };
    let why = format!(
        "{} did not confirm the removal, so {whose}{} may still be open.",
        subject.system(),
        subject.permission
    );
    let said = body(&[&why, "Bellhop keeps trying to remove it."]);
    let title = subject.title(&[], " should have ended", " should have ended");
    let notice = Notice::new(about(request), title, said).offering([("Open", Choice::Open)]);
    Some(notice.pressing(Urgency::Critical))
}

/// What may still have been open is shown to be gone.
pub(super) fn confirmed(request: &Request, view: &View<'_>) -> Option<Notice> {
    let gone = matches!(request.status.as_str(), "ended" | "failed");
    if !gone || !concerned(request, view) {
        return None;
    }
    let due = request.deadline.filter(|_| request.label == "Expired");
    let due = due.map(|at| format!("It should have ended at {}.", view.wall.at(at)));
    let said = body(&["Its removal is confirmed.", &due.unwrap_or_default()]);
    let title = Subject::of(request).title(&[], " is closed now", " are closed now");
    Some(Notice::new(about(request), title, said).offering([("Open", Choice::Open)]))
}

fn concerned(request: &Request, view: &View<'_>) -> bool {
    request.requester == view.me.handle || view.me.role == "admin"
}

/// An integration is in trouble: for admins. `open` counts the requests with access there.
pub fn integration(integration: &Integration, open: usize, view: &View<'_>) -> Option<Notice> {
    let how = match integration.status.as_str() {
        "degraded" => " is in trouble",
        "error" => " cannot be used",
        _ => return None,
    };
    if view.me.role != "admin" {
        return None;
    }
    let title = title(&[Part::Name(&integration.name), Part::Says(how)]);
    let why = sentence(&cut(&line(&integration.why), 180));
    let open = match open {
        0 => String::new(),
        1 => "1 request with access there may outlast its end.".to_owned(),
        more => format!("{more} requests with access there may outlast their end."),
    };
    let about = About::Integration(integration.name.clone());
    Some(Notice::new(about, title, body(&[&why, &open])).offering([("Open", Choice::Open)]))
}

/// Nobody answers where the backend should be.
pub fn backend_unreachable() -> Notice {
    let said = body(&["What is open keeps its deadline.", "New requests must wait."]);
    let notice = Notice::new(About::Backend, "Bellhop cannot reach its server".to_owned(), said);
    notice.offering([("Try again", Choice::TryAgain)])
}

/// Why several things are told at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missed {
    /// Nobody was there to tell them.
    Away,
    /// They were held back for a while.
    HeldBack,
}

/// One notice for several things, by their titles.
pub fn several(titles: &[String], why: Missed) -> Notice {
    let count = titles.len().min(999);
    let title = match why {
        Missed::Away => format!("{count} things happened while you were away"),
        Missed::HeldBack => format!("{count} things happened meanwhile"),
    };
    let named: Vec<String> = titles.iter().take(NAMED).map(|title| line(title)).collect();
    let more = titles.len().saturating_sub(NAMED);
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    let said = sentence(&format!("{}{more}", named.join("; ")));
    let title = crate::text::title(&[Part::Says(&title)]);
    Notice::new(About::Several, title, body(&[&said])).offering([("Open", Choice::Open)])
}

/// Something that the person asked their own machine for did not work: what, and why.
pub fn trouble(what: &str, why: &str) -> Notice {
    let said = sentence(&cut(&line(why), 250));
    let title = title(&[Part::Says(what)]);
    Notice::new(About::Machine, title, body(&[&said]))
}

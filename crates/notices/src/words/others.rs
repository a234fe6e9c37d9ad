//! Notices that are not only for whoever asked: what may still be open, integrations, the backend,
//! several things at once, and what came of a choice.

use bellhop_api::{Integration, Problem, Request};

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

/// What somebody chose in a notice was refused, or did not work.
pub fn refused(request: &Request, choice: &Choice, problem: &Problem) -> Notice {
    let verb = match choice {
        Choice::Extend => "extend ",
        Choice::EndNow => "end ",
        Choice::UseContext => "use ",
        Choice::CopyCommand => "copy the command of ",
        Choice::RequestAgain | Choice::RequestInstead(_) => "request ",
        Choice::Open | Choice::ReviewToApprove | Choice::ReviewToDeny | Choice::TryAgain => "open ",
    };
    let before = [Part::Says("Could not "), Part::Says(verb)];
    let title = Subject::of(request).title(&before, "", "");
    let why = sentence(&cut(&line(&problem.detail), 200));
    let next = problem.next.as_deref().map(sentence).unwrap_or_default();
    Notice::new(about(request), title, body(&[&why, &next])).offering([("Open", Choice::Open)])
}

/// What somebody chose in a notice is done, by the request as stored afterwards. `with` is what it
/// was done with: the context's name, or nothing. None where the request says otherwise, and for
/// choices that show a window.
pub fn done(request: &Request, choice: &Choice, with: &str, view: &View<'_>) -> Option<Notice> {
    let subject = Subject::of(request);
    let deadline = request.deadline.filter(|_| request.status == "active")?;
    let until = view.wall.at(deadline);
    let (title, said) = match choice {
        Choice::Extend => match &request.waits {
            Some(waits) if waits.extend_seconds.is_some() => {
                let asked = subject.title(&[Part::Says("More time asked for: ")], "", "");
                let who = waits.approvers.join(", ");
                (asked, format!("It waits for {who}. It ends at {until} until then."))
            }
            Some(_) | None => {
                let (one, many) = (format!(" now ends at {until}"), format!(" now end at {until}"));
                (subject.title(&[], &one, &many), format!("{} goes on.", subject.what()))
            }
        },
        Choice::UseContext => {
            (title(&[Part::Says("kubectl now uses "), Part::Name(with)]), format!("Until {until}."))
        }
        Choice::CopyCommand => (
            subject.title(&[Part::Says("Copied the command for ")], "", ""),
            format!("Paste it in a terminal. It works until {until}."),
        ),
        Choice::Open
        | Choice::ReviewToApprove
        | Choice::ReviewToDeny
        | Choice::EndNow
        | Choice::RequestAgain
        | Choice::RequestInstead(_)
        | Choice::TryAgain => return None,
    };
    let notice = Notice::new(about(request), title, body(&[&said]));
    Some(notice.offering([("Open", Choice::Open)]).pressing(Urgency::Low))
}

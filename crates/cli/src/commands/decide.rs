//! `bellhop approve` and `bellhop deny`

use anyhow::Context;
use bellhop_api::{Client, ClientError, Decide, Request};
use bellhop_domain::{Span, Verdict};
use bellhop_workstation::home::Home;

use crate::args::{self, Format};
use crate::{ask, card, output, session};

/// Shows what is to be decided, asks, and decides about exactly what was shown.
pub(crate) async fn run(
    home: &Home,
    format: Format,
    ask: args::Decide,
    (verdict, duration): (Verdict, Option<Span>),
) -> anyhow::Result<()> {
    let client = session::client(home).await?;
    let shown = session::reached(home, client.request(&ask.number).await)?;
    // Where nothing waits, the backend's refusal says why better than a question would.
    if shown.waits.is_some() {
        output::to_look_at(&shown, session::now());
        if !ask.yes {
            agreed(&shown, (verdict, duration))?;
        }
    }
    let duration_seconds = duration.map(|span| u64::from(span.seconds()));
    let body = Decide { seen: shown.seen.clone(), note: ask.note, duration_seconds };
    let decided = match sent(&client, &shown.number, &body, verdict).await {
        Err(ClientError::Refused(problem)) if problem.current.is_some() => {
            let now = problem.current.as_ref().context("there is a current one")?;
            output::progress("It changed meanwhile. This is how it is now:");
            output::to_look_at(now, session::now());
            return Err(ClientError::Refused(problem).into());
        }
        answer => session::reached(home, answer)?,
    };
    if !output::for_programs(format, &decided)? {
        output::line(said(&shown, &decided, verdict));
    }
    Ok(())
}

fn agreed(shown: &Request, (verdict, duration): (Verdict, Option<Span>)) -> anyhow::Result<()> {
    let time = duration.map_or_else(String::new, |span| format!(" for {span}"));
    let what = match (verdict, more(shown)) {
        (Verdict::Approve, None) => format!("Approve {}{time}?", shown.number),
        (Verdict::Approve, Some(more)) => format!("Give {more} more for {}?", shown.number),
        (Verdict::Deny, None) => format!("Deny {}?", shown.number),
        (Verdict::Deny, Some(more)) => format!("Deny {more} more for {}?", shown.number),
    };
    ask::agreed(&what, "this")
}

/// How much more time waits for an answer, when that is what waits.
fn more(request: &Request) -> Option<String> {
    let seconds = request.waits.as_ref()?.extend_seconds?;
    Some(card::length(u64::from(seconds)))
}

async fn sent(
    client: &Client,
    number: &str,
    body: &Decide,
    verdict: Verdict,
) -> Result<Request, ClientError> {
    match verdict {
        Verdict::Approve => client.approve(number, body).await,
        Verdict::Deny => client.deny(number, body).await,
    }
}

/// What came of it, from what is stored now.
fn said(shown: &Request, decided: &Request, verdict: Verdict) -> String {
    let (number, label) = (&decided.number, &decided.label);
    let until = card::until(decided, session::now());
    match (verdict, more(shown)) {
        (Verdict::Approve, None) => format!("{number} approved: {label}, until {until}"),
        (Verdict::Approve, Some(more)) => {
            format!("{number} got {more} more: {label} until {until}")
        }
        (Verdict::Deny, None) => format!("{number} {label}"),
        (Verdict::Deny, Some(_)) => format!("{number} got no more time: {label} until {until}"),
    }
}

//! `bellhop withdraw` and `bellhop extend`: what people do with their own requests.

use bellhop_api::Request;
use bellhop_workstation::home::Home;

use crate::args::{self, Format};
use crate::{card, output, session};

/// Takes back a request that nobody decided yet.
pub(crate) async fn withdraw(home: &Home, format: Format, ask: args::Number) -> anyhow::Result<()> {
    let client = session::client(home).await?;
    let request = session::reached(home, client.withdraw(&ask.number).await)?;
    answer(format, &request, || format!("{} {}", request.number, request.label))
}

/// Asks for more time.
pub(crate) async fn extend(home: &Home, format: Format, ask: args::Number) -> anyhow::Result<()> {
    let client = session::client(home).await?;
    let request =
        session::reached(home, client.once(session::new_key()).extend(&ask.number).await)?;
    answer(format, &request, || extended(&request))
}

fn extended(request: &Request) -> String {
    let (number, now) = (&request.number, session::now());
    let (state, until) = (card::state(request), card::until(request, now));
    let Some(waits) = &request.waits else {
        return format!("{number} {state} until {until}");
    };
    let more = waits.extend_seconds.map(|seconds| card::length(u64::from(seconds)));
    format!(
        "{number} waits for {} to give it {} more, until {}: bellhop approve {number}\n\
         Meanwhile it stays {} until {until}",
        card::who(waits),
        more.unwrap_or_default(),
        card::with_left(waits.lapses_at, now),
        request.label
    )
}

fn answer(format: Format, request: &Request, words: impl FnOnce() -> String) -> anyhow::Result<()> {
    if !output::for_programs(format, request)? {
        output::line(words());
    }
    Ok(())
}

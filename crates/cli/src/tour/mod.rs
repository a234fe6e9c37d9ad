//! `bellhop tour`: plays one walk on a sample cluster, with the real commands, in front of somebody
//! who has no cluster at hand.
//!
//! Everything is in a folder of its own that is gone afterwards: no file, kubeconfig or backend of
//! whoever watches is read or changed.

mod stage;
mod step;
mod walk;

use std::io::{IsTerminal as _, stdin, stdout};

use anyhow::bail;
use tokio::signal::unix::{SignalKind, signal};

use crate::{args, output};
use stage::Stage;
use step::Pace;

/// Plays the walk, and takes everything away however it ends.
pub(crate) async fn run(ask: args::Tour) -> anyhow::Result<()> {
    let watched = stdin().is_terminal() && stdout().is_terminal();
    let pace = if watched && !ask.auto { Pace::WaitForEnter } else { Pace::GoOn };
    let stage = Stage::set(ask.kubectl.as_deref()).await?;
    let played = tokio::select! {
        played = play(&stage, pace) => played,
        stopped = told_to_stop() => stopped,
    };
    if played.is_err() {
        output::progress("The end of the backend's log:");
        stage.log()?.iter().for_each(output::progress);
    }
    let struck = stage.strike().await;
    played.and(struck)?;
    walk::LAST_WORDS.iter().for_each(output::line);
    Ok(())
}

async fn play(stage: &Stage, pace: Pace) -> anyhow::Result<()> {
    output::line_or_stop(walk::TITLE)?;
    for step in walk::steps() {
        step.play(stage, pace).await?;
    }
    Ok(())
}

async fn told_to_stop() -> anyhow::Result<()> {
    let (mut interrupt, mut terminate) =
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    bail!("the tour was cut short; everything that it made is removed")
}

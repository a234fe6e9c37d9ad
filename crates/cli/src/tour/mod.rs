//! `bellhop tour`: plays one walk on a sample cluster, with the real commands, in front of somebody
//! who has no cluster at hand.
//!
//! Everything is in a folder of its own that is gone afterwards: no file, kubeconfig or backend of
//! whoever watches is read or changed.

mod stage;
mod step;
mod walk;

use std::io::{IsTerminal as _, stdin, stdout};

use anyhow::{Context as _, bail};
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
        played = look(&stage), if ask.window => played,
        played = play(&stage, pace), if !ask.window => played,
        stopped = told_to_stop() => stopped,
    };
    if played.is_err() {
        output::progress("The end of the backend's log:");
        stage.log()?.iter().for_each(output::progress);
    }
    let struck = stage.strike().await;
    played.and(struck)?;
    let words = if ask.window { &walk::WINDOW_CLOSED[..] } else { &walk::LAST_WORDS[..] };
    words.iter().for_each(output::line);
    Ok(())
}

/// Lets whoever is there try the tray app, until they quit it.
async fn look(stage: &Stage) -> anyhow::Result<()> {
    let connect = ["connect", "kubernetes", "k8s-demo", "--yes"].map(str::to_owned);
    let connected = stage.command("bellhop", &connect).output().await?;
    if !connected.status.success() {
        bail!("the sample cluster: {}", String::from_utf8_lossy(&connected.stderr).trim());
    }
    walk::WINDOW_OPEN.iter().for_each(output::line);
    let ended = stage.desktop()?.status().await.context("starting the tray app")?;
    if !ended.success() {
        bail!("the tray app ended with {ended}. In the terminal: bellhop tour");
    }
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

//! `kube-server DIR`: a Kubernetes control plane with three customers in it, for `make run`.
//!
//! Prints `KUBECONFIG=PATH` once it is ready, and runs until stdin closes or until SIGINT or
//! SIGTERM. Progress goes to stderr.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::mpsc;
use std::thread;

use anyhow::{Context, Result, bail, ensure};
use bellhop_e2e::cluster::{Cluster, Options};
use bellhop_e2e::counterparties;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

fn main() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("{error:#}")).ok();
            ExitCode::FAILURE
        }
    }
}

fn serve() -> Result<()> {
    let mut args = std::env::args_os().skip(1);
    let dir = args.next().context("usage: kube-server DIR")?;
    ensure!(args.next().is_none(), "usage: kube-server DIR");
    let Some(assets) = counterparties::assets()? else {
        bail!("there is no Kubernetes API server to run");
    };

    say("Starting etcd, kube-apiserver and kube-controller-manager")?;
    let cluster = Cluster::start(&assets, Path::new(&dir), &Options::default())?;
    say("Making customer1 to customer3, each with a mongodb and a nodejs pod")?;
    cluster.seed_customers()?;

    // Until here a signal just ends this program, and the servers with it.
    let end = end()?;
    let minor = cluster.minor_version();
    say(&format!("Kubernetes 1.{minor} serves at {}", cluster.url()))?;
    let mut stdout = io::stdout();
    writeln!(stdout, "KUBECONFIG={}", cluster.admin_kubeconfig().display())?;
    stdout.flush()?;

    end.recv()?;
    say("Stopping the servers: some seconds")?;
    cluster.stop()
}

/// Hears of the first reason to end.
fn end() -> Result<mpsc::Receiver<()>> {
    let (tell, end) = mpsc::channel();
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    let tell_signal = tell.clone();
    thread::spawn(move || {
        for _signal in signals.forever() {
            // Nobody listens to the second one: the stop is under way, and bounded.
            tell_signal.send(()).ok();
        }
    });
    thread::spawn(move || {
        // A failing stdin is as closed as one at its end.
        io::copy(&mut io::stdin().lock(), &mut io::sink()).ok();
        tell.send(()).ok();
    });
    Ok(end)
}

fn say(sentence: &str) -> io::Result<()> {
    writeln!(io::stderr(), "kube-server: {sentence}")
}

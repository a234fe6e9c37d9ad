//! `bellhop use` and `kubectl config use-context`: whole processes, in turn, on the same kubeconfig.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use bellhop_e2e::counterparties::{self, NamedKubectl};
use bellhop_e2e::installation::bellhop;
use bellhop_e2e::scratch::Scratch;

use crate::figures::{self, Times};

const CONTEXTS: usize = 1_000;
const ROUNDS: usize = 21;
/// What is aimed at, on the plain kubeconfig.
const AIM: f64 = 40.0;

/// Measures and tells. The reference is the fastest kubectl that there is.
pub(crate) fn compare() -> Result<()> {
    let scratch = Scratch::new()?;
    let file = scratch.path().join("kubeconfig");
    let side = Side { file: &file, home: scratch.path() };
    fs::write(&file, kubeconfig(0)?)?;
    let kubectl = side.fastest()?;
    println!("\nSwitching contexts among {CONTEXTS}, {ROUNDS} rounds of each side in turn");
    println!(
        "                      Bellhop (ms)         kubectl {:<8}   ratio of",
        kubectl.version
    );
    println!("                     median     p90     median     p90   medians");
    let mut plain = 0.0;
    for (what, certificate) in [("as kubectl adds it", 0), ("with certificates", 1_500)] {
        fs::write(&file, kubeconfig(certificate)?)?;
        let (mut ours, mut theirs) = (Times::default(), Times::default());
        for round in 0..ROUNDS {
            let [one, two] = [2 * round + 1, 2 * round + 2].map(|n| format!("context-{n}"));
            ours.add(side.time(bellhop()?, &["use", &one])?);
            side.is_current(&one)?;
            theirs.add(side.time(&kubectl.path, &["config", "use-context", &two])?);
            side.is_current(&two)?;
        }
        println!("{}", figures::line(what, &ours, &theirs));
        let ratio = theirs.median() / ours.median();
        if certificate == 0 {
            plain = ratio;
        }
    }
    let word = if plain >= AIM { "within" } else { "short of" };
    println!("bellhop use is {plain:.0} times as fast as kubectl: {word} the aim of {AIM}.");
    Ok(())
}

struct Side<'a> {
    file: &'a Path,
    home: &'a Path,
}

impl Side<'_> {
    fn fastest(&self) -> Result<NamedKubectl> {
        let mut all = Vec::new();
        for kubectl in counterparties::kubectls()? {
            let mut times = Times::default();
            for context in ["context-3", "context-4", "context-5"] {
                times.add(self.time(&kubectl.path, &["config", "use-context", context])?);
            }
            all.push((times.median(), kubectl));
        }
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        Ok(all.into_iter().next().context("there is no kubectl")?.1)
    }

    fn time(&self, program: &Path, args: &[&str]) -> Result<std::time::Duration> {
        let mut command = Command::new(program);
        command.args(args).stdin(Stdio::null()).stdout(Stdio::null());
        command.env("KUBECONFIG", self.file).env("HOME", self.home);
        command.env("BELLHOP_HOME", self.home.join("bellhop"));
        let began = Instant::now();
        let status = command.status()?;
        let took = began.elapsed();
        ensure!(status.success(), "{} {args:?} ended with {status}", program.display());
        Ok(took)
    }

    fn is_current(&self, name: &str) -> Result<()> {
        let text = fs::read_to_string(self.file)?;
        let line = format!("\ncurrent-context: {name}\n");
        ensure!(text.contains(&line), "{name} is not current");
        Ok(())
    }
}

/// A kubeconfig in kubectl's own form, with certificates of this many characters.
fn kubeconfig(certificate: usize) -> Result<String> {
    let mut text = String::from("apiVersion: v1\nclusters:\n");
    for n in 0..CONTEXTS {
        text.push_str("- cluster:\n");
        if certificate > 0 {
            writeln!(text, "    certificate-authority-data: {}", "TUlJ".repeat(certificate / 4))?;
        }
        writeln!(text, "    server: https://cluster-{n}.example.com:6443\n  name: cluster-{n}")?;
    }
    text.push_str("contexts:\n");
    for n in 0..CONTEXTS {
        writeln!(text, "- context:\n    cluster: cluster-{n}\n    namespace: team-{n}")?;
        writeln!(text, "    user: user-{n}\n  name: context-{n}")?;
    }
    text.push_str("current-context: context-0\nkind: Config\npreferences: {}\nusers:\n");
    for n in 0..CONTEXTS {
        writeln!(text, "- name: user-{n}\n  user:\n    token: {}", "a".repeat(32))?;
    }
    Ok(text)
}

//! One session with a real kubectl, on the sample cluster and on a real API server: every answer
//! is the same, to the word.
//!
//! `BELLHOP_TEST_KUBECONFIG` names an admin's kubeconfig of the real one, which must be of the
//! version that the sample cluster shows. Without it the test says so and passes; in CI it fails.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod kubectl;
mod twin;

use std::path::{Path, PathBuf};

use bellhop_sample_cluster::{Options, SampleCluster};
use kubectl::{Kubectl, kubectls, say};
use twin::Twin;

const NAMESPACES: [&str; 2] = ["recorded1", "recorded2"];

fn real() -> Option<PathBuf> {
    let file = std::env::var("BELLHOP_TEST_KUBECONFIG").ok().filter(|file| !file.is_empty());
    if file.is_none() {
        assert!(std::env::var("CI").is_err(), "CI has to set BELLHOP_TEST_KUBECONFIG");
        say("not run: set BELLHOP_TEST_KUBECONFIG to an admin's kubeconfig");
    }
    file.map(PathBuf::from)
}

/// Who calls, and with which words.
fn session() -> Vec<(String, Vec<String>)> {
    let manifests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded");
    let text = std::fs::read_to_string(manifests.join("session.txt")).unwrap();
    let place = manifests.display().to_string();
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let mut words = line.split(' ').map(|word| word.replace("MANIFESTS", &place));
            (words.next().unwrap(), words.collect())
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_is_answered_as_a_real_cluster_answers_it() {
    let Some(real) = real() else { return };
    let session = session();
    let programs = kubectls();
    assert!(!programs.is_empty() || std::env::var("CI").is_err(), "CI has to have a kubectl");
    let mut differences = Vec::new();
    for program in programs {
        let scratch = tempfile::tempdir().unwrap();
        let namespaces = NAMESPACES.map(str::to_owned).to_vec();
        let sample = SampleCluster::start(Options { namespaces, ..Options::default() }).await;
        let sample = sample.unwrap();
        let file = scratch.path().join("sample.kubeconfig");
        std::fs::write(&file, sample.kubeconfig()).unwrap();
        let place = |name: &str| scratch.path().join(name);
        let ours = Kubectl::new(&program, &file, &place("sample"));
        let theirs = Kubectl::new(&program, &real, &place("real"));
        let mut twin = Twin::new(ours, theirs);
        // Of an earlier run that was cut short, too.
        twin.clear(&NAMESPACES);
        twin.prepare(&NAMESPACES);
        let found: Vec<String> =
            session.iter().filter_map(|(who, words)| twin.difference(who, words)).collect();
        twin.clear(&NAMESPACES);
        sample.shutdown().await;
        let same = session.len() - found.len();
        say(&format!(
            "{same} of {} answers are the same with {}",
            session.len(),
            program.display()
        ));
        differences.extend(found.into_iter().map(|one| format!("{}: {one}", program.display())));
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

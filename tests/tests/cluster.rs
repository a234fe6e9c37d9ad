//! The harness itself: a real cluster starts, answers, writes down who asked, survives a restart
//! of its API server, and leaves no process behind however its owner ends.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use bellhop_e2e::cluster::{Cluster, Options};
use bellhop_e2e::scratch::Scratch;
use bellhop_e2e::shared::shared;
use bellhop_e2e::{counterparties, process, wait};
use serde_json::Value;

const LIMIT: Duration = Duration::from_mins(1);

#[test]
fn a_cluster_answers_and_leaves_nothing_behind() -> Result<()> {
    let Some(assets) = counterparties::assets()? else {
        return Ok(());
    };
    let scratch = Scratch::new()?;
    let dir = scratch.path().join("kube");
    // Started by a thread that ends, as a test's thread does: the servers must live on.
    let mut cluster = timed("start", || {
        thread::scope(|scope| {
            let starter = scope.spawn(|| Cluster::start(&assets, &dir, &Options::default()));
            starter.join().expect("the starter does not panic")
        })
    })?;

    let namespaces = timed("seed", || cluster.seed_customers())?;
    for namespace in &namespaces {
        let pods = cluster.admin().get(["get", "pods", "-n", namespace, "-o", "name"])?;
        assert_eq!(pods, "pod/mongodb\npod/nodejs\n");
        wait::until("the audit log shows the list", LIMIT, || {
            let listed = |event: &Value| lists_pods(event, namespace);
            Ok(cluster.audit_log()?.iter().any(listed).then_some(()))
        })?;
    }
    assert_eq!(process::naming(&dir)?.len(), 3, "{:?}", process::naming(&dir)?);

    timed("stop of the API server", || cluster.stop_apiserver())?;
    let refused = cluster.admin().run(["get", "pods", "-n", "customer1"])?;
    assert!(!refused.status.success(), "nobody is there to answer");
    timed("restart of the API server", || cluster.start_apiserver())?;
    cluster.admin().get(["get", "pod", "mongodb", "-n", "customer1"])?;

    cluster.kill_apiserver()?;
    timed("start after a crash", || cluster.start_apiserver())?;
    cluster.seed_customers()?;

    timed("stop", || cluster.stop())?;
    assert_eq!(process::naming(&dir)?, Vec::<String>::new());
    Ok(())
}

#[test]
fn a_killed_owner_takes_its_cluster_with_it() -> Result<()> {
    if counterparties::assets()?.is_none() {
        return Ok(());
    }
    let scratch = Scratch::new()?;
    let dir = scratch.path().join("kube");
    let mut server = kube_server(&dir)?;
    assert_eq!(process::naming(&dir)?.len(), 4, "three servers and their owner");

    server.kill()?;
    server.wait()?;
    wait::until("the servers die with their owner", LIMIT, || {
        Ok(process::naming(&dir)?.is_empty().then_some(()))
    })
}

#[test]
fn kube_server_ends_when_stdin_closes() -> Result<()> {
    if counterparties::assets()?.is_none() {
        return Ok(());
    }
    let scratch = Scratch::new()?;
    let dir = scratch.path().join("kube");
    let mut server = kube_server(&dir)?;
    drop(server.stdin.take());
    let status = wait::until("kube-server ends", LIMIT, || Ok(server.try_wait()?))?;
    assert!(status.success(), "{status}");
    assert_eq!(process::naming(&dir)?, Vec::<String>::new());
    Ok(())
}

#[test]
fn every_kubectl_talks_to_the_shared_cluster() -> Result<()> {
    let Some(cluster) = shared()? else {
        return Ok(());
    };
    let [namespace, ..] = cluster.seed("skew")?;
    for kubectl in counterparties::kubectls()? {
        let home = ("HOME".into(), cluster.dir().join(&kubectl.version).into());
        let config = cluster.admin_kubeconfig();
        let pods = bellhop_e2e::kubectl::Kubectl::new(&kubectl.path, config, [home])
            .run(["get", "pods", "-n", &namespace, "-o", "name"])?;
        assert_eq!(pods.stdout, "pod/mongodb\npod/nodejs\n", "{kubectl:?}: {}", pods.stderr);
    }
    Ok(())
}

/// Starts the program and waits until it is ready; its stdin stays open.
fn kube_server(dir: &Path) -> Result<Child> {
    let mut server = Command::new(env!("CARGO_BIN_EXE_kube-server"))
        .arg(dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let stdout = server.stdout.as_mut().context("stdout is piped")?;
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line)?;
    let path = line.trim_end().strip_prefix("KUBECONFIG=");
    let path = path.with_context(|| format!("kube-server printed {line:?}"))?;
    ensure!(Path::new(path).exists(), "{path} is not there");
    Ok(server)
}

fn lists_pods(event: &Value, namespace: &str) -> bool {
    let is = |pointer: &str, value: &str| event.pointer(pointer).is_some_and(|it| it == value);
    is("/verb", "list")
        && is("/user/username", "admin")
        && is("/objectRef/resource", "pods")
        && is("/objectRef/namespace", namespace)
        && event.pointer("/responseStatus/code").is_some_and(|code| code == 200)
}

#[expect(clippy::print_stderr, reason = "libtest shows it on demand")]
fn timed<T>(what: &str, act: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let done = act();
    eprintln!("{what} took {:?}", began.elapsed());
    done
}

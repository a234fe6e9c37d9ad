//! What a newcomer points Bellhop at by mistake: each is one clear error with the next step, and
//! nothing is connected, written or lost.

#![expect(clippy::indexing_slicing, reason = "JSON without the key is null, and fails the test")]

use std::ffi::OsStr;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bellhop_e2e::cluster::Cluster;
use bellhop_e2e::installation::{INTEGRATION, Installation, Ran};
use bellhop_e2e::scratch::Scratch;
use bellhop_e2e::shared::shared;

/// A kubeconfig with the one context `admin@real`.
fn kubeconfig(server: &str, ca: Option<&str>, user: &str) -> String {
    let ca =
        ca.map(|pem| format!("\n    certificate-authority-data: {}", BASE64_STANDARD.encode(pem)));
    format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: admin@real\n\
         clusters:\n- name: real\n  cluster:\n    server: {server}{}\n\
         contexts:\n- name: admin@real\n  context: {{cluster: real, user: admin}}\n\
         users:\n- name: admin\n  user: {user}\n",
        ca.unwrap_or_default()
    )
}

/// Tries to connect with this kubeconfig, and looks that nothing came of it.
fn refused(installation: &Installation, file: &Path, env: &[(&str, &OsStr)]) -> Result<Ran> {
    let mut all = vec![("KUBECONFIG", file.as_os_str())];
    all.extend_from_slice(env);
    let ran = installation.run_with(["connect", "kubernetes", INTEGRATION, "--yes"], &all)?;
    ensure!(ran.code != 0, "connected: {}", ran.stdout);
    let lines = ran.stderr.lines().filter(|line| line.starts_with("bellhop: ")).count();
    assert_eq!(lines, 1, "one error: {}", ran.stderr);
    let status = installation.json(["integrations"])?;
    assert_eq!(status["items"][0]["status"], "error", "{status}");
    let why = status["items"][0]["why"].as_str().unwrap_or_default();
    ensure!(why.contains("not connected yet"), "{why}");
    let credentials = installation.home().join("data/credentials");
    let kept = fs::read_dir(credentials).map_or(0, Iterator::count);
    assert_eq!(kept, 0, "no credential is kept");
    Ok(ran)
}

fn says(ran: &Ran, words: &[&str]) -> Result<()> {
    for word in words {
        ensure!(ran.stderr.contains(word), "{word:?} is not in {}", ran.stderr);
    }
    Ok(())
}

/// A proxy that lets nobody through without a password.
fn asking_proxy() -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = format!("http://{}", listener.local_addr()?);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut asked = [0; 1024];
            if stream.read(&mut asked).is_ok() {
                let answer = "HTTP/1.1 407 Proxy Authentication Required\r\n\
                              Proxy-Authenticate: Basic realm=\"proxy\"\r\nContent-Length: 0\r\n\r\n";
                drop(stream.write_all(answer.as_bytes()));
            }
        }
    });
    Ok(address)
}

fn world(cluster: &Cluster) -> Result<(Installation, Scratch)> {
    let scratch = Scratch::new()?;
    let admin = fs::read(cluster.admin_kubeconfig())?;
    let mut installation = Installation::with_kubeconfig(scratch.path(), &admin, &["x1"])?;
    installation.start()?;
    Ok((installation, scratch))
}

/// What it is, the kubeconfig, a variable of the shell that holds the proxy, and the words of the error.
type Case = (&'static str, String, Option<&'static str>, &'static [&'static str]);

#[test]
fn a_cluster_that_cannot_be_used_says_why_and_what_to_do() -> Result<()> {
    let Some(cluster) = shared()? else { return Ok(()) };
    let (installation, scratch) = world(cluster)?;
    let (url, ca) = (cluster.url(), cluster.ca_pem());
    let nobody = {
        let closed = TcpListener::bind("127.0.0.1:0")?;
        format!("https://{}", closed.local_addr()?)
    };
    let proxy = asking_proxy()?;
    let good = format!("{{token: {}}}", cluster.admin_token());
    let cases: [Case; 7] = [
        (
            "a wrong token",
            kubeconfig(url, Some(ca), "{token: wrong}"),
            None,
            &["credential", "401"],
        ),
        ("no credential", kubeconfig(url, Some(ca), "{}"), None, &["admin"]),
        (
            "a cluster that is down",
            kubeconfig(&nobody, Some(ca), &good),
            None,
            &["cannot be reached", "Check that the cluster runs"],
        ),
        (
            "a private CA",
            kubeconfig(url, None, &good),
            None,
            &["is not trusted", "certificate-authority-data"],
        ),
        (
            "a name that is none",
            kubeconfig("https://cluster.invalid:6443", Some(ca), &good),
            None,
            &["cannot be resolved", "DNS"],
        ),
        (
            "a proxy that asks who one is",
            kubeconfig("https://k8s.example.com:6443", Some(ca), &good),
            Some("HTTPS_PROXY"),
            &["proxy", "HTTPS_PROXY"],
        ),
        ("plain http", kubeconfig("http://k8s.example.com", None, &good), None, &["https"]),
    ];
    for (what, text, env, words) in cases {
        let file = scratch.path().join("wrong");
        fs::write(&file, text)?;
        let env: Vec<_> = env.map(|name| (name, OsStr::new(&proxy))).into_iter().collect();
        let ran = refused(&installation, &file, &env)?;
        says(&ran, words).map_err(|error| error.context(what))?;
    }
    // And after all that the right one works.
    installation.run(["connect", "kubernetes", INTEGRATION, "--yes"])?.ok()?;
    Ok(())
}

#[test]
fn t08_a_kubeconfig_that_cannot_be_read_says_which_and_why() -> Result<()> {
    let Some(cluster) = shared()? else { return Ok(()) };
    let (installation, scratch) = world(cluster)?;
    let at = |name: &str, text: &str| -> Result<PathBuf> {
        let file = scratch.path().join(name);
        fs::write(&file, text)?;
        Ok(file)
    };
    let unreadable = at("unreadable", "apiVersion: v1\n")?;
    fs::set_permissions(&unreadable, fs::Permissions::from_mode(0o000))?;
    let mut cases: Vec<(PathBuf, Vec<&str>)> = vec![
        (scratch.path().to_owned(), vec!["not a file"]),
        (scratch.path().join("missing"), vec!["admin@real"]),
        (at("broken", "apiVersion: v1\ncontexts: [\n")?, vec!["broken"]),
        (at("empty", "")?, vec!["admin@real"]),
        (at("binary", "\u{0}\u{1}\u{2}")?, vec!["binary"]),
        (at("other", "apiVersion: v1\nkind: Config\ncontexts: []\n")?, vec!["admin@real"]),
    ];
    // Root reads everything.
    if fs::read(&unreadable).is_err() {
        cases.push((unreadable, vec!["unreadable", "ermission"]));
    }
    for (file, words) in cases {
        let before = fs::read(&file).ok();
        let ran = refused(&installation, &file, &[])?;
        says(&ran, &words).map_err(|error| error.context(file.display().to_string()))?;
        assert_eq!(fs::read(&file).ok(), before, "nothing is written");
    }
    Ok(())
}

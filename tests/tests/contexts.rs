//! The user's kubectl contexts and Bellhop's, from the terminal: listed, switched, isolated.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bellhop_e2e::installation::{INTEGRATION, Installation, bellhop, number, user};
use bellhop_e2e::scratch::Scratch;
use bellhop_e2e::shared::shared;
use bellhop_e2e::{counterparties, planted, wait};
use rustix::process::{Pid, Signal, kill_process};

const LIMIT: Duration = Duration::from_secs(20);
const CONTEXT: &str = "bellhop-k8s-real";

fn target(namespace: &str) -> String {
    format!("{INTEGRATION}/namespace/{namespace}:edit")
}

/// The kubeconfigs of one shell or command.
fn isolated(made: &Installation) -> Result<Vec<PathBuf>> {
    let folder = made.home().join("run/kubeconfigs");
    if !folder.exists() {
        return Ok(Vec::new());
    }
    fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect()
}

#[test]
fn p23_run_asks_runs_and_leaves_the_users_kubeconfig_alone() -> Result<()> {
    let Some(cluster) = shared()? else { return Ok(()) };
    cluster.seed("ran")?;
    let scratch = Scratch::new()?;
    let made = Installation::new(cluster, scratch.path(), &["ran1"])?;
    let kubectl = counterparties::kubectl()?;
    let kubectl = kubectl.to_str().context("UTF-8")?;
    let target = target("ran1");
    // The context is the current one there, and the namespace its default.
    let words =
        ["run", &target, "--for", "10m", "--reason", "a test", "--", kubectl, "get", "pods"];
    let ran = made.run(words)?.ok()?;
    ensure!(ran.stdout.contains("mongodb"), "{}", ran.stdout);
    ensure!(ran.stderr.contains("R-1001 submitted"), "{}", ran.stderr);
    assert!(made.kubeconfig_is_original()?);
    assert!(isolated(&made)?.is_empty());

    // What there is is used; input, output and exit code are the command's.
    let script = "cat; echo \"$KUBECONFIG\" >&2; test -f \"$KUBECONFIG\" || exit 9; exit 7";
    let mut child = Command::new(bellhop()?);
    child.env("BELLHOP_HOME", made.home()).env("KUBECONFIG", made.kubeconfig());
    child.args(["run", &target, "--", "sh", "-c", script]);
    let mut child =
        child.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    std::io::Write::write_all(&mut child.stdin.take().context("it has one")?, b"typed")?;
    let output = child.wait_with_output()?;
    let said = String::from_utf8(output.stderr)?;
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(7), &b"typed"[..]));
    ensure!(!said.contains("submitted") && said.contains("R-1001 Ending soon until"), "{said}");
    assert_eq!(made.json(["show", "R-1001"])?["status"], "active");

    // A signal's end is told as a shell tells it; with --end the access is over afterwards.
    let ran = made.run(["run", &target, "--end", "--", "sh", "-c", "kill -TERM $$"])?;
    assert_eq!(ran.code, 128 + 15, "{}", ran.stderr);
    wait::until("R-1001 has ended", LIMIT, || {
        Ok((made.json(["show", "R-1001"])?["status"] == "ended").then_some(()))
    })?;
    assert!(isolated(&made)?.is_empty());
    assert!(made.kubeconfig_is_original()?);
    Ok(())
}

/// A `bellhop run` of a script that makes the file `ready` when it runs.
fn running(made: &Installation, namespace: &str, script: &str, ready: &Path) -> Result<Child> {
    let target = target(namespace);
    let child = Command::new(bellhop()?)
        .env("BELLHOP_HOME", made.home())
        .env("KUBECONFIG", made.kubeconfig())
        .args(["run", &target, "--for", "10m", "--reason", "a test", "--", "sh", "-c", script])
        .stdin(Stdio::null())
        .spawn()?;
    wait::until("the command runs", LIMIT, || Ok(ready.exists().then_some(())))?;
    Ok(child)
}

#[test]
fn run_passes_signals_on_and_asks_nobody_for_what_cannot_run() -> Result<()> {
    let Some(cluster) = shared()? else { return Ok(()) };
    cluster.seed("sign")?;
    let scratch = Scratch::new()?;
    let made = Installation::new(cluster, scratch.path(), &["sign1"])?;
    for (words, code) in [
        (["run", &target("sign1"), "--", "no-such-program"], 127),
        (["run", &target("sign1"), "--", "/etc/passwd"], 126),
        (["run", "sign1", "--", "true"], 2),
        (["run", &target("sign2"), "--", "true"], 3),
    ] {
        let ran = made.run(words)?;
        assert_eq!(ran.code, code, "{words:?}: {}", ran.stderr);
    }
    let list = made.json(["list"])?;
    assert_eq!(list["items"].as_array().map(Vec::len), Some(0), "somebody was asked: {list}");

    let ready = scratch.path().join("ready");
    let file = ready.display();
    let script = format!("trap 'exit 5' TERM; touch '{file}'; while :; do sleep 0.05; done");
    let mut child = running(&made, "sign1", &script, &ready)?;
    assert_eq!(isolated(&made)?.len(), 1);
    kill_process(Pid::from_child(&child), Signal::TERM)?;
    assert_eq!(child.wait()?.code(), Some(5));
    assert!(isolated(&made)?.is_empty());

    // Killed, it cannot tidy up: the file goes with the access.
    fs::remove_file(&ready)?;
    let script = format!("touch '{file}'; while test -e '{file}'; do sleep 0.05; done");
    let mut child = running(&made, "sign1", &script, &ready)?;
    child.kill()?;
    child.wait()?;
    fs::remove_file(&ready)?;
    assert_eq!(isolated(&made)?.len(), 1);
    made.run(["end", "R-1001"])?.ok()?;
    assert!(isolated(&made)?.is_empty());
    assert!(made.kubeconfig_is_original()?);
    Ok(())
}

#[test]
fn run_ends_as_refused_when_somebody_denies() -> Result<()> {
    let Some(cluster) = shared()? else { return Ok(()) };
    cluster.seed("nope")?;
    let scratch = Scratch::new()?;
    let mut made = Installation::new(cluster, scratch.path(), &["nothing"])?;
    made.stop()?;
    let user = user()?;
    let flow = format!(
        r#"[[flow]]
id = "asked"
name = "Asked"
requesters = {{ users = ["{user}"] }}
duration = {{ default = "1h", max = "3h" }}
  [[flow.target]]
  integration = "{INTEGRATION}"
  type = "namespace"
  resources = ["nope1"]
  permissions = ["edit"]
  [flow.approval]
  steps = [{{ any = {{ users = ["erin"] }} }}]
"#
    );
    made.configure("people.toml", &flow)?;
    planted::act_as(&made.store(), "erin")?;
    planted::act_as(&made.store(), &user)?;
    made.start()?;
    let people = made.people();
    let target = target("nope1");
    let waiting = std::thread::spawn(move || {
        people.run(["run", &target, "--reason", "a slow query", "--", "touch", "never"])
    });
    let asked = wait::until("somebody is asked", LIMIT, || {
        Ok(made.json(["list"])?["items"].get(0).cloned())
    })?;
    planted::act_as(&made.store(), "erin")?;
    made.run(["deny", &number(&asked)?, "--yes", "--note", "not now"])?.ok()?;
    let ran = waiting.join().ok().context("it ran")??;
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    ensure!(ran.stderr.contains("not now"), "{}", ran.stderr);
    assert!(!Path::new("never").exists());
    Ok(())
}

#[test]
fn p23_env_makes_one_access_current_in_one_shell_only() -> Result<()> {
    let Some(cluster) = shared()? else { return Ok(()) };
    cluster.seed("shell")?;
    let scratch = Scratch::new()?;
    let made = Installation::new(cluster, scratch.path(), &["shell1"])?;
    let none = made.run(["env"])?;
    assert_eq!(none.code, 4, "{}", none.stderr);
    let request = made.request("shell1", "10m")?;
    let number = number(&request)?;
    let before = fs::read(made.kubeconfig())?;
    for what in [None, Some(number.as_str()), Some(CONTEXT)] {
        let printed = made.run(["env"].into_iter().chain(what))?.ok()?.stdout;
        let script =
            format!("{printed}\n\"$0\" get pods -o name; \"$0\" config get-contexts -o name");
        let shell = Command::new("sh")
            .args([OsStr::new("-c"), script.as_ref(), counterparties::kubectl()?.as_os_str()])
            .env("HOME", made.home())
            .output()?;
        let said = String::from_utf8(shell.stdout)?;
        ensure!(said.contains("pod/mongodb") && said.ends_with(&format!("{CONTEXT}\n")), "{said}");
        assert_eq!(said.matches("bellhop-").count(), 1, "{said}");
    }
    let answer = made.json(["env"])?;
    let file = PathBuf::from(answer["KUBECONFIG"].as_str().context("a path")?);
    let text = fs::read_to_string(&file)?;
    for word in ["token", "password", "client-key", "client-certificate"] {
        ensure!(!text.contains(word), "{word} is in {text}");
    }
    assert_eq!(fs::read(made.kubeconfig())?, before);
    let foreign = made.run(["env", "admin@real"])?;
    ensure!(
        foreign.code == 1 && foreign.stderr.contains("not a context of Bellhop's"),
        "{foreign:?}"
    );
    made.run(["end", &number])?.ok()?;
    assert!(!file.exists(), "the access has ended, and its file is there");
    assert!(made.kubeconfig_is_original()?);
    Ok(())
}

#[test]
fn p23_use_switches_with_nobody_running_and_what_was_before_comes_back() -> Result<()> {
    let Some(cluster) = shared()? else { return Ok(()) };
    cluster.seed("used")?;
    let scratch = Scratch::new()?;
    let mut made = Installation::new(cluster, scratch.path(), &["used1"])?;
    let number = number(&made.request("used1", "10m")?)?;
    let listed = made.json(["contexts"])?;
    let find = |name: &str| {
        let all = listed["items"].as_array().cloned().unwrap_or_default();
        all.into_iter().find(|item| item["name"] == name)
    };
    let ours = find(CONTEXT).context("it is listed")?;
    assert_eq!((&ours["bellhop"], &ours["current"]), (&true.into(), &false.into()));
    assert_eq!(ours["requests"][0], number.as_str());
    assert_eq!(ours["until"], made.json(["show", &number])?["deadline"]);
    let admin = find("admin@real").context("it is listed")?;
    assert_eq!((&admin["bellhop"], &admin["current"]), (&false.into(), &true.into()));

    made.stop()?;
    let ran = made.run(["use", CONTEXT])?.ok()?;
    ensure!(
        ran.stdout == format!("Current context: {CONTEXT} (was admin@real)\n"),
        "{}",
        ran.stdout
    );
    assert_eq!(made.json(["use", "-"])?["context"], "admin@real");
    assert_eq!(made.json(["use", "-"])?["was"], "admin@real");
    let ran = made.run(["contexts"])?.ok()?;
    ensure!(ran.stderr.contains("no backend answers"), "{}", ran.stderr);
    let ran = made.run(["use", "bellhop-k8s-rael"])?;
    ensure!(ran.code == 4 && ran.stderr.contains("did you mean bellhop-k8s-real"), "{ran:?}");
    made.start()?;
    made.run(["end", &number])?.ok()?;
    assert!(made.kubeconfig_is_original()?, "the current context was not put back");
    Ok(())
}

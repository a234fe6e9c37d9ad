//! A home with a backend of its own, connected to a sample cluster in this process.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use bellhop_sample_cluster::{Options, SampleCluster};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

use crate::screen::Screen;

const INTEGRATION: &str = "[[integration]]\nname = \"k8s-demo\"\nkind = \"kubernetes\"\n\
                           kubeconfig_context = \"admin@sample\"\n";

const BELLHOP: &str = env!("CARGO_BIN_EXE_bellhop");

/// See above. Everything is gone with it.
pub(crate) struct World {
    folder: TempDir,
    cluster: Option<SampleCluster>,
    runtime: Runtime,
}

impl World {
    /// Flows for whoever runs the test: customer1 to 3 automatically, `kept` when they approve it
    /// themselves.
    pub(crate) fn new() -> Self {
        Self::named("bh")
    }

    /// The same in a folder whose name begins so.
    pub(crate) fn named(name: &str) -> Self {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = runtime.worker_threads(2).enable_all().build().expect("a runtime");
        runtime.block_on(async { heed_ctrl_c() });
        let folder = tempfile::Builder::new().prefix(name).tempdir().expect("a folder");
        let options = Options {
            name: "admin@sample".to_owned(),
            namespaces: ["customer1", "customer2", "customer3", "kept"].map(str::to_owned).to_vec(),
            ..Options::default()
        };
        let cluster = runtime.block_on(SampleCluster::start(options)).expect("a cluster");
        let world = Self { folder, cluster: Some(cluster), runtime };
        let config = world.path("home/config");
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&config).expect("made");
        let asking = format!("steps = [{{ any = {{ users = [\"{}\"] }} }}]", user());
        let asking = format!("{asking}\n  self_approval = \"allowed\"");
        let automatic = Self::flow("customers", r#""customer*""#, r#"mode = "automatic""#);
        let asking = Self::flow("kept", r#""kept""#, &asking);
        let text = format!("{INTEGRATION}{automatic}{asking}");
        fs::write(config.join("bellhop.toml"), text).expect("written");
        let kubeconfig = world.cluster.as_ref().expect("runs").kubeconfig().to_owned();
        fs::write(world.kubeconfig(), kubeconfig).expect("written");
        world.ok(&["connect", "kubernetes", "k8s-demo", "--yes"]);
        world.ok(&["integrations", "sync", "k8s-demo"]);
        world
    }

    /// A flow for whoever runs the test.
    pub(crate) fn flow(id: &str, resources: &str, approval: &str) -> String {
        let user = user();
        format!(
            r#"
[[flow]]
id = "{id}"
name = "{id}"
requesters = {{ users = ["{user}"] }}
reason = "required"
duration = {{ default = "1h", max = "8h" }}
  [[flow.target]]
  integration = "k8s-demo"
  type = "namespace"
  resources = [{resources}]
  permissions = ["edit"]
  [flow.approval]
  {approval}
"#
        )
    }

    /// Puts these flows in force instead.
    pub(crate) fn flows(&self, flows: &str) {
        let file = self.path("home/config/bellhop.toml");
        fs::write(file, format!("{INTEGRATION}{flows}")).expect("written");
        self.ok(&["apply", "--yes"]);
    }

    /// From now on nobody answers there.
    pub(crate) fn stop_cluster(&mut self) {
        let cluster = self.cluster.take().expect("runs");
        self.runtime.block_on(cluster.shutdown());
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn kubeconfig(&self) -> PathBuf {
        self.path("kubeconfig")
    }

    /// Runs `bellhop` where nobody can be asked.
    pub(crate) fn bellhop(&self, words: &[&str]) -> Output {
        self.bellhop_with(words, &[])
    }

    /// The same in a shell with these variables.
    pub(crate) fn bellhop_with(&self, words: &[&str], env: &[(&str, &str)]) -> Output {
        let mut command = Command::new(BELLHOP);
        command.args(words).envs(self.env()).env_remove("BELLHOP_NO_START");
        command.envs(env.iter().copied()).stdin(Stdio::null()).output().expect("runs")
    }

    /// The same, and it has to go well.
    pub(crate) fn ok(&self, words: &[&str]) -> String {
        let ran = self.bellhop(words);
        let said = String::from_utf8_lossy(&ran.stderr);
        assert!(ran.status.success(), "bellhop {}: {said}", words.join(" "));
        String::from_utf8(ran.stdout).expect("text")
    }

    pub(crate) fn json(&self, words: &[&str]) -> Value {
        let words: Vec<_> = words.iter().copied().chain(["-o", "json"]).collect();
        serde_json::from_str(&self.ok(&words)).expect("JSON")
    }

    /// The requests that there are, newest first.
    pub(crate) fn requests(&self) -> Vec<Value> {
        self.json(&["list"])["items"].as_array().expect("a list").clone()
    }

    /// Runs `bellhop` at a terminal.
    pub(crate) fn screen(&self, words: &[&str]) -> Screen {
        self.program(BELLHOP, words)
    }

    /// Runs any program at a terminal, with this home.
    pub(crate) fn program(&self, program: impl AsRef<OsStr>, words: &[&str]) -> Screen {
        let command = pty_process::blocking::Command::new(program);
        let command = command.args(words).envs(self.env()).env_remove("BELLHOP_NO_START");
        Screen::of(command.env("TERM", "xterm-256color").env_remove("NO_COLOR"))
    }

    pub(crate) fn env(&self) -> Vec<(&'static str, PathBuf)> {
        vec![("BELLHOP_HOME", self.path("home")), ("KUBECONFIG", self.kubeconfig())]
    }

    /// What belongs to the user rather than to the backend: kubeconfigs, with what is in them.
    pub(crate) fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = self.isolated();
        files.push(self.kubeconfig());
        files.into_iter().map(|file| (file.clone(), fs::read(file).expect("reads"))).collect()
    }

    /// What is in the folder for kubeconfigs of one shell or one command.
    pub(crate) fn isolated(&self) -> Vec<PathBuf> {
        let folder = self.path("home/run/kubeconfigs");
        let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
        entries.map(|entry| entry.expect("reads").path()).collect()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.bellhop(&["service", "stop"]);
        if self.cluster.is_some() {
            self.stop_cluster();
        }
    }
}

/// The program that is tested.
pub(crate) fn program() -> &'static Path {
    Path::new(BELLHOP)
}

/// Whoever starts tests in the background may have them ignore Ctrl-C, and every program that they
/// start would, too. What is caught here, a program that is started heeds.
fn heed_ctrl_c() {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    if ignored.is_some_and(|mask| mask & (1 << 1) != 0) {
        let caught = signal(SignalKind::interrupt()).expect("caught");
        drop(caught);
    }
}

fn user() -> String {
    let user = nix::unistd::User::from_uid(nix::unistd::Uid::effective());
    user.expect("asked").expect("known").name
}

//! One Bellhop installation: the real program, with a home, a kubeconfig and a backend of its own.

use std::ffi::{OsStr, OsString};
use std::fs::{self, DirBuilder};
use std::io::Write as _;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::cluster::Cluster;
use crate::kubectl::{Kubectl, Output};
use crate::process::Process;

const LIMIT: Duration = Duration::from_secs(30);
/// The name of the integration in every installation.
pub const INTEGRATION: &str = "k8s-real";

/// One installation, connected to a cluster.
pub struct Installation {
    home: PathBuf,
    kubeconfig: PathBuf,
    /// The kubeconfig as its user had it before Bellhop came.
    original: Vec<u8>,
    backend: Option<Process>,
}

impl Installation {
    /// Makes an installation in `dir` whose flow gives `edit` in `namespaces`, starts its backend
    /// and connects the cluster.
    pub fn new(cluster: &Cluster, dir: &Path, namespaces: &[&str]) -> Result<Self> {
        let admin = fs::read(cluster.admin_kubeconfig())?;
        let mut made = Self::with_kubeconfig(dir, &admin, namespaces)?;
        made.start()?;
        made.run(["connect", "kubernetes", INTEGRATION, "--yes"])?.ok()?;
        Ok(made)
    }

    /// The same with the user's kubeconfig given, and nothing started or connected.
    pub fn with_kubeconfig(dir: &Path, kubeconfig: &[u8], namespaces: &[&str]) -> Result<Self> {
        let home = dir.join("home");
        DirBuilder::new().recursive(true).mode(0o700).create(home.join("config"))?;
        fs::write(home.join("config/bellhop.toml"), config(namespaces)?)?;
        let file = dir.join("kubeconfig");
        fs::write(&file, kubeconfig)?;
        Ok(Self { home, kubeconfig: file, original: kubeconfig.to_vec(), backend: None })
    }

    /// Starts the backend and waits until it says that it is ready.
    pub fn start(&mut self) -> Result<()> {
        self.start_with(&[])
    }

    /// The same with environment variables of the backend's own.
    pub fn start_with(&mut self, env: &[(&str, &str)]) -> Result<()> {
        let args = ["--home", text(&self.home)?, "serve"].map(str::to_owned);
        let mut backend = Process::start_with(bellhop()?, &args, &self.home, env)?;
        let socket = self.home.join("run/api.sock");
        backend.until("the backend answers", LIMIT, || {
            let up = std::os::unix::net::UnixStream::connect(&socket).is_ok();
            Ok(up.then_some(()))
        })?;
        self.backend = Some(backend);
        Ok(())
    }

    /// Adds a file of configuration, which counts from the next start on.
    pub fn configure(&self, name: &str, text: &str) -> Result<()> {
        Ok(fs::write(self.home.join("config").join(name), text)?)
    }

    /// The file that the backend remembers in.
    pub fn store(&self) -> PathBuf {
        self.home.join("data/bellhop.db")
    }

    /// The backend's process.
    pub fn backend(&self) -> Result<u32> {
        Ok(self.backend.as_ref().context("the backend is not running")?.id())
    }

    /// What the backend said so far.
    pub fn log(&self) -> Result<String> {
        Ok(fs::read_to_string(self.home.join("bellhop.log"))?)
    }

    /// Stops the backend as a shutdown would.
    pub fn stop(&mut self) -> Result<()> {
        let mut backend = self.backend.take().context("the backend is not running")?;
        ensure!(backend.stop(LIMIT)?, "the backend did not end by itself");
        Ok(())
    }

    /// Ends the backend as a crash would.
    pub fn kill(&mut self) -> Result<()> {
        self.backend.take().context("the backend is not running")?.kill()
    }

    /// The same installation for whoever only runs `bellhop`, while its backend comes and goes.
    #[must_use]
    pub fn people(&self) -> Self {
        let Self { home, kubeconfig, original, .. } = self;
        let (home, kubeconfig) = (home.clone(), kubeconfig.clone());
        Self { home, kubeconfig, original: original.clone(), backend: None }
    }

    /// Runs `bellhop` to its end.
    pub fn run<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Result<Ran> {
        self.run_with(args, &[])
    }

    /// The same with other environment variables.
    pub fn run_with<A: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = A>,
        env: &[(&str, &OsStr)],
    ) -> Result<Ran> {
        Ran::of(
            Command::new(bellhop()?)
                .env("BELLHOP_HOME", &self.home)
                .env("KUBECONFIG", &self.kubeconfig)
                .env("BELLHOP_NO_START", "1")
                .envs(env.iter().copied())
                .args(args)
                .stdin(Stdio::null()),
        )
    }

    /// Runs `bellhop` at a terminal (that of `script`) where somebody types `typed`. What a terminal
    /// shows is one text: it is in `stdout`.
    pub fn at_a_terminal(&self, args: &str, typed: &str) -> Result<Ran> {
        let began = Instant::now();
        let command = format!("'{}' {args}", bellhop()?.display());
        let mut running = Command::new("script")
            .args(["--quiet", "--return", "--command", &command, "/dev/null"])
            .env("BELLHOP_HOME", &self.home)
            .env("KUBECONFIG", &self.kubeconfig)
            .env("BELLHOP_NO_START", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        running.stdin.take().context("it has one")?.write_all(typed.as_bytes())?;
        Ran::from_output(running.wait_with_output()?, began)
    }

    /// Asks for `edit` in a namespace, waits until it works, and gives the request.
    pub fn request(&self, namespace: &str, duration: &str) -> Result<Value> {
        let target = format!("{INTEGRATION}/namespace/{namespace}:edit");
        let words = ["request", &target, "--for", duration, "--reason", "a test", "--wait"];
        self.json(words)
    }

    /// Runs `bellhop … -o json` and reads the answer.
    pub fn json<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Result<Value> {
        let args: Vec<OsString> = args.into_iter().map(|a| a.as_ref().to_owned()).collect();
        let ran = self.run(args.into_iter().chain(["-o".into(), "json".into()]))?.ok()?;
        Ok(serde_json::from_str(&ran.stdout)?)
    }

    /// The rows of the audit log.
    pub fn audit(&self) -> Result<Vec<Value>> {
        let page = self.json(["audit", "list", "--limit", "1000"])?;
        let rows = page.get("items").and_then(Value::as_array).context("no rows")?;
        Ok(rows.iter().filter_map(|row| row.get("event").cloned()).collect())
    }

    /// A kubectl of this installation's user.
    pub fn kubectl(&self, binary: &Path) -> Kubectl {
        self.kubectl_with(binary, &self.kubeconfig)
    }

    /// The same with another kubeconfig, such as a copy taken while access was open.
    pub fn kubectl_with(&self, binary: &Path, kubeconfig: &Path) -> Kubectl {
        Kubectl::new(binary, kubeconfig, [("HOME".into(), self.home.clone().into())])
    }

    /// Copies the kubeconfig as it is now.
    pub fn copy_kubeconfig(&self, name: &str) -> Result<PathBuf> {
        let copy = self.home.join(name);
        fs::copy(&self.kubeconfig, &copy)?;
        Ok(copy)
    }

    /// Whether the kubeconfig is byte for byte what it was before Bellhop came.
    pub fn kubeconfig_is_original(&self) -> Result<bool> {
        Ok(fs::read(&self.kubeconfig)? == self.original)
    }

    /// The user's kubeconfig.
    pub fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }

    /// The folder with everything of this installation.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// The id on every object that this installation makes.
    pub fn id(&self) -> Result<String> {
        let manifest = self.run(["connect", "kubernetes", INTEGRATION, "--manifest"])?.ok()?;
        let label =
            manifest.stdout.lines().find_map(|l| l.trim().strip_prefix("bellhop/installation: "));
        Ok(label.context("the manifest names no installation")?.trim_matches('"').to_owned())
    }
}

/// How a run of `bellhop` ended.
#[derive(Debug)]
pub struct Ran {
    /// Its exit code.
    pub code: i32,
    /// The answer.
    pub stdout: String,
    /// Progress and errors.
    pub stderr: String,
    /// How long it took.
    pub took: Duration,
}

impl Ran {
    /// Runs a command to its end.
    pub fn of(command: &mut Command) -> Result<Self> {
        let began = Instant::now();
        Self::from_output(command.output()?, began)
    }

    fn from_output(output: std::process::Output, began: Instant) -> Result<Self> {
        Ok(Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout)?,
            stderr: String::from_utf8(output.stderr)?,
            took: began.elapsed(),
        })
    }

    /// Fails unless the exit code is 0.
    pub fn ok(self) -> Result<Self> {
        ensure!(self.code == 0, "bellhop ended with {}: {}{}", self.code, self.stdout, self.stderr);
        Ok(self)
    }
}

/// The number of a request that was answered as JSON.
pub fn number(request: &Value) -> Result<String> {
    let number = request.get("number").and_then(Value::as_str);
    Ok(number.context("a request has a number")?.to_owned())
}

/// Whether kubectl was refused, for whatever reason.
pub fn refused(output: &Output) -> bool {
    !output.status.success()
}

/// The program under test, built by the same cargo with the same profile.
pub fn bellhop() -> Result<&'static Path> {
    static BELLHOP: OnceLock<std::result::Result<PathBuf, String>> = OnceLock::new();
    let built = BELLHOP.get_or_init(|| build().map_err(|error| format!("{error:#}")));
    built.as_deref().map_err(|error| anyhow::Error::msg(error.clone()))
}

fn build() -> Result<PathBuf> {
    // This test runs from TARGET/PROFILE/deps/NAME; the program is two folders up.
    let own = std::env::current_exe()?;
    let up = |path: &Path| path.parent().map(Path::to_owned).context("no folder above");
    let mut folder = up(&own)?;
    if folder.file_name() == Some(OsStr::new("deps")) {
        folder = up(&folder)?;
    }
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "-p", "bellhop-cli", "--bin", "bellhop", "--target-dir"]);
    cargo.arg(up(&folder)?).current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    // What `cargo test` tells the test about its own package would make build scripts that watch
    // these names build their crates anew.
    let own = |name: &OsStr| name.to_string_lossy().starts_with("CARGO_PKG_");
    for (name, _) in std::env::vars_os().filter(|(name, _)| own(name)) {
        cargo.env_remove(name);
    }
    cargo.env_remove("CARGO_MANIFEST_DIR").env_remove("CARGO_MANIFEST_PATH");
    if folder.file_name() == Some(OsStr::new("release")) {
        cargo.arg("--release");
    }
    ensure!(cargo.status()?.success(), "bellhop did not build");
    Ok(folder.join("bellhop"))
}

/// The name of the user who runs the tests.
pub fn user() -> Result<String> {
    let output = Command::new("id").arg("-un").output().context("asking who runs the test")?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

fn config(namespaces: &[&str]) -> Result<String> {
    let user = user()?;
    Ok(format!(
        r#"[[integration]]
name = "{INTEGRATION}"
kind = "kubernetes"
kubeconfig_context = "admin@real"

[[flow]]
id = "rnd-customer-data"
name = "RnD access to customer data"
requesters = {{ users = ["{user}"] }}
duration = {{ default = "1h", max = "8h", choices = ["30m", "1h", "4h"] }}
  [[flow.target]]
  integration = "{INTEGRATION}"
  type = "namespace"
  resources = {namespaces:?}
  permissions = ["edit"]
  [flow.approval]
  mode = "automatic"
"#
    ))
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().with_context(|| format!("{} is not UTF-8", path.display()))
}

//! Real kubectls, and what they say without what differs from one run to the next.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The oldest and the newest that this machine has: what is between them speaks as one of them does.
pub(crate) fn kubectls() -> Vec<PathBuf> {
    let script =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/counterparties/kubectl.sh");
    let output = Command::new(script).stderr(Stdio::inherit()).output().unwrap();
    assert!(output.status.success(), "kubectl.sh failed");
    let lines = String::from_utf8(output.stdout).unwrap();
    let mut found: Vec<(u32, PathBuf)> =
        lines.lines().map(|line| (minor(line), path(line))).collect();
    found.sort();
    found.dedup_by_key(|(minor, _)| *minor);
    let newest = if found.len() > 1 { found.pop() } else { None };
    found.into_iter().take(1).chain(newest).map(|(_, path)| path).collect()
}

/// Of a line such as `v1.32.3 /usr/bin/kubectl`.
fn minor(line: &str) -> u32 {
    line.split('.').nth(1).unwrap().parse().unwrap()
}

fn path(line: &str) -> PathBuf {
    line.split_once(' ').unwrap().1.into()
}

#[expect(clippy::print_stderr, reason = "a test says what it did not run, and what it found")]
pub(crate) fn say(text: &str) {
    eprintln!("recorded: {text}");
}

/// One kubectl, one cluster, one folder for what it remembers.
pub(crate) struct Kubectl {
    program: PathBuf,
    kubeconfig: PathBuf,
    home: PathBuf,
}

/// What it printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Output {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Kubectl {
    pub(crate) fn new(program: &Path, kubeconfig: &Path, home: &Path) -> Self {
        std::fs::create_dir_all(home).unwrap();
        let (program, kubeconfig) = (program.to_owned(), kubeconfig.to_owned());
        Self { program, kubeconfig, home: home.to_owned() }
    }

    /// The same with another token.
    pub(crate) fn with_token(&self, who: &str, token: &str) -> Self {
        let kubeconfig = self.home.join(format!("{who}.kubeconfig"));
        std::fs::copy(&self.kubeconfig, &kubeconfig).unwrap();
        let other = Self { program: self.program.clone(), kubeconfig, home: self.home.clone() };
        let user = other.ok(&["config", "view", "-o", "jsonpath={.users[0].name}"]);
        other.ok(&["config", "set-credentials", &user, &format!("--token={token}")]);
        other
    }

    pub(crate) fn run(&self, words: &[&str]) -> Output {
        let output = Command::new(&self.program)
            .args(words)
            .env_clear()
            .env("HOME", &self.home)
            .env("KUBECONFIG", &self.kubeconfig)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Output { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// What it prints when it works.
    pub(crate) fn ok(&self, words: &[&str]) -> String {
        let output = self.run(words);
        assert_eq!(output.code, Some(0), "{words:?}: {}", output.err);
        output.out
    }

    /// Sends a body to an address.
    pub(crate) fn raw(&self, how: &str, address: &str, body: &serde_json::Value) -> Output {
        let file = self.home.join("body.json");
        std::fs::write(&file, body.to_string()).unwrap();
        self.run(&[how, "--raw", address, "-f", &file.display().to_string()])
    }
}

impl Output {
    /// Without ages, times, addresses, and how wide columns are.
    pub(crate) fn comparable(&self) -> Self {
        Self { code: self.code, out: comparable(&self.out), err: comparable(&self.err) }
    }
}

fn comparable(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let words: Vec<String> = line.split_whitespace().map(word).collect();
        words.join(" ")
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn word(word: &str) -> String {
    let is = |shape: &str| {
        word.len() == shape.len()
            && word.bytes().zip(shape.bytes()).all(|(is, wanted)| match wanted {
                b'0' => is.is_ascii_digit(),
                wanted => is == wanted,
            })
    };
    let age = |unit: char| {
        word.strip_suffix(unit).is_some_and(|rest| {
            !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit() || c == 'm')
        })
    };
    if age('s') || age('m') {
        return "AGE".to_owned();
    }
    if is("0000-00-00T00:00:00Z") || is("00:00:00") {
        return "TIME".to_owned();
    }
    match word.split_once("127.0.0.1:") {
        Some((before, after)) => {
            let rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
            format!("{before}ADDRESS{rest}")
        }
        None => word.to_owned(),
    }
}

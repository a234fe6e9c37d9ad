use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::super::kubeconfig::Wanted;
use super::super::{AdminContext, ConnectOptions, direct};
use super::*;

/// A folder with a plugin called `sign-in` that does `script`, and a kubeconfig that uses it.
struct Folder {
    dir: tempfile::TempDir,
    shell: Shell,
    files: Vec<PathBuf>,
}

impl Folder {
    fn new(script: &str, extra: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let program = dir.path().join("sign-in");
        std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let config = format!(
            "clusters:\n- name: c\n  cluster: {{server: 'https://127.0.0.1:9'}}\n\
             contexts:\n- name: admin@demo\n  context: {{cluster: c, user: u}}\n\
             - name: other\n  context: {{cluster: c, user: nobody}}\n\
             users:\n- name: u\n  user:\n    exec:\n      apiVersion: client.authentication.k8s.io/v1\n      \
             command: sign-in\n      args: [one]\n      env: [{{name: WHO, value: me}}]\n{extra}"
        );
        let file = dir.path().join("config");
        std::fs::write(&file, config).unwrap();
        let path = format!("{}:/usr/bin:/bin", dir.path().display());
        let shell = Shell { path: Some(path), ..Shell::default() };
        Self { files: vec![dir.path().join("missing"), file], dir, shell }
    }

    async fn ready(&self) -> Result<super::super::kubeconfig::Ready, Fault> {
        self.wanted("admin@demo").read().unwrap().ready(noon()).await
    }

    async fn fault(&self) -> String {
        let fault = self.ready().await.err().unwrap();
        assert!(matches!(fault, Fault::NotAllowed(_)), "{fault:?}");
        fault.to_string()
    }

    fn wanted<'a>(&'a self, context: &'a str) -> Wanted<'a> {
        Wanted { integration: "k8s-demo", files: &self.files, context, shell: &self.shell }
    }
}

const GOOD: &str = r#"printf '{"status":{"token":"%s-%s","expirationTimestamp":"2026-03-04T12:30:00Z"}}' "$WHO" "$1""#;

fn says(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "no \"{word}\" in: {text}");
    }
}

#[tokio::test]
async fn a_plugin_that_works_gives_a_token_and_its_end() {
    let folder = Folder::new(GOOD, "");
    let ready = folder.ready().await.unwrap();
    assert_eq!(ready.auth.token.unwrap().expose_secret(), "me-one");
    assert_eq!(ready.expires, Some(noon() + TimeDelta::minutes(30)));
    assert!(ready.auth.exec.is_none());
}

#[tokio::test]
async fn p26_a_plugin_has_no_terminal_and_is_told_so() {
    let script = "read x && exit 3\ncase $KUBERNETES_EXEC_INFO in *'\"interactive\":false'*) ;; *) exit 4;; esac\n";
    assert!(Folder::new(&format!("{script}{GOOD}"), "").ready().await.is_ok());
}

#[tokio::test]
async fn a_plugin_gets_the_environment_of_the_backend_but_nothing_of_what_is_set_for_the_backend() {
    let script =
        "env | grep -q '^CARGO_PKG_NAME=' || exit 3\nenv | grep -q '^BELLHOP_' && exit 4\n";
    assert!(Folder::new(&format!("{script}{GOOD}"), "").ready().await.is_ok());
}

#[tokio::test]
async fn a_plugin_that_is_not_on_the_path_is_named_with_the_path() {
    let mut folder = Folder::new(GOOD, "      installHint: get it from the shelf\n");
    folder.shell.path = Some("/nowhere:/usr/bin".to_owned());
    says(
        &folder.fault().await,
        &[
            "k8s-demo",
            "admin@demo",
            "\"sign-in\" was not found",
            "/nowhere:/usr/bin",
            "command -v sign-in",
            "get it from the shelf",
        ],
    );
    folder.shell.path = Some(folder.dir.path().display().to_string());
    let program = Path::new(&folder.dir.path()).join("sign-in");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o644)).unwrap();
    says(&folder.fault().await, &["was not found"]);
}

#[tokio::test]
async fn a_plugin_that_fails_shows_its_last_lines() {
    let folder = Folder::new(
        "echo first >&2; for i in 1 2 3; do echo line $i >&2; done; echo 'token expired' >&2; exit 7",
        "",
    );
    let text = folder.fault().await;
    says(&text, &["failed", "7", "line 3 | token expired", "Sign in with it in a terminal"]);
    assert!(!text.contains("first"), "{text}");
}

#[tokio::test]
async fn a_plugin_that_gives_an_ended_credential_is_told_from_one_that_fails() {
    let folder = Folder::new(&GOOD.replace("12:30", "11:59"), "");
    says(
        &folder.fault().await,
        &["ended at 2026-03-04 11:59:00 UTC", "clock", "2026-03-04 12:00:00 UTC"],
    );
}

#[tokio::test]
async fn a_plugin_that_needs_a_person_is_not_run() {
    let folder = Folder::new("touch \"$(dirname \"$0\")/ran\"", "      interactiveMode: Always\n");
    says(&folder.fault().await, &["interactiveMode: Always", "terminal", "Use a context with"]);
    assert!(!folder.dir.path().join("ran").exists());
}

#[tokio::test]
async fn what_a_plugin_wrote_is_not_shown_when_it_cannot_be_read() {
    let text = Folder::new("echo s3cret", "").fault().await;
    says(&text, &["no ExecCredential"]);
    assert!(!text.contains("s3cret"), "{text}");
    says(&Folder::new("echo '{}'", "").fault().await, &["gave no credential"]);
    says(
        &Folder::new("echo '{\"status\":{}}'", "").fault().await,
        &["neither a token nor a certificate"],
    );
}

#[test]
fn a_context_that_is_missing_is_answered_with_those_that_exist() {
    let folder = Folder::new(GOOD, "");
    let text = folder.wanted("prod").read().unwrap_err().to_string();
    says(&text, &["k8s-demo", "\"prod\"", "There are: admin@demo, other"]);
    let text = folder.wanted("other").read().unwrap_err().to_string();
    says(&text, &["names the user \"nobody\""]);
    let none = Wanted { files: &folder.files[..1], ..folder.wanted("prod") };
    says(&none.read().unwrap_err().to_string(), &["there is no file"]);
}

#[tokio::test]
async fn a_plugin_is_used_directly_only_when_somebody_accepts_that() {
    let folder = Folder::new(GOOD, "");
    let admin = AdminContext {
        files: folder.files.clone(),
        context: "admin@demo".to_owned(),
        path: folder.shell.path.clone().map(Into::into),
        ..AdminContext::default()
    };
    let options = ConnectOptions::new("k8s-demo", installation());
    let clock = || Arc::new(ManualClock::at(noon()));
    let fault = direct(&options, &admin, false, clock()).await.unwrap_err();
    says(&fault.to_string(), &["comes from a sign-in plugin", "--accept-stuck"]);
    // Accepted, it goes on to the cluster, which is not there.
    let fault = direct(&options, &admin, true, clock()).await.unwrap_err();
    says(&fault.to_string(), &["https://127.0.0.1:9 cannot be reached"]);
}

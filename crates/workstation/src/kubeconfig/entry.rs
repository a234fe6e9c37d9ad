//! What we put into a kubeconfig, checked before it gets anywhere near a file.
//!
//! P26: a backend supplies an address, a certificate and a namespace, each of a strict grammar. The
//! command is our own and comes from this machine only.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::address;
use super::error::KubeconfigError;

/// The name of the extension that marks an entry as ours.
pub const MARK: &str = "bellhop.dev/entry";
/// What the mark says.
pub(super) const MANAGER: &str = "bellhop";
const MAX_CA: usize = 256 * 1024;

type Result<T> = std::result::Result<T, KubeconfigError>;

pub(super) fn bad(field: &'static str, value: &str, reason: &'static str) -> KubeconfigError {
    KubeconfigError::BadValue { field, value: value.chars().take(80).collect(), reason }
}

/// The name of a context of ours: `bellhop-` and lower-case letters, digits, `-`, `.` or `_`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ContextName(String);

impl ContextName {
    /// Checks a whole name, `bellhop-` included.
    pub fn parse(name: &str) -> Result<Self> {
        let wrong = |reason| Err(bad("context name", name, reason));
        let Some(tail) = name.strip_prefix("bellhop-") else {
            return wrong("it does not start with bellhop-");
        };
        let edge =
            |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        let inner =
            |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.' | '_');
        if name.len() > 128 {
            return wrong("it is longer than 128 characters");
        }
        if !edge(tail.chars().next()) || !edge(tail.chars().last()) || !tail.chars().all(inner) {
            return wrong("after bellhop- it has lower-case letters, digits, and - . _ inside");
        }
        Ok(Self(name.to_owned()))
    }

    /// The name of the context of an integration.
    pub fn for_integration(integration: &str) -> Result<Self> {
        Self::parse(&format!("bellhop-{integration}"))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ContextName {
    type Error = KubeconfigError;

    fn try_from(name: String) -> Result<Self> {
        Self::parse(&name)
    }
}

impl From<ContextName> for String {
    fn from(name: ContextName) -> Self {
        name.0
    }
}

/// The program kubectl asks for a credential: always this machine's own `bellhop`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecPlugin {
    command: PathBuf,
    args: Vec<String>,
}

impl ExecPlugin {
    /// Checks that the command is an absolute path and that everything is plain text.
    pub fn new(command: &Path, args: Vec<String>) -> Result<Self> {
        let text = command
            .to_str()
            .ok_or_else(|| bad("command", &command.to_string_lossy(), "its path is not UTF-8"))?;
        if !command.is_absolute() {
            return Err(bad("command", text, "it is not an absolute path"));
        }
        printable("command", text)?;
        args.iter().try_for_each(|arg| printable("argument", arg))?;
        Ok(Self { command: command.to_path_buf(), args })
    }
}

/// YAML and JSON agree on everything but these characters.
fn printable(field: &'static str, text: &str) -> Result<()> {
    let odd = |c: char| {
        c.is_control()
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
    };
    if text.chars().any(odd) {
        return Err(bad(field, text, "it has control characters"));
    }
    Ok(())
}

/// One context with its cluster and user, all three under the same name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContextEntry {
    name: ContextName,
    server: String,
    ca: Option<String>,
    tls_server_name: Option<String>,
    namespace: Option<String>,
    exec: ExecPlugin,
}

impl ContextEntry {
    /// An entry for `server` (an https address), with the system's trusted certificates.
    pub fn new(name: ContextName, server: &str, exec: ExecPlugin) -> Result<Self> {
        address::check(server)?;
        let server = server.to_owned();
        Ok(Self { name, server, ca: None, tls_server_name: None, namespace: None, exec })
    }

    /// Trusts this CA instead: base64 of one or more PEM certificates, as kubeconfigs hold it.
    pub fn with_ca(mut self, ca: &str) -> Result<Self> {
        check_ca(ca)?;
        self.ca = Some(ca.to_owned());
        Ok(self)
    }

    /// Expects this name in the server's certificate instead of the host's.
    pub fn with_tls_server_name(mut self, name: &str) -> Result<Self> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | ':');
        if name.is_empty() || name.len() > 253 || !name.chars().all(plain) {
            return Err(bad("TLS server name", name, "it is not a host name"));
        }
        self.tls_server_name = Some(name.to_owned());
        Ok(self)
    }

    /// Sets the namespace the context starts in.
    pub fn with_namespace(mut self, namespace: &str) -> Result<Self> {
        let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let label = !namespace.is_empty()
            && namespace.len() <= 63
            && namespace.chars().all(inner)
            && !namespace.starts_with('-')
            && !namespace.ends_with('-');
        if !label {
            return Err(bad("namespace", namespace, "it is not a Kubernetes namespace name"));
        }
        self.namespace = Some(namespace.to_owned());
        Ok(self)
    }

    /// The name of context, cluster and user.
    pub fn name(&self) -> &ContextName {
        &self.name
    }

    pub(super) fn cluster(&self) -> Value {
        let mut cluster = json!({ "server": self.server, "extensions": mark() });
        put(&mut cluster, "certificate-authority-data", self.ca.as_deref());
        put(&mut cluster, "tls-server-name", self.tls_server_name.as_deref());
        json!({ "name": self.name.as_str(), "cluster": cluster })
    }

    pub(super) fn context(&self) -> Value {
        let name = self.name.as_str();
        let mut context = json!({ "cluster": name, "user": name, "extensions": mark() });
        put(&mut context, "namespace", self.namespace.as_deref());
        json!({ "name": name, "context": context })
    }

    pub(super) fn user(&self) -> Value {
        let exec = json!({
            // The one version every kubectl from 1.20 to today speaks.
            "apiVersion": "client.authentication.k8s.io/v1beta1",
            "command": self.exec.command.to_string_lossy(),
            "args": self.exec.args,
            "interactiveMode": "Never",
            "provideClusterInfo": false,
        });
        json!({ "name": self.name.as_str(), "user": { "exec": exec, "extensions": mark() } })
    }
}

fn mark() -> Value {
    json!([{ "name": MARK, "extension": { "manager": MANAGER } }])
}

fn put(object: &mut Value, key: &str, value: Option<&str>) {
    if let (Some(object), Some(value)) = (object.as_object_mut(), value) {
        object.insert(key.to_owned(), Value::from(value));
    }
}

/// Only certificates: a private key in there would be a secret in a kubeconfig.
fn check_ca(ca: &str) -> Result<()> {
    let wrong = |reason| bad("certificate authority", ca, reason);
    if ca.len() > MAX_CA {
        return Err(wrong("it is too long"));
    }
    let pem = STANDARD.decode(ca).map_err(|_| wrong("it is not base64"))?;
    let pem = String::from_utf8(pem).map_err(|_| wrong("it is not PEM text"))?;
    let (mut inside, mut blocks) = (false, 0_u32);
    for line in pem.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
        match (inside, line) {
            (false, "-----BEGIN CERTIFICATE-----") => inside = true,
            (true, "-----END CERTIFICATE-----") => {
                inside = false;
                blocks += 1;
            }
            (true, body) if is_base64_line(body) => {}
            _ => return Err(wrong("it holds something other than PEM certificates")),
        }
    }
    if inside || blocks == 0 {
        return Err(wrong("it holds no whole PEM certificate"));
    }
    Ok(())
}

fn is_base64_line(line: &str) -> bool {
    line.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='))
}

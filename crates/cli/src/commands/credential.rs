//! `bellhop credential kubernetes`: the exec plugin that kubectl calls.

use anyhow::bail;
use bellhop_workstation::home::Home;
use chrono::SecondsFormat;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::args::Credential;
use crate::{output, session};

/// Understood by every kubectl from 1.11 on; 1.20 knows nothing newer.
const OLDEST_VERSION: &str = "client.authentication.k8s.io/v1beta1";
const NEWEST_VERSION: &str = "client.authentication.k8s.io/v1";

/// Prints an ExecCredential. It lives in kubectl's memory and nowhere else.
pub(crate) async fn run(home: &Home, ask: Credential) -> anyhow::Result<()> {
    let Credential::Kubernetes { integration } = ask;
    if !home.store_file().exists() && !home.elsewhere_file().exists() {
        // A copy of a kubeconfig that outlived its Bellhop brings none to life.
        bail!(
            "there is no Bellhop in {}, so it gives no access to {integration}. Take this context out of \
             the kubeconfig: kubectl config delete-context bellhop-{integration}",
            home.data_dir().display()
        );
    }
    let client = session::client(home).await?;
    let credential = session::reached(home, client.credential(&integration).await)?;
    let expires = credential.expires_at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let answer = json!({
        "kind": "ExecCredential",
        "apiVersion": asked_version(),
        "status": { "token": credential.token.expose_secret(), "expirationTimestamp": expires },
    });
    output::line(answer.to_string());
    Ok(())
}

/// The version that the caller asked for in `KUBERNETES_EXEC_INFO`.
fn asked_version() -> &'static str {
    let info = std::env::var_os("KUBERNETES_EXEC_INFO").unwrap_or_default();
    let info: Value = serde_json::from_str(&info.to_string_lossy()).unwrap_or_default();
    match info.get("apiVersion").and_then(Value::as_str) {
        Some(NEWEST_VERSION) => NEWEST_VERSION,
        Some(_) | None => OLDEST_VERSION,
    }
}

//! What a page may ask for: calls of the backend's API, as the user, and nothing else. The page names
//! a call; where the backend is, and that the caller may speak to it, it never learns.

#![expect(
    clippy::let_underscore_must_use,
    clippy::needless_pass_by_value,
    reason = "Tauri's commands are made so"
)]

use bellhop_api::{Client, ExportFormat, LARGEST_BODY, Raw};
use bellhop_workstation::home::Home;
use bellhop_workstation::kubeconfig::Survey;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tauri::{AppHandle, Manager as _, Runtime, State, WebviewWindow};
use tokio::sync::mpsc::UnboundedSender;

use crate::controller::{Event, Work};
use crate::program::Program;
use crate::shortcut::Held;
use crate::{clock, download, hands};

/// Longer than any address of ours with a search in it.
const LONGEST_PATH: usize = 4_096;

/// What the commands need.
pub struct Bridge {
    /// Where the backend is.
    pub home: Home,
    /// What writes contexts.
    pub program: Program,
    /// Where to tell what was asked for.
    pub events: UnboundedSender<Event>,
    /// The global shortcut.
    pub held: Held,
}

/// How a call is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Reads.
    Get,
    /// Changes something.
    Post,
}

/// What the backend answered, refusals included.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    body: Value,
}

/// A call of `/api/v1`. An error is a sentence: there was no answer.
#[tauri::command]
pub async fn api(
    bridge: State<'_, Bridge>,
    method: Method,
    path: String,
    body: Option<Value>,
    key: Option<String>,
) -> Result<Answer, String> {
    let call = call_of(&path)?.to_owned();
    let body = body.unwrap_or(Value::Null);
    if body.to_string().len() > LARGEST_BODY {
        return Err("That is more than the backend reads at once".to_owned());
    }
    let client = Client::on_socket(&bridge.home.socket()).map_err(|error| error.to_string())?;
    let client = key.map_or_else(|| client.clone(), |key| client.once(key));
    let answer = match method {
        Method::Get => client.get_raw(&call).await,
        Method::Post => client.post_raw(&call, &body).await,
    };
    let Raw { status, date, body } = answer.map_err(|error| error.to_string())?;
    if let Some(number) = made(method, &call, status, &body) {
        // Nobody listens only when the app ends.
        bridge.events.send(Event::Made(number)).ok();
    }
    Ok(Answer { status, date, body })
}

/// What a hop came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hopped {
    context: String,
    was: Option<String>,
}

/// The kubectl contexts of this machine.
#[tauri::command]
pub async fn contexts(bridge: State<'_, Bridge>) -> Result<Survey, String> {
    hands::survey(&bridge.home).await
}

/// Makes a kubectl context current, or the one that was before when none is named. For one of
/// production the page has asked whether to.
#[tauri::command]
pub async fn hop(bridge: State<'_, Bridge>, name: Option<String>) -> Result<Hopped, String> {
    let (context, was) = hands::hop(&bridge.home, name).await?;
    // Nobody listens only when the app ends.
    bridge.events.send(Event::Done(Work::Hop(context.clone()), Ok(()))).ok();
    Ok(Hopped { context, was })
}

/// Adds the contexts of a request's access, and makes the first of them current, or the one with the
/// namespace that is named.
#[tauri::command]
pub async fn use_access(
    bridge: State<'_, Bridge>,
    request: String,
    namespace: Option<String>,
) -> Result<Hopped, String> {
    let digits = request.strip_prefix("R-").unwrap_or_default();
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(format!("{request:?} is no number of a request"));
    }
    let was = hands::survey(&bridge.home).await?.current;
    let namespace = namespace.map(|name| format!("--namespace={name}"));
    let mut words = vec!["access", &request, "--add-context", "--use"];
    words.extend(namespace.as_deref());
    bridge.program.run(&words).await?;
    let current = hands::survey(&bridge.home).await?.current.unwrap_or_default();
    bridge.events.send(Event::Done(Work::Hop(current.clone()), Ok(()))).ok();
    Ok(Hopped { context: current, was })
}

/// Opens a second Bellhop on a sample cluster, both of which are gone when that one is quit.
#[tauri::command]
pub async fn try_sample(bridge: State<'_, Bridge>) -> Result<(), String> {
    bridge.program.run(&["tour", "--window"]).await
}

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Written {
    /// As it is stored.
    Jsonl,
    /// As a table.
    Csv,
}

/// Writes the whole audit log into the downloads; answers the file's name.
#[tauri::command]
pub async fn export_log<R: Runtime>(
    app: AppHandle<R>,
    bridge: State<'_, Bridge>,
    format: Written,
) -> Result<String, String> {
    let folder = app.path().download_dir().map_err(|error| error.to_string())?;
    let (format, end) = match format {
        Written::Jsonl => (ExportFormat::Jsonl, "jsonl"),
        Written::Csv => (ExportFormat::Csv, "csv"),
    };
    let client = Client::on_socket(&bridge.home.socket()).map_err(|error| error.to_string())?;
    let name = format!("bellhop-audit-{}", clock::here_and_now().format("%Y-%m-%d"));
    download::log(&client, &folder, (&name, end), format).await
}

/// Closes the window that asks.
#[tauri::command]
pub fn close_window<R: Runtime>(window: WebviewWindow<R>) -> Result<(), String> {
    window.close().map_err(|error| error.to_string())
}

/// What pages call, by the first part of its path.
const KNOWN: [&str; 8] =
    ["hello", "me", "requests", "targets", "catalog", "integrations", "flows", "audit"];

/// The path below `/api/v1`, if a page may call it. Credentials, streams and what is about this very
/// machine are not for pages.
fn call_of(path: &str) -> Result<&str, String> {
    let fine = path.len() <= LONGEST_PATH
        && path.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'#' | b'\\'))
        && !path.contains("..");
    let call = path.strip_prefix("/api/v1").filter(|_| fine).unwrap_or_default();
    let plain = call.split('?').next().unwrap_or_default();
    let parts: Vec<_> = plain.split('/').skip(1).collect();
    let for_pages = match parts.as_slice() {
        // What names files of this machine is for the command line alone: pages name contexts.
        ["integrations", _, "credential" | "connect" | "disconnect" | "preview"]
        | ["audit" | "flows", "export"]
        | [] => false,
        ["workstation", call] => matches!(*call, "preview" | "connect" | "disconnect"),
        [first, ..] => KNOWN.contains(first),
    };
    if for_pages { Ok(call) } else { Err(format!("Pages may not call {path:?}")) }
}

/// The number of a request that this call made.
fn made(method: Method, call: &str, status: u16, body: &Value) -> Option<String> {
    let makes = call == "/requests" || (call.starts_with("/requests/") && call.ends_with("/again"));
    let made = method == Method::Post && makes && status == 200;
    made.then(|| body.get("number")?.as_str().map(str::to_owned)).flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_page_calls_the_api() {
        for (path, call) in [
            ("/api/v1/me", "/me"),
            ("/api/v1/requests", "/requests"),
            ("/api/v1/requests/R-1/approve", "/requests/R-1/approve"),
            ("/api/v1/targets?q=a%2Fb", "/targets?q=a%2Fb"),
            ("/api/v1/audit?after=1", "/audit?after=1"),
            ("/api/v1/integrations/connect", "/integrations/connect"),
            ("/api/v1/workstation/connect", "/workstation/connect"),
        ] {
            assert_eq!(call_of(path), Ok(call));
        }
    }

    #[test]
    fn p26_a_page_gets_no_credential_and_reaches_nothing_else() {
        for path in [
            "",
            "/",
            "/api/v1",
            "/api/v1/",
            "/api/v2/me",
            "/metrics",
            "http://elsewhere/api/v1/me",
            "/api/v1/../../metrics",
            "/api/v1/me/..",
            "/api/v1/me#x",
            "/api/v1/m\\e",
            "/api/v1/m e",
            "/api/v1/é",
            "/api/v1/integrations/k8s/credential",
            "/api/v1/integrations/k8s/connect",
            "/api/v1/integrations/k8s/preview",
            "/api/v1/integrations/k8s/disconnect",
            "/api/v1/workstation/hop",
            "/api/v1/workstation/contexts",
            "/api/v1/handover",
            "/api/v1/loopback",
            "/api/v1/session",
            "/api/v1/events",
            "/api/v1/store",
            "/api/v1/audit/export",
            "/api/v1/flows/export",
            "/api/v1/integrations/k8s/credential?x=1",
            "/api/v1//me",
        ] {
            assert!(call_of(path).is_err(), "{path:?}");
        }
        assert!(call_of(&format!("/api/v1/me?{}", "x".repeat(LONGEST_PATH))).is_err());
    }

    #[test]
    fn a_call_that_made_a_request_is_told_with_its_number() {
        let body = json!({ "number": "R-7" });
        let made = |call: &str, status| made(Method::Post, call, status, &body);
        assert_eq!(made("/requests", 200), Some("R-7".to_owned()));
        assert_eq!(made("/requests/R-1/again", 200), Some("R-7".to_owned()));
        assert_eq!(made("/requests", 403), None);
        assert_eq!(made("/requests/R-1/extend", 200), None);
        assert_eq!(super::made(Method::Get, "/requests", 200, &body), None);
    }
}

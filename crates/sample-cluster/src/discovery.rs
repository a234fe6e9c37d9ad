//! What there is to ask for: addresses outside of resources.

use http::StatusCode;
use serde_json::{Value, json};

use crate::call::Answer;
use crate::kinds::{self, GROUPS, Kind, TOKENS, Use, api_version};
use crate::object;

/// The version whose behaviour is shown.
const VERSION: &str = "v1.20.2";

/// What is at `path`.
pub(crate) fn page(path: &str, server: &str) -> Answer {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    Answer::found(match parts.as_slice() {
        ["healthz" | "readyz" | "livez"] => return Answer::Text(StatusCode::OK, "ok"),
        ["version"] => version(),
        // The description of all types is empty: clients that check what they send then leave it to
        // the server.
        ["openapi", "v2"] => return Answer::Text(StatusCode::OK, ""),
        ["api"] => json!({
            "kind": "APIVersions", "versions": ["v1"],
            "serverAddressByClientCIDRs": [{ "clientCIDR": "0.0.0.0/0", "serverAddress": server }],
        }),
        ["api", "v1"] => resources(""),
        ["apis"] => json!({
            "kind": "APIGroupList", "apiVersion": "v1", "groups": GROUPS.map(group),
        }),
        ["apis", name, "v1"] if GROUPS.contains(name) => resources(name),
        _ => return Answer::missing(),
    })
}

fn version() -> Value {
    json!({
        "major": "1", "minor": "20", "gitVersion": VERSION, "gitCommit": "", "gitTreeState": "clean",
        "buildDate": "2021-01-13T13:20:00Z", "goVersion": "none, this is Bellhop's sample cluster",
        "compiler": "rustc", "platform": "sample/cluster",
    })
}

fn group(name: &str) -> Value {
    let version = json!({ "groupVersion": api_version(name), "version": "v1" });
    json!({ "name": name, "versions": [version.clone()], "preferredVersion": version })
}

fn resources(group: &str) -> Value {
    let mut all: Vec<Value> = Vec::new();
    for kind in kinds::ALL.into_iter().filter(|kind| kind.group == group) {
        all.push(resource(kind));
        if kind.plural == "serviceaccounts" {
            all.push(json!({
                "name": "serviceaccounts/token", "singularName": "", "namespaced": true,
                "group": TOKENS, "version": "v1", "kind": "TokenRequest", "verbs": ["create"],
            }));
        }
    }
    json!({
        "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": api_version(group),
        "resources": all,
    })
}

fn resource(kind: &Kind) -> Value {
    let mut one = json!({
        "name": kind.plural, "singularName": "", "namespaced": kind.namespaced,
        "kind": kind.name, "verbs": kind.verbs(),
    });
    if let Some(short) = kind.short {
        object::set(&mut one, "shortNames", json!([short]));
    }
    if kind.usage == Use::Planted {
        object::set(&mut one, "categories", json!(["all"]));
    }
    one
}

//! What there is to ask for: addresses outside of resources.

use http::StatusCode;
use serde_json::{Value, json};

use crate::kinds::{self, GROUPS, Kind, TOKENS, Use, api_version};
use crate::status::Refusal;

/// An answer to such an address.
pub(crate) enum Page {
    Object(Value),
    Text(StatusCode, &'static str),
    /// The description of all types, which is empty: clients that check what they send then leave
    /// it to the server.
    Nothing,
}

/// The version whose behaviour is shown.
pub(crate) const VERSION: &str = "v1.20.2";

/// What is at `path`.
pub(crate) fn page(path: &str, server: &str) -> Result<Page, Refusal> {
    let path = path.trim_end_matches('/');
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    Ok(match parts.as_slice() {
        ["healthz" | "readyz" | "livez"] => Page::Text(StatusCode::OK, "ok"),
        ["version"] => Page::Object(version()),
        ["openapi", "v2"] => Page::Nothing,
        ["api"] => Page::Object(json!({
            "kind": "APIVersions", "versions": ["v1"],
            "serverAddressByClientCIDRs": [{ "clientCIDR": "0.0.0.0/0", "serverAddress": server }],
        })),
        ["api", "v1"] => Page::Object(resources("")),
        ["apis"] => {
            let groups: Vec<Value> = GROUPS.into_iter().map(group).collect();
            Page::Object(json!({ "kind": "APIGroupList", "apiVersion": "v1", "groups": groups }))
        }
        ["apis", name] if GROUPS.contains(name) => {
            let mut one = group(name);
            if let Some(one) = one.as_object_mut() {
                one.insert("kind".to_owned(), "APIGroup".into());
                one.insert("apiVersion".to_owned(), "v1".into());
            }
            Page::Object(one)
        }
        ["apis", name, "v1"] if GROUPS.contains(name) => Page::Object(resources(name)),
        _ => return Ok(missing()),
    })
}

/// As the real one answers to an address that it does not know.
pub(crate) fn missing() -> Page {
    Page::Text(StatusCode::NOT_FOUND, "404 page not found\n")
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
    if let Some(one) = one.as_object_mut() {
        if let Some(short) = kind.short {
            one.insert("shortNames".to_owned(), json!([short]));
        }
        if kind.usage == Use::Planted {
            one.insert("categories".to_owned(), json!(["all"]));
        }
    }
    one
}

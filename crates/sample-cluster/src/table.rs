//! Answers as tables, which is what `kubectl get` prints.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::kinds::Kind;
use crate::object;

/// What a column is called, what is in it, and whether it is shown only by `-o wide`.
type Column = (&'static str, Value, bool);

fn columns(kind: &Kind, one: &Value, now: DateTime<Utc>) -> Vec<Column> {
    let word = |pointer: &str| object::word(one, pointer);
    let made = object::meta(one, "creationTimestamp");
    let shown = |name, value: String| (name, json!(value), false);
    let wide = |name, value: String| (name, json!(value), true);
    let phase = shown("Status", word("/status/phase").to_owned());
    let age = shown("Age", age(made, now));
    let mut all = vec![shown("Name", object::name(one).to_owned())];
    all.extend(match kind.plural {
        "pods" => {
            let containers = object::list(one, "/status/containerStatuses");
            let is_ready = |one: &&Value| one.get("ready") == Some(&json!(true));
            let ready = containers.iter().filter(is_ready).count();
            let ready = format!("{ready}/{}", object::list(one, "/spec/containers").len());
            let restarts = |one: &Value| one.get("restartCount").and_then(Value::as_u64);
            let restarts: u64 = containers.iter().filter_map(restarts).sum();
            let known = |text: &str| if text.is_empty() { "<none>" } else { text }.to_owned();
            vec![
                shown("Ready", ready),
                phase,
                ("Restarts", json!(restarts), false),
                age,
                wide("IP", known(word("/status/podIP"))),
                wide("Node", known(word("/spec/nodeName"))),
                wide("Nominated Node", known("")),
                wide("Readiness Gates", known("")),
            ]
        }
        "namespaces" => vec![phase, age],
        // No account here lists secrets.
        "serviceaccounts" => vec![("Secrets", json!(0), false), age],
        "rolebindings" | "clusterrolebindings" => vec![
            shown("Role", format!("{}/{}", word("/roleRef/kind"), word("/roleRef/name"))),
            age,
            wide("Users", subjects(one, "User")),
            wide("Groups", subjects(one, "Group")),
            wide("ServiceAccounts", subjects(one, "ServiceAccount")),
        ],
        _ => vec![shown("Created At", made.to_owned())],
    });
    all
}

fn subjects(binding: &Value, kind: &str) -> String {
    let of_kind = |one: &&Value| object::word(one, "/kind") == kind;
    let shown = |one: &Value| {
        let name = object::word(one, "/name");
        if kind == "ServiceAccount" {
            format!("{}/{name}", object::word(one, "/namespace"))
        } else {
            name.to_owned()
        }
    };
    let all = object::list(binding, "/subjects").iter().filter(of_kind).map(shown);
    all.collect::<Vec<_>>().join(", ")
}

/// An object or a list as a table; `with_columns` unless the caller knows them already.
pub(crate) fn table(
    kind: &Kind,
    answer: &Value,
    (with_columns, include): (bool, &str),
    now: DateTime<Utc>,
) -> Value {
    let items = answer.get("items").and_then(Value::as_array);
    let all: Vec<&Value> = items.map_or_else(|| vec![answer], |items| items.iter().collect());
    let meta = if items.is_some() {
        answer.get("metadata").cloned().unwrap_or_default()
    } else {
        json!({ "resourceVersion": object::meta(answer, "resourceVersion") })
    };
    let row = |one: &&Value| {
        let cells: Vec<Value> =
            columns(kind, one, now).into_iter().map(|(_, cell, _)| cell).collect();
        json!({ "cells": cells, "object": shown(one, include) })
    };
    let column = |(name, cell, wide): Column| {
        json!({
            "name": name,
            "type": if cell.is_number() { "integer" } else { "string" },
            "format": if name == "Name" { "name" } else { "" },
            "description": "",
            "priority": u8::from(wide),
        })
    };
    let columns = if with_columns { columns(kind, &Value::Null, now) } else { Vec::new() };
    json!({
        "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": meta,
        "columnDefinitions": columns.into_iter().map(column).collect::<Vec<_>>(),
        "rows": all.iter().map(row).collect::<Vec<_>>(),
    })
}

/// What of the object goes with its row.
fn shown(one: &Value, include: &str) -> Value {
    match include {
        "Object" => one.clone(),
        "None" => Value::Null,
        _ => json!({
            "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1",
            "metadata": one.get("metadata"),
        }),
    }
}

/// How long something has been there: nothing is older than the process.
fn age(since: &str, now: DateTime<Utc>) -> String {
    let Ok(since) = DateTime::parse_from_rfc3339(since) else { return "<unknown>".to_owned() };
    let seconds = (now - since.to_utc()).num_seconds();
    let (minutes, rest) = (seconds / 60, seconds % 60);
    match seconds {
        ..=-2 => "<invalid>".to_owned(),
        -1 => "0s".to_owned(),
        0..120 => format!("{seconds}s"),
        120..600 if rest > 0 => format!("{minutes}m{rest}s"),
        120..10_800 => format!("{minutes}m"),
        10_800.. => format!("{}h", minutes / 60),
    }
}

#[cfg(test)]
mod tests;

//! Answers as tables, which is what `kubectl get` prints.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::kinds::Kind;
use crate::object;

/// What a column is called, and whether it is shown only by `-o wide`.
type Column = (&'static str, bool);

fn columns(kind: &Kind) -> &'static [Column] {
    match kind.plural {
        "pods" => &[
            ("Name", false),
            ("Ready", false),
            ("Status", false),
            ("Restarts", false),
            ("Age", false),
            ("IP", true),
            ("Node", true),
            ("Nominated Node", true),
            ("Readiness Gates", true),
        ],
        "namespaces" => &[("Name", false), ("Status", false), ("Age", false)],
        "serviceaccounts" => &[("Name", false), ("Secrets", false), ("Age", false)],
        "rolebindings" | "clusterrolebindings" => &[
            ("Name", false),
            ("Role", false),
            ("Age", false),
            ("Users", true),
            ("Groups", true),
            ("ServiceAccounts", true),
        ],
        _ => &[("Name", false), ("Created At", false)],
    }
}

fn cells(kind: &Kind, one: &Value, now: DateTime<Utc>) -> Vec<Value> {
    let name = json!(object::name(one));
    let age = json!(age(object::meta(one, "creationTimestamp"), now));
    match kind.plural {
        "pods" => {
            let nothing = || json!("<none>");
            let shown = |text: &str| if text.is_empty() { nothing() } else { json!(text) };
            let containers = object::list(one, "/status/containerStatuses");
            let is_ready = |one: &&Value| one.get("ready") == Some(&json!(true));
            let ready = containers.iter().filter(is_ready).count();
            let restarts = |one: &Value| one.get("restartCount").and_then(Value::as_u64);
            let restarts: u64 = containers.iter().filter_map(restarts).sum();
            let ready = format!("{ready}/{}", object::list(one, "/spec/containers").len());
            let address = shown(object::word(one, "/status/podIP"));
            let node = shown(object::word(one, "/spec/nodeName"));
            let phase = json!(object::word(one, "/status/phase"));
            vec![
                name,
                json!(ready),
                phase,
                json!(restarts),
                age,
                address,
                node,
                nothing(),
                nothing(),
            ]
        }
        "namespaces" => vec![name, json!(object::word(one, "/status/phase")), age],
        "serviceaccounts" => vec![name, json!(object::list(one, "/secrets").len()), age],
        "rolebindings" | "clusterrolebindings" => {
            let role = format!(
                "{}/{}",
                object::word(one, "/roleRef/kind"),
                object::word(one, "/roleRef/name")
            );
            let users = subjects(one, "User");
            let accounts = subjects(one, "ServiceAccount");
            vec![name, json!(role), age, users, subjects(one, "Group"), accounts]
        }
        _ => vec![name, json!(object::meta(one, "creationTimestamp"))],
    }
}

fn subjects(binding: &Value, kind: &str) -> Value {
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
    json!(all.collect::<Vec<_>>().join(", "))
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
    let rows: Vec<Value> = all
        .iter()
        .map(|one| json!({ "cells": cells(kind, one, now), "object": shown(one, include) }))
        .collect();
    let columns: Vec<Value> = columns(kind)
        .iter()
        .map(|(name, wide)| {
            json!({
                "name": name,
                "type": if *name == "Restarts" { "integer" } else { "string" },
                "format": if *name == "Name" { "name" } else { "" },
                "description": "",
                "priority": u8::from(*wide),
            })
        })
        .collect();
    json!({
        "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": meta,
        "columnDefinitions": if with_columns { columns } else { Vec::new() },
        "rows": rows,
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

/// How long something has been there: two units where one would be coarse.
fn age(since: &str, now: DateTime<Utc>) -> String {
    let Ok(since) = DateTime::parse_from_rfc3339(since) else { return "<unknown>".to_owned() };
    let seconds = (now - since.to_utc()).num_seconds();
    let (minutes, hours) = (seconds / 60, seconds / 3600);
    let (days, years) = (hours / 24, hours / 24 / 365);
    let two = |whole: i64, unit: char, rest: i64, part: char| {
        if rest == 0 { format!("{whole}{unit}") } else { format!("{whole}{unit}{rest}{part}") }
    };
    match seconds {
        ..=-2 => "<invalid>".to_owned(),
        -1 => "0s".to_owned(),
        0..120 => format!("{seconds}s"),
        120..600 => two(minutes, 'm', seconds % 60, 's'),
        600..10_800 => format!("{minutes}m"),
        10_800..28_800 => two(hours, 'h', minutes % 60, 'm'),
        28_800..172_800 => format!("{hours}h"),
        172_800..691_200 => two(days, 'd', hours % 24, 'h'),
        691_200..63_072_000 => format!("{days}d"),
        63_072_000..252_288_000 => two(years, 'y', days % 365, 'd'),
        252_288_000.. => format!("{years}y"),
    }
}

#[cfg(test)]
mod tests;

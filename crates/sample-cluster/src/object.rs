//! Reading and setting single things in objects. What is not there is empty.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::kinds::Kind;
use crate::rbac::Rule;

/// A word of the metadata.
pub(crate) fn meta<'a>(object: &'a Value, key: &str) -> &'a str {
    object.get("metadata").and_then(|meta| meta.get(key)).and_then(Value::as_str).unwrap_or("")
}

pub(crate) fn name(object: &Value) -> &str {
    meta(object, "name")
}

pub(crate) fn namespace(object: &Value) -> &str {
    meta(object, "namespace")
}

/// The word at a JSON pointer.
pub(crate) fn word<'a>(object: &'a Value, pointer: &str) -> &'a str {
    object.pointer(pointer).and_then(Value::as_str).unwrap_or("")
}

/// The list at a JSON pointer.
pub(crate) fn list<'a>(object: &'a Value, pointer: &str) -> &'a [Value] {
    object.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

pub(crate) fn labels(object: &Value) -> Option<&Map<String, Value>> {
    object.pointer("/metadata/labels").and_then(Value::as_object)
}

/// What is stored was checked before, so what cannot be read is as good as absent.
pub(crate) fn part<T: DeserializeOwned + Default>(object: &Value, key: &str) -> T {
    object.get(key).and_then(|part| T::deserialize(part).ok()).unwrap_or_default()
}

pub(crate) fn rules(role: &Value) -> Vec<Rule> {
    part(role, "rules")
}

pub(crate) fn set(object: &mut Value, key: &str, value: impl Into<Value>) {
    if let Some(object) = object.as_object_mut() {
        object.insert(key.to_owned(), value.into());
    }
}

/// Sets a word of the metadata.
pub(crate) fn set_meta(object: &mut Value, key: &str, value: impl Into<Value>) {
    let Some(object) = object.as_object_mut() else { return };
    set(object.entry("metadata").or_insert_with(|| json!({})), key, value);
}

/// Says what the object is.
pub(crate) fn set_type(object: &mut Value, kind: &Kind) {
    set(object, "kind", kind.name);
    set(object, "apiVersion", kind.api_version());
}

/// Takes out everything that is null: for Go, that is the same as absent.
pub(crate) fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) => map
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key, without_nulls(value)))
            .collect(),
        Value::Array(all) => all.into_iter().map(without_nulls).collect(),
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => other,
    }
}

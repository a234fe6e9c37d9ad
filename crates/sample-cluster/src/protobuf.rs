//! The protobuf of Kubernetes, as newer kubectls send it for what they make themselves
//! (`kubectl create role`, `kubectl auth can-i`). Only what can be sent here is known.

use serde_json::{Map, Value, json};

use Field::{Labels, Many, One, Text, Texts};

/// What the bytes of a field mean.
enum Field {
    Text,
    Texts,
    /// From texts to texts.
    Labels,
    One(Message),
    Many(Message),
}

/// The fields of a message by number. What is not listed is skipped.
type Message = &'static [(u64, &'static str, Field)];

const META: Message = &[
    (1, "name", Text),
    (3, "namespace", Text),
    (11, "labels", Labels),
    (12, "annotations", Labels),
];
/// A namespace or an account, of which kubectl says nothing else.
const NAMED: Message = &[(1, "metadata", One(META))];
const RULE: Message = &[
    (1, "verbs", Texts),
    (2, "apiGroups", Texts),
    (3, "resources", Texts),
    (4, "resourceNames", Texts),
    (5, "nonResourceURLs", Texts),
];
const ROLE: Message = &[(1, "metadata", One(META)), (2, "rules", Many(RULE))];
const SUBJECT: Message =
    &[(1, "kind", Text), (2, "apiGroup", Text), (3, "name", Text), (4, "namespace", Text)];
const ROLE_REF: Message = &[(1, "apiGroup", Text), (2, "kind", Text), (3, "name", Text)];
const BINDING: Message =
    &[(1, "metadata", One(META)), (2, "subjects", Many(SUBJECT)), (3, "roleRef", One(ROLE_REF))];
const RESOURCE: Message = &[
    (1, "namespace", Text),
    (2, "verb", Text),
    (3, "group", Text),
    (5, "resource", Text),
    (6, "subresource", Text),
    (7, "name", Text),
];
const PATH: Message = &[(1, "path", Text), (2, "verb", Text)];
const REVIEW_SPEC: Message =
    &[(1, "resourceAttributes", One(RESOURCE)), (2, "nonResourceAttributes", One(PATH))];
const REVIEW: Message = &[(2, "spec", One(REVIEW_SPEC))];
const PAIR: Message = &[(1, "key", Text), (2, "value", Text)];
/// Around every object: what it is, and its bytes.
const ENVELOPE_TYPE: Message = &[(1, "apiVersion", Text), (2, "kind", Text)];

fn message(kind: &str) -> Option<Message> {
    Some(match kind {
        "Namespace" | "ServiceAccount" => NAMED,
        "Role" | "ClusterRole" => ROLE,
        "RoleBinding" | "ClusterRoleBinding" => BINDING,
        "SelfSubjectAccessReview" => REVIEW,
        _ => return None,
    })
}

/// The object in an envelope, as JSON; nothing when it is none or its kind is not known here.
pub(crate) fn read(bytes: &[u8]) -> Option<Value> {
    let mut rest = bytes.strip_prefix(b"k8s\0")?;
    let (mut what, mut raw) = (Map::new(), &b""[..]);
    while !rest.is_empty() {
        match next(&mut rest)? {
            (1, bytes) => what = object(ENVELOPE_TYPE, bytes)?,
            (2, bytes) => raw = bytes,
            _ => {}
        }
    }
    let mut all = object(message(what.get("kind")?.as_str()?)?, raw)?;
    all.extend(what);
    Some(all.into())
}

fn object(message: Message, mut bytes: &[u8]) -> Option<Map<String, Value>> {
    let mut all = Map::new();
    while !bytes.is_empty() {
        let (number, part) = next(&mut bytes)?;
        let found = message.iter().find(|(known, ..)| *known == number);
        if let Some((_, name, field)) = found {
            add(&mut all, name, field, part)?;
        }
    }
    Some(all)
}

fn add(all: &mut Map<String, Value>, name: &str, field: &Field, part: &[u8]) -> Option<()> {
    let value = match field {
        Text | Texts => json!(std::str::from_utf8(part).ok()?),
        One(message) | Many(message) => object(message, part)?.into(),
        Labels => {
            let mut pair = object(PAIR, part)?;
            let mut word = |key| pair.remove(key).unwrap_or_else(|| "".into());
            json!({ word("key").as_str()?: word("value") })
        }
    };
    match (field, all.get_mut(name)) {
        // Go writes what is not set as an empty text.
        (Text, _) if value == "" => {}
        (Texts | Many(_), Some(there)) => there.as_array_mut()?.push(value),
        (Labels, Some(there)) => there.as_object_mut()?.append(&mut value.as_object()?.clone()),
        (Texts | Many(_), None) => drop(all.insert(name.to_owned(), json!([value]))),
        (Text | Labels | One(_), _) => drop(all.insert(name.to_owned(), value)),
    }
    Some(())
}

/// The next field: its number and its bytes, of which a number has none that matter here.
fn next<'a>(bytes: &mut &'a [u8]) -> Option<(u64, &'a [u8])> {
    let tag = number(bytes)?;
    let part = match tag & 7 {
        0 => number(bytes).map(|_| &b""[..])?,
        1 => bytes.split_off(..8)?,
        2 => {
            let length = usize::try_from(number(bytes)?).ok()?;
            bytes.split_off(..length)?
        }
        5 => bytes.split_off(..4)?,
        _ => return None,
    };
    Some((tag >> 3, part))
}

/// A number of variable length, seven bits a byte.
fn number(bytes: &mut &[u8]) -> Option<u64> {
    let mut found = 0_u64;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.split_off_first()?;
        found |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(found);
        }
    }
    None
}

#[cfg(test)]
mod tests;

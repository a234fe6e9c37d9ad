//! The protobuf of Kubernetes, as newer kubectls send it for what they make themselves
//! (`kubectl create role`, `kubectl auth can-i`). Only what can be sent here is known.

use serde_json::{Map, Value, json};

/// What the bytes of a field mean.
enum Field {
    Text,
    Texts,
    Number,
    Flag,
    /// From texts to texts.
    Labels,
    One(Message),
    Many(Message),
}

/// The fields of a message by number. What is not listed is skipped.
type Message = &'static [(u64, &'static str, Field)];

const META: Message = &[
    (1, "name", Field::Text),
    (2, "generateName", Field::Text),
    (3, "namespace", Field::Text),
    (5, "uid", Field::Text),
    (6, "resourceVersion", Field::Text),
    (11, "labels", Field::Labels),
    (12, "annotations", Field::Labels),
];
const RULE: Message = &[
    (1, "verbs", Field::Texts),
    (2, "apiGroups", Field::Texts),
    (3, "resources", Field::Texts),
    (4, "resourceNames", Field::Texts),
    (5, "nonResourceURLs", Field::Texts),
];
const EXPRESSION: Message =
    &[(1, "key", Field::Text), (2, "operator", Field::Text), (3, "values", Field::Texts)];
const SELECTOR: Message =
    &[(1, "matchLabels", Field::Labels), (2, "matchExpressions", Field::Many(EXPRESSION))];
const AGGREGATION: Message = &[(1, "clusterRoleSelectors", Field::Many(SELECTOR))];
const SUBJECT: Message = &[
    (1, "kind", Field::Text),
    (2, "apiGroup", Field::Text),
    (3, "name", Field::Text),
    (4, "namespace", Field::Text),
];
const ROLE_REF: Message =
    &[(1, "apiGroup", Field::Text), (2, "kind", Field::Text), (3, "name", Field::Text)];
const ROLE: Message = &[
    (1, "metadata", Field::One(META)),
    (2, "rules", Field::Many(RULE)),
    (3, "aggregationRule", Field::One(AGGREGATION)),
];
const BINDING: Message = &[
    (1, "metadata", Field::One(META)),
    (2, "subjects", Field::Many(SUBJECT)),
    (3, "roleRef", Field::One(ROLE_REF)),
];
const NAMESPACE: Message = &[(1, "metadata", Field::One(META))];
const PULL_SECRET: Message = &[(1, "name", Field::Text)];
const ACCOUNT: Message = &[
    (1, "metadata", Field::One(META)),
    (3, "imagePullSecrets", Field::Many(PULL_SECRET)),
    (4, "automountServiceAccountToken", Field::Flag),
];
const BOUND_TO: Message = &[
    (1, "kind", Field::Text),
    (2, "apiVersion", Field::Text),
    (3, "name", Field::Text),
    (4, "uid", Field::Text),
];
const TOKEN_SPEC: Message = &[
    (1, "audiences", Field::Texts),
    (3, "boundObjectRef", Field::One(BOUND_TO)),
    (4, "expirationSeconds", Field::Number),
];
const TOKEN: Message = &[(2, "spec", Field::One(TOKEN_SPEC))];
const RESOURCE: Message = &[
    (1, "namespace", Field::Text),
    (2, "verb", Field::Text),
    (3, "group", Field::Text),
    (4, "version", Field::Text),
    (5, "resource", Field::Text),
    (6, "subresource", Field::Text),
    (7, "name", Field::Text),
];
const PATH: Message = &[(1, "path", Field::Text), (2, "verb", Field::Text)];
const REVIEW_SPEC: Message = &[
    (1, "resourceAttributes", Field::One(RESOURCE)),
    (2, "nonResourceAttributes", Field::One(PATH)),
    (3, "user", Field::Text),
    (4, "groups", Field::Texts),
];
const REVIEW: Message = &[(2, "spec", Field::One(REVIEW_SPEC))];
const RULES_SPEC: Message = &[(1, "namespace", Field::Text)];
const RULES_REVIEW: Message = &[(2, "spec", Field::One(RULES_SPEC))];
const PRECONDITIONS: Message = &[(1, "uid", Field::Text), (2, "resourceVersion", Field::Text)];
const DELETION: Message =
    &[(2, "preconditions", Field::One(PRECONDITIONS)), (5, "dryRun", Field::Texts)];
/// Around every object: what it is, and its bytes.
const ENVELOPE_TYPE: Message = &[(1, "apiVersion", Field::Text), (2, "kind", Field::Text)];

fn message(kind: &str) -> Option<Message> {
    Some(match kind {
        "Namespace" => NAMESPACE,
        "ServiceAccount" => ACCOUNT,
        "Role" | "ClusterRole" => ROLE,
        "RoleBinding" | "ClusterRoleBinding" => BINDING,
        "TokenRequest" => TOKEN,
        "SelfSubjectAccessReview" | "SubjectAccessReview" => REVIEW,
        "SelfSubjectRulesReview" => RULES_REVIEW,
        "DeleteOptions" => DELETION,
        _ => return None,
    })
}

/// The object in an envelope, as JSON; nothing when it is none or its kind is not known here.
pub(crate) fn read(bytes: &[u8]) -> Option<Value> {
    let mut rest = bytes.strip_prefix(b"k8s\0")?;
    let (mut what, mut raw) = (json!({}), &b""[..]);
    while !rest.is_empty() {
        match next(&mut rest)? {
            (1, Part::Bytes(bytes)) => what = object(ENVELOPE_TYPE, bytes)?,
            (2, Part::Bytes(bytes)) => raw = bytes,
            _ => {}
        }
    }
    let kind = what.get("kind")?.as_str()?.to_owned();
    let mut found = object(message(&kind)?, raw)?;
    let all = found.as_object_mut()?;
    all.extend(what.as_object()?.clone());
    Some(found)
}

enum Part<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

fn object(message: Message, mut bytes: &[u8]) -> Option<Value> {
    let mut all = Map::new();
    while !bytes.is_empty() {
        let (number, part) = next(&mut bytes)?;
        let Some((_, name, field)) = message.iter().find(|(known, ..)| *known == number) else {
            continue;
        };
        add(&mut all, name, field, &part)?;
    }
    Some(Value::Object(all))
}

fn add(all: &mut Map<String, Value>, name: &str, field: &Field, part: &Part<'_>) -> Option<()> {
    let value = match (field, part) {
        (Field::Number, Part::Number(number)) => json!(number.cast_signed()),
        (Field::Flag, Part::Number(number)) => json!(*number != 0),
        (Field::Text | Field::Texts, Part::Bytes(bytes)) => json!(std::str::from_utf8(bytes).ok()?),
        (Field::One(message) | Field::Many(message), Part::Bytes(bytes)) => object(message, bytes)?,
        (Field::Labels, Part::Bytes(bytes)) => {
            const PAIR: Message = &[(1, "key", Field::Text), (2, "value", Field::Text)];
            let pair = object(PAIR, bytes)?;
            let word = |key| pair.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            let labels = all.entry(name).or_insert_with(|| json!({}));
            labels.as_object_mut()?.insert(word("key"), word("value").into());
            return Some(());
        }
        _ => return None,
    };
    match field {
        Field::Texts | Field::Many(_) => {
            all.entry(name).or_insert_with(|| json!([])).as_array_mut()?.push(value);
        }
        // Go writes what is not set as an empty text.
        Field::Text if value == "" => {}
        Field::Text | Field::Number | Field::Flag | Field::Labels | Field::One(_) => {
            all.insert(name.to_owned(), value);
        }
    }
    Some(())
}

/// The next field: its number and what is in it.
fn next<'a>(bytes: &mut &'a [u8]) -> Option<(u64, Part<'a>)> {
    let tag = number(bytes)?;
    let part = match tag & 7 {
        0 => Part::Number(number(bytes)?),
        1 => Part::Bytes(bytes.split_off(..8)?),
        2 => {
            let length = usize::try_from(number(bytes)?).ok()?;
            Part::Bytes(bytes.split_off(..length)?)
        }
        5 => Part::Bytes(bytes.split_off(..4)?),
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

//! What a request is about, read from its method and address as the real API server does.

use std::collections::HashMap;

use http::Method;
use percent_encoding::percent_decode_str;

/// A collection, an object or a part of it. Not everything that can be named is there. Empty
/// strings stand for what is not named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Resource {
    pub(crate) group: String,
    pub(crate) version: String,
    pub(crate) namespace: String,
    pub(crate) plural: String,
    pub(crate) name: String,
    pub(crate) subresource: String,
}

/// The options behind the question mark.
pub(crate) type Query = HashMap<String, String>;

/// Reads an address; nothing when it is outside of resources: discovery, version, health.
pub(crate) fn resource(path: &str) -> Option<Resource> {
    let parts: Vec<String> = path
        .split('/')
        .filter(|part| !part.is_empty())
        .map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned())
        .collect();
    let words: Vec<&str> = parts.iter().map(String::as_str).collect();
    let (group, version, rest) = match words.as_slice() {
        ["api", version, rest @ ..] if !rest.is_empty() => ("", *version, rest),
        ["apis", group, version, rest @ ..] if !rest.is_empty() => (*group, *version, rest),
        _ => return None,
    };
    let mut resource =
        Resource { group: group.to_owned(), version: version.to_owned(), ..Resource::default() };
    let rest = match rest {
        // A namespace is in itself; what is below one is named after it.
        ["namespaces", namespace, "status" | "finalize"] | ["namespaces", namespace] => {
            (*namespace).clone_into(&mut resource.namespace);
            rest
        }
        ["namespaces", namespace, below @ ..] => {
            (*namespace).clone_into(&mut resource.namespace);
            below
        }
        other => other,
    };
    let mut rest = rest.iter().map(|&part| part.to_owned());
    resource.plural = rest.next().unwrap_or_default();
    resource.name = rest.next().unwrap_or_default();
    resource.subresource = rest.collect::<Vec<_>>().join("/");
    Some(resource)
}

/// Reads the options; the last of a name counts.
pub(crate) fn query(text: &str) -> Query {
    form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

/// Whether an option is on.
pub(crate) fn is_set(query: &Query, name: &str) -> bool {
    query.get(name).is_some_and(|value| matches!(value.as_str(), "" | "1" | "true"))
}

/// What RBAC calls the request.
pub(crate) fn verb(method: &Method, resource: &Resource, query: &Query) -> &'static str {
    let whole = resource.name.is_empty();
    match *method {
        Method::POST => "create",
        Method::PUT => "update",
        Method::PATCH => "patch",
        Method::DELETE if whole => "deletecollection",
        Method::DELETE => "delete",
        Method::GET | Method::HEAD if whole && is_set(query, "watch") => "watch",
        Method::GET | Method::HEAD if whole => "list",
        Method::GET | Method::HEAD => "get",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts_of(path: &str) -> [String; 6] {
        let one = resource(path).unwrap();
        [one.group, one.version, one.namespace, one.plural, one.name, one.subresource]
    }

    #[test]
    fn addresses_are_read_as_the_real_server_reads_them() {
        for (path, parts) in [
            ("/api/v1/namespaces", ["", "v1", "", "namespaces", "", ""]),
            ("/api/v1/namespaces/a", ["", "v1", "a", "namespaces", "a", ""]),
            ("/api/v1/namespaces/a/finalize", ["", "v1", "a", "namespaces", "a", "finalize"]),
            ("/api/v1/namespaces/a/pods", ["", "v1", "a", "pods", "", ""]),
            ("/api/v1/namespaces/a/pods/b/log", ["", "v1", "a", "pods", "b", "log"]),
            ("/api/v1/pods/", ["", "v1", "", "pods", "", ""]),
            ("/apis/g/v1/roles/system%3Ax", ["g", "v1", "", "roles", "system:x", ""]),
        ] {
            assert_eq!(parts_of(path), parts, "{path}");
        }
        for path in ["/", "/api", "/api/v1", "/apis/g", "/apis/g/v1", "/version", "/openapi/v2"] {
            assert_eq!(resource(path), None, "{path}");
        }
    }

    #[test]
    fn a_watch_is_a_list_that_goes_on() {
        let pods = resource("/api/v1/pods").unwrap();
        assert_eq!(verb(&Method::GET, &pods, &query("")), "list");
        assert_eq!(verb(&Method::GET, &pods, &query("watch=true")), "watch");
        assert_eq!(verb(&Method::GET, &pods, &query("watch=0")), "list");
        assert_eq!(verb(&Method::DELETE, &pods, &query("")), "deletecollection");
    }
}

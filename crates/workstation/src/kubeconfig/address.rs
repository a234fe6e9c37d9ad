//! The grammar of a cluster address: `https://host[:port][/path]` and nothing else.

use std::net::Ipv6Addr;

use super::entry::bad;
use super::error::KubeconfigError;

/// Checks an address; no user name, query or fragment, so nothing secret and nothing surprising.
pub(super) fn check(server: &str) -> Result<(), KubeconfigError> {
    let wrong = |reason| Err(bad("server address", server, reason));
    if server.len() > 1024 {
        return wrong("it is longer than 1024 characters");
    }
    let Some(rest) = server.strip_prefix("https://") else {
        return wrong("it does not start with https://");
    };
    let (authority, path) = match rest.find('/') {
        Some(slash) => rest.split_at(slash),
        None => (rest, ""),
    };
    if !is_authority(authority) {
        return wrong("its host is no host name or IP address with an optional port");
    }
    if !is_path(path) {
        return wrong("its path has characters other than letters, digits and - . _ ~ / %");
    }
    Ok(())
}

fn is_authority(text: &str) -> bool {
    if let Some(rest) = text.strip_prefix('[') {
        return rest.split_once(']').is_some_and(|(host, port)| {
            host.parse::<Ipv6Addr>().is_ok()
                && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
        });
    }
    match text.split_once(':') {
        Some((host, port)) => is_host(host) && is_port(port),
        None => is_host(text),
    }
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit()) && text.parse::<u16>().is_ok_and(|port| port > 0)
}

/// DNS names and IPv4 addresses; underscores occur in private names.
fn is_host(text: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(label)
}

fn is_path(text: &str) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let fine = match byte {
            b'%' => [bytes.next(), bytes.next()]
                .iter()
                .all(|b| b.is_some_and(|b| b.is_ascii_hexdigit())),
            b'-' | b'.' | b'_' | b'~' | b'/' => true,
            other => other.is_ascii_alphanumeric(),
        };
        if !fine {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_real_clusters_pass() {
        for good in [
            "https://k8s.example.com",
            "https://10.0.0.1:6443",
            "https://[fd00::1]:6443/",
            "https://rancher.example.com/k8s/clusters/c-m-abc%20d",
            "https://ABC.gr7.eu-west-1.eks.amazonaws.com",
        ] {
            check(good).unwrap_or_else(|error| panic!("{good}: {error}"));
        }
    }

    #[test]
    fn p26_hostile_addresses_are_refused() {
        for hostile in [
            "",
            "http://k8s.example.com",
            "HTTPS://k8s.example.com",
            "https://",
            "https:///path",
            "https://user:secret@host",
            "https://host:0",
            "https://host:+1",
            "https://host:65536",
            "https://host:",
            "https://host?x=1",
            "https://host/#f",
            "https://host/\nusers:\n- name: x",
            "https://host\"\n  exec: {command: /bin/sh}",
            "https://host/'",
            "https://host/a b",
            "https://host/%0",
            "https://hö.example.com",
            "https://-x.example.com",
            "https://[::1",
            "https://[::1]x",
            "https://a..b",
            "https://host/\u{2028}",
        ] {
            assert!(check(hostile).is_err(), "{hostile:?} got through");
        }
    }
}

//! Which proxy leads to an address: `HTTPS_PROXY` and `NO_PROXY` as kubectl reads them.

use std::net::IpAddr;

use http::Uri;

/// The proxy for `server`, unless `no_proxy` or plain sense (loopback) says none.
pub(super) fn choose(
    server: &str,
    https_proxy: Option<&str>,
    no_proxy: Option<&str>,
) -> Option<String> {
    let proxy = https_proxy.map(str::trim).filter(|text| !text.is_empty())?;
    let uri: Uri = server.parse().ok()?;
    let host = uri.host()?.trim_matches(['[', ']']).to_lowercase();
    let port = uri.port_u16().unwrap_or(443);
    let address: Option<IpAddr> = host.parse().ok();
    if host == "localhost" || address.is_some_and(|one| one.is_loopback()) {
        return None;
    }
    let mut entries =
        no_proxy.unwrap_or_default().split(',').map(str::trim).filter(|one| !one.is_empty());
    if entries.any(|entry| matches(&entry.to_lowercase(), &host, port, address)) {
        return None;
    }
    let whole = if proxy.contains("://") { proxy.to_owned() } else { format!("http://{proxy}") };
    Some(whole)
}

fn matches(entry: &str, host: &str, port: u16, address: Option<IpAddr>) -> bool {
    if entry == "*" {
        return true;
    }
    if let Some(address) = address {
        if let Some((network, bits)) = entry.split_once('/') {
            return is_within(address, network, bits).unwrap_or(false);
        }
        return entry.trim_matches(['[', ']']).parse() == Ok(address)
            || entry == format!("{address}:{port}");
    }
    let (name, wanted) = match entry.rsplit_once(':') {
        Some((name, digits)) => (name, digits.parse::<u16>().ok()),
        None => (entry, None),
    };
    if wanted.is_some_and(|wanted| wanted != port) {
        return false;
    }
    let name = name.trim_start_matches('*');
    match name.strip_prefix('.') {
        Some(domain) => host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.')),
        None => host == name || host.strip_suffix(name).is_some_and(|rest| rest.ends_with('.')),
    }
}

fn is_within(address: IpAddr, network: &str, bits: &str) -> Option<bool> {
    let (network, bits): (IpAddr, u32) = (network.parse().ok()?, bits.parse().ok()?);
    let (a, b, width) = match (address, network) {
        (IpAddr::V4(a), IpAddr::V4(b)) => (u128::from(a.to_bits()), u128::from(b.to_bits()), 32),
        (IpAddr::V6(a), IpAddr::V6(b)) => (a.to_bits(), b.to_bits(), 128),
        _ => return Some(false),
    };
    let drop = u32::checked_sub(width, bits)?;
    Some(a.checked_shr(drop).unwrap_or(0) == b.checked_shr(drop).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_used_unless_something_says_no() {
        let ask = |server, no| choose(server, Some("http://proxy:3128"), no);
        assert_eq!(ask("https://k8s.example.com:6443", None).as_deref(), Some("http://proxy:3128"));
        for (server, no) in [
            ("https://127.0.0.1:6443", None),
            ("https://localhost", None),
            ("https://[::1]:6443", None),
            ("https://k8s.example.com:6443", Some("*")),
            ("https://k8s.example.com:6443", Some("other, example.com")),
            ("https://k8s.example.com:6443", Some(".example.com")),
            ("https://k8s.example.com:6443", Some("*.example.com")),
            ("https://k8s.example.com:6443", Some("k8s.example.com:6443")),
            ("https://10.1.2.3", Some("10.0.0.0/8")),
            ("https://10.1.2.3", Some("10.1.2.3")),
        ] {
            assert_eq!(ask(server, no), None, "{server} {no:?}");
        }
        for no in ["ample.com", "example.com:443", "10.0.0.0/8", "k8s.example.com.evil"] {
            assert!(ask("https://k8s.example.com:6443", Some(no)).is_some(), "{no}");
        }
        assert_eq!(choose("https://a", Some("proxy:1"), None).as_deref(), Some("http://proxy:1"));
        assert_eq!(choose("https://a", Some(" "), None), None);
    }
}

//! When a credential in a kubeconfig ends by itself.

use chrono::DateTime;
use kube::config::AuthInfo;

use super::own_token::Life;

/// In words, or nothing when it does not end as far as can be seen. A client certificate always
/// ends, but in months or years; that is for its owner to watch.
pub(super) fn of(auth: &AuthInfo) -> Option<String> {
    if auth.token.is_none() && auth.token_file.is_some() {
        return Some("its token is in a file that something else has to renew".to_owned());
    }
    let life = auth.token.as_ref().and_then(Life::of)?;
    let end = DateTime::from_timestamp(life.exp, 0)?;
    Some(end.format("%F %R UTC").to_string())
}

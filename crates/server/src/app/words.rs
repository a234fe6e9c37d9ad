//! What a look before connecting says, in words.

use bellhop_api::{ConnectCheck, ConnectKubernetes};
use bellhop_connectors::{About, Check, Finding, Flaw};

/// It is as it has to be.
pub(super) const PASSED: &str = "passed";
/// Connecting would not work.
pub(super) const FAILED: &str = "failed";
/// It could not be looked at.
pub(super) const NOT_SEEN: &str = "not_seen";

/// Whether the name can be used; why not, and what to do.
pub(super) fn name(found: Result<&str, (String, &str)>) -> ConnectCheck {
    match found {
        Ok(more) => {
            ConnectCheck { why: more.to_owned(), ..told("name", PASSED, "The name can be used") }
        }
        Err((why, next)) => {
            let next = next.to_owned();
            ConnectCheck { why, next, ..told("name", FAILED, "The name cannot be used") }
        }
    }
}

/// What was found about one thing.
pub(super) fn check(check: &Check, ask: &ConnectKubernetes) -> ConnectCheck {
    let (id, passed, failed, unseen) = table(check.about);
    match &check.finding {
        Finding::Passed(more) => {
            let passed = passed_with(check.about, ask).unwrap_or_else(|| passed.to_owned());
            ConnectCheck { why: more.clone(), ..told(id, PASSED, &passed) }
        }
        Finding::NotSeen => told(id, NOT_SEEN, unseen),
        Finding::Failed(flaw) => {
            let Flaw { why, next, command, missing, details } = flaw.clone();
            ConnectCheck { why, next, command, missing, details, ..told(id, FAILED, failed) }
        }
    }
}

/// What it is called, and what is said when it passed, failed and was not seen.
fn table(about: About) -> (&'static str, &'static str, &'static str, &'static str) {
    let [id, passed, failed, unseen] = match about {
        About::Context => {
            ["context", "The context can be read", "The context cannot be used", "The context"]
        }
        About::Reach => [
            "reach",
            "Reached the API server",
            "The API server does not answer",
            "Whether the API server answers",
        ],
        About::Trust => [
            "trust",
            "Its certificate is trusted",
            "Its certificate is not trusted",
            "Whether its certificate is trusted",
        ],
        About::Credential => [
            "credential",
            "It accepts the credential",
            "It does not accept the credential",
            "Whether it accepts the credential",
        ],
        About::System => [
            "system",
            "It is the same cluster",
            "This cluster cannot be connected under this name",
            "Which cluster it is",
        ],
        About::Rights => [
            "rights",
            "The rights to connect are there",
            "Rights to connect are missing",
            "Whether the rights to connect are there",
        ],
        About::Permissions => [
            "permissions",
            "What is to be offered is there",
            "What is to be offered is not there",
            "Whether what is to be offered is there",
        ],
        About::Places => [
            "places",
            "The namespaces are there",
            "A namespace is not there",
            "Whether the namespaces are there",
        ],
    };
    (id, passed, failed, unseen)
}

/// What is said when it passed, where that depends on what was asked for.
fn passed_with(about: About, ask: &ConnectKubernetes) -> Option<String> {
    let usual = ["view".to_owned(), "edit".to_owned()];
    let names = match about {
        About::System => return ask.new.then(|| "This cluster is not connected yet".to_owned()),
        About::Permissions if ask.offer.is_empty() => &usual[..],
        About::Permissions => &ask.offer[..],
        About::Places => &ask.namespaces[..],
        About::Context | About::Reach | About::Trust | About::Credential | About::Rights => {
            return None;
        }
    };
    Some(match names {
        [one] => format!("{one} is there"),
        all => format!("{} are there", super::targets::words(all, "and")),
    })
}

fn told(check: &str, state: &str, what: &str) -> ConnectCheck {
    ConnectCheck {
        check: check.to_owned(),
        state: state.to_owned(),
        what: what.to_owned(),
        why: String::new(),
        next: String::new(),
        command: Vec::new(),
        missing: Vec::new(),
        details: String::new(),
    }
}

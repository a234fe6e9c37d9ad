//! What an API server's refusals and silences mean.

use std::error::Error;
use std::time::Duration;

use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;

use super::call::Call;
use crate::Fault;

/// Who is speaking to which system; every message starts with it.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) integration: String,
    pub(super) server: String,
    /// Who calls: `Bellhop`, or the context of the person who connects.
    pub(super) who: String,
    /// What to do when the caller's rights do not reach.
    pub(super) remedy: String,
}

/// A call that did not work.
#[derive(Clone, Debug)]
pub(super) struct Failed {
    /// What the server answered with, if it answered.
    pub(super) status: Option<u16>,
    /// The object that the answer is about. Only an API server's own answer has one.
    about: Option<String>,
    /// Why nothing came back, if nothing did.
    pub(super) silence: Option<Silence>,
    pub(super) fault: Fault,
}

/// Why nothing came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Silence {
    /// Whoever answers cannot show to be that server.
    Untrusted,
    /// The name leads nowhere.
    Unresolved,
    /// A proxy on the way refused.
    Proxy,
    /// Nobody is there, or not within the time limit.
    Unreachable,
}

impl Failed {
    /// Whether the API server itself says that the object of this name is not there. A proxy's or
    /// another web server's 404 says nothing, and neither does one about something else.
    pub(super) fn is_absent(&self, name: &str) -> bool {
        self.status == Some(404) && self.about.as_deref() == Some(name)
    }

    pub(super) fn is(&self, status: u16) -> bool {
        self.status == Some(status)
    }
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Self {
        Self { status: None, about: None, silence: None, fault }
    }
}

impl From<Failed> for Fault {
    fn from(failed: Failed) -> Self {
        failed.fault
    }
}

/// The part of a `Status` object that is read here.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Status {
    kind: String,
    message: String,
    reason: String,
    details: Details,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Details {
    name: String,
    retry_after_seconds: u64,
    causes: Vec<Cause>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Cause {
    reason: String,
}

/// What an answer with an error status means.
pub(super) fn refusal(
    place: &Place,
    call: &Call,
    code: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
) -> Failed {
    let status: Option<Status> =
        serde_json::from_slice(body).ok().filter(|s: &Status| s.kind == "Status");
    let genuine = status.is_some();
    let status = status.unwrap_or_default();
    let said = match (genuine, status.message.as_str()) {
        (true, message) if !message.is_empty() => clip(message),
        (true, _) => status.reason.clone(),
        (false, _) => "without saying why".to_owned(),
    };
    let at = format!("{}: {} could not {call}", place.integration, place.who);
    let told = format!("{} answered {}: {said}", place.server, code.as_u16());
    let terminating =
        status.details.causes.iter().any(|cause| cause.reason == "NamespaceTerminating");
    let fault = match code.as_u16() {
        401 => Fault::NotAllowed(format!(
            "{at}, because the API server does not accept its credential ({told}). {}",
            place.remedy
        )),
        403 if terminating => {
            Fault::TargetGone(format!("{at}: the namespace is being deleted ({told})"))
        }
        403 if genuine => Fault::NotAllowed(format!(
            "{at}, because a right is missing: {} ({told}). {}",
            missing_right(call, &said),
            place.remedy
        )),
        404 if genuine => Fault::TargetGone(format!("{at}: it is not there ({told})")),
        409 => Fault::Unavailable(format!(
            "{at}: it was changed at the same time ({told}). It is tried again"
        )),
        410 => {
            Fault::Unavailable(format!("{at}: the list was cut off ({told}). It is tried again"))
        }
        429 => throttled(&at, &told, pause(headers, &status).unwrap_or(Duration::from_secs(1))),
        503 if pause(headers, &status).is_some() => {
            throttled(&at, &told, pause(headers, &status).unwrap_or_default())
        }
        400 | 405 | 406 | 413 | 415 | 422 if genuine => Fault::Impossible(format!("{at}: {told}")),
        500.. => Fault::Unavailable(format!("{at}: {told}. It is tried again")),
        _ => Fault::Unavailable(format!(
            "{at}: {told}. That does not read like a Kubernetes API server; check the address and the proxy"
        )),
    };
    let about = (genuine && status.reason == "NotFound").then_some(status.details.name);
    Failed { status: genuine.then_some(code.as_u16()), about, silence: None, fault }
}

/// Names the right, also where the server refuses for the role and not for the binding.
fn missing_right(call: &Call, said: &str) -> String {
    if said.contains("attempting to grant") || said.contains("permissions not currently held") {
        format!("bind on the role (needed to {call})")
    } else {
        call.to_string()
    }
}

fn throttled(at: &str, told: &str, after: Duration) -> Fault {
    let seconds = after.as_secs();
    Fault::Throttled {
        message: format!("{at}: {told}. It is tried again in {seconds} s, as the server asks"),
        after,
    }
}

fn pause(headers: &HeaderMap, status: &Status) -> Option<Duration> {
    let header =
        headers.get(header::RETRY_AFTER).and_then(|v| v.to_str().ok()?.trim().parse().ok());
    let seconds = header.or(Some(status.details.retry_after_seconds).filter(|s| *s > 0))?;
    Some(Duration::from_secs(seconds.clamp(1, 300)))
}

/// What no answer at all means.
pub(super) fn silence(place: &Place, call: &Call, error: &(dyn Error + 'static)) -> Failed {
    let Place { integration, server, .. } = place;
    let chain = causes(error);
    let silence = Silence::of(&chain);
    let what = match silence {
        Silence::Untrusted => format!(
            "the certificate of {server} is not trusted ({chain}). Connect again with the \
             cluster's certificate authority in the kubeconfig (certificate-authority-data), or \
             set tls-server-name when the name differs"
        ),
        Silence::Unresolved => format!(
            "the name in {server} cannot be resolved ({chain}). Check the address, VPN and DNS"
        ),
        Silence::Proxy => format!(
            "the proxy on the way to {server} refused ({chain}). Check HTTPS_PROXY and NO_PROXY"
        ),
        Silence::Unreachable => format!(
            "{server} cannot be reached ({chain}). Check that the cluster runs and that network or VPN reach it"
        ),
    };
    let fault = Fault::Unavailable(format!("{integration}: could not {call}: {what}"));
    Failed { silence: Some(silence), ..fault.into() }
}

impl Silence {
    fn of(chain: &str) -> Self {
        let lower = chain.to_lowercase();
        if lower.contains("certificate") {
            Self::Untrusted
        } else if lower.contains("dns error") || lower.contains("failed to lookup") {
            Self::Unresolved
        } else if lower.contains("proxy") || lower.contains("tunnel") {
            Self::Proxy
        } else {
            Self::Unreachable
        }
    }
}

/// What a timeout means.
pub(super) fn too_late(place: &Place, call: &Call, limit: Duration) -> Failed {
    let Place { integration, server, .. } = place;
    let fault = Fault::Unavailable(format!(
        "{integration}: could not {call}: no answer from {server} within {} s. It is tried again",
        limit.as_secs_f32()
    ));
    Failed { silence: Some(Silence::Unreachable), ..fault.into() }
}

/// Every cause once, outermost first.
fn causes(error: &(dyn Error + 'static)) -> String {
    let mut texts: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let text = error.to_string();
        if !texts.iter().any(|known| known.contains(&text)) {
            texts.push(text);
        }
        next = error.source();
    }
    clip(&texts.join(": "))
}

/// A server's words on one line and of bounded length.
pub(super) fn clip(text: &str) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().map(plain).take(600).collect()
}

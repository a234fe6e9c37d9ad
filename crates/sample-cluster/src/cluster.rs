//! The cluster itself, and how one request goes through it.

use std::sync::{Arc, Mutex, PoisonError};

use bellhop_domain::Clock;
use chrono::{DateTime, Utc};
use http::request::Parts;
use http::{Method, header};
use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;

use crate::body::Body;
use crate::call::{Answer, Call};
use crate::discovery::{self, Page};
use crate::door::{self, Door};
use crate::kinds::{self, NAMESPACE, Use};
use crate::path::{self, Resource, Target};
use crate::rbac::Wish;
use crate::select::Fields;
use crate::status::Refusal;
use crate::store::State;
use crate::user::User;
use crate::{read, reviews, write};

/// How many watches may be open.
const WATCHES: usize = 64;

/// Everything that requests share.
pub(crate) struct Cluster {
    state: Mutex<State>,
    door: Door,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) watches: Arc<Semaphore>,
    pub(crate) stop: CancellationToken,
    server: String,
}

/// What a request is answered with.
pub(crate) enum Reply {
    Page(Page),
    Answer(Box<Call>, Answer, watch::Receiver<u64>),
}

impl Cluster {
    pub(crate) fn new(state: State, door: Door, clock: Arc<dyn Clock>, server: String) -> Self {
        Self {
            state: Mutex::new(state),
            door,
            clock,
            watches: Arc::new(Semaphore::new(WATCHES)),
            stop: CancellationToken::new(),
            server,
        }
    }

    /// Looks at the objects, or changes them.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// One request from end to end.
    pub(crate) fn answer(&self, head: &Parts, body: bytes::Bytes) -> Result<Reply, Refusal> {
        let now = self.clock.now();
        self.with(|state| {
            let user = self.door.user(state, &head.headers, now)?;
            let user = door::acting(state, user, &head.headers)?;
            match path::target(head.uri.path()) {
                Target::Path(path) => {
                    let verb = head.method.as_str().to_lowercase();
                    door::check(
                        state,
                        &user,
                        &Wish { verb, path: path.clone(), ..Wish::default() },
                    )?;
                    if head.method != Method::GET && head.method != Method::HEAD {
                        return Err(Refusal::method());
                    }
                    discovery::page(&path, &self.server).map(Reply::Page)
                }
                Target::Resource(at) => {
                    let call = Self::admit(state, user, at, head, body)?;
                    let Some(call) = call else { return Ok(Reply::Page(discovery::missing())) };
                    let answer = self.dispatch(state, &call, &head.method, now);
                    // Also after a refusal: whatever was changed before it is told.
                    state.seal()?;
                    Ok(Reply::Answer(Box::new(call), answer?, state.listen()))
                }
            }
        })
    }

    /// Asks whether the call is allowed, and only then whether there is such a thing.
    fn admit(
        state: &State,
        user: User,
        mut at: Resource,
        head: &Parts,
        body: bytes::Bytes,
    ) -> Result<Option<Call>, Refusal> {
        let query = path::query(head.uri.query().unwrap_or_default());
        let kind = kinds::find(&at.group, &at.plural).filter(|_| at.version == "v1");
        let verb = path::verb(&head.method, &at, &query);
        let mut wish = Wish {
            verb: verb.to_owned(),
            group: at.group.clone(),
            resource: at.plural.clone(),
            subresource: at.subresource.clone(),
            namespace: at.namespace.clone(),
            name: at.name.clone(),
            path: String::new(),
        };
        if let (true, Some(kind), Some(text)) =
            (at.name.is_empty(), kind, query.get("fieldSelector"))
            && let Some(name) = Fields::parse(kind, text).ok().as_ref().and_then(Fields::name)
        {
            name.clone_into(&mut wish.name);
        }
        door::check(state, &user, &wish)?;
        let Some(kind) = kind else {
            let known = at.group.is_empty() || kinds::GROUPS.contains(&at.group.as_str());
            return if known { Err(Refusal::unknown_resource()) } else { Ok(None) };
        };
        if !kind.namespaced && !at.namespace.is_empty() {
            // A right in one namespace reaches that namespace itself, and nothing else that is in
            // none: whoever asks for that by way of a namespace was allowed too little.
            if *kind != NAMESPACE || at.name != at.namespace {
                return Err(Refusal::unknown_resource());
            }
            at.namespace.clear();
        }
        let word = |name| head.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let as_table = word(header::ACCEPT)
            .split(',')
            .next()
            .is_some_and(|first| first.contains("as=Table") && first.contains("v=v1;"));
        let body = Body::new(word(header::CONTENT_TYPE), body);
        Ok(Some(Call { kind, at, user, query, body, as_table }))
    }

    fn dispatch(
        &self,
        state: &mut State,
        call: &Call,
        method: &Method,
        now: DateTime<Utc>,
    ) -> Result<Answer, Refusal> {
        let verb = path::verb(method, &call.at, &call.query);
        if !call.at.subresource.is_empty() {
            return self.part(state, call, verb, now);
        }
        if call.kind.usage == Use::Asked && verb == "create" {
            return reviews::review(state, call);
        }
        // A namespaced object is made and found in its namespace only.
        let placed = !call.kind.namespaced || !call.at.namespace.is_empty();
        let known = call.kind.verbs().contains(&verb)
            || (verb == "create" && call.kind.usage == Use::Planted);
        match verb {
            _ if !known => Err(Refusal::method()),
            "list" => read::list(state, call),
            "watch" => read::watch(state, call),
            "create" if !placed => Err(Refusal::method()),
            _ if !placed => Err(Refusal::unknown_resource()),
            "get" => read::get(state, call),
            "create" if call.at.name.is_empty() => write::create(state, call, now),
            "update" => write::update(state, call),
            "patch" => write::patch(state, call, now),
            "delete" => write::delete(state, call, now),
            _ => Err(Refusal::method()),
        }
    }

    /// A part of an object.
    fn part(
        &self,
        state: &State,
        call: &Call,
        verb: &str,
        now: DateTime<Utc>,
    ) -> Result<Answer, Refusal> {
        match (call.kind.plural, call.at.subresource.as_str(), verb) {
            ("serviceaccounts", "token", "create") => {
                reviews::token(state, call, &self.door.signer, now)
            }
            ("pods", "log" | "exec" | "attach" | "portforward" | "proxy" | "eviction", _) => {
                read::get(state, call)?;
                Err(Refusal::not_here(
                    "this is a sample cluster: its pods are entries in a list, and no containers run in them, so \
                     there is nothing to connect to and nothing was logged",
                ))
            }
            _ => Err(Refusal::unknown_resource()),
        }
    }
}

#[cfg(test)]
mod reach;
#[cfg(test)]
mod tests;

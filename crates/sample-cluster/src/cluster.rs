//! The cluster itself, and how one request goes through it.

use std::sync::{Arc, Mutex, PoisonError};

use bellhop_domain::Clock;
use chrono::{DateTime, Utc};
use http::request::Parts;
use http::{Method, StatusCode, header};
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::body::Body;
use crate::call::{Answer, Call};
use crate::door::{self, Door};
use crate::kinds::{self, NAMESPACE, Use};
use crate::path::{self, Resource};
use crate::rbac::Wish;
use crate::select;
use crate::status::Refusal;
use crate::store::State;
use crate::table;
use crate::user::User;
use crate::watch::Watch;
use crate::{discovery, read, reviews, write};

/// How many watches may be open.
const WATCHES: usize = 64;

/// Everything that requests share.
pub(crate) struct Cluster {
    state: Mutex<State>,
    pub(crate) door: Door,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) watches: Arc<Semaphore>,
    pub(crate) stop: CancellationToken,
    server: String,
}

impl Cluster {
    pub(crate) fn new(state: State, clock: Arc<dyn Clock>, server: String) -> Self {
        Self {
            state: Mutex::new(state),
            door: Door::new(),
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
    pub(crate) fn answer(
        self: &Arc<Self>,
        head: &Parts,
        body: bytes::Bytes,
    ) -> Result<Answer, Refusal> {
        let now = self.clock.now();
        self.with(|state| {
            let user = self.door.user(state, &head.headers, now)?;
            let Some(at) = path::resource(head.uri.path()) else {
                let verb = head.method.as_str().to_lowercase();
                let wish = Wish { verb, path: head.uri.path().to_owned(), ..Wish::default() };
                door::check(state, &user, &wish)?;
                if head.method != Method::GET && head.method != Method::HEAD {
                    return Err(Refusal::method());
                }
                return Ok(discovery::page(&wish.path, &self.server));
            };
            let Some(call) = admit(state, user, at, head, body)? else {
                return Ok(Answer::missing());
            };
            if call.verb == "watch" && call.kind.verbs().contains(&"watch") {
                return Watch::new(self, state, call).map(|watch| Answer::Watch(Box::new(watch)));
            }
            let (code, mut object) = self.dispatch(state, &call, now)?;
            if call.as_table && call.shows(&object) {
                let how = (true, call.option("includeObject"));
                object = table::table(call.kind, &object, how, now);
            }
            Ok(Answer::Object(code, object))
        })
    }

    fn dispatch(
        &self,
        state: &mut State,
        call: &Call,
        now: DateTime<Utc>,
    ) -> Result<(StatusCode, Value), Refusal> {
        let made = |object| (StatusCode::CREATED, object);
        let found = |object| (StatusCode::OK, object);
        let Call { kind, verb, at, .. } = call;
        match (kind.plural, at.subresource.as_str(), *verb) {
            (_, "", _) => {}
            ("serviceaccounts", "token", "create") => {
                return reviews::token(state, call, &self.door, now).map(made);
            }
            ("pods", "log" | "exec" | "attach" | "portforward" | "proxy" | "eviction", _) => {
                read::current(state, call)?;
                return Err(Refusal::not_here(
                    "its pods are entries in a list, and no containers run in them, so there is nothing to \
                     connect to and nothing was logged",
                ));
            }
            _ => return Err(Refusal::unknown_resource()),
        }
        // A namespaced object is made and found in its namespace only.
        let placed = !kind.namespaced || !at.namespace.is_empty();
        let makes = *verb == "create" && at.name.is_empty() && placed;
        match *verb {
            "create" if makes && kind.usage == Use::Asked => reviews::review(state, call).map(made),
            "create" if makes && kind.usage == Use::Planted => {
                Err(Refusal::not_here("it runs no containers, so no pods can be made in it"))
            }
            verb if !kind.verbs().contains(&verb) => Err(Refusal::method()),
            "list" => read::list(state, call).map(found),
            "create" if makes => write::create(state, call, now).map(made),
            "create" => Err(Refusal::method()),
            _ if !placed => Err(Refusal::unknown_resource()),
            "get" => read::current(state, call).cloned().map(found),
            "patch" => write::patch(state, call, now),
            "delete" => write::delete(state, call).map(found),
            _ => Err(Refusal::method()),
        }
    }
}

/// Asks whether the call is allowed, and only then whether there is such a thing. Nothing when there
/// is not even its group.
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
    // A list of one name is about that name; nothing else is: a right to make one object by name
    // would reach any other.
    let named = query.get("fieldSelector").filter(|_| ["list", "watch"].contains(&verb)).zip(kind);
    let fields = named.and_then(|(text, kind)| select::fields(kind, text).ok());
    let wish = Wish {
        verb: verb.to_owned(),
        group: at.group.clone(),
        resource: at.plural.clone(),
        subresource: at.subresource.clone(),
        namespace: at.namespace.clone(),
        name: fields.as_deref().and_then(select::only_name).unwrap_or(&at.name).to_owned(),
        path: String::new(),
    };
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
    if query.contains_key("dryRun") {
        return Err(Refusal::not_here("it has no dry runs"));
    }
    let word = |name| head.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let first = word(header::ACCEPT).split(',').next().unwrap_or_default();
    let as_table = first.contains("as=Table") && first.contains("v=v1;");
    let body = Body::new(word(header::CONTENT_TYPE), body);
    Ok(Some(Call { kind, verb, at, user, query, body, as_table }))
}

#[cfg(test)]
mod reach;
#[cfg(test)]
mod tests;

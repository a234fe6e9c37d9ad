//! The groups, and what is said about them over HTTP.

#![expect(clippy::indexing_slicing, reason = "JSON without the key is null")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use tokio::io::{AsyncWriteExt as _, BufStream};
use tokio::net::{TcpListener, TcpStream};

use crate::kit::http::Message;

pub(super) const PIN: &str = "the-one";
pub(super) const KEY: &str = "do-not-show-this-key";

#[derive(Default)]
struct Groups {
    by_name: BTreeMap<String, (usize, BTreeMap<String, Value>)>,
    /// Every group and membership has a number that is never used again.
    last_id: usize,
    has_rights: bool,
}

/// A running server. Tests see and change what is in it without asking it.
pub(super) struct Server {
    pub(super) address: String,
    state: Arc<Mutex<Groups>>,
}

fn lock(state: &Mutex<Groups>) -> MutexGuard<'_, Groups> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn answer(status: u16, body: &Value) -> Message {
    Message::answer(status, body.to_string().into_bytes())
}

impl Server {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let state = Arc::new(Mutex::new(Groups { has_rights: true, ..Groups::default() }));
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, Arc::clone(&shared)));
            }
        });
        let server = Self { address, state };
        server.make_group("one");
        server.make_group("two");
        server
    }

    pub(super) fn member(&self, group: &str, name: &str) -> Option<Value> {
        lock(&self.state).by_name.get(group)?.1.get(name).cloned()
    }

    pub(super) fn add(&self, group: &str, name: &str) {
        lock(&self.state).add(group, name, &Value::Null);
    }

    pub(super) fn remove(&self, group: &str, name: &str) {
        let mut state = lock(&self.state);
        state.by_name.get_mut(group).and_then(|(_, members)| members.remove(name));
    }

    pub(super) fn make_group(&self, name: &str) {
        let mut state = lock(&self.state);
        state.last_id += 1;
        let id = state.last_id;
        state.by_name.entry(name.to_owned()).or_insert((id, BTreeMap::new()));
    }

    pub(super) fn delete_group(&self, name: &str) {
        lock(&self.state).by_name.remove(name);
    }

    pub(super) fn set_rights(&self, given: bool) {
        lock(&self.state).has_rights = given;
    }
}

async fn serve(socket: TcpStream, state: Arc<Mutex<Groups>>) {
    let mut stream = BufStream::new(socket);
    while let Ok(Some(request)) = Message::read(&mut stream).await {
        let answer = lock(&state).handle(&request);
        if stream.write_all(&answer.bytes()).await.is_err() || stream.flush().await.is_err() {
            return;
        }
    }
}

impl Groups {
    fn add(&mut self, group: &str, name: &str, note: &Value) -> bool {
        self.last_id += 1;
        let member = json!({ "id": self.last_id, "note": note });
        let Some((_, members)) = self.by_name.get_mut(group) else { return false };
        let free = !members.contains_key(name);
        members.entry(name.to_owned()).or_insert(member);
        free
    }

    fn handle(&mut self, request: &Message) -> Message {
        let (path, wanted) = request.path().split_once('?').unwrap_or((request.path(), ""));
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        if !self.has_rights || request.header("key") != Some(KEY) {
            return answer(403, &json!({ "error": "no right" }));
        }
        match (request.method(), parts.as_slice()) {
            ("GET", ["system"]) => answer(200, &json!({ "id": PIN })),
            ("GET", ["rights"]) => answer(200, &json!({ "missing": [] })),
            ("GET", ["names"]) => {
                let all: BTreeMap<_, _> =
                    self.by_name.iter().map(|(name, (id, _))| (name, id)).collect();
                answer(200, &json!(all))
            }
            ("GET", ["groups"]) => {
                let all: BTreeMap<_, _> =
                    self.by_name.iter().map(|(name, (_, members))| (name, members)).collect();
                answer(200, &json!(all))
            }
            (method, ["groups", group, rest @ ..]) => {
                let Some((id, _)) = self.by_name.get(*group) else {
                    return answer(404, &json!({ "missing": group }));
                };
                match rest {
                    [] => answer(200, &json!({ "id": id, "members": self.by_name[*group].1 })),
                    [name] => self.member(method, (group, name), (body, wanted)),
                    _ => answer(400, &json!({ "error": "what?" })),
                }
            }
            _ => answer(400, &json!({ "error": "what?" })),
        }
    }

    fn member(
        &mut self,
        method: &str,
        (group, name): (&str, &str),
        (body, wanted): (Value, &str),
    ) -> Message {
        if method == "PUT" {
            let made = self.add(group, name, &body);
            return answer(if made { 201 } else { 409 }, &json!({ "name": name }));
        }
        let Some((_, members)) = self.by_name.get_mut(group) else {
            return answer(404, &json!({ "missing": group }));
        };
        let Some(member) = members.get_mut(name) else {
            return answer(404, &json!({ "missing": name }));
        };
        match method {
            "PATCH" => {
                member["note"] = body;
                answer(200, &json!({ "name": name }))
            }
            "DELETE" if !wanted.is_empty() && member["id"].as_u64() != wanted.parse().ok() => {
                answer(412, &json!({ "error": "another one" }))
            }
            "DELETE" => {
                members.remove(name);
                answer(200, &json!({ "name": name }))
            }
            _ => answer(200, &json!({ "allowed": true })),
        }
    }
}

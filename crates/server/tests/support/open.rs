//! A world whose API is open on a Unix socket. The caller there is always the user who runs the
//! test; which person that is, a test says.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bellhop_api::{Client, ClientError, Problem, Request};
use bellhop_domain::{Identity, Person, Role};
use bellhop_server::app::{Caller, requests};
use bellhop_server::http::{Peer, router};
use bellhop_store::people;
use serde_json::Value;
use tokio::net::UnixListener;
use tokio::task::JoinHandle;

use super::{World, body};

/// A flow that Erin and others decide about, for Dana and others.
pub(crate) const PEOPLE: &str = r#"
[[integration]]
name = "k8s-real"
kind = "kubernetes"

[[flow]]
id = "asked"
name = "Asked"
requesters = { users = ["dana", "frank"] }
duration = { default = "1h", max = "3h" }
extend = { times = 2, by = "1h" }
  [[flow.target]]
  integration = "k8s-real"
  type = "namespace"
  resources = ["customer*"]
  permissions = ["edit"]
  [flow.approval]
  steps = [{ any = { users = ["erin", "dana", "alias"] } }]
"#;

/// The world and its open door.
pub(crate) struct Open {
    pub(crate) world: World,
    pub(crate) socket: PathBuf,
    serving: JoinHandle<()>,
}

impl Open {
    /// Opens the API of `world`.
    pub(crate) fn door(world: World) -> Self {
        let socket = world.path("api.sock");
        let listener = UnixListener::bind(&socket).expect("binds");
        let service = router(Arc::clone(&world.app)).into_make_service_with_connect_info::<Peer>();
        #[expect(clippy::disallowed_methods, reason = "ends with the test's own runtime")]
        let serving = tokio::spawn(async move {
            axum::serve(listener, service).await.expect("serves");
        });
        Self { world, socket, serving }
    }

    /// With the flow that people decide about, Dana, Erin, Frank and an alias of somebody; the
    /// caller is Dana.
    pub(crate) async fn people() -> Self {
        let open = Self::door(World::with(PEOPLE).await);
        for handle in ["erin", "frank", "alias"] {
            open.person(handle, Role::Member).await;
        }
        open.call_as("dana").await;
        open
    }

    pub(crate) async fn person(&self, handle: &str, role: Role) -> Person {
        let mut tx = self.world.app.store.write().await.expect("opens");
        let found = people::by_handle(&mut tx, handle).await.expect("reads");
        let person = match found {
            Some(person) => person,
            None => people::add(&mut tx, handle, role, ("test", handle)).await.expect("added"),
        };
        tx.commit().await.expect("kept");
        person
    }

    /// From now on whoever runs the test is this person.
    pub(crate) async fn call_as(&self, handle: &str) {
        let uid = nix::unistd::Uid::effective().to_string();
        self.link(handle, ("os", &uid)).await;
    }

    /// The person has this identity, too.
    pub(crate) async fn link(&self, handle: &str, identity: (&str, &str)) -> Caller {
        let person = self.person(handle, Role::Member).await;
        let mut tx = self.world.app.store.write().await.expect("opens");
        people::link(&mut tx, person.id, identity, None).await.expect("linked");
        let person = people::find(&mut tx, person.id).await.expect("reads").expect("is there");
        tx.commit().await.expect("kept");
        let (provider, subject) = identity;
        let this = |i: &&Identity| i.provider == provider && i.subject == subject;
        let via = person.identities.iter().find(this).expect("linked").clone();
        Caller { person, via, once: None }
    }

    /// Somebody asks for an hour of the usual target.
    pub(crate) async fn asked_by(&self, caller: &Caller) -> Request {
        requests::create(&self.world.app, caller, body()).await.expect("allowed")
    }

    pub(crate) fn client(&self) -> Client {
        Client::on_socket(&self.socket).expect("a client")
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.send(path, body.to_string().into_bytes(), &[]).await
    }

    /// Posts any bytes, with any headers.
    pub(crate) async fn send(
        &self,
        path: &str,
        body: Vec<u8>,
        headers: &[(&str, &[u8])],
    ) -> (u16, Value) {
        let mut call = raw(&self.socket).post(format!("http://x/api/v1{path}")).body(body);
        for (name, value) in headers {
            call = call.header(*name, *value);
        }
        let answer = call.send().await.expect("answers");
        let status = answer.status().as_u16();
        (status, answer.json().await.expect("JSON"))
    }

    /// How many audit rows there are: none more means that nothing was stored.
    pub(crate) async fn rows(&self) -> usize {
        self.world.kinds().await.len()
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

pub(crate) fn raw(socket: &Path) -> reqwest::Client {
    reqwest::Client::builder().unix_socket(socket).build().expect("a client")
}

/// The refusal in an answer that must be one.
pub(crate) fn refused<T: std::fmt::Debug>(answer: Result<T, ClientError>) -> Problem {
    match answer {
        Err(ClientError::Refused(problem)) => *problem,
        other => unreachable!("no refusal: {other:?}"),
    }
}

//! The same calls as Bellhop makes, made directly: same account, same bodies, the same ones at the
//! same time, on connections that are kept. `calls.rs` sees to it that this stays so.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use bellhop_e2e::cluster::Cluster;
use bytes::Bytes;
use futures::future::try_join_all;
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};

const SYSTEM: &str = "/api/v1/namespaces/bellhop-system/serviceaccounts";
const RBAC: &str = "/apis/rbac.authorization.k8s.io/v1";
const REVIEWS: &str = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
/// No round comes near this.
const LIMIT: Duration = Duration::from_secs(20);

/// One thing that the grantee may do.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    verb: String,
    resource: String,
    group: String,
}

impl Question {
    /// `in NAMESPACE, ACCOUNT may VERB RESOURCE[.GROUP], …`: what Bellhop says that it asked.
    pub(crate) fn all(note: &str) -> Result<Vec<Self>> {
        let (_, list) = note.split_once(" may ").context("a grant's note says what was asked")?;
        let question = |text: &str| {
            let (verb, what) = text.split_once(' ').context("a verb and a resource")?;
            let (resource, group) = what.split_once('.').unwrap_or((what, ""));
            let [verb, resource, group] = [verb, resource, group].map(str::to_owned);
            Ok(Self { verb, resource, group })
        };
        list.split(", ").map(question).collect()
    }

    fn review(&self, namespace: &str) -> Value {
        json!({
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": { "resourceAttributes": {
                "namespace": namespace,
                "verb": self.verb,
                "group": self.group,
                "resource": self.resource,
                "subresource": "",
                "name": "",
            } },
        })
    }
}

/// A plain HTTPS client with Bellhop's own token.
pub(crate) struct Bare {
    http: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    url: String,
    own: String,
    namespace: String,
    questions: Vec<Question>,
}

/// What one round made.
pub(crate) struct Given {
    account: String,
    binding: String,
    token: String,
}

/// How long it took, and whether the grantee had to be asked again.
pub(crate) struct Took {
    pub(crate) time: Duration,
    pub(crate) again: bool,
}

impl Bare {
    pub(crate) fn new(
        cluster: &Cluster,
        own: &str,
        namespace: &str,
        questions: Vec<Question>,
    ) -> Result<Self> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(cluster.ca_pem().as_bytes())?)?;
        let ring = rustls::crypto::ring::default_provider();
        let tls = ClientConfig::builder_with_provider(ring.into())
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        let https = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_only()
            .enable_http1()
            .wrap_connector(tcp);
        let http = Client::builder(TokioExecutor::new()).build(https);
        let (own, namespace) = (own.to_owned(), namespace.to_owned());
        Ok(Self { http, url: cluster.url().to_owned(), own, namespace, questions })
    }

    /// Makes access, until the grantee is told that it works.
    pub(crate) async fn give(&self) -> Result<(Given, Took)> {
        let [account, binding] = ["", "0191d8f4-7c3a-7000-8000-"]
            .map(|middle| format!("bellhop-{middle}{:012x}", rand::random::<u64>() >> 16));
        let bodies = (account_body(&account), binding_body(&binding, &self.namespace, &account));
        let (namespace, role) = (self.namespace_path(), format!("{RBAC}/clusterroles/edit"));
        let began = Instant::now();
        futures::try_join!(
            self.ok(Method::GET, &namespace, None),
            self.ok(Method::GET, &role, None),
        )?;
        self.ok(Method::POST, SYSTEM, Some(&bodies.0)).await?;
        let token = self.token(&account).await?;
        ensure!(self.answers(&token, false).await?, "the account can do that already");
        self.ok(Method::GET, &namespace, None).await?;
        self.ok(Method::POST, &self.bindings_path(), Some(&bodies.1)).await?;
        let binding_path = self.binding_path(&binding);
        let mut again = false;
        loop {
            let read = self.ok(Method::GET, &binding_path, None);
            let (usable, _) = futures::try_join!(self.answers(&token, true), read)?;
            if usable {
                break;
            }
            again = true;
            ensure!(began.elapsed() < LIMIT, "it does not become usable");
        }
        Ok((Given { account, binding, token }, Took { time: began.elapsed(), again }))
    }

    /// Takes access away, until the grantee is told that it does not work any more.
    pub(crate) async fn take(&self, given: Given) -> Result<Took> {
        let Given { account, binding, token } = given;
        let binding = self.binding_path(&binding);
        let account = format!("{SYSTEM}/{account}");
        let began = Instant::now();
        self.ok(Method::DELETE, &binding, None).await?;
        let list = format!("{}?limit=500&labelSelector=&continue=", self.bindings_path());
        self.ok(Method::GET, &list, None).await?;
        let found: Value = serde_json::from_slice(&self.ok(Method::GET, &account, None).await?)?;
        let only = json!({ "preconditions": { "uid": found["metadata"]["uid"] } });
        self.ok(Method::DELETE, &account, Some(&only)).await?;
        self.gone(&binding).await?;
        let mut again = false;
        while !futures::try_join!(self.answers(&token, false), self.gone(&binding))?.0 {
            again = true;
            ensure!(began.elapsed() < LIMIT, "it does not end");
        }
        Ok(Took { time: began.elapsed(), again })
    }

    async fn token(&self, account: &str) -> Result<String> {
        let body = json!({
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenRequest",
            "spec": { "expirationSeconds": 600 },
        });
        let answer =
            self.ok(Method::POST, &format!("{SYSTEM}/{account}/token"), Some(&body)).await?;
        let answer: Value = serde_json::from_slice(&answer)?;
        Ok(answer["status"]["token"].as_str().context("no token")?.to_owned())
    }

    /// Asks as the grantee, all questions at once. Whether all answers are as expected: the API
    /// server knows of a new binding only when its cache does.
    async fn answers(&self, token: &str, expected: bool) -> Result<bool> {
        let answers = self.questions.iter().map(|question| async move {
            let body = question.review(&self.namespace);
            let (status, answer) = self.call(token, Method::POST, REVIEWS, Some(&body)).await?;
            ensure!(status.is_success(), "{REVIEWS}: {status} {answer:?}");
            let answer: Value = serde_json::from_slice(&answer)?;
            Ok(answer["status"]["allowed"] == expected)
        });
        Ok(try_join_all(answers).await?.into_iter().all(|as_expected| as_expected))
    }

    /// Something is not there, and it is still the same cluster that says so.
    async fn gone(&self, path: &str) -> Result<()> {
        let (status, answer) = self.call(&self.own, Method::GET, path, None).await?;
        ensure!(status == StatusCode::NOT_FOUND, "{path}: {status} {answer:?}");
        self.ok(Method::GET, "/api/v1/namespaces/kube-system", None).await.map(drop)
    }

    /// A call with Bellhop's own rights that has to work.
    async fn ok(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Bytes> {
        let (status, answer) = self.call(&self.own, method, path, body).await?;
        ensure!(status.is_success(), "{path}: {status} {answer:?}");
        Ok(answer)
    }

    async fn call(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<(StatusCode, Bytes)> {
        let body = body.map(serde_json::to_vec).transpose()?.unwrap_or_default();
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .body(Full::from(body))?;
        let answer = self.http.request(request).await?;
        Ok((answer.status(), answer.into_body().collect().await?.to_bytes()))
    }

    fn namespace_path(&self) -> String {
        format!("/api/v1/namespaces/{}", self.namespace)
    }

    fn bindings_path(&self) -> String {
        format!("{RBAC}/namespaces/{}/rolebindings", self.namespace)
    }

    fn binding_path(&self, name: &str) -> String {
        format!("{}/{name}", self.bindings_path())
    }
}

/// Labels as Bellhop's, of an installation that does not exist: the real one leaves them alone.
fn labels(part: &str) -> Value {
    json!({
        "app.kubernetes.io/managed-by": "bellhop",
        "bellhop/installation": "00000000-0000-7000-8000-000000000000",
        "bellhop/part": part,
    })
}

fn account_body(name: &str) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": { "name": name, "labels": labels("account") },
        "automountServiceAccountToken": false,
    })
}

fn binding_body(name: &str, namespace: &str, account: &str) -> Value {
    json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "labels": labels("grant"),
            "annotations": {
                "bellhop/deadline": "2030-01-01T00:00:00Z",
                "bellhop/note": "Access for a while, made by the benchmark. It removes it itself.",
            },
        },
        "roleRef": {
            "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "edit",
        },
        "subjects": [
            { "kind": "ServiceAccount", "name": account, "namespace": "bellhop-system" },
        ],
    })
}

//! The sample cluster and a real one, brought to the same state.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::kubectl::Kubectl;

/// How long a real cluster may take for something that its controllers do.
const LIMIT: Duration = Duration::from_mins(1);
/// A real authorizer hears of a binding a moment after it was made.
const MOMENT: Duration = Duration::from_millis(150);
const GRANTEE: &str = "grantee";

pub(crate) struct Twin {
    ours: Kubectl,
    theirs: Kubectl,
    /// Others than the admin, on both.
    callers: Vec<(&'static str, [Kubectl; 2])>,
}

impl Twin {
    pub(crate) fn new(ours: Kubectl, theirs: Kubectl) -> Self {
        Self { ours, theirs, callers: Vec::new() }
    }

    /// Puts the sample cluster's namespaces and pods into the real one too, and the grantee into
    /// both.
    pub(crate) fn prepare(&mut self, namespaces: &[&str]) {
        for namespace in namespaces {
            self.theirs.ok(&["create", "namespace", namespace]);
            let found = self.ours.ok(&["get", "pods", "-n", namespace, "-o", "json"]);
            let pods: Value = serde_json::from_str(&found).unwrap();
            for pod in pods.get("items").and_then(Value::as_array).unwrap() {
                self.copy(namespace, pod);
            }
        }
        let account = ["create", "serviceaccount", GRANTEE, "-n", "recorded1"];
        let both = [&self.ours, &self.theirs];
        for one in both {
            one.ok(&account);
        }
        self.callers = vec![
            ("stranger", both.map(|one| one.with_token("stranger", "nobody-knows-this"))),
            (GRANTEE, both.map(|one| one.with_token(GRANTEE, &token(one)))),
        ];
    }

    /// There is no kubelet to say that a pod runs, so we do.
    fn copy(&self, namespace: &str, pod: &Value) {
        let mut fresh = pod.clone();
        let all = fresh.as_object_mut().unwrap();
        let status = all.remove("status").unwrap();
        let meta = all.get_mut("metadata").and_then(Value::as_object_mut).unwrap();
        let name = meta.get("name").and_then(Value::as_str).unwrap().to_owned();
        meta.retain(|key, _| ["name", "namespace", "labels"].contains(&key.as_str()));
        let address = format!("/api/v1/namespaces/{namespace}/pods");
        let began = Instant::now();
        // A pod is refused until a controller has made its account.
        while self.theirs.raw("create", &address, &fresh).code != Some(0) {
            assert!(began.elapsed() < LIMIT, "{name} cannot be made in {namespace}");
            std::thread::sleep(MOMENT);
        }
        fresh.as_object_mut().unwrap().insert("status".to_owned(), status);
        let done = self.theirs.raw("replace", &format!("{address}/{name}/status"), &fresh);
        assert_eq!(done.code, Some(0), "{}", done.err);
    }

    /// Takes away from the real cluster what a session leaves.
    pub(crate) fn clear(&self, namespaces: &[&str]) {
        let gone = ["--ignore-not-found", "--wait=false"];
        let cluster_wide = ["delete", "clusterrolebinding,clusterrole", "recorded"];
        self.theirs.run(&[&cluster_wide[..], &gone[..1]].concat());
        for namespace in namespaces.iter().chain(&["recorded3"]) {
            let pods = ["delete", "pods", "--all", "--force", "--grace-period=0", "-n", namespace];
            self.theirs.run(&pods);
            self.theirs.ok(&[&["delete", "namespace", namespace][..], &gone[..]].concat());
        }
        let began = Instant::now();
        let list =
            ["get", "namespaces", "recorded1", "recorded2", "recorded3", "--ignore-not-found"];
        while !self.theirs.ok(&list).is_empty() {
            assert!(began.elapsed() < LIMIT, "the namespaces stay");
            std::thread::sleep(MOMENT);
        }
    }

    /// How the two answers to one command differ, if they do.
    pub(crate) fn difference(&self, who: &str, words: &[String]) -> Option<String> {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let of = self.callers.iter().find(|(name, _)| *name == who);
        let [ours, theirs] = of.map_or([&self.ours, &self.theirs], |(_, both)| both.each_ref());
        let (ours, theirs) = std::thread::scope(|both| {
            let ours = both.spawn(|| ours.run(&words).comparable());
            let theirs = theirs.run(&words).comparable();
            (ours.join().unwrap(), theirs)
        });
        if !["get", "describe", "auth"].iter().any(|read| words.first() == Some(read)) {
            std::thread::sleep(MOMENT);
        }
        (ours != theirs).then(|| format!("{who} {words:?}\n  ours   {ours:?}\n  theirs {theirs:?}"))
    }
}

/// Made by the address that `kubectl create token` uses in newer versions.
fn token(kubectl: &Kubectl) -> String {
    let address = format!("/api/v1/namespaces/recorded1/serviceaccounts/{GRANTEE}/token");
    let version = "authentication.k8s.io/v1";
    let body = json!({ "kind": "TokenRequest", "apiVersion": version, "spec": {} });
    let answer = kubectl.raw("create", &address, &body);
    let answer: Value = serde_json::from_str(&answer.out).unwrap();
    answer.pointer("/status/token").and_then(Value::as_str).unwrap().to_owned()
}

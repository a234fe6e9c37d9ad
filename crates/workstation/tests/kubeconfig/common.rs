//! Kubeconfigs of many shapes, and an entry to put into them.

use std::path::Path;

use bellhop_workstation::kubeconfig::{
    Added, ContextEntry, ContextName, ExecPlugin, KubeconfigFiles, LedgerEntry, LockWait, Removed,
    remove,
};

/// Base64 of a PEM block that is no real certificate.
pub(crate) const CA: &str =
    "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUIKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=";

/// An entry with every field set.
pub(crate) fn entry(integration: &str) -> ContextEntry {
    let name = ContextName::for_integration(integration).unwrap();
    let args = vec!["credential".to_owned(), "--integration=é \"x\"".to_owned()];
    let exec = ExecPlugin::new(Path::new("/opt/bell hop/bellhop"), args).unwrap();
    let entry = ContextEntry::new(name, "https://k8s.example.com:6443", exec).unwrap();
    entry.with_ca(CA).unwrap().with_namespace("customer1").unwrap()
}

/// Just this file.
pub(crate) fn files(path: &Path) -> KubeconfigFiles {
    KubeconfigFiles::new(vec![path.to_path_buf()]).unwrap()
}

/// What the ledger would hold of an addition.
pub(crate) fn ledger_entry(added: &Added, entry: &ContextEntry) -> LedgerEntry {
    LedgerEntry {
        name: entry.name().clone(),
        integration: "prod".to_owned(),
        path: added.path.clone(),
        file: added.file.clone(),
        before: added.before.clone(),
        switched: added.switched.clone(),
        requests: ["R-1042".to_owned()].into(),
    }
}

/// Takes an addition back.
pub(crate) fn undo(added: &Added, entry: &ContextEntry) -> Removed {
    remove(&ledger_entry(added, entry), LockWait::default()).unwrap()
}

/// A full kubeconfig in kubectl's own style.
pub(crate) const FULL: &str = "apiVersion: v1\nclusters:\n- cluster:\n    server: https://a.example.com\n  name: a\ncontexts:\n- context:\n    cluster: a\n    user: a\n  name: a\ncurrent-context: a\nkind: Config\npreferences: {}\nusers:\n- name: a\n  user:\n    token: abc\n";

/// Files kubectl can read, each with a title.
pub(crate) fn shapes() -> Vec<(&'static str, String)> {
    let mut shapes: Vec<(&'static str, String)> =
        TEXTS.iter().map(|(title, text)| (*title, (*text).to_owned())).collect();
    shapes.extend([
        ("as kubectl writes it", FULL.to_owned()),
        ("windows line endings", FULL.replace('\n', "\r\n")),
        ("windows, no newline at the end", FULL.trim_end().replace('\n', "\r\n")),
        ("no newline at the end", FULL.trim_end().to_owned()),
        ("blank lines at the end", format!("{FULL}\n\n  \n")),
        ("a comment at the end", format!("{FULL}# the end")),
        ("document start and end", format!("---\n{FULL}...\n")),
        ("document start with a comment", format!("# top\n--- # start\n{FULL}")),
        ("byte order mark", format!("\u{feff}{FULL}")),
        (
            "items indented",
            FULL.replace("\n- ", "\n  - ")
                .replace("\n  name", "\n    name")
                .replace("\n    cluster", "\n      cluster")
                .replace("\n    user", "\n      user")
                .replace("\n  user", "\n    user")
                .replace("\n    server", "\n      server")
                .replace("\n    token", "\n      token")
                .replace("\n      user:\n", "\n    user:\n"),
        ),
    ]);
    shapes
}

const TEXTS: &[(&str, &str)] = &[
    ("empty", ""),
    ("one newline", "\n"),
    ("only a comment", "# nothing here"),
    ("only a comment and newline", "# nothing here\n"),
    ("only a document start", "---\n"),
    ("only a document start without newline", "---"),
    ("document start and end only", "---\n...\n"),
    ("an empty mapping", "{}\n"),
    ("an empty mapping with blanks", "{ }"),
    ("only a version", "apiVersion: v1"),
    (
        "empty flow lists",
        "apiVersion: v1\nclusters: []\ncontexts: [ ]\ncurrent-context: \"\"\nkind: Config\nusers: [] # none\n",
    ),
    (
        "empty flow lists with a comment inside",
        "clusters: [ # none\n  ]\ncontexts: []\nusers: []\n",
    ),
    ("null lists", "clusters: null\ncontexts: ~\nusers: Null # none\n"),
    ("lists left out", "apiVersion: v1\nclusters:\ncontexts:\nusers:\n"),
    ("lists left out, no newline", "apiVersion: v1\ncontexts:\nusers:\nclusters:"),
    ("lists left out with comments", "clusters: # c\n# more\ncontexts:   \nusers: # u"),
    (
        "a key left out",
        "apiVersion: v1\nclusters:\n- name: a\n  cluster: {server: \"https://a\"}\nkind: Config\n",
    ),
    (
        "users left out, last key a block scalar",
        "apiVersion: v1\nkind: Config\nnote: |+\n  text\n\n\n",
    ),
    (
        "block scalars with blanks",
        "apiVersion: v1\nclusters:\n- name: a\n  cluster:\n    server: https://a\n    tls-server-name: >-\n      folded\n      text\n\n\n# after\nnote: |+\n  keep\n\n# c\nusers:\n- name: a\n  user:\n    token: |\n      abc\n\n",
    ),
    (
        "flow items",
        "clusters: [{name: a, cluster: {server: 'https://a'}}, {name: b, cluster: {server: \"https://b\"}}]\ncontexts: []\nusers: [{name: a, user: {token: x}},]\n",
    ),
    (
        "flow over several lines",
        "clusters: [\n    # first\n    {name: a, cluster: {server: https://a}}, # one\n    {name: b, cluster: {server: https://b}}\n  ]\nusers: []\n",
    ),
    (
        "json",
        "{\"apiVersion\":\"v1\",\"clusters\":[{\"name\":\"a\",\"cluster\":{\"server\":\"https://a\"}}],\"contexts\":[],\"current-context\":\"a\",\"users\":null}",
    ),
    (
        "json, pretty",
        "{\n  \"kind\": \"Config\",\n  \"clusters\": [\n    {\n      \"name\": \"a\",\n      \"cluster\": { \"server\": \"https://a\" }\n    }\n  ],\n  \"users\": [\n  ]\n}\n",
    ),
    (
        "json, tabs",
        "{\n\t\"kind\": \"Config\",\n\t\"contexts\": [\n\t\t{\"name\": \"a\", \"context\": {\"cluster\": \"a\", \"user\": \"a\"}}\n\t]\n}\n",
    ),
    ("json, windows", "{\r\n  \"kind\": \"Config\",\r\n  \"users\": []\r\n}\r\n"),
    (
        "comments everywhere",
        "# top\napiVersion: v1 # v\n# before clusters\nclusters: # list\n# before a\n- cluster: # c\n    # inside\n    server: https://a # s\n  name: a # n\n# after a\n\n# before b\n- name: b\n  cluster:\n    server: https://b\n  # trailing, indented\n# before contexts\ncontexts: []\nusers:\n  # only a comment\n",
    ),
    (
        "anchors, aliases, merge keys",
        "x-common: &common\n  server: https://a\n  insecure-skip-tls-verify: true\nclusters:\n- name: a\n  cluster:\n    <<: *common\n- name: b\n  cluster: *common\ncontexts:\n- &ctx\n  name: a\n  context: &c {cluster: a, user: a}\n- name: b\n  context: *c\nusers:\n- name: a\n  user: {token: x}\n",
    ),
    (
        "dash on its own line",
        "clusters:\n-\n  name: a\n  cluster:\n    server: https://a\n- # b\n\n  name: b\n  cluster: {server: https://b}\n",
    ),
    (
        "quoted keys",
        "\"apiVersion\": v1\n\"clusters\":\n- \"name\": \"a\"\n  'cluster': {'server': 'https://a'}\n'users': []\n\"contexts\":\n\n",
    ),
    (
        "not ascii",
        "# ключ 🔑\nclusters:\n- name: кластер-é\n  cluster:\n    server: https://a # ä\ncontexts:\n- name: \"日本語 🗾\"\n  context: {cluster: кластер-é, user: ü}\ncurrent-context: 日本語 🗾\nusers:\n- name: ü\n  user: {token: ß}\n",
    ),
    (
        "unknown keys",
        "zeta: 1\nclusters: []\nalpha: {b: [c, d]}\ncontexts: []\nextensions:\n- name: x\n  extension: {a: 1}\n",
    ),
    (
        "indented root",
        "  apiVersion: v1\n  clusters:\n  - name: a\n    cluster: {server: https://a}\n  users: []\n",
    ),
    (
        "blanks at line ends",
        "clusters:  \n- name: a  \n  cluster:  \n    server: https://a  \nusers: []  \n",
    ),
    (
        "multi-line scalars",
        "clusters:\n- name: a\n  cluster:\n    server: \"https://a\\\n      .example.com\"\n    certificate-authority: /a\n      b\nusers: []\n",
    ),
    (
        "other extensions",
        "clusters:\n- name: minikube\n  cluster:\n    server: https://a\n    extensions:\n    - name: cluster_info\n      extension:\n        provider: minikube.sigs.k8s.io\nusers: []\n",
    ),
];

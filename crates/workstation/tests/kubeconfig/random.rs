//! T21 on kubeconfigs nobody thought of: random files put together from pieces.

use std::fs;

use bellhop_workstation::kubeconfig::{Options, add, list_contexts};
use proptest::prelude::*;

use crate::common::{entry, files, undo};

fn pick(choices: &'static [&'static str]) -> impl Strategy<Value = &'static str> + Clone {
    prop::sample::select(choices)
}

/// An item of a list, as lines without indentation.
fn item(section: &'static str) -> impl Strategy<Value = String> {
    let name = pick(&["a", "b-é", "\"q: #\"", "'it''s'", "日本 # note", "x@y.example.com"]);
    let shape = pick(&[
        "- name: NAME\n  INNER:\n    k: v\n",
        "- INNER:\n    k: >-\n      folded\n      text\n\n    l: [1, 'x']\n  name: NAME\n",
        "-\n  # on its own\n  name: NAME\n  INNER: {k: v}\n",
        "- {\"name\": FLOW, \"INNER\": {\"k\": [\"v\"]}} # flow\n",
        "- name: NAME\n  INNER:\n    t: |\n      - name: bellhop-prod\n      # no comment\n  # end\n",
        "- &ANCHOR\n  name: NAME\n  INNER: !!map {k: \"multi\n    line\"}\n",
    ]);
    (name, shape, 0..1000_u32).prop_map(move |(name, shape, number)| {
        let inner = section.trim_end_matches('s');
        let bare = name.split(" #").next().unwrap_or(name);
        let flow =
            if bare.starts_with(['"', '\'']) { bare.to_owned() } else { format!("\"{bare}\"") };
        shape
            .replace("FLOW", &flow)
            .replace("NAME", name)
            .replace("INNER", inner)
            .replace("ANCHOR", &format!("{inner}{number}"))
    })
}

fn section(name: &'static str) -> impl Strategy<Value = String> {
    let items = prop::collection::vec(item(name), 1..4);
    let comment = pick(&["", "", " # list", "   "]);
    let gap = pick(&["", "", "# first\n", "\n  # indented\n\n"]);
    let block = (items, comment, gap, 0..3_usize, pick(&["", "# between\n", "\n"])).prop_map(
        move |(items, comment, gap, indent, between)| {
            let pad = " ".repeat(indent);
            let lines = items.join(between);
            let lines = lines.lines().map(|line| match line {
                "" => "\n".to_owned(),
                line => format!("{pad}{line}\n"),
            });
            format!("{name}:{comment}\n{gap}{}", lines.collect::<Vec<_>>().concat())
        },
    );
    let empty = pick(&[" []", " [ ] # none", " null", " ~", "", " # nothing", " Null # x"]);
    let flow = pick(&[
        " [{name: a, x: 1}, {name: b}]",
        " [\n  {name: a}, # c\n  {name: b},\n  ]",
        " [ {\"name\":\"a\"} ] # end",
    ]);
    prop_oneof![
        3 => block,
        1 => empty.prop_map(move |value| format!("{name}:{value}\n")),
        1 => flow.prop_map(move |value| format!("{name}:{value}\n")),
        1 => Just(String::new()),
    ]
}

fn kubeconfig() -> impl Strategy<Value = String> {
    let other = pick(&[
        "",
        "apiVersion: v1\n",
        "kind: Config # k\n",
        "current-context: \"a\" # cur\n",
        "current-context:\n",
        "current-context: 'x y'\n",
        "preferences: {}\n",
        "x-note: |+\n  text\n\n\n",
        "x-map: &m\n  k: [é, {a: b}]\nx-alias: *m\n",
        "\n# a comment\n\n",
    ]);
    let sections = (section("clusters"), section("contexts"), section("users"));
    let parts = (sections, other.clone(), other).prop_map(|((a, b, c), d, e)| {
        let e = if e.split(':').next() == d.split(':').next() { "" } else { e };
        vec![a, b, c, d.to_owned(), e.to_owned()]
    });
    let shuffled = parts.prop_flat_map(|parts| Just(parts).prop_shuffle());
    let head = pick(&["", "", "# head\n", "---\n", "# h\n--- # start\n", "\u{feff}"]);
    let tail = pick(&["", "", "# tail", "...\n", "\n\n", "# tail\n..."]);
    (head, shuffled, tail, any::<bool>(), any::<bool>()).prop_map(
        |(head, parts, tail, crlf, cut)| {
            let mut text = format!("{head}{}{tail}", parts.concat());
            if cut {
                text.truncate(text.trim_end().len());
            }
            if crlf { text.replace('\n', "\r\n") } else { text }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn t21_any_kubeconfig_is_as_it_was_after_add_and_remove(
        text in kubeconfig(),
        use_context in any::<bool>(),
        note in pick(&["", "# changed\n"]),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config");
        fs::write(&path, &text).unwrap();
        // Pieces that do not make a kubeconfig together (a name twice) show in the listing.
        prop_assume!(list_contexts(&files(&path)).is_ok());
        let prod = entry("prod");
        let options = Options { use_context, ..Options::default() };
        let added = add(&files(&path), &prod, options).map_err(|error| {
            TestCaseError::fail(format!("{error}\n{text}"))
        })?;
        let with_ours = fs::read_to_string(&path).unwrap();
        prop_assert!(with_ours.contains("\"bellhop-prod\""));
        let mark = if text.starts_with('\u{feff}') || text.starts_with("---") { "" } else { note };
        fs::write(&path, format!("{mark}{with_ours}")).unwrap();
        undo(&added, &prod);
        prop_assert_eq!(fs::read_to_string(&path).unwrap(), format!("{mark}{text}"));
    }
}

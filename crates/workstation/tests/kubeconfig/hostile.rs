//! P26: what a backend supplies never becomes anything but an address, a certificate, a namespace.

use std::fs;
use std::path::Path;

use bellhop_workstation::kubeconfig::{
    ContextEntry, ContextName, ExecPlugin, KubeconfigError, Options, add,
};
use proptest::prelude::*;

use crate::common::{CA, entry, files};

fn plugin() -> ExecPlugin {
    ExecPlugin::new(Path::new("/usr/bin/bellhop"), vec!["credential".to_owned()]).unwrap()
}

fn name() -> ContextName {
    ContextName::for_integration("prod").unwrap()
}

#[test]
fn p26_hostile_namespaces_names_and_commands_are_refused() {
    for hostile in [
        "",
        "-a",
        "a-",
        "A",
        "a b",
        "a\nexec:",
        "a\"",
        "'",
        "a: b",
        "#",
        "{}",
        "ä",
        "../etc",
        &"x".repeat(64),
    ] {
        assert!(entry("prod").with_namespace(hostile).is_err(), "{hostile:?}");
    }
    for hostile in ["", "x", "bellhop-", "bellhop--", "bellhop-a\n", "bellhop-A", "bellhop-a/b"] {
        assert!(ContextName::parse(hostile).is_err(), "{hostile:?}");
    }
    for hostile in ["bellhop", "./bellhop", "", "/bin/a\nb", "/bin/\u{2028}"] {
        assert!(ExecPlugin::new(Path::new(hostile), Vec::new()).is_err(), "{hostile:?}");
    }
    assert!(ExecPlugin::new(Path::new("/b"), vec!["a\0b".to_owned()]).is_err());
}

#[test]
fn p26_a_certificate_authority_is_certificates_and_nothing_else() {
    use base64::Engine as _;
    let encode = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    entry("prod").with_ca(CA).unwrap();
    let block = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    entry("prod").with_ca(&encode(&format!("{block}\r\n{block}"))).unwrap();
    let key = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n";
    for hostile in [
        String::new(),
        "not base64!".to_owned(),
        format!("{CA}\n"),
        format!("{CA}\"\n    exec: {{}}"),
        encode("text"),
        encode(&block.replace("-----END CERTIFICATE-----\n", "")),
        encode(&format!("{block}{key}")),
        encode(&format!("# comment\n{block}")),
        encode(""),
    ] {
        let error = entry("prod").with_ca(&hostile).unwrap_err();
        assert!(matches!(error, KubeconfigError::BadValue { .. }), "{hostile:?}");
    }
}

proptest! {
    /// Whatever is accepted is inert: the file holds it as one string and nothing more.
    #[test]
    fn p26_accepted_strings_are_inert(
        tail in "[a-z0-9./:\"'\\\\{}\\[\\] \n#%&*!|>@`-]{0,24}",
        namespace in "\\PC{0,12}",
        arg in "\\PC{0,16}",
    ) {
        let plugin = ExecPlugin::new(Path::new("/b"), vec![arg]).unwrap_or_else(|_| plugin());
        let server = format!("https://{tail}");
        let Ok(entry) = ContextEntry::new(name(), &server, plugin) else { return Ok(()) };
        let entry = entry.clone().with_namespace(&namespace).unwrap_or(entry);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config");
        // Adding compares what reads back with what was meant.
        add(&files(&path), &entry, Options::default()).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        prop_assert!(text.contains(&format!("server: \"{server}\"\n")), "{text}");
        prop_assert_eq!(text.matches("exec:").count(), 1);
    }
}

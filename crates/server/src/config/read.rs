//! Reads configuration files, and checks them as a whole.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use bellhop_domain::{Approval, Flow, is_integration_name};
use toml::Spanned;

use super::file::{File, FlowFile, IntegrationFile, KINDS};
use super::folder::{LARGEST, Source, texts};
use super::hint;

/// Longer names are no files anywhere.
const LONGEST_NAME: usize = 200;

/// Everything that the files say.
#[derive(Debug, Default)]
pub struct Config {
    /// By name.
    pub integrations: BTreeMap<String, IntegrationFile>,
    /// By id.
    pub flows: BTreeMap<String, Flow>,
}

/// A configuration that is not put in force; nothing of it is.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file or the folder cannot be read.
    #[error("{path} cannot be read: {why}")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// A file says something that does not read.
    #[error("{path}: {why}")]
    Invalid {
        /// Which file.
        path: PathBuf,
        /// Where and what.
        why: String,
    },
}

impl ConfigError {
    /// The same about a file that was read in `folder`.
    #[must_use]
    pub fn inside(self, folder: &Path) -> Self {
        match self {
            Self::Invalid { path, why } => Self::Invalid { path: folder.join(path), why },
            whole @ Self::Unreadable { .. } => whole,
        }
    }
}

/// Reads every `*.toml` in `folder`, in order of name. No folder is an empty configuration. Beside
/// what the files define there are the integrations `beside`.
pub fn read(folder: &Path, beside: &[String]) -> Result<Config, ConfigError> {
    check_beside(&texts(folder)?, beside).map_err(|error| error.inside(folder))
}

/// What the files say together, where there are the integrations `beside`, too, which somebody made
/// by hand.
pub fn check_beside(sources: &[Source], beside: &[String]) -> Result<Config, ConfigError> {
    check_names(sources)?;
    let mut config = Config::default();
    let mut places = BTreeMap::new();
    for source in sources {
        let file: File = toml::from_str(&source.text).map_err(|e| at(source, explained(&e)))?;
        for integration in file.integration {
            let line = line(source, &integration);
            let wrong = |why: String| at(source, format!("{line}: {why}"));
            let integration = integration.into_inner();
            check_integration(&integration).map_err(wrong)?;
            let name = integration.name.clone();
            if config.integrations.insert(name.clone(), integration).is_some() {
                return Err(wrong(format!("the integration \"{name}\" is defined twice")));
            }
        }
        for flow in file.flow {
            let line = line(source, &flow);
            let wrong = |why: String| at(source, format!("{line}: {why}"));
            let Some(flow) = check_flow(flow.into_inner()).map_err(wrong)? else { continue };
            let id = flow.id.clone();
            if config.flows.insert(id.clone(), flow).is_some() {
                return Err(wrong(format!("the flow \"{id}\" is defined twice")));
            }
            places.insert(id, (source, line));
        }
    }
    check_references(&config, &places, beside)?;
    Ok(config)
}

/// Names that can be files of one folder, each once. What is applied may be written by `export`.
fn check_names(sources: &[Source]) -> Result<(), ConfigError> {
    let mut seen = BTreeSet::new();
    for source in sources {
        let stem = source.name.strip_suffix(".toml").unwrap_or_default();
        let odd = |c: char| c.is_control() || c == '/' || c == '\\';
        if stem.is_empty() || source.name.len() > LONGEST_NAME || source.name.contains(odd) {
            let why = format!("a file is named NAME.toml, with {LONGEST_NAME} bytes at most");
            return Err(at(source, why));
        }
        if !seen.insert(&source.name) {
            return Err(at(source, "there are two files of this name".to_owned()));
        }
    }
    let size: usize = sources.iter().map(|source| source.text.len()).sum();
    match sources.last().filter(|_| size > LARGEST) {
        Some(last) => {
            let why = format!("up to here there are {size} bytes, and {LARGEST} are the most");
            Err(at(last, why))
        }
        None => Ok(()),
    }
}

fn at(source: &Source, why: String) -> ConfigError {
    ConfigError::Invalid { path: PathBuf::from(&source.name), why }
}

/// Where a table begins.
fn line<T>(source: &Source, table: &Spanned<T>) -> String {
    let before = source.text.get(..table.span().start).unwrap_or_default();
    format!("line {}", before.matches('\n').count() + 1)
}

/// The place, the line itself, what is wrong with it, and what was probably meant.
fn explained(error: &toml::de::Error) -> String {
    let text = error.to_string();
    match hint::nearest(error.message()) {
        Some(meant) => format!("{}\nDid you mean `{meant}`?", text.trim_end()),
        None => text,
    }
}

fn check_integration(integration: &IntegrationFile) -> Result<(), String> {
    let IntegrationFile { name, kind, .. } = integration;
    if !is_integration_name(name) {
        return Err(format!(
            "\"{name}\" cannot name an integration: use 1 to 40 of a-z, 0-9 and -"
        ));
    }
    if !KINDS.contains(&kind.as_str()) {
        return Err(format!(
            "the integration \"{name}\" is of the kind \"{kind}\"; this version knows {}",
            KINDS.join(", ")
        ));
    }
    Ok(())
}

/// A flow that is fit to be put in force; none when it is switched off.
fn check_flow(file: FlowFile) -> Result<Option<Flow>, String> {
    let id = file.id;
    let wrong = |what: &str| Err(format!("the flow \"{id}\" {what}"));
    let Some(approval) = file.approval else {
        return wrong(
            "has no [flow.approval]. Without an approval rule nothing is approved; say who \
             approves, or mode = \"automatic\"",
        );
    };
    if !is_integration_name(&id) {
        return wrong("has an id that is not made of 1 to 40 of a-z, 0-9 and -");
    }
    if file.requesters.users.is_empty() {
        return wrong("lets nobody ask: requesters is empty. Empty means nobody, not everybody");
    }
    let covers_nothing =
        |t: &bellhop_domain::TargetRule| t.resources.is_empty() || t.permissions.is_empty();
    if file.target.is_empty() || file.target.iter().any(covers_nothing) {
        return wrong("has a target without resources or permissions, or no target at all");
    }
    let duration = &file.duration;
    if duration.default > duration.max || duration.choices.iter().any(|c| *c > duration.max) {
        return wrong("offers a duration that is longer than its own maximum");
    }
    if matches!(&approval, Approval::People(people) if people.any.users.is_empty()) {
        return wrong(
            "lets nobody approve: its approvers are empty. Empty means nobody, not everybody",
        );
    }
    let flow = Flow {
        id,
        name: file.name,
        requesters: file.requesters,
        reason: file.reason,
        duration: file.duration,
        targets: file.target,
        extend: file.extend,
        approval,
    };
    Ok(file.enabled.then_some(flow))
}

fn check_references(
    config: &Config,
    places: &BTreeMap<String, (&Source, String)>,
    beside: &[String],
) -> Result<(), ConfigError> {
    let defined = config.integrations.keys().chain(beside);
    let known: Vec<_> = defined.map(String::as_str).collect();
    for (flow, (source, line)) in
        config.flows.values().filter_map(|flow| Some((flow, places.get(&flow.id)?)))
    {
        let mut rules = flow.targets.iter();
        if let Some(rule) = rules.find(|rule| !known.contains(&rule.integration.as_str())) {
            let defined = match known.as_slice() {
                [] => "No integration is".to_owned(),
                known => format!("Defined: {}", known.join(", ")),
            };
            return Err(at(
                source,
                format!(
                    "{line}: the flow \"{}\" names the integration \"{}\", which is not \
                     defined. {defined}",
                    flow.id, rule.integration
                ),
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
[[integration]]
name = "k8s-real"
kind = "kubernetes"

[[flow]]
id = "rnd"
name = "RnD access"
requesters = { users = ["dana"] }
duration = { default = "1h", max = "8h", choices = ["30m"] }
  [[flow.target]]
  integration = "k8s-real"
  type = "namespace"
  resources = ["customer1"]
  permissions = ["edit"]
  [flow.approval]
  mode = "automatic"
"#;

    fn read_text(text: &str) -> Result<Config, String> {
        let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
        std::fs::write(folder.path().join("a.toml"), text).map_err(|e| e.to_string())?;
        read(folder.path(), &[]).map_err(|e| e.to_string())
    }

    #[test]
    fn a_complete_file_reads() {
        let config = read_text(GOOD).expect("reads");
        assert_eq!(config.flows["rnd"].duration.max.to_string(), "8h");
        assert!(config.integrations.contains_key("k8s-real"));
    }

    #[test]
    fn no_folder_is_an_empty_configuration() {
        assert!(read(Path::new("/nonexistent/bellhop"), &[]).expect("reads").flows.is_empty());
    }

    #[test]
    fn a_mistake_is_named_with_its_place() {
        for (from, to, says) in [
            ("mode = \"automatic\"", "mode = \"automatik\"", "line 17"),
            ("[flow.approval]\n  mode = \"automatic\"", "", "has no [flow.approval]"),
            ("users = [\"dana\"]", "users = []", "lets nobody ask"),
            ("mode = \"automatic\"", "steps = [{ any = { users = [] } }]", "lets nobody approve"),
            ("mode = \"automatic\"", "steps = []", "line 1"),
            ("users = [\"dana\"]", "usres = [\"dana\"]", "unknown field `usres`"),
            ("default = \"1h\"", "default = \"9h\"", "longer than its own maximum"),
            ("default = \"1h\"", "default = \"0\"", "is not a duration"),
            ("[\"customer1\"]", "[]", "without resources"),
            (
                "integration = \"k8s-real\"",
                "integration = \"k8s\"",
                "line 6: the flow \"rnd\" names",
            ),
            ("kind = \"kubernetes\"", "kind = \"nomad\"", "knows kubernetes"),
            ("name = \"k8s-real\"", "name = \"K8s\"", "cannot name an integration"),
        ] {
            let error = read_text(&GOOD.replace(from, to)).expect_err(says);
            assert!(error.contains(says), "{says:?} is not in {error:?}");
            assert!(error.contains("/a.toml: ") && error.contains("line "), "{error}");
        }
    }

    const PEOPLE: &str = "steps = [{ any = { users = [\"erin\"] } }]\n  self_approval = \"never\"\n  \
                          lapse_after = \"2h\"";

    #[test]
    fn a_flow_that_people_decide_about_reads() {
        let text = GOOD.replace("mode = \"automatic\"", PEOPLE);
        let text =
            text.replace("name = \"RnD", "extend = { times = 2, by = \"1h\" }\nname = \"RnD");
        let config = read_text(&text).expect("reads");
        let people = config.flows["rnd"].approvers().expect("asks people");
        assert_eq!(people.any.users, ["erin"]);
        assert_eq!(people.lapse_after.to_string(), "2h");
        assert_eq!(config.flows["rnd"].extend.expect("extends").times, 2);
    }

    #[test]
    fn p07_an_empty_set_of_people_is_an_error_that_names_the_flow() {
        for (from, to) in [
            ("mode = \"automatic\"", "steps = [{ any = { users = [] } }]"),
            ("mode = \"automatic\"", "steps = [{ any = {} }]"),
            ("users = [\"dana\"]", "users = []"),
            ("users = [\"dana\"]", ""),
        ] {
            let error = read_text(&GOOD.replace(from, to)).expect_err(to);
            assert!(error.contains("the flow \"rnd\" lets nobody"), "{to}: {error}");
            assert!(error.contains("a.toml"), "{error}");
        }
    }

    #[test]
    fn p16_a_flow_without_an_approval_rule_is_an_error_that_names_it() {
        for gone in ["[flow.approval]\n  mode = \"automatic\"", "mode = \"automatic\""] {
            let error = read_text(&GOOD.replace(gone, "")).expect_err(gone);
            assert!(error.contains("who approves"), "{error}");
            assert!(error.contains("the flow \"rnd\"") || error.contains("line 1"), "{error}");
        }
    }

    #[test]
    fn p12_a_misspelt_key_is_an_error_with_its_line_and_the_key_that_was_meant() {
        let people = GOOD.replace("mode = \"automatic\"", PEOPLE);
        for (from, to, line, meant) in [
            ("users = [\"dana\"]", "usres = [\"dana\"]", 9, "users"),
            ("duration =", "durations =", 10, "duration"),
            ("max =", "maximum =", 10, "max"),
            ("[[integration]]", "[[integrations]]", 2, "integration"),
            ("resources =", "resource =", 14, "resources"),
            ("self_approval", "self_aproval", 18, "self_approval"),
            ("lapse_after", "lapses_after", 19, "lapse_after"),
            ("\"never\"", "\"newer\"", 18, "never"),
            ("any =", "anyone =", 17, "any"),
        ] {
            let text = people.replace(from, to);
            assert_ne!(text, people);
            let error = read_text(&text).expect_err(to);
            for part in [format!("line {line},"), format!("Did you mean `{meant}`?")] {
                assert!(error.contains(&part), "{part:?} is not in {error}");
            }
            assert!(error.contains("a.toml"), "{error}");
        }
    }
}

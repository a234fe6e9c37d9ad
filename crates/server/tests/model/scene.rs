//! Who is there, what they may ask for, and the rules of the flows in their variants.

use std::collections::BTreeMap;

use bellhop_domain::{
    Approval, Approvers, CredentialPlace, DurationRule, ExtendRule, Flow, People, ReasonRule,
    Requesters, SelfApproval, Span, TargetRule,
};
use bellhop_server::config::{Config, IntegrationFile};

/// Everybody, by handle. Adam is the admin, Eve is in no flow.
pub(crate) const PEOPLE: [&str; 6] = ["dana", "paul", "erin", "finn", "adam", "eve"];
pub(crate) const ADMIN: &str = "adam";
/// An object for each grant, and one effect that all grants of a lane share.
pub(crate) const SYSTEMS: [&str; 2] = ["k8s", "groups"];
/// Two in each system.
pub(crate) const RESOURCES: [&str; 4] =
    ["k8s/namespace/a", "k8s/namespace/b", "groups/group/x", "groups/group/y"];
pub(crate) const FLOWS: [&str; 2] = ["auto", "ask"];
/// What each flow covers: a permission of its own, so that a request is under one flow.
pub(crate) const PERMISSIONS: [&str; 2] = ["view", "edit"];
pub(crate) const DURATIONS: [u32; 5] = [20, 300, 3_600, 14_400, 40_000];
pub(crate) const LAPSE: u32 = 3_600;

/// What a flow says, in the fewest words. The reference goes by this and by nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rules {
    pub(crate) requesters: Vec<&'static str>,
    /// Nobody has to be asked when there are none.
    pub(crate) approvers: Option<Vec<&'static str>>,
    pub(crate) max: u32,
    /// How often, and by how much.
    pub(crate) extend: Option<(u32, u32)>,
}

/// How many variants [`rules`] has.
pub(crate) const VARIANTS: u8 = 7;

/// The rules of a flow in one of their variants; none when it is out of force.
pub(crate) fn rules(flow: usize, variant: u8) -> Option<Rules> {
    let automatic = flow == 0;
    let usual = Rules {
        requesters: vec!["dana", "paul", "erin"],
        approvers: (!automatic).then(|| vec!["erin", "finn"]),
        max: 14_400,
        extend: Some((2, 1_800)),
    };
    Some(match variant % VARIANTS {
        1 => Rules { approvers: Some(vec!["finn"]), ..usual },
        2 => Rules { approvers: Some(vec!["erin"]), max: 3_600, ..usual },
        3 => Rules { requesters: vec!["dana", "erin"], ..usual },
        4 => Rules { approvers: None, extend: None, ..usual },
        5 => return None,
        _ => usual,
    })
}

pub(crate) fn target(flow: usize, resource: usize) -> String {
    format!("{}:{}", RESOURCES[resource % 4], PERMISSIONS[flow % 2])
}

/// The configuration that says these rules.
pub(crate) fn config(rules: &BTreeMap<&'static str, Rules>) -> Config {
    let mut config = Config::default();
    for name in SYSTEMS {
        let file = IntegrationFile {
            name: name.to_owned(),
            kind: "kubernetes".to_owned(),
            kubeconfig_context: None,
            offer: Vec::new(),
            namespaces: Vec::new(),
            credential: CredentialPlace::File,
        };
        config.integrations.insert(name.to_owned(), file);
    }
    for (id, rules) in rules {
        config.flows.insert((*id).to_owned(), flow(id, rules));
    }
    config
}

fn flow(id: &str, rules: &Rules) -> Flow {
    let users = |handles: &[&str]| handles.iter().map(|&handle| handle.to_owned()).collect();
    let place = FLOWS.iter().position(|flow| *flow == id).expect("a flow");
    let targets = SYSTEMS.iter().zip(["namespace", "group"]).map(|(system, kind)| TargetRule {
        integration: (*system).to_owned(),
        resource_type: kind.to_owned(),
        resources: vec!["*".to_owned()],
        permissions: vec![PERMISSIONS[place].to_owned()],
    });
    Flow {
        id: id.to_owned(),
        name: id.to_owned(),
        requesters: Requesters { users: users(&rules.requesters) },
        reason: ReasonRule::Optional,
        duration: DurationRule { default: span(300), max: span(rules.max), choices: Vec::new() },
        targets: targets.collect(),
        extend: rules.extend.map(|(times, by)| ExtendRule { times, by: span(by) }),
        approval: match &rules.approvers {
            None => Approval::Automatic,
            Some(named) => Approval::People(People {
                any: Approvers { users: users(named) },
                self_approval: SelfApproval::Never,
                lapse_after: span(LAPSE),
            }),
        },
    }
}

fn span(seconds: u32) -> Span {
    Span::from_seconds(u64::from(seconds)).expect("a duration")
}

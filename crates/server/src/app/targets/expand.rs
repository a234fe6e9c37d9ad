//! Spells out what flows let people ask for.

use std::collections::BTreeMap;

use bellhop_domain::{FlowInForce, Target};
use bellhop_store::resources::{Offer, Resource};

/// What is known of one integration.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Its resources, by its last list.
    pub(super) resources: Vec<Resource>,
    /// What is offered on them.
    pub(super) offers: Vec<Offer>,
    /// Whether there was a complete list. Until then nobody knows what is offered.
    pub(super) is_listed: bool,
}

impl Known {
    /// Whether the permission is offered on the resource, as far as anybody knows.
    pub(super) fn offers(&self, target: &Target) -> bool {
        let here = |offer: &&Offer| {
            offer.resource_type == target.resource_type
                && (offer.only_on.is_empty() || offer.only_on == target.resource)
        };
        let this = |offer: &Offer| offer.permission == target.permission;
        !self.is_listed || self.offers.iter().filter(here).any(this)
    }
}

/// One target that can be asked for, small: there may be a hundred thousand.
#[derive(Debug)]
pub(super) struct Entry {
    /// The target, a space, and its tags: what a search looks at.
    text: Box<str>,
    /// Where in it the target ends.
    end: u16,
    /// The flow that a request obeys.
    flow: u16,
}

impl Entry {
    fn new(target: &Target, tags: &BTreeMap<String, String>, flow: usize) -> Option<Self> {
        let mut text = target.to_string();
        let (end, flow) = (u16::try_from(text.len()).ok()?, u16::try_from(flow).ok()?);
        for (key, value) in tags {
            text.extend([" ", key, "=", value]);
        }
        Some(Self { text: text.into_boxed_str(), end, flow })
    }

    /// The target and its tags.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The whole target.
    pub(super) fn target(&self) -> &str {
        self.text.get(..usize::from(self.end)).unwrap_or_default()
    }
}

/// What people who are admitted by the same flows may ask for.
#[derive(Debug, Default)]
pub(super) struct Requestable {
    /// Every target once, by name.
    pub(super) entries: Vec<Entry>,
    /// The flows, in the order in which they are tried.
    flows: Vec<FlowInForce>,
}

impl Requestable {
    /// Whether any flow lets them ask at all.
    pub(super) fn is_anybody(&self) -> bool {
        !self.flows.is_empty()
    }

    /// The flow that a request for an entry obeys.
    pub(super) fn flow(&self, entry: &Entry) -> Option<&FlowInForce> {
        self.flows.get(usize::from(entry.flow))
    }
}

/// Spells out what `flows` cover, all of which admit whoever asks.
pub(super) fn expand(flows: Vec<FlowInForce>, known: &BTreeMap<String, Known>) -> Requestable {
    let mut found: BTreeMap<Target, Entry> = BTreeMap::new();
    let mut add = |target: Target, tags: &BTreeMap<String, String>| {
        let offered = known.get(&target.integration).is_none_or(|known| known.offers(&target));
        // The first one that covers it, as when it is asked for.
        let flow = flows.iter().position(|f| f.flow.covers(&target)).filter(|_| offered);
        let entry = flow.and_then(|flow| Entry::new(&target, tags, flow));
        if let Some(entry) = entry {
            found.entry(target).or_insert(entry);
        }
    };
    for (integration, known) in known {
        for resource in &known.resources {
            for permission in permissions(&flows, integration, &resource.resource_type) {
                add(target(integration, resource, permission), &resource.tags);
            }
        }
    }
    for rule in flows.iter().flat_map(|f| &f.flow.targets) {
        for (name, permission) in
            rule.written_out().flat_map(|name| rule.permissions.iter().map(move |p| (name, p)))
        {
            let (integration, resource_type) = (&rule.integration, &rule.resource_type);
            // Written by people: it has to read as a target.
            let text = format!("{integration}/{resource_type}/{name}:{permission}");
            if let Ok(target) = text.parse() {
                add(target, &BTreeMap::new());
            }
        }
    }
    Requestable { entries: found.into_values().collect(), flows }
}

/// The permissions that any of the flows gives on resources of this type.
fn permissions<'a>(
    flows: &'a [FlowInForce],
    integration: &str,
    resource_type: &str,
) -> Vec<&'a str> {
    let rules = flows.iter().flat_map(|f| &f.flow.targets);
    let here = rules.filter(|r| r.integration == integration && r.resource_type == resource_type);
    let mut all: Vec<&str> =
        here.flat_map(|rule| rule.permissions.iter().map(String::as_str)).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn target(integration: &str, resource: &Resource, permission: &str) -> Target {
    Target {
        integration: integration.to_owned(),
        resource_type: resource.resource_type.clone(),
        resource: resource.name.clone(),
        permission: permission.to_owned(),
    }
}

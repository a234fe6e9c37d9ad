//! What a request is about, in words.

use bellhop_api::Request;

use crate::About;
use crate::text::{Part, title};

/// A target taken apart.
#[derive(Clone, Copy)]
pub(super) struct Target<'a> {
    pub(super) integration: &'a str,
    pub(super) resource: &'a str,
    pub(super) permission: &'a str,
}

impl<'a> Target<'a> {
    /// Reads `integration/type/resource:permission`. What is not written so is a resource.
    pub(super) fn of(target: &'a str) -> Self {
        Self::parts(target).unwrap_or(Self {
            integration: "",
            resource: target,
            permission: "access",
        })
    }

    fn parts(target: &'a str) -> Option<Self> {
        let (path, permission) = target.rsplit_once(':')?;
        let (integration, rest) = path.split_once('/')?;
        let (_, resource) = rest.split_once('/')?;
        Some(Self { integration, resource, permission })
    }
}

/// Targets as one thing: the first by its name, the others by their number.
#[derive(Clone)]
pub(super) struct Subject<'a> {
    first: Target<'a>,
    all: usize,
    /// `edit`; `access` where they differ.
    pub(super) permission: &'a str,
    /// `k8s-prod`; empty where they differ.
    pub(super) integration: &'a str,
}

impl<'a> Subject<'a> {
    /// All that a request asks for.
    pub(super) fn of(request: &'a Request) -> Self {
        let targets: Vec<_> = request.targets.iter().map(|target| Target::of(target)).collect();
        Self::among(&targets)
    }

    pub(super) fn among(targets: &[Target<'a>]) -> Self {
        let nothing = Target { integration: "", resource: "nothing", permission: "access" };
        let first = targets.first().copied().unwrap_or(nothing);
        let same = |part: fn(&Target<'a>) -> &'a str| {
            targets.iter().all(|target| part(target) == part(&first)).then(|| part(&first))
        };
        let permission = same(|target| target.permission).unwrap_or("access");
        let integration = same(|target| target.integration).unwrap_or_default();
        Self { first, all: targets.len().max(1), permission, integration }
    }

    /// `before` the name, and `one` or `many` after it, by how many there are.
    pub(super) fn title(&self, before: &[Part<'_>], one: &str, many: &str) -> String {
        let more = format!(" and {} more", self.all - 1);
        let mut parts = before.to_vec();
        parts.push(Part::Name(self.first.resource));
        if self.all > 1 {
            parts.push(Part::Says(&more));
        }
        parts.push(Part::Says(if self.all > 1 { many } else { one }));
        title(&parts)
    }

    /// `edit on k8s-prod`
    pub(super) fn what(&self) -> String {
        match self.integration {
            "" => self.permission.to_owned(),
            integration => format!("{} on {integration}", self.permission),
        }
    }

    /// The system that it is in.
    pub(super) fn system(&self) -> &'a str {
        if self.integration.is_empty() { "the system" } else { self.integration }
    }
}

/// What every notice about this request is about.
pub(super) fn about(request: &Request) -> About {
    About::Request(request.number.clone())
}

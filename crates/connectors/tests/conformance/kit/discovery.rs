//! What can be asked for: the complete list, each by its own uid, and nothing of Bellhop's own.

use std::collections::BTreeSet;

use bellhop_connectors::{FoundResource, FoundType};
use bellhop_domain::Target;

use super::ledger::Ledger;
use super::{Checked, Kit, said};

/// Whether this very target is among what was found.
pub(super) fn offers(found: &[FoundType], target: &Target) -> bool {
    found.iter().filter(|kind| kind.name == target.resource_type).any(|kind| {
        let there = kind.resources.iter().any(|one| one.name == target.resource);
        let offered = kind.permissions.iter().any(|one| {
            let here = one.only_on.as_ref().is_none_or(|only| *only == target.resource);
            one.name == target.permission && here
        });
        there && offered
    })
}

fn resource<'a>(found: &'a [FoundType], target: &Target) -> Option<&'a FoundResource> {
    let here = found.iter().filter(|kind| kind.name == target.resource_type);
    here.flat_map(|kind| &kind.resources).find(|one| one.name == target.resource)
}

pub(super) async fn what_can_be_asked_for(kit: &Kit<'_>) -> Checked {
    let known = [kit.system.target(), kit.system.second_target()];
    let first = said("discover", kit.warm.discover().await)?;
    let mut seen = BTreeSet::new();
    for kind in &first {
        for one in &kind.resources {
            want!(!one.uid.is_empty(), "{} has no uid", one.name);
            want!(seen.insert((&kind.name, &one.name)), "{} is listed twice", one.name);
        }
    }
    for target in &known {
        want!(offers(&first, target), "{target} is not found");
    }
    let (one, two) = (resource(&first, &known[0]), resource(&first, &known[1]));
    want!(one.map(|one| &one.uid) != two.map(|two| &two.uid), "two have one uid: {one:?}, {two:?}");

    // What Bellhop makes there is nothing to ask for.
    let (order, mut ledger) = (kit.lone(), Ledger::default());
    kit.make(&mut ledger, &order).await?;
    let during = said("discover", kit.warm.discover().await)?;
    for kind in &during {
        let own = kind
            .resources
            .iter()
            .find(|one| one.name.starts_with("bellhop") || one.name == order.account);
        want!(own.is_none(), "{own:?} is Bellhop's own");
    }
    kit.end(&mut ledger, &order).await?;

    // One that is made is found, one that is deleted is not, and one that is made again is another.
    let brief = kit.system.make_target().await;
    let made = said("discover", kit.warm.discover().await)?;
    kit.system.delete_target(&brief).await;
    let gone = said("discover", kit.warm.discover().await)?;
    kit.system.make_target().await;
    let again = said("discover", kit.warm.discover().await)?;
    kit.system.delete_target(&brief).await;
    want!(offers(&made, &brief), "{brief} was made and is not found");
    want!(resource(&gone, &brief).is_none(), "{brief} is gone and is found");
    let uid = |found: &[FoundType]| resource(found, &brief).map(|one| one.uid.clone());
    want!(uid(&again).is_some() && uid(&made) != uid(&again), "{brief} was made again as the same");
    Ok(())
}

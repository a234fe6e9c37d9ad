//! What is there beside a grant: another installation's, and what has nothing to do with Bellhop.

use std::collections::BTreeSet;

use bellhop_connectors::{Account, Leaving, MadeFor, Presence, Revoked};
use bellhop_domain::{Before, Found};

use super::ledger::Ledger;
use super::{Checked, Kit, said};

pub(super) async fn two_installations(kit: &Kit<'_>) -> Checked {
    let neighbour = kit.system.neighbour().await;
    let other = Kit::new(neighbour.as_ref());
    let (order, mut ledger) = (kit.lone(), Ledger::default());
    let before = kit.make(&mut ledger, &order).await?;
    other.nothing_is_left().await?;
    let left = said("leftovers", kit.warm.leftovers(kit.system.installation()).await)?;
    want!(!left.is_empty(), "what was made is not listed");

    // The same lane, seen by the other one: whatever it does, nothing of ours goes.
    let same = other.order(&order.target, &order.account);
    let theirs = match other.warm.prepare(&same).await {
        Ok(theirs) => theirs,
        // An account that another installation made may be refused.
        Err(_) => Before { found: Found::Standing, plan: before.plan.clone() },
    };
    other.warm.apply(&same, &theirs).await.ok();
    let leaving = Leaving {
        account: Account::Remove,
        owners: Vec::new(),
        before: Some(theirs),
        recorded: BTreeSet::new(),
    };
    for _ in 0..2 {
        other.warm.revoke(&same, &leaving).await.ok();
        kit.effects_are(&order, 1).await?;
        kit.reads(&order, Presence::Ours).await?;
        let gone = kit.system.has_account(&order.account).await == Some(false);
        want!(!gone, "another installation took the account");
    }
    other.nothing_is_left().await?;
    kit.works_becomes(&order, true).await?;
    kit.end(&mut ledger, &order).await?;
    kit.nothing_is_left().await
}

pub(super) async fn leftovers_are_complete(kit: &Kit<'_>) -> Checked {
    let installation = kit.system.installation();
    let targets = [kit.system.target(), kit.system.second_target()];
    let mut ledger = Ledger::default();
    for target in &targets {
        kit.system.make_unrelated(target).await;
        for _ in 0..2 {
            let order = kit.order(target, &kit.system.account());
            kit.make(&mut ledger, &order).await?;
        }
    }
    let left = said("leftovers", kit.warm.leftovers(installation).await)?;
    for live in ledger.live() {
        let of = |made: &MadeFor| match made {
            MadeFor::Grant(grant) => *grant == Some(live.order.grant),
            MadeFor::Lane { target, account } => {
                *target == live.order.target && *account == live.order.account
            }
            MadeFor::Account(_) => false,
        };
        let listed = left.iter().filter(|one| of(&one.of)).count();
        want!(listed == 1, "{:?} is listed {listed} times in {left:?}", live.order);
        let account = left.iter().any(|one| one.of == MadeFor::Account(live.order.account.clone()));
        let there = kit.system.has_account(&live.order.account).await;
        want!(account == (there == Some(true)), "the account of {:?} in {left:?}", live.order);
    }

    // One that took the name of what was listed is not that one.
    let again = ledger.live().first().ok_or("nothing is live")?;
    kit.system.take_away(&again.order).await;
    let before = again.before.clone().ok_or("nothing was recorded")?;
    said("apply", kit.warm.apply(&again.order, &before).await)?;
    for one in &left {
        kit.warm.remove(one).await.ok();
    }
    kit.effects_are(&again.order, 1).await?;
    let newer = said("leftovers", kit.warm.leftovers(installation).await)?;
    want!(newer.len() == 1, "only what came later should be left: {newer:?}");
    for one in &newer {
        for wished in [Revoked::Done, Revoked::AlreadyGone] {
            let removed = said("remove", kit.warm.remove(one).await)?;
            want!(removed == wished, "remove says {removed:?} and not {wished:?}");
        }
    }
    for live in ledger.live() {
        kit.effects_are(&live.order, 0).await?;
        kit.works_becomes(&live.order, false).await?;
    }
    for target in &targets {
        want!(kit.system.has_unrelated(target).await, "what is not Bellhop's was removed");
    }
    kit.nothing_is_left().await
}

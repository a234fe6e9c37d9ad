//! More than one claim on the same thing.

use bellhop_connectors::{Order, Presence, Probe, Revoked};

use super::ledger::Ledger;
use super::proxy::Trouble;
use super::{Checked, Kit, PATIENT, said};

/// What somebody held before is held after, and is never taken for a grant's own.
pub(super) async fn standing_access_is_kept(kit: &Kit<'_>) -> Checked {
    let target = kit.system.make_target().await;
    let order = kit.order(&target, &kit.system.account());
    kit.system.stand(&order).await;
    kit.works_becomes(&order, true).await?;
    let mut ledger = Ledger::default();
    let orders = [order.clone(), kit.order(&target, &order.account)];
    for order in &orders {
        let before = kit.make(&mut ledger, order).await?;
        let usable = |one: &Probe| !matches!(one, Probe::NotYet(_) | Probe::Refused(_));
        kit.probe_until(order, &before, usable).await?;
        kit.reads(order, Presence::Ours).await?;
    }
    for order in &orders {
        for _ in 0..2 {
            let leaving = ledger.leaving(order);
            let revoked = said("revoke", kit.warm.revoke(order, &leaving).await)?;
            let kept = matches!(revoked, Revoked::Kept(_));
            want!(kept == kit.system.is_shared(), "{revoked:?} beside standing access");
            want!(kit.system.stands(order).await, "standing access was removed");
        }
        ledger.close(order.grant);
    }
    kit.works_becomes(&order, true).await?;
    kit.nothing_is_left().await?;
    kit.system.stand_down(&order).await;
    kit.works_becomes(&order, false).await?;
    standing_access_goes_meanwhile(kit, &kit.order(&target, &kit.system.account())).await?;
    kit.system.delete_target(&target).await;
    Ok(())
}

/// What stood there is removed by hand between the look and the effect. Whatever is made then must
/// not stay for ever as something that "stood there before".
async fn standing_access_goes_meanwhile(kit: &Kit<'_>, order: &Order) -> Checked {
    kit.system.stand(order).await;
    kit.works_becomes(order, true).await?;
    let mut ledger = Ledger::default();
    ledger.open(order);
    let seen = said("prepare", kit.warm.prepare(order).await)?;
    let before = ledger.record(order, seen);
    kit.system.stand_down(order).await;
    kit.works_becomes(order, false).await?;
    kit.warm.apply(order, &before).await.ok();
    kit.end(&mut ledger, order).await?;
    kit.effects_are(order, 0).await?;
    kit.works_becomes(order, false).await
}

/// The reply to any call of `apply` is lost, the program starts again and looks again: what it
/// finds then is its own, by what was recorded before the first effect.
pub(super) async fn a_lost_reply_is_not_standing_access(kit: &Kit<'_>) -> Checked {
    for nth in 0.. {
        let (order, mut ledger) = (kit.lone(), Ledger::default());
        ledger.open(&order);
        let seen = said("prepare", kit.warm.prepare(&order).await)?;
        let first = ledger.record(&order, seen);
        let connector = kit.system.open(PATIENT);
        kit.system.proxy().arm(nth, Trouble::ReplyLost);
        connector.apply(&order, &first).await.ok();
        let fired = kit.system.proxy().disarm();

        let started = kit.system.open(PATIENT);
        let seen = said("prepare", started.prepare(&order).await)?;
        let before = ledger.record(&order, seen);
        want!(before == first, "what was recorded became {before:?}");
        said("apply", started.apply(&order, &before).await)?;
        kit.effects_are(&order, 1).await?;
        let revoked = kit.end(&mut ledger, &order).await?;
        want!(revoked == Revoked::Done, "{revoked:?} of what this grant made");
        kit.effects_are(&order, 0).await?;
        kit.nothing_is_left().await?;
        if !fired {
            want!(nth > 0, "apply makes no call");
            break;
        }
    }
    Ok(())
}

/// Two or three grants of one target to one account, ending in every order.
pub(super) async fn the_last_one_out_removes(kit: &Kit<'_>) -> Checked {
    const NESTED: [usize; 2] = [1, 0];
    const STAGGERED: [usize; 2] = [0, 1];
    for ends in [&NESTED[..], &STAGGERED, &[1, 2, 0], &[0, 2, 1]] {
        let (target, account) = (kit.system.target(), kit.system.account());
        let orders: Vec<Order> = ends.iter().map(|_| kit.order(&target, &account)).collect();
        let mut ledger = Ledger::default();
        for order in &orders {
            kit.make(&mut ledger, order).await?;
            kit.effects_are(order, 1).await?;
        }
        for (gone, at) in ends.iter().enumerate() {
            let order = orders.get(*at).ok_or("there is no such grant")?;
            let last = gone + 1 == ends.len();
            let revoked = kit.end(&mut ledger, order).await?;
            let kept = matches!(revoked, Revoked::Kept(_));
            want!(kept == (kit.system.is_shared() && !last), "{revoked:?} at the end of {at}");
            for live in ledger.live() {
                kit.effects_are(&live.order, 1).await?;
                kit.reads(&live.order, Presence::Ours).await?;
            }
            want!(last || kit.system.works(order).await, "a live grant was taken along");
        }
        for order in &orders {
            kit.effects_are(order, 0).await?;
            kit.reads(order, Presence::Absent).await?;
            kit.works_becomes(order, false).await?;
        }
        kit.nothing_is_left().await?;
    }
    Ok(())
}

/// One account, two targets.
pub(super) async fn the_account_goes_with_its_last_grant(kit: &Kit<'_>) -> Checked {
    let account = kit.system.account();
    let one = kit.order(&kit.system.target(), &account);
    let two = kit.order(&kit.system.second_target(), &account);
    let mut ledger = Ledger::default();
    kit.make(&mut ledger, &one).await?;
    let before = kit.make(&mut ledger, &two).await?;
    kit.end(&mut ledger, &one).await?;
    want!(kit.system.has_account(&account).await != Some(false), "the account went too early");
    kit.effects_are(&two, 1).await?;
    kit.probe_until(&two, &before, |one| matches!(one, Probe::Usable(_))).await?;
    kit.works_becomes(&one, false).await?;
    kit.end(&mut ledger, &two).await?;
    want!(kit.system.has_account(&account).await != Some(true), "the account was left");
    kit.nothing_is_left().await
}

//! One grant by itself.

use bellhop_connectors::{Fault, Presence, Probe, Revoked};
use bellhop_domain::{Clock as _, Found, SystemClock};
use chrono::{SecondsFormat, TimeDelta};
use secrecy::ExposeSecret as _;

use super::ledger::Ledger;
use super::{Checked, Kit, said};

pub(super) async fn from_prepare_to_gone(kit: &Kit<'_>) -> Checked {
    let (order, mut ledger) = (kit.lone(), Ledger::default());
    kit.reads(&order, Presence::Absent).await?;
    ledger.open(&order);
    for _ in 0..2 {
        let before = said("prepare", kit.warm.prepare(&order).await)?;
        want!(before.found == Found::Absent, "prepare found {:?} where nothing is", before.found);
        ledger.record(&order, before);
        kit.effects_are(&order, 0).await?;
        want!(!kit.system.works(&order).await, "prepare gives access by itself");
        kit.reads(&order, Presence::Absent).await?;
    }
    let before = ledger.before(order.grant).ok_or("nothing was recorded")?;
    for _ in 0..2 {
        said("apply", kit.warm.apply(&order, &before).await)?;
        kit.effects_are(&order, 1).await?;
        kit.reads(&order, Presence::Ours).await?;
        kit.probe_until(&order, &before, |one| matches!(one, Probe::Usable(_))).await?;
        kit.works_becomes(&order, true).await?;
        said("target", kit.warm.target(&order, &before).await)?;
    }
    let leaving = ledger.leaving(&order);
    for wished in [Revoked::Done, Revoked::AlreadyGone] {
        let revoked = said("revoke", kit.warm.revoke(&order, &leaving).await)?;
        want!(revoked == wished, "revoke says {revoked:?} and not {wished:?}");
        kit.effects_are(&order, 0).await?;
        kit.reads(&order, Presence::Absent).await?;
        kit.probe_until(&order, &before, |one| matches!(one, Probe::Refused(_))).await?;
        kit.works_becomes(&order, false).await?;
    }
    kit.nothing_is_left().await
}

/// What an extension does.
pub(super) async fn a_later_deadline_moves_that_and_nothing_else(kit: &Kit<'_>) -> Checked {
    let (order, mut ledger) = (kit.lone(), Ledger::default());
    let before = kit.make(&mut ledger, &order).await?;
    let (noted, rest) = kit.system.noted(&order).await;
    let text = |at: chrono::DateTime<_>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    want!(noted == text(order.deadline), "{noted} is noted and not {}", order.deadline);

    let mut later = order.clone();
    later.deadline += TimeDelta::hours(2);
    said("extend", kit.warm.extend(&later, &before).await)?;
    said("extend", kit.warm.extend(&later, &before).await)?;
    let (moved, same) = kit.system.noted(&order).await;
    want!(moved == text(later.deadline), "{moved} is noted and not {}", later.deadline);
    want!(same == rest, "more than the deadline changed: {rest} became {same}");
    kit.effects_are(&order, 1).await?;
    kit.reads(&order, Presence::Ours).await?;
    kit.end(&mut ledger, &order).await?;
    kit.nothing_is_left().await
}

pub(super) async fn what_people_do_by_hand(kit: &Kit<'_>) -> Checked {
    let (order, mut ledger) = (kit.lone(), Ledger::default());
    let before = kit.make(&mut ledger, &order).await?;
    kit.system.take_away(&order).await;
    kit.reads(&order, Presence::Absent).await?;
    said("target", kit.warm.target(&order, &before).await)?;
    kit.probe_until(&order, &before, |one| matches!(one, Probe::Refused(_))).await?;
    // What somebody took away is not made again by a deadline that moves.
    let extended = kit.warm.extend(&order, &before).await;
    want!(matches!(extended, Err(Fault::Impossible(_))), "{extended:?} of what is gone");
    kit.effects_are(&order, 0).await?;
    let revoked = kit.end(&mut ledger, &order).await?;
    want!(revoked == Revoked::AlreadyGone, "{revoked:?} of what somebody had removed");

    let order = kit.lone();
    kit.make(&mut ledger, &order).await?;
    if kit.system.change(&order).await {
        let read = said("read", kit.warm.read(&order).await)?;
        want!(matches!(read, Presence::Changed(_)), "{read:?} of what somebody changed");
    }
    kit.end(&mut ledger, &order).await?;
    kit.effects_are(&order, 0).await?;
    kit.reads(&order, Presence::Absent).await?;
    kit.works_becomes(&order, false).await?;
    kit.nothing_is_left().await
}

pub(super) async fn credentials_are_short_and_secret(kit: &Kit<'_>) -> Checked {
    let (order, mut ledger) = (kit.lone(), Ledger::default());
    let before = kit.make(&mut ledger, &order).await?;
    for life in [TimeDelta::minutes(1), TimeDelta::minutes(30), TimeDelta::days(7)] {
        let now = SystemClock.now();
        let minted = said("mint", kit.warm.mint(&order, now + life).await)?;
        // The system's clock shows whole seconds.
        let latest = now + life.max(kit.system.shortest_mint()) + TimeDelta::seconds(5);
        want!(minted.expires_at <= latest, "minted until {} and not {latest}", minted.expires_at);
        let texts = format!("{minted:?} {before:?} {:?}", kit.warm.endpoint().await);
        want!(!texts.contains(minted.token.expose_secret()), "a secret can be read: {texts}");
        for secret in kit.system.secrets() {
            want!(!texts.contains(&secret), "a secret can be read: {texts}");
        }
    }
    kit.end(&mut ledger, &order).await?;
    kit.nothing_is_left().await
}

//! Where a connector has to stop: the target is gone, the system is another one, the rights are
//! lost.

use std::sync::Arc;

use bellhop_connectors::{Fault, Presence, Revoked};

use super::call::{Answer, Op, Scene, call};
use super::ledger::Ledger;
use super::{Checked, Kit, PATIENT, said};

pub(super) async fn the_target_is_gone(kit: &Kit<'_>) -> Checked {
    let target = kit.system.make_target().await;
    let order = kit.order(&target, &kit.system.account());
    let mut ledger = Ledger::default();
    let before = kit.make(&mut ledger, &order).await?;
    let leaving = ledger.leaving(&order);
    let scene = Scene { order, before, leaving, leftover: None };
    kit.system.delete_target(&target).await;
    gone(kit, &scene, &[Op::Prepare, Op::Apply, Op::Target]).await?;
    kit.reads(&scene.order, Presence::Absent).await?;

    // Under its old name it is another target: nothing of the old grant may come to life in it.
    kit.system.make_target().await;
    gone(kit, &scene, &[Op::Apply, Op::Extend, Op::Target]).await?;
    kit.effects_are(&scene.order, 0).await?;
    want!(!kit.system.works(&scene.order).await, "the old grant works in the new target");
    let revoked = kit.end(&mut ledger, &scene.order).await?;
    want!(revoked == Revoked::AlreadyGone, "{revoked:?} of what went with its target");
    kit.system.delete_target(&target).await;
    kit.nothing_is_left().await
}

async fn gone(kit: &Kit<'_>, scene: &Scene, ops: &[Op]) -> Checked {
    for op in ops {
        for connector in [Arc::clone(&kit.warm), kit.system.open(PATIENT)] {
            let answer = call(connector.as_ref(), *op, scene).await;
            let right = matches!(answer, Err(Fault::TargetGone(_)));
            want!(right, "{op:?} of a target that is gone says {answer:?}");
        }
    }
    Ok(())
}

/// The address leads to another system: no call says anything else, whatever was known before.
pub(super) async fn the_wrong_system(kit: &Kit<'_>) -> Checked {
    let (order, mut ledger) = (kit.lone(), Ledger::default());
    let before = kit.make(&mut ledger, &order).await?;
    kit.works_becomes(&order, true).await?;
    said("probe", kit.warm.probe(&order, &before).await)?;
    let left = said("leftovers", kit.warm.leftovers(order.installation).await)?;
    let leaving = ledger.leaving(&order);
    let scene = Scene { order: order.clone(), before, leaving, leftover: left.first().cloned() };
    kit.system.proxy().lead_elsewhere(Some(kit.system.elsewhere()));
    let checked = nobody_is_fooled(kit, &scene).await;
    kit.system.proxy().lead_elsewhere(None);
    checked?;
    kit.effects_are(&order, 1).await?;
    kit.reads(&order, Presence::Ours).await?;
    kit.end(&mut ledger, &order).await?;
    kit.nothing_is_left().await
}

async fn nobody_is_fooled(kit: &Kit<'_>, scene: &Scene) -> Checked {
    for op in Op::ALL {
        let used = kit.system.open(PATIENT);
        kit.system.proxy().lead_elsewhere(None);
        said("read", used.read(&scene.order).await)?;
        said("probe", used.probe(&scene.order, &scene.before).await)?;
        kit.system.proxy().lead_elsewhere(Some(kit.system.elsewhere()));
        for (age, connector) in [("warm", used), ("new", kit.system.open(PATIENT))] {
            let answer = call(connector.as_ref(), op, scene).await;
            let right = matches!(answer, Err(Fault::WrongSystem(_)));
            want!(right, "{op:?} of a {age} connector in another system says {answer:?}");
        }
    }
    Ok(())
}

pub(super) async fn own_rights_are_lost(kit: &Kit<'_>) -> Checked {
    let (order, mut ledger) = (kit.lone(), Ledger::default());
    let before = kit.make(&mut ledger, &order).await?;
    kit.works_becomes(&order, true).await?;
    let left = said("leftovers", kit.warm.leftovers(order.installation).await)?;
    let leaving = ledger.leaving(&order);
    let scene = Scene { order: order.clone(), before, leaving, leftover: left.first().cloned() };
    kit.system.set_rights(false).await;
    let checked = nothing_is_allowed(kit, &scene).await;
    kit.system.set_rights(true).await;
    checked?;
    let health = said("check", kit.warm.check().await)?;
    want!(health.missing_rights.is_empty(), "missing still: {:?}", health.missing_rights);
    kit.effects_are(&order, 1).await?;
    kit.end(&mut ledger, &order).await?;
    kit.effects_are(&order, 0).await?;
    kit.nothing_is_left().await
}

async fn nothing_is_allowed(kit: &Kit<'_>, scene: &Scene) -> Checked {
    for op in Op::ALL {
        for connector in [Arc::clone(&kit.warm), kit.system.open(PATIENT)] {
            let answer = call(connector.as_ref(), op, scene).await;
            let right = match &answer {
                Err(Fault::NotAllowed(_)) => true,
                // A check may also name what is missing.
                Ok(Answer::Health(health)) => !health.missing_rights.is_empty(),
                Ok(_) | Err(_) => false,
            };
            want!(right, "{op:?} without rights says {answer:?}");
        }
    }
    kit.effects_are(&scene.order, 1).await
}

//! The connected systems: how they are, what of the work there fails, what they need of the shell that
//! connected them, and what other Bellhops left in them.

use bellhop_api::{Client, Diagnosis, FailingWork, Integration, Overdue, RoleBindingName};

use super::Finding;
use crate::commands::integration::{looked_closer, overdue, shell};
use crate::commands::integrations::{failing, fails_too, unprefixed};
use crate::{card, output, session};

/// What is overdue in one system is named up to here, and counted from here.
const NAMED: usize = 10;

pub(super) async fn look(client: &Client) -> Vec<Finding> {
    let all = match client.integrations().await {
        Ok(all) => all.items,
        Err(error) => return vec![Finding::bad("integrations", error.to_string(), "")],
    };
    let mut found = Vec::new();
    for one in &all {
        found.extend(works(one));
        match looked_closer(client, one).await {
            Ok(closer) => found.extend(closer.iter().flat_map(|closer| closer_look(one, closer))),
            Err(error) => found.push(Finding::bad("integration", error.to_string(), "")),
        }
    }
    found
}

/// Its status, and the work there that fails.
fn works(one: &Integration) -> Vec<Finding> {
    let what = format!("{} is {}", one.name, one.status);
    let why = unprefixed(one, &one.why);
    if one.status != "active" {
        let more = fails_too(one).map(|more| format!("\n{more}")).unwrap_or_default();
        return vec![Finding::bad("integration", what, format!("{why}{more}"))];
    }
    let status = match why {
        "" => Finding::good("integration", what),
        why => Finding::note("integration", what, why),
    };
    [status].into_iter().chain(one.failing.iter().map(|work| fails(one, work))).collect()
}

fn fails(one: &Integration, work: &FailingWork) -> Finding {
    let what = format!("{}: {}", one.name, failing(one, work));
    let next = card::with_left(work.next_at, session::now());
    let by_hand = match work.work.as_str() {
        "sync" => format!(". To try now: bellhop integrations sync {}", one.name),
        "check" => format!(". To try now: bellhop integrations check {}", one.name),
        _ => String::new(),
    };
    Finding::bad("integration", what, format!("It is tried again {next}{by_hand}"))
}

fn closer_look(one: &Integration, found: &Diagnosis) -> Vec<Finding> {
    let Diagnosis { integration, plugin, overdue, unseen, .. } = found;
    let told = shell(found).into_iter().filter(|(name, _)| *name != "plugin");
    let told: Vec<_> = told.map(|(_, text)| text).collect();
    let mut all = Vec::new();
    if !told.is_empty() {
        let what = format!("{integration} was connected with\n{}", told.join("\n"));
        all.push(Finding::good("shell", what));
    }
    all.extend(plugin.as_ref().map(|plugin| {
        let command = &plugin.command;
        match &plugin.found {
            Some(place) => {
                Finding::good("plugin", format!("{integration} signs in with {place}"))
            }
            None => Finding::bad(
                "plugin",
                format!("{integration} signs in with {command}, which is not on that PATH"),
                format!(
                    "Install it there, or connect again from a shell that finds it: bellhop connect \
                     kubernetes {integration} --direct"
                ),
            ),
        }
    }));
    // Where it does not work, its status says why nobody could look.
    for why in unseen.iter().filter(|_| one.status == "active") {
        let what = format!("{integration} could not be looked at: {}", unprefixed(one, why));
        all.push(Finding::note("integration", what, ""));
    }
    all.extend(overdue.iter().take(NAMED).map(|late| left(integration, late)));
    if let Some(more) = overdue.len().checked_sub(NAMED).filter(|more| *more > 0) {
        let what = format!("{integration}: {more} more of this kind, or even more");
        let next = format!("All of them: bellhop integrations show {integration}");
        all.push(Finding::note("others", what, next));
    }
    all
}

/// What another installation left. It is theirs: it may be on its way out, and is never touched.
fn left(integration: &str, late: &Overdue) -> Finding {
    let what = format!("{integration}: {}", overdue(late, session::now()));
    let next = "Its Bellhop is off or gone. Start that Bellhop, which ends it";
    let next = match late.binding.as_ref().and_then(deleted_by) {
        Some(command) => format!("{next}; if it is gone, delete it as an admin: {command}"),
        None => format!("{next}; if it is gone, have an admin delete it"),
    };
    Finding::note("others", what, next)
}

/// The command that deletes a binding; none for a name that nobody should type.
fn deleted_by(binding: &RoleBindingName) -> Option<String> {
    let RoleBindingName { namespace, name } = binding;
    let plain = |text: &str| text.chars().all(|c| c.is_ascii_graphic()) && !text.starts_with('-');
    if !plain(name) || !plain(namespace) {
        return None;
    }
    let (name, namespace) = (output::quoted(name), output::quoted(namespace));
    Some(format!("kubectl delete rolebinding {name} -n {namespace}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;

    #[test]
    fn work_that_fails_is_bad_and_told_with_what_to_do() {
        let mut one = serde_json::json!({
            "name": "k8s", "kind": "kubernetes", "status": "active", "why": "",
            "missing_rights": [], "ends_alone": null,
            "failing": [{ "work": "sync", "what": "reading", "times": 2, "why": "k8s: no right",
                          "next_at": "2026-11-21T12:00:00Z" }],
        });
        let told = |one: &serde_json::Value| {
            let found = works(&serde_json::from_value(one.clone()).expect("an integration"));
            let found = found.into_iter().map(|one| (one.state, one.what, one.next));
            found.collect::<Vec<_>>()
        };
        let found = told(&one);
        assert_eq!((found.len(), found[0].0), (2, State::Good), "{found:?}");
        assert_eq!(
            (found[1].0, found[1].1.as_str()),
            (State::Bad, "k8s: reading failed 2 times: no right")
        );
        assert!(found[1].2.contains("To try now: bellhop integrations sync k8s"), "{found:?}");
        one["status"] = "degraded".into();
        one["why"] = "k8s: no answer".into();
        let found = told(&one);
        assert_eq!((found.len(), found[0].0), (1, State::Bad), "it is told once: {found:?}");
        assert!(found[0].2.starts_with("no answer\nFails, too: reading."), "{found:?}");
    }

    #[test]
    fn p26_what_somebody_called_a_binding_reaches_no_shell() {
        let command = |name: &str| {
            deleted_by(&RoleBindingName { namespace: "customer1".into(), name: name.into() })
        };
        let usual = "kubectl delete rolebinding bellhop-1 -n customer1";
        assert_eq!(command("bellhop-1").as_deref(), Some(usual));
        let quoted = r"kubectl delete rolebinding 'a;$(reboot)'\''' -n customer1";
        assert_eq!(command("a;$(reboot)'").as_deref(), Some(quoted));
        for hidden in ["a\u{1b}[2J", "a\nreboot", "--all", "a\u{202e}b", "a b"] {
            assert_eq!(command(hidden), None, "{hidden:?}");
        }
    }
}

//! `bellhop explain`

use bellhop_api::{ExplainQuery, Explanation, Planned};
use bellhop_workstation::home::Home;

use crate::args::{self, Format};
use crate::{card, output, session};

/// Says which flow lets somebody request a target, or why none does and who can change that.
pub(crate) async fn run(home: &Home, format: Format, ask: args::Explain) -> anyhow::Result<()> {
    let client = session::client(home).await?;
    let query = ExplainQuery { target: ask.target, person: ask.person };
    let explained = session::reached(home, client.explain(&query).await)?;
    if !output::for_programs(format, &explained)? {
        lines(&explained).iter().for_each(output::line);
    }
    Ok(())
}

fn lines(explained: &Explanation) -> Vec<String> {
    let Explanation { target, person, plan, notes, ask } = explained;
    let mut lines = match &plan.refusal {
        None => vec![format!("{person} may request {target}")],
        Some(_) => vec![format!("{person} may not request {target}")],
    };
    lines.extend(planned(plan));
    if let Some(under) = &plan.under {
        let reason = if under.reason_required { "required" } else { "optional" };
        lines.push(format!("  {:<10} {reason}", "reason"));
    }
    if let Some(refusal) = &plan.refusal {
        lines.push(format!("  {:<10} {}", "why not", refusal.detail));
    }
    lines.extend(notes.iter().map(|note| format!("  {:<10} {note}", "note")));
    if !ask.is_empty() {
        lines.push(format!("  {:<10} {}", "ask", ask.join(", ")));
    }
    lines
}

/// What asking would come to, in lines: for who is about to ask. A refusal is told elsewhere.
pub(crate) fn comes_to(plan: &Planned) -> Vec<String> {
    let mut lines = plan.targets.clone();
    lines.extend(planned(plan));
    if let Some(deadline) = plan.deadline {
        let until = card::with_left(deadline, session::now());
        lines.push(format!("  {:<10} {until}, if it were approved now", "until"));
        lines.push(format!("  {}", plan.ends_alone));
    }
    lines
}

/// A request that would be made, in lines.
fn planned(plan: &Planned) -> Vec<String> {
    let mut lines = Vec::new();
    let mut field = |name: &str, text: &str| lines.push(format!("  {name:<10} {text}"));
    let length = |seconds: u32| card::length(u64::from(seconds));
    if let Some(under) = &plan.under {
        field("flow", &format!("{} ({})", under.flow, under.flow_name));
        match plan.decided_by.as_slice() {
            [] if under.approvers.is_empty() => field("approved", "at once, by the flow itself"),
            [] => field("approved", &format!("by nobody who can: it names {}", under.approval)),
            names => field("approved", &format!("by any one of {}", names.join(", "))),
        }
        let usual = plan.duration_seconds.unwrap_or(under.default_seconds);
        field("for", &format!("{}, at most {}", length(usual), length(under.max_seconds)));
    }
    lines
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn explained(plan: &serde_json::Value) -> String {
        let explained = json!({
            "target": "k8s/namespace/a:edit", "person": "dana", "plan": plan,
            "notes": ["k8s had no namespace \"a\""], "ask": ["ada"],
        });
        lines(&serde_json::from_value(explained).expect("an explanation")).join("\n")
    }

    #[test]
    fn an_explanation_says_who_approves_or_why_not() {
        let under = json!({
            "flow": "rnd", "flow_name": "RnD", "approval": "ben", "approvers": ["ben"],
            "default_seconds": 1_800, "max_seconds": 3_600, "reason_required": true,
        });
        let mut plan = json!({
            "targets": [], "under": under, "duration_seconds": 1_800, "deadline": null,
            "decided_by": ["ben"], "ends_alone": "", "refusal": null,
        });
        let text = explained(&plan);
        for part in [
            "dana may request k8s/namespace/a:edit",
            "flow       rnd (RnD)",
            "approved   by any one of ben",
            "for        30m, at most 1h",
            "note       k8s had no namespace",
        ] {
            assert!(text.contains(part), "{part:?} is not in {text}");
        }
        plan["decided_by"] = json!([]);
        assert!(explained(&plan).contains("by nobody who can: it names ben"));
        plan["refusal"] = json!({ "code": "not_entitled", "detail": "no flow covers it" });
        let text = explained(&plan);
        assert!(text.contains("may not request") && text.contains("why not    no flow"), "{text}");
        assert!(text.contains("ask        ada"), "{text}");
    }
}

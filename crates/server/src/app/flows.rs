//! The flows in force, for whoever they are for.

use bellhop_api::{ShownExtend, ShownFlow, ShownFlows, ShownTargets};
use bellhop_domain::{ExtendRule, Flow, FlowInForce, ReasonRule, Role, SelfApproval, TargetRule};
use bellhop_store::flows;

use super::{App, AppError, Caller};

/// All of them for admins and auditors; a member sees those that let them ask.
pub async fn list(app: &App, caller: &Caller) -> Result<ShownFlows, AppError> {
    let mut tx = app.store.read().await?;
    let person = caller.now(&mut tx).await?.person;
    let all = flows::in_force(&mut tx).await?.into_iter();
    let seen = all.filter(|it| person.role != Role::Member || it.flow.admits(&person));
    Ok(ShownFlows { items: seen.map(|it| shown(&it)).collect() })
}

fn shown(FlowInForce { version, flow }: &FlowInForce) -> ShownFlow {
    let people = flow.approvers();
    let extend = |rule: ExtendRule| ShownExtend { times: rule.times, seconds: rule.by.seconds() };
    ShownFlow {
        id: flow.id.clone(),
        name: flow.name.clone(),
        version: *version,
        requesters: flow.requesters.users.clone(),
        reason_required: flow.reason == ReasonRule::Required,
        default_seconds: flow.duration.default.seconds(),
        max_seconds: flow.duration.max.seconds(),
        extend: flow.extend.map(extend),
        targets: flow.targets.iter().map(targets).collect(),
        automatic: people.is_none(),
        approvers: people.map_or_else(Vec::new, |people| people.any.users.clone()),
        self_approval: people.is_some_and(|p| p.self_approval == SelfApproval::Allowed),
        lapse_seconds: people.map(|people| people.lapse_after.seconds()),
        text: text(flow),
    }
}

fn targets(rule: &TargetRule) -> ShownTargets {
    ShownTargets {
        integration: rule.integration.clone(),
        kind: rule.resource_type.clone(),
        resources: rule.resources.clone(),
        permissions: rule.permissions.clone(),
    }
}

/// The flow as a file has it.
fn text(flow: &Flow) -> String {
    let Ok(toml::Value::Table(mut fields)) = toml::Value::try_from(flow) else {
        return String::new();
    };
    if let Some(targets) = fields.remove("targets") {
        fields.insert("target".to_owned(), targets);
    }
    let mut file = toml::Table::new();
    file.insert("flow".to_owned(), toml::Value::Array(vec![toml::Value::Table(fields)]));
    toml::to_string(&file).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{self, Source};

    /// What is shown can be put into a file, and means the same there.
    #[test]
    fn a_flow_reads_back_from_the_text_that_is_shown() {
        let system = "[[integration]]\nname = \"k8s\"\nkind = \"kubernetes\"\n\n";
        let flow = r#"
[[flow]]
id = "f"
name = "A \"flow\""
requesters = { users = ["ada", "ben"] }
reason = "optional"
duration = { default = "30m", max = "2h", choices = ["30m", "1h"] }
extend = { times = 2, by = "1h" }
  [[flow.target]]
  integration = "k8s"
  type = "namespace"
  resources = ["a", "b*"]
  permissions = ["view", "edit"]
  [flow.approval]
  steps = [{ any = { users = ["eve"] } }]
  lapse_after = "4h"
"#;
        let read = |text: &str| {
            let source = Source { name: "f.toml".to_owned(), text: format!("{system}{text}") };
            config::check_beside(&[source], &[]).expect("reads").flows
        };
        let flows = read(flow);
        let first = flows.get("f").expect("it is there");
        assert_eq!(read(&text(first)), flows, "{}", text(first));
    }
}

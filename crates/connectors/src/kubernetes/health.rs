//! How a connected cluster is.

use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde::Deserialize;

use super::call::Call;
use super::{Kubernetes, grantee, rights};
use crate::{Fault, Health};

/// Questions at the same time.
const AT_ONCE: usize = 8;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    git_version: String,
}

pub(super) async fn check(kube: &Kubernetes) -> Result<Health, Fault> {
    kube.pin.now(&kube.wire).await?;
    let version: Version = kube.wire.own(Call::version()).await?;
    let rules = rights::needed(&kube.settings.offered, kube.settings.namespaces.as_deref());
    let questions = rules.iter().flat_map(|rule| {
        rule.questions().into_iter().map(|right| (rule.namespace().map(str::to_owned), right))
    });
    let questions: Vec<_> = questions.collect();
    let answers: Vec<Option<String>> = stream::iter(questions)
        .map(|(namespace, right)| async move {
            let held = grantee::ask_own(&kube.wire, namespace.as_deref(), &right).await?;
            Ok::<_, Fault>((!held).then(|| rights::describe(namespace.as_deref(), &right)))
        })
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    Ok(Health {
        version: version.git_version,
        missing_rights: answers.into_iter().flatten().collect(),
        warnings: kube.wire.own.warning().into_iter().collect(),
    })
}

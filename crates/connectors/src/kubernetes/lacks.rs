//! Whether an admin's rights are enough to connect, and which are missing, by name. Nobody can give a
//! right that they do not hold themselves, unless they may escalate.

use std::collections::HashSet;

use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::answer::Failed;
use super::call::{Call, Kind};
use super::desk::Desk;
use super::grantee::{ReviewAnswer, review};
use super::manifest::documents;
use super::names::SYSTEM_NAMESPACE;
use super::plan::Probe as Right;
use super::rights::{self, RBAC, Rule, Scope};
use super::settings::ConnectOptions;

/// Questions at the same time.
const AT_ONCE: usize = 8;

type Question = (Option<String>, Right);

/// What only a look before connecting does.
impl Desk {
    /// The rights that connecting with these options needs and this context lacks.
    pub(super) async fn lacks(&self, options: &ConnectOptions) -> Result<Vec<String>, Failed> {
        if self.may(&(None, right("*", "*", "*", None))).await? {
            return Ok(Vec::new());
        }
        let mut questions = makes(options);
        for scope in scopes(options) {
            if !self.may_give_anything(&scope).await? {
                questions.extend(gives(options, &scope));
            }
        }
        let mut seen = HashSet::new();
        questions.retain(|question| seen.insert(question.clone()));
        let answers: Vec<Option<String>> = stream::iter(questions)
            .map(|question| async move {
                let held = self.may(&question).await?;
                let (namespace, right) = &question;
                Ok::<_, Failed>((!held).then(|| rights::describe(namespace.as_deref(), right)))
            })
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        Ok(answers.into_iter().flatten().collect())
    }

    async fn may_give_anything(&self, scope: &Scope) -> Result<bool, Failed> {
        let (namespace, roles) = match scope {
            Scope::Cluster => (None, "clusterroles"),
            Scope::Namespace(namespace) => (Some(namespace.clone()), "roles"),
        };
        for verb in ["escalate", "bind"] {
            if !self.may(&(namespace.clone(), right(verb, RBAC, roles, None))).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn may(&self, (namespace, right): &Question) -> Result<bool, Failed> {
        let body = review(namespace.as_deref(), right);
        let answer: ReviewAnswer =
            self.send(Call::create(Kind::AccessReview, None, &body)?).await?;
        Ok(answer.status.allowed)
    }
}

/// To make what connecting makes, and mint Bellhop's first token.
fn makes(options: &ConnectOptions) -> Vec<Question> {
    let own = || Some(SYSTEM_NAMESPACE.to_owned());
    let account = || Some(options.account.clone());
    let mut questions = vec![
        (None, right("get", "", "namespaces", Some("kube-system".to_owned()))),
        (own(), right("get", "", "serviceaccounts", account())),
        (own(), right("create", "", "serviceaccounts/token", account())),
    ];
    for document in documents(options) {
        let (group, plural) = (document.kind.group(), document.kind.plural());
        let name = Some(document.name);
        questions.push((document.namespace.clone(), right("create", group, plural, None)));
        questions.push((document.namespace, right("patch", group, plural, name)));
    }
    questions
}

fn scopes(options: &ConnectOptions) -> Vec<Scope> {
    let mut scopes: Vec<Scope> = Vec::new();
    for rule in needed(options) {
        if !scopes.contains(&rule.scope) {
            scopes.push(rule.scope);
        }
    }
    scopes
}

/// What is in the roles for Bellhop of this scope.
fn gives(options: &ConnectOptions, scope: &Scope) -> Vec<Question> {
    let here = needed(options).into_iter().filter(|rule| rule.scope == *scope);
    here.flat_map(|rule| {
        let namespace = rule.namespace().map(str::to_owned);
        rule.questions().into_iter().map(move |right| (namespace.clone(), right))
    })
    .collect()
}

fn needed(options: &ConnectOptions) -> Vec<Rule> {
    rights::needed(&options.offered, options.namespaces.as_deref())
}

fn right(verb: &str, group: &str, resource: &str, name: Option<String>) -> Right {
    let (verb, group, resource) = (verb.to_owned(), group.to_owned(), resource.to_owned());
    Right { verb, group, resource, name }
}

//! Asking for access at a terminal, where nothing or not all was typed: each thing that is missing is
//! asked for, with what is known already filled in.

use bellhop_api::{Client, ClientError, Code, CreateRequest, Planned, TargetItem, TargetQuery};
use bellhop_domain::Span;
use inquire::autocompletion::Replacement;
use inquire::validator::{StringValidator, Validation};
use inquire::{Autocomplete, Confirm, CustomUserError, InquireError, Text};
use tokio::runtime::Handle;

use crate::commands::explain;
use crate::failure::{BrokenOff, Refused};
use crate::{args, card, output};

/// What is suggested at once.
const SUGGESTED: u32 = 7;
/// What came of a request that somebody thought better of.
const NOTHING: &str = "nothing was asked for";

/// What was chosen, as a request and as the command that would have asked for the same.
pub(crate) struct Chosen {
    pub(crate) body: CreateRequest,
    pub(crate) command: String,
}

/// Asks for what is missing: target, time, reason; shows what it comes to, and asks whether to go on.
pub(crate) async fn choose(client: &Client, ask: &args::Request) -> anyhow::Result<Chosen> {
    let targets = match ask.targets.as_slice() {
        [] => vec![target(client).await?],
        given => given.to_vec(),
    };
    let mut body = CreateRequest { targets, reason: ask.reason.clone(), duration_seconds: None };
    // What a reason is needed for, how long it may last and who decides, the flow says.
    let plan = planned(client, &body).await?;
    if let Some(under) = &plan.under {
        let duration = match ask.duration {
            Some(given) => given,
            None => duration(under.default_seconds, under.max_seconds)?,
        };
        body.duration_seconds = Some(u64::from(duration.seconds()));
        if body.reason.trim().is_empty() {
            body.reason = reason(under.reason_required)?;
        }
    }
    body.targets.clone_from(&plan.targets);
    let preview = client.preview_request(&body).await?;
    for plan in &preview.requests {
        explain::comes_to(plan).iter().for_each(output::progress);
    }
    if let Some(refusal) = preview.refusal {
        return Err(Refused(refusal.detail).into());
    }
    if !answered(|| Confirm::new("Ask for it?").with_default(true).prompt())? {
        anyhow::bail!(NOTHING);
    }
    Ok(Chosen { command: command(&body), body })
}

async fn planned(client: &Client, body: &CreateRequest) -> anyhow::Result<Planned> {
    let preview = client.preview_request(body).await?;
    let mut requests = preview.requests;
    match (requests.pop(), requests.is_empty()) {
        (Some(only), true) if only.under.is_some() => Ok(only),
        _ => {
            let why = preview.refusal.map_or_else(|| "no flow covers it".to_owned(), |r| r.detail);
            Err(Refused(why).into())
        }
    }
}

async fn target(client: &Client) -> anyhow::Result<String> {
    let query = TargetQuery { limit: Some(SUGGESTED), ..TargetQuery::default() };
    let first = client.targets(&query).await?;
    match first.items.as_slice() {
        [] => anyhow::bail!(
            "nothing is known that you may request: no flow lets you, or what is there was not read \
             yet. See: bellhop integrations, bellhop explain TARGET"
        ),
        [only] if first.total == 1 => {
            output::progress(format!("The one thing that you may request: {}", only.target));
            Ok(only.target.clone())
        }
        _ => {
            let search = Search { client: client.clone() };
            let prompt = Text::new("What do you need?")
                .with_help_message("type to search, arrows and Tab to choose")
                .with_autocomplete(search.clone())
                .with_validator(search);
            Ok(answered(|| prompt.prompt())?.trim().to_owned())
        }
    }
}

fn duration(usual: u32, most: u32) -> anyhow::Result<Span> {
    let (usual, longest) = (card::length(u64::from(usual)), card::length(u64::from(most)));
    let help = format!("30m, 1h, 1h30m; at most {longest}");
    let prompt = Text::new("For how long?").with_default(&usual).with_help_message(&help);
    let prompt = prompt.with_validator(move |text: &str| {
        Ok(match text.trim().parse::<Span>() {
            Ok(span) if span.seconds() <= most => Validation::Valid,
            Ok(_) => Validation::Invalid(format!("The flow gives at most {longest}").into()),
            Err(error) => Validation::Invalid(error.to_string().into()),
        })
    });
    Ok(answered(|| prompt.prompt())?.trim().parse()?)
}

fn reason(required: bool) -> anyhow::Result<String> {
    let prompt = Text::new("Why?");
    let prompt = prompt.with_validator(move |text: &str| {
        let enough = !required || !text.trim().is_empty();
        Ok(if enough {
            Validation::Valid
        } else {
            Validation::Invalid("The flow asks for a reason".into())
        })
    });
    Ok(answered(|| prompt.prompt())?.trim().to_owned())
}

/// What was answered. Whoever breaks off asks for nothing.
fn answered<T>(prompt: impl FnOnce() -> Result<T, InquireError>) -> anyhow::Result<T> {
    tokio::task::block_in_place(prompt).map_err(|error| {
        let broken_off =
            matches!(error, InquireError::OperationCanceled | InquireError::OperationInterrupted);
        if broken_off { BrokenOff(NOTHING.to_owned()).into() } else { error.into() }
    })
}

/// The command that asks for the same without a question.
fn command(body: &CreateRequest) -> String {
    let mut words = vec!["bellhop".to_owned(), "request".to_owned()];
    words.extend(body.targets.iter().cloned());
    if let Some(seconds) = body.duration_seconds {
        words.extend(["--for".to_owned(), card::length(seconds)]);
    }
    if !body.reason.is_empty() {
        words.extend(["--reason".to_owned(), output::quoted(&body.reason)]);
    }
    words.push("--wait".to_owned());
    words.join(" ")
}

/// Completes what is typed by what the backend finds, and takes only what it knows.
#[derive(Clone)]
struct Search {
    client: Client,
}

impl StringValidator for Search {
    fn validate(&self, input: &str) -> Result<Validation, CustomUserError> {
        let typed = input.trim();
        if typed.is_empty() {
            return Ok(Validation::Invalid("Type a part of its name, or choose one".into()));
        }
        let targets = vec![typed.to_owned()];
        let body = CreateRequest { targets, reason: String::new(), duration_seconds: None };
        match Handle::current().block_on(self.client.preview_request(&body)) {
            Ok(_) => Ok(Validation::Valid),
            Err(ClientError::Refused(problem)) if problem.code == Code::InvalidInput => {
                let text = "That is not one of yours, or several: choose with arrows and Tab";
                Ok(Validation::Invalid(text.into()))
            }
            Err(error) => Err(error.into()),
        }
    }
}

impl Autocomplete for Search {
    fn get_suggestions(&mut self, input: &str) -> Result<Vec<String>, CustomUserError> {
        let q: String = input.chars().take(200).collect();
        let query = TargetQuery { q, limit: Some(SUGGESTED), cursor: None };
        let found = Handle::current().block_on(self.client.targets(&query))?;
        Ok(found.items.into_iter().map(|item: TargetItem| item.target).collect())
    }

    fn get_completion(
        &mut self,
        input: &str,
        highlighted: Option<String>,
    ) -> Result<Replacement, CustomUserError> {
        match highlighted {
            Some(chosen) => Ok(Some(chosen)),
            None => Ok(self.get_suggestions(input)?.into_iter().next()),
        }
    }
}

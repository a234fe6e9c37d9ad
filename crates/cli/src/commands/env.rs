//! `bellhop env`

use std::io::IsTerminal as _;

use anyhow::Context;
use bellhop_api::{AccessDetails, Client, KubernetesAccess, Request};
use bellhop_workstation::env::Environment;
use bellhop_workstation::home::Home;
use bellhop_workstation::kubeconfig::{KubeconfigFiles, list_contexts};
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::args::{self, Format, Shell};
use crate::failure::NotThere;
use crate::{card, contexts, isolated, output, session};

#[derive(Serialize)]
struct Answer<'a> {
    #[serde(rename = "KUBECONFIG")]
    kubeconfig: &'a str,
    context: &'a str,
    request: &'a str,
    /// When the access ends and the file is taken away.
    until: DateTime<Utc>,
}

/// Prints the line that makes one access current in one shell, and there only.
pub(crate) async fn run(home: &Home, format: Format, ask: args::Env) -> anyhow::Result<()> {
    let client = session::client(home).await?;
    let (details, access) = chosen(home, &client, ask.what.as_deref()).await?;
    let own = isolated::make(home, &details.number, &access, str::to_owned)?;
    let path = own.path.to_str().context("the folder of Bellhop's files is not UTF-8")?;
    if path.contains(':') {
        anyhow::bail!(
            "{path} cannot stand in KUBECONFIG, where a colon separates files. Move Bellhop's \
             files to a folder without one (--home DIR)"
        );
    }
    let (request, until) = (&details.number, details.deadline);
    let answer = Answer { kubeconfig: path, context: &own.context, request, until };
    if output::for_programs(format, &answer)? {
        return Ok(());
    }
    output::line(assignment(ask.shell, path));
    if std::io::stdout().is_terminal() {
        let which = ask.what.map(|what| format!(" {}", output::quoted(&what)));
        let which = which.unwrap_or_default();
        let how = match ask.shell {
            Shell::Sh => format!("eval \"$(bellhop env{which})\""),
            Shell::Fish => format!("bellhop env{which} --shell fish | source"),
        };
        let left = card::with_left(until, session::now());
        output::progress(format!("{request} until {left}. A shell takes it up with: {how}"));
    }
    Ok(())
}

/// The assignment as the shell reads it: whatever is in the path stays one word of text.
fn assignment(shell: Shell, path: &str) -> String {
    match shell {
        Shell::Sh => format!("export KUBECONFIG='{}'", path.replace('\'', r"'\''")),
        Shell::Fish => {
            let path = path.replace('\\', r"\\").replace('\'', r"\'");
            format!("set -gx KUBECONFIG '{path}'")
        }
    }
}

/// The access that was named, or the only one.
async fn chosen(
    home: &Home,
    client: &Client,
    what: Option<&str>,
) -> anyhow::Result<(AccessDetails, KubernetesAccess)> {
    let (number, context) = match what {
        Some(number) if number.starts_with("R-") => (number.to_owned(), None),
        Some(context) => (behind(home, client, context).await?, Some(context)),
        None => (only(home, client).await?, None),
    };
    let details = session::reached(home, client.access(&number).await)?;
    let mut found = Vec::new();
    for access in &details.kubernetes {
        let name = contexts::name(access)?;
        if context.is_none_or(|context| context == name) {
            found.push((name, access.clone()));
        }
    }
    match found.as_slice() {
        [(_, access)] => Ok((details.clone(), access.clone())),
        [] => Err(NotThere(format!("{number} reaches no cluster that can be used now")).into()),
        several => {
            let names: Vec<_> = several.iter().map(|(name, _)| name.as_str()).collect();
            let names = names.join(", ");
            anyhow::bail!("{number} reaches several clusters. Name a context: {names}")
        }
    }
}

/// The request behind a context of ours: the one that lasts longest.
async fn behind(home: &Home, client: &Client, context: &str) -> anyhow::Result<String> {
    let Some(integration) = context.strip_prefix("bellhop-") else {
        let files = KubeconfigFiles::from_environment(&Environment::read())?;
        if !list_contexts(&files)?.iter().any(|one| one.name == context) {
            let text =
                "is neither a request (bellhop list) nor a kubectl context (bellhop contexts)";
            return Err(NotThere(format!("{context} {text}")).into());
        }
        anyhow::bail!(
            "{context} is not a context of Bellhop's, and a file of its own would have to hold a \
             copy of its credentials. Use it with: kubectl --context {context}"
        );
    };
    let active = active(home, client).await?;
    let there = active.iter().filter(|request| {
        let reaches = |target: &str| target.split('/').next() == Some(integration);
        request.grants.iter().any(|grant| grant.state == "active" && reaches(&grant.target))
    });
    let longest = there.max_by_key(|request| request.deadline);
    longest.map(|request| request.number.clone()).ok_or_else(|| {
        let ask = format!("bellhop request {integration}/namespace/NAME:PERMISSION");
        NotThere(format!("you hold no active access in {integration}. Ask for it: {ask}")).into()
    })
}

async fn only(home: &Home, client: &Client) -> anyhow::Result<String> {
    let active = active(home, client).await?;
    match active.as_slice() {
        [one] => Ok(one.number.clone()),
        [] => {
            let text = "you hold no active access. Ask for it: bellhop request TARGET";
            Err(NotThere(text.to_owned()).into())
        }
        several => {
            let numbers: Vec<_> = several.iter().map(|request| request.number.as_str()).collect();
            anyhow::bail!("you hold several. Name one: {}", numbers.join(", "))
        }
    }
}

async fn active(home: &Home, client: &Client) -> anyhow::Result<Vec<Request>> {
    let open = isolated::open_requests(home, client).await?;
    Ok(open.into_iter().filter(|request| request.open > 0).collect())
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn p26_whatever_is_in_a_path_a_shell_reads_it_as_one_word() {
        for path in ["/a b", "/it's", "/$(touch x)`id`", "/a\\'b", "/\"x\"\n;y", "/é*?~", "/-n"] {
            let script = format!("{}; printf %s \"$KUBECONFIG\"", assignment(Shell::Sh, path));
            let read = Command::new("sh").args(["-c", &script]).output().expect("sh runs");
            assert_eq!(String::from_utf8_lossy(&read.stdout), path);
        }
        // fish knows two escapes in single quotes.
        assert_eq!(assignment(Shell::Fish, r"/a\'b"), r"set -gx KUBECONFIG '/a\\\'b'");
    }
}

//! `bellhop completions` and `bellhop man`: what shells and people read about the commands.

use std::path::Path;

use anyhow::Context as _;
use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::args::Args;
use crate::output;

/// Prints what makes a shell complete the commands.
pub(crate) fn completions(shell: Shell) -> anyhow::Result<()> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "bellhop", &mut text);
    output::part(&text)?;
    Ok(output::complete()?)
}

/// Writes a manual page for each command.
pub(crate) fn man(folder: &Path) -> anyhow::Result<()> {
    let named = || folder.display().to_string();
    crate::folder::make(folder)?;
    // `bellhop help …` says the same as each page.
    let command = Args::command().disable_help_subcommand(true);
    clap_mangen::generate_to(command, folder).with_context(named)?;
    output::line(format!(
        "The manual pages are in {}. Read one: man {}/bellhop.1",
        named(),
        named()
    ));
    Ok(())
}

/// The reference of all commands, as it is in the documents.
pub(crate) fn markdown() -> String {
    let options = clap_markdown::MarkdownOptions::new().show_footer(false);
    let options = options.title("The commands of bellhop".to_owned());
    clap_markdown::help_markdown_custom::<Args>(&options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_in_the_documents_is_of_this_version() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/cli.md");
        let stored = std::fs::read_to_string(file).unwrap_or_default();
        assert!(
            stored.trim_end() == markdown().trim_end(),
            "docs/cli.md is stale. Run: make generate"
        );
    }

    #[test]
    fn every_command_and_option_says_what_it_is_for() {
        let mut waiting = vec![Args::command()];
        while let Some(command) = waiting.pop() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            for option in command.get_arguments() {
                let said = option.get_help().is_some() || option.is_hide_set();
                assert!(said, "{} {}", command.get_name(), option.get_id());
            }
            waiting.extend(command.get_subcommands().cloned());
        }
        Args::command().debug_assert();
    }
}

//! The program `bellhop`: command line, backend and kubectl exec plugin in one binary.

mod agent;
mod args;
mod ask;
mod card;
mod child;
mod commands;
mod contexts;
mod daemon;
mod desktop;
mod doctor;
mod failure;
mod folder;
mod follow;
mod interactive;
mod isolated;
mod keyring;
mod logs;
mod machine;
mod output;
mod place;
mod service;
mod session;
mod tour;
mod uninstall;
mod usage;

use std::process::ExitCode;

use bellhop_domain::Verdict;
use clap::Parser;

use args::{Args, Command, Hop};

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args_os().collect();
    // Nothing is waited for: it needs no runtime.
    if let Some((common, ask)) = Hop::read(&words) {
        let home = session::home(common.home);
        return match home.and_then(|home| commands::use_context::run(&home, common.output, &ask)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => output::failed(&error),
        };
    }
    let args = match Args::try_parse_from(&words) {
        Ok(args) => args,
        Err(error) => return usage::told(error, &words),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return output::failed(&error.into()),
    };
    match runtime.block_on(run(args)) {
        Ok(code) => code,
        Err(error) => output::failed(&error),
    }
}

async fn run(args: Args) -> anyhow::Result<ExitCode> {
    if let Command::Tour(ask) = args.command {
        // It has a home of its own.
        return tour::run(ask).await.map(|()| ExitCode::SUCCESS);
    }
    let home = session::home(args.common.home)?;
    let output = args.common.output;
    let done = match args.command {
        Command::Status => commands::status::run(&home, output).await,
        Command::Watch(ask) => commands::watch::run(&home, output, ask).await,
        Command::Run(ask) => return commands::run::run(&home, ask).await,
        Command::Env(ask) => commands::env::run(&home, output, ask).await,
        Command::Use(ask) => commands::use_context::run(&home, output, &ask),
        Command::Contexts => commands::contexts::run(&home, output).await,
        Command::Request(ask) => commands::request::run(&home, output, ask).await,
        Command::Again(ask) => commands::request::again(&home, output, ask).await,
        Command::List(ask) => commands::list::run(&home, output, ask).await,
        Command::Show(ask) => commands::show::run(&home, output, ask).await,
        Command::Approve(ask) => {
            let said = (Verdict::Approve, ask.duration);
            commands::decide::run(&home, output, ask.decide, said).await
        }
        Command::Deny(ask) => {
            commands::decide::run(&home, output, ask, (Verdict::Deny, None)).await
        }
        Command::Withdraw(ask) => commands::own::withdraw(&home, output, ask).await,
        Command::Extend(ask) => commands::own::extend(&home, output, ask).await,
        Command::End(ask) => commands::end::run(&home, output, ask).await,
        Command::Access(ask) => commands::access::run(&home, output, ask).await,
        Command::Search(ask) => commands::search::run(&home, output, ask).await,
        Command::Explain(ask) => commands::explain::run(&home, output, ask).await,
        Command::Integrations(ask) => commands::integrations::run(&home, output, ask).await,
        Command::Catalog => commands::catalog::run(&home, output).await,
        Command::Connect(ask) => commands::connect::run(&home, output, ask).await,
        Command::Disconnect(ask) => commands::connect::disconnect(&home, output, ask).await,
        Command::Plan(ask) => commands::flows::plan(&home, output, ask).await,
        Command::Apply(ask) => commands::flows::apply(&home, output, ask).await,
        Command::Export(ask) => commands::flows::export(&home, output, ask).await,
        Command::Audit(ask) => commands::audit::run(&home, output, ask).await,
        Command::Serve(ask) => commands::serve::run(&home, ask).await,
        Command::Service(ask) => commands::service::run(&home, ask).await,
        Command::Doctor => doctor::run(&home, output).await,
        Command::Logs(ask) => commands::logs::run(&home, ask).await,
        Command::Backup(ask) => commands::backup::run(&home, output, ask).await,
        Command::Uninstall(ask) => uninstall::run(&home, ask).await,
        Command::Tour(ask) => tour::run(ask).await,
        Command::Completions { shell } => commands::reference::completions(shell),
        Command::Man { folder } => commands::reference::man(&folder),
        Command::Reference => {
            output::line(commands::reference::markdown().trim_end());
            Ok(())
        }
        Command::Open(ask) => commands::open::run(&home, output, ask).await,
        Command::Credential(ask) => commands::credential::run(&home, ask).await,
    };
    done.map(|()| ExitCode::SUCCESS)
}

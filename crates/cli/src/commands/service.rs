//! `bellhop service`

use anyhow::Context as _;
use bellhop_workstation::home::Home;

use crate::args::Service;
use crate::daemon::{self, Stopped};
use crate::{output, service, session};

/// Installs, starts, removes or stops this user's backend.
pub(crate) async fn run(home: &Home, ask: Service) -> anyhow::Result<()> {
    match ask {
        Service::Install => install(home).await,
        Service::Start => start(home).await,
        Service::Remove => remove(home),
        Service::Stop => stop(home).await,
    }
}

async fn install(home: &Home) -> anyhow::Result<()> {
    // Before anything is written: without it there is nothing to install for.
    service::systemctl(&["daemon-reload"]).context(
        "no service was installed. Without one, commands start the backend when they need it",
    )?;
    let (path, text) = (service::unit_file()?, service::unit(home)?);
    let folder = path.parent().context("a unit file is in a folder")?;
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    std::fs::write(&path, text).with_context(|| path.display().to_string())?;
    service::systemctl(&["daemon-reload"])?;
    // One that a command started makes room for the service.
    daemon::stop(home).await?;
    service::systemctl(&["enable", "--now", service::UNIT])?;
    session::client(home).await?;
    output::line(format!(
        "The backend runs as your service, and starts when you log in: {}",
        path.display()
    ));
    output::line("To have it run while you are logged out, too: loginctl enable-linger");
    Ok(())
}

async fn start(home: &Home) -> anyhow::Result<()> {
    let ran = !daemon::lock_is_free(home)?;
    session::client(home).await?;
    output::line(if ran { "The backend runs already" } else { "The backend runs" });
    Ok(())
}

fn remove(home: &Home) -> anyhow::Result<()> {
    if !service::is_installed(home)? {
        output::line("No service is installed for this home");
        return Ok(());
    }
    let path = service::unit_file()?;
    service::systemctl(&["disable", "--now", service::UNIT])?;
    std::fs::remove_file(&path).with_context(|| path.display().to_string())?;
    service::systemctl(&["daemon-reload"])?;
    output::line(format!(
        "{} is gone, and its backend is stopped. The next command that needs one starts it by itself",
        path.display()
    ));
    Ok(())
}

async fn stop(home: &Home) -> anyhow::Result<()> {
    let stopped = if service::is_installed(home)? && !daemon::lock_is_free(home)? {
        service::systemctl(&["stop", service::UNIT])?;
        // One that was started otherwise does not belong to the service.
        daemon::stop(home).await?;
        Stopped::Now
    } else {
        daemon::stop(home).await?
    };
    output::line(match stopped {
        Stopped::Now => {
            "The backend is stopped. While it is, nothing is decided and nothing ends by Bellhop: \
             what is overdue is ended first at the next start"
        }
        Stopped::NoneRan => "No backend runs",
    });
    Ok(())
}

//! The backend, and what is stuck.

use bellhop_api::{API_VERSION, Client, ClientError, Hello, ListQuery};
use bellhop_workstation::home::Home;

use super::{Finding, systems};
use crate::{daemon, service};

pub(super) async fn look(home: &Home) -> Vec<Finding> {
    let mut found = Vec::new();
    match service::is_installed(home) {
        Ok(true) => found.push(Finding::good("service", "the backend starts when you log in")),
        Ok(false) => {}
        Err(error) => found.push(Finding::bad("service", error.to_string(), "")),
    }
    let client = match Client::on_socket(&home.socket()) {
        Ok(client) => client,
        Err(error) => return vec![Finding::bad("backend", error.to_string(), "")],
    };
    match client.hello().await {
        Ok(hello) => {
            found.push(answers(home, &hello));
            found.extend(closed(&client).await);
            found.extend(systems::look(&client).await);
            found.extend(stuck(&client).await);
        }
        Err(error) => found.push(silent(home, &error)),
    }
    found
}

/// The integrations that no configuration file has to define.
pub(super) async fn made_by_hand(home: &Home) -> Vec<String> {
    let Ok(client) = Client::on_socket(&home.socket()) else { return Vec::new() };
    // A backend that does not answer is a finding of its own.
    let Ok(all) = client.integrations().await else { return Vec::new() };
    all.items.into_iter().filter(|one| one.owner == "ui").map(|one| one.name).collect()
}

fn answers(home: &Home, hello: &Hello) -> Finding {
    let what = format!("version {} answers on {}", hello.version, home.socket().display());
    if hello.api != API_VERSION {
        let next = format!("It speaks API {}, this program {API_VERSION}", hello.api);
        return Finding::bad("backend", what, next);
    }
    if hello.version == bellhop_api::version() {
        return Finding::good("backend", what);
    }
    Finding::note("backend", what, "It is of another version than this program. Restart it")
}

fn silent(home: &Home, error: &ClientError) -> Finding {
    match daemon::lock_is_free(home) {
        Ok(true) => {
            Finding::note("backend", "none runs", "The next command that needs one starts it")
        }
        Ok(false) => Finding::bad("backend", error.to_string(), "One runs. Look at: bellhop logs"),
        Err(lock) => Finding::bad("backend", lock.to_string(), ""),
    }
}

/// Whether it gives new access at all.
async fn closed(client: &Client) -> Option<Finding> {
    match client.me().await {
        Ok(me) => me.closed.map(|why| {
            let what =
                format!("it gives no new access, because its configuration does not read. {why}");
            Finding::bad("backend", what, "Correct it, then: bellhop apply")
        }),
        Err(error) => Some(Finding::bad("backend", error.to_string(), "")),
    }
}

async fn stuck(client: &Client) -> Vec<Finding> {
    let query = ListQuery { open: true, cursor: None, limit: Some(200) };
    let page = match client.list_requests(&query).await {
        Ok(page) => page,
        Err(error) => return vec![Finding::bad("requests", error.to_string(), "")],
    };
    let mut found: Vec<Finding> = page
        .unreadable
        .into_iter()
        .map(|broken| Finding::bad("requests", broken, "Restore a backup, or ask for help with it"))
        .collect();
    for request in page.items {
        for grant in request.grants.iter().filter(|grant| grant.state == "revoke_stuck") {
            let what = format!("{} may still be open: {}", request.number, grant.target);
            let next =
                format!("Bellhop keeps trying. Why it fails: bellhop show {}", request.number);
            found.push(Finding::bad("requests", what, next));
        }
    }
    found
}

//! Windows: made when they are needed and gone when they are closed, so that an idle tray holds no
//! web view.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use tauri::{
    AppHandle, Manager as _, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent,
};

use super::place::{self, Place};
use crate::bridge::Bridge;
use crate::state::Link;
use crate::trouble;
use crate::view::{Missing, Page};

const MAIN: &str = "main";
const PALETTE: &str = "palette";

/// Opens the window of a page, or brings the one to the front that is open.
pub(super) fn open(app: &AppHandle, page: &Page) -> tauri::Result<()> {
    let (label, route) = address(page);
    if let Some(window) = app.get_webview_window(label) {
        window.eval(format!("location.hash = {}", Value::from(route)))?;
        window.unminimize()?;
        window.show()?;
        return window.set_focus();
    }
    if label == PALETTE { palette(app, &route) } else { main(app, &route) }
}

/// The palette is always in the middle.
fn palette(app: &AppHandle, route: &str) -> tauri::Result<()> {
    let round = can_be_transparent(app);
    let file = if round { "palette.html?round" } else { "palette.html" };
    let url = WebviewUrl::App(format!("{file}#{route}").into());
    let window = WebviewWindowBuilder::new(app, PALETTE, url).title("Bellhop").center();
    // Elsewhere that takes what apps are not to use.
    #[cfg(not(target_os = "macos"))]
    let window = window.transparent(round);
    let window = window
        .inner_size(680.0, 460.0)
        .resizable(false)
        .decorations(false)
        .always_on_top(true)
        .skip_taskbar(true)
        .focused(true)
        .build()?;
    close_when_left(&window);
    Ok(())
}

/// The main window comes back where it was.
fn main(app: &AppHandle, route: &str) -> tauri::Result<()> {
    let url = WebviewUrl::App(format!("index.html#{route}").into());
    let window = WebviewWindowBuilder::new(app, MAIN, url).title("Bellhop").focused(true);
    let window = window.min_inner_size(f64::from(place::LEAST.0), f64::from(place::LEAST.1));
    let home = app.state::<Bridge>().home.clone();
    let last = Place::last(app, home.data_dir());
    let window = match last {
        Some(last) => window
            .inner_size(f64::from(last.width), f64::from(last.height))
            .position(f64::from(last.x), f64::from(last.y))
            .maximized(last.maximized),
        None => window.inner_size(f64::from(place::USUAL.0), f64::from(place::USUAL.1)).center(),
    };
    place::remember(&window.build()?, home.data_dir(), last);
    Ok(())
}

/// Whether what is behind a window can be seen through it: without a compositor its corners would be
/// black.
fn can_be_transparent(app: &AppHandle) -> bool {
    #[cfg(target_os = "linux")]
    {
        let (tell, told) = std::sync::mpsc::channel();
        let look = move || {
            let screen = gtk::gdk::Screen::default();
            // Nobody listens only when the app ends.
            tell.send(screen.is_some_and(|screen| screen.is_composited())).ok();
        };
        app.run_on_main_thread(look).is_ok() && told.recv().unwrap_or(false)
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = app;
        cfg!(windows)
    }
}

/// The palette is for one question: whoever turns to something else is done with it. What was asked
/// for goes on.
fn close_when_left(window: &WebviewWindow) {
    let (palette, was_there) = (window.clone(), AtomicBool::new(false));
    window.on_window_event(move |event| {
        let WindowEvent::Focused(focused) = event else { return };
        if !*focused
            && was_there.load(Ordering::Relaxed)
            && let Err(error) = palette.close()
        {
            trouble::log("the palette could not be closed", &error);
        }
        was_there.fetch_or(*focused, Ordering::Relaxed);
    });
}

/// The window of a page, and its place there.
fn address(page: &Page) -> (&'static str, String) {
    match page {
        Page::Palette => (PALETTE, "/".to_owned()),
        Page::Access => (MAIN, "/access".to_owned()),
        Page::Approvals => (MAIN, "/approvals".to_owned()),
        Page::Integrations => (MAIN, "/integrations".to_owned()),
        Page::Flows => (MAIN, "/flows".to_owned()),
        Page::Contexts => (MAIN, "/contexts".to_owned()),
        Page::Activity => (MAIN, "/activity".to_owned()),
        Page::Settings => (MAIN, "/settings".to_owned()),
        Page::Request(number) => (MAIN, format!("/requests/{number}")),
        Page::Confirm(name) => (MAIN, format!("/contexts/{}/confirm", escaped(name))),
        Page::Trouble(Missing::Backend) => (MAIN, "/trouble/backend".to_owned()),
        Page::Trouble(Missing::Tray) => (MAIN, "/trouble/tray".to_owned()),
        Page::Trouble(Missing::Shortcut) => (MAIN, "/trouble/shortcut".to_owned()),
    }
}

/// Names of contexts are whatever somebody wrote into a file.
fn escaped(name: &str) -> String {
    percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// Whether the backend answers, as pages are told.
pub(super) fn connection(link: &Link) -> Value {
    match link {
        Link::Starting => json!({ "state": "connecting" }),
        Link::Up => json!({ "state": "connected" }),
        Link::Away { why, .. } => json!({ "state": "offline", "why": why }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_one_part_of_an_address() {
        let (window, route) = address(&Page::Confirm("../a/b?c#d e".to_owned()));
        assert_eq!(
            (window, route.as_str()),
            (MAIN, "/contexts/%2E%2E%2Fa%2Fb%3Fc%23d%20e/confirm")
        );
    }
}

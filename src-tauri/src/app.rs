//! Puts the parts together and runs them until the user quits.

use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use bellhop_workstation::home::Home;
use tauri::{AppHandle, Builder, Context, Manager as _, RunEvent, Wry};
use tauri_plugin_global_shortcut::ShortcutState;
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use uuid::Uuid;

use crate::again;
use crate::backend::Watch;
use crate::bridge::{self, Bridge};
use crate::clock;
use crate::controller::{Controller, Event};
use crate::hands::Hands;
use crate::link::{self, Start};
use crate::manners::Manners;
use crate::panel;
use crate::preferences;
use crate::program::Program;
use crate::ringer::{Order, Ringer};
use crate::screen::{Desktop, RESTARTS};
use crate::shortcut::Held;
use crate::sleep;
use crate::trouble::{self, Trouble};
use crate::view::{Missing, Page};

/// What the plugin for a single instance says when the first one ended while it was spoken to.
const GONE_MEANWHILE: &str = "failed to forward arguments";
/// Texts with minutes in them are that old at most.
const TICK: Duration = Duration::from_secs(20);

/// Runs the app until the user quits, and says how it ended.
pub fn run(home: Home, context: Context) -> Result<ExitCode, Trouble> {
    let (events, happened) = unbounded_channel();
    let app = match caught(|| builder(home.clone(), &events).build(context)) {
        Ok(app) => app,
        Err(why) if why.contains(GONE_MEANWHILE) => return again::at_once(why),
        Err(why) => return Err(Trouble::NoDesktop { why }),
    };
    let mut parts = Some((home, happened));
    let code = app.run_return(move |app, event| {
        // Elsewhere a link is a word on the command line.
        #[cfg(target_os = "macos")]
        if let RunEvent::Opened { urls } = &event {
            for page in urls.iter().filter_map(|url| link::page(url.as_str())) {
                events.send(Event::Asked(page)).ok();
            }
        }
        if let RunEvent::Ready = event {
            if let Some((home, happened)) = parts.take() {
                start(app, home, events.clone(), happened);
            }
        } else if let RunEvent::ExitRequested { code: None, api, .. } = event {
            // The last window was closed. The tray stays.
            api.prevent_exit();
        }
    });
    if code == RESTARTS {
        return again::installed();
    }
    Ok(u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from))
}

/// The toolkit with what is plugged into it, and what pages may call.
fn builder(home: Home, events: &UnboundedSender<Event>) -> Builder<Wry> {
    let (again, pressed) = (events.clone(), events.clone());
    // Before all others: a second start ends in it.
    let single = tauri_plugin_single_instance::Builder::new().callback(move |_, words, _| {
        let page = match link::asked(&words) {
            Start::At(page) => page,
            Start::Plain => Page::Access,
            // It is there already.
            Start::Hidden => return,
        };
        again.send(Event::Asked(page)).ok();
    });
    let single = match home.explicit() {
        Some(folder) => single.dbus_id(name_of(folder)),
        None => single,
    };
    let shortcut = tauri_plugin_global_shortcut::Builder::new().with_handler(move |_, _, event| {
        if event.state() == ShortcutState::Pressed {
            pressed.send(Event::Asked(Page::Palette)).ok();
        }
    });
    Builder::default()
        .plugin(single.build())
        .plugin(shortcut.build())
        .plugin(tauri_plugin_clipboard_manager::init())
        .manage(Bridge {
            program: Program::find(home.explicit()),
            home,
            events: events.clone(),
            held: Held::default(),
        })
        .invoke_handler(tauri::generate_handler![
            bridge::api,
            bridge::close_window,
            bridge::contexts,
            bridge::export_log,
            bridge::hop,
            bridge::try_sample,
            bridge::use_access,
            preferences::settings,
            preferences::change_settings
        ])
}

/// The app's name on the session bus for a home of its own: one app a home.
fn name_of(folder: &Path) -> String {
    let id = Uuid::new_v5(&Uuid::NAMESPACE_URL, folder.as_os_str().as_encoded_bytes());
    format!("dev.bellhop.desktop.home{}", id.simple())
}

/// What this start and this desktop ask for: a page, the shortcut, and a word about what is missing.
async fn first_looks(app: AppHandle, events: UnboundedSender<Event>) {
    let bridge = app.state::<Bridge>();
    let manners = Manners::read(&bridge.home);
    let had = bridge.held.take(&app, &manners.settings.shortcut);
    events.send(Event::Manners(manners)).ok();
    events.send(Event::Shortcut(bridge.held.now().map(String::from))).ok();
    let words: Vec<String> = std::env::args().collect();
    // What somebody asked for waits for nobody.
    let page = match link::asked(&words) {
        Start::At(page) => Some(page),
        Start::Hidden => None,
        Start::Plain if !panel::shows_icons().await => Some(Page::Trouble(Missing::Tray)),
        Start::Plain => had.is_err().then_some(Page::Trouble(Missing::Shortcut)),
    };
    if let Some(page) = page {
        events.send(Event::Asked(page)).ok();
    }
}

fn start(
    app: &AppHandle,
    home: Home,
    events: UnboundedSender<Event>,
    happened: UnboundedReceiver<Event>,
) {
    let own = events.clone();
    let (ringer, orders_to_ring) = unbounded_channel();
    let to_ringer = ringer.clone();
    let screen = match caught(|| Desktop::new(app, own, to_ringer)) {
        Ok(screen) => screen,
        Err(why) => {
            trouble::say(&Trouble::NoTray { why });
            app.exit(1);
            return;
        }
    };
    let program = Program::find(home.explicit());
    let at_once = Arc::new(Notify::new());
    let (work, orders) = unbounded_channel();
    let hands = Hands {
        home: home.clone(),
        program: program.clone(),
        events: events.clone(),
        at_once: Arc::clone(&at_once),
        ringer,
    };
    let (look, ring) = (events.clone(), hands.ringer.clone());
    tauri::async_runtime::spawn(sleep::wakes(move || {
        // Nobody listens only when the app ends.
        look.send(Event::Tick).ok();
        ring.send(Order::Woke).ok();
    }));
    let (own, told) = (home.clone(), events.clone());
    tauri::async_runtime::spawn(async move {
        Ringer::new(own, orders_to_ring, told).await.run().await;
    });
    tauri::async_runtime::spawn(first_looks(app.clone(), events.clone()));
    let watch = Watch { home, program, events, at_once };
    tauri::async_runtime::spawn(hands.run(orders));
    tauri::async_runtime::spawn(watch.run());
    tauri::async_runtime::spawn(control(Controller::new(screen, work), happened));
}

/// Takes in what happens, one thing after the other.
async fn control(mut controller: Controller<Desktop>, mut happened: UnboundedReceiver<Event>) {
    let mut tick = tokio::time::interval(TICK);
    loop {
        let event = tokio::select! {
            event = happened.recv() => event,
            _ = tick.tick() => Some(Event::Tick),
        };
        let Some(event) = event else { return };
        controller.on(event, clock::here_and_now());
    }
}

/// Does `step`, in which the toolkit panics instead of returning an error: without a display that
/// answers, and without the library for tray icons. What it said becomes an error.
fn caught<T>(step: impl FnOnce() -> tauri::Result<T>) -> Result<T, String> {
    let usual = panic::take_hook();
    // Said once, by whoever gets the error.
    panic::set_hook(Box::new(|_| {}));
    let done = panic::catch_unwind(AssertUnwindSafe(step));
    panic::set_hook(usual);
    match done {
        Ok(done) => done.map_err(|error| error.to_string()),
        Err(panic) => {
            let said = panic.downcast_ref::<String>().map(String::as_str);
            let said = said.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or_default();
            // After the colon comes the toolkit's error as a Rust value, with source files in it.
            Err(said.split(": ").next().unwrap_or(said).to_owned())
        }
    }
}

//! The desktop as the controller sees it: icon, menu, windows, clipboard.

mod icons;
mod menu;
mod place;
mod windows;

use bellhop_api::Change;
use tauri::menu::Menu;
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Emitter as _, Manager as _, Wry};
use tauri_plugin_clipboard_manager::ClipboardExt as _;
use tokio::sync::mpsc::UnboundedSender;

use bellhop_workstation::settings::Shortcut;
use tauri_plugin_global_shortcut::GlobalShortcutExt as _;

use crate::bridge::Bridge;
use crate::controller::{Event, Screen};
use crate::ringer::Order;
use crate::shortcut::Keyboard;
use crate::state::Link;
use crate::trouble;
use crate::view::{Action, Page, Tray};

/// How the app ends when it is to be started again.
pub const RESTARTS: i32 = 100;
/// Also names the icon's file in the runtime folder, which all tray apps share.
const TRAY_ID: &str = "bellhop";

/// The real screen.
pub struct Desktop {
    app: AppHandle,
    icon: TrayIcon,
    drawn: menu::Drawn,
    shown: Option<Tray>,
    ringer: UnboundedSender<Order>,
}

impl Desktop {
    /// Puts the icon into the panel. What is chosen from its menu is told.
    pub fn new(
        app: &AppHandle,
        events: UnboundedSender<Event>,
        ringer: UnboundedSender<Order>,
    ) -> tauri::Result<Self> {
        let icon = TrayIconBuilder::with_id(TRAY_ID)
            .icon(icons::image(crate::view::Icon::Idle))
            .icon_as_template(cfg!(target_os = "macos"))
            .tooltip("Bellhop")
            .menu(&Menu::new(app)?)
            .on_menu_event(move |_, event| {
                if let Some(action) = Action::from_id(event.id().as_ref()) {
                    // Nobody listens only when the app ends.
                    events.send(Event::Chosen(action)).ok();
                }
            })
            .build(app)?;
        Ok(Self { app: app.clone(), icon, drawn: menu::Drawn::default(), shown: None, ringer })
    }

    fn try_show(&mut self, tray: &Tray) -> tauri::Result<()> {
        let before = self.shown.take();
        if before.as_ref().is_none_or(|before| before.icon != tray.icon) {
            self.icon.set_icon(Some(icons::image(tray.icon)))?;
        }
        if before.as_ref().is_none_or(|before| before.tooltip != tray.tooltip) {
            self.icon.set_tooltip(Some(&tray.tooltip))?;
        }
        #[cfg(target_os = "macos")]
        self.icon.set_title((tray.active > 0).then(|| tray.active.to_string()))?;
        // A menu that only says other words stays the one it is: it may be open.
        if !self.drawn.says(&tray.items)? {
            let (menu, drawn) = menu::draw(&self.app, &tray.items)?;
            self.icon.set_menu::<Menu<Wry>>(Some(menu))?;
            self.drawn = drawn;
        }
        self.shown = Some(tray.clone());
        Ok(())
    }
}

impl Screen for Desktop {
    fn show(&mut self, tray: &Tray) {
        if let Err(error) = self.try_show(tray) {
            // The next change draws all of it.
            self.drawn = menu::Drawn::default();
            trouble::log("the tray could not be drawn", &error);
        }
    }

    fn open(&mut self, page: &Page) {
        if let Err(error) = windows::open(&self.app, page) {
            trouble::log("a window could not be opened", &error);
        }
    }

    fn copy(&mut self, text: &str) {
        if let Err(error) = self.app.clipboard().write_text(text) {
            self.tell("Could not copy the command", &format!("{error}. It is: {text}"));
        }
    }

    fn tell(&mut self, what: &'static str, why: &str) {
        let order = Order::Trouble { what, why: why.to_owned() };
        if self.ringer.send(order).is_err() {
            trouble::log(what, &why);
        }
    }

    fn changed(&mut self, change: &Change) {
        if let Err(error) = self.app.emit("change", change) {
            trouble::log("a change could not be handed on", &error);
        }
    }

    fn reached(&mut self, link: &Link) {
        if let Err(error) = self.app.emit("connection", windows::connection(link)) {
            trouble::log("the connection could not be handed on", &error);
        }
    }

    fn hold(&mut self, keys: &Shortcut) -> Result<(), String> {
        self.app.state::<Bridge>().held.take(&self.app, keys)
    }

    fn preferred(&mut self) {
        if let Err(error) = self.app.emit("settings", ()) {
            trouble::log("a setting could not be handed on", &error);
        }
    }

    fn make_room(&mut self) {
        tauri_plugin_single_instance::destroy(&self.app);
    }

    fn quit(&mut self) {
        self.app.exit(0);
    }

    fn restart(&mut self) {
        self.app.exit(RESTARTS);
    }
}

impl Keyboard for AppHandle {
    fn take(&self, keys: &Shortcut) -> Result<(), String> {
        self.global_shortcut().register(keys.as_str()).map_err(|error| error.to_string())
    }

    fn give_back(&self, keys: &Shortcut) {
        if let Err(error) = self.global_shortcut().unregister(keys.as_str()) {
            trouble::log("the old shortcut could not be given back", &error);
        }
    }
}

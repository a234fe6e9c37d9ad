//! Shows the view with Tauri: the tray icon, its menu, and what choosing an item does.

use std::{
    panic,
    process::{self, ExitCode},
};

use tauri::{
    AppHandle, Context, RunEvent,
    image::Image,
    include_image,
    menu::{IsMenuItem, Menu, MenuId, MenuItem, PredefinedMenuItem},
    tray::TrayIconBuilder,
};

use crate::{
    trouble::{self, Trouble},
    view::{Action, Icon, Item, Tray},
};

/// Also names the icon's file in the runtime folder, which all tray apps share.
const TRAY_ID: &str = "bellhop";

/// Shows `tray` until the person quits, and says how the app ended.
pub fn run(tray: Tray, context: Context) -> Result<ExitCode, Trouble> {
    let built =
        or_exit(|why| Trouble::NoDesktop { why }, || tauri::Builder::default().build(context));
    let app = built.map_err(|error| Trouble::NoDesktop { why: error.to_string() })?;
    let code = app.run_return(move |app, event| on_event(app, &event, &tray));
    Ok(u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from))
}

fn on_event(app: &AppHandle, event: &RunEvent, tray: &Tray) {
    if let RunEvent::Ready = event {
        let drawn = or_exit(|why| Trouble::NoTray { why }, || draw(app, tray));
        if let Err(error) = drawn {
            let why = error.to_string();
            trouble::say(&Trouble::NoTray { why });
            app.exit(1);
        }
    } else if let RunEvent::ExitRequested { code: None, api, .. } = event {
        // The last window was closed. The tray stays.
        api.prevent_exit();
    }
}

fn draw(app: &AppHandle, tray: &Tray) -> tauri::Result<()> {
    let menu = Menu::new(app)?;
    for item in &tray.items {
        menu.append(drawn(app, item)?.as_ref())?;
    }
    TrayIconBuilder::with_id(TRAY_ID)
        .icon(image(tray.icon))
        .icon_as_template(cfg!(target_os = "macos"))
        .tooltip("Bellhop")
        .menu(&menu)
        .on_menu_event(|app, event| on_choice(app, event.id()))
        .build(app)?;
    Ok(())
}

fn drawn(app: &AppHandle, item: &Item) -> tauri::Result<Box<dyn IsMenuItem<tauri::Wry>>> {
    let no_key = None::<&str>;
    Ok(match item {
        Item::Note(text) => Box::new(MenuItem::new(app, plain(text), false, no_key)?),
        Item::Separator => Box::new(PredefinedMenuItem::separator(app)?),
        Item::Button { label, action } => {
            let label = plain(label);
            Box::new(MenuItem::with_id(app, action.id(), label, true, no_key)?)
        }
    })
}

/// A single ampersand would underline the letter after it.
fn plain(text: &str) -> String {
    text.replace('&', "&&")
}

/// macOS recolours a black template. Elsewhere the panel is taken to be dark.
fn image(icon: Icon) -> Image<'static> {
    #[cfg(target_os = "macos")]
    return match icon {
        Icon::Idle => include_image!("assets/icons/tray/idle-template.png"),
        Icon::Active => include_image!("assets/icons/tray/active-template.png"),
        Icon::Attention => include_image!("assets/icons/tray/attention-template.png"),
        Icon::Offline => include_image!("assets/icons/tray/offline-template.png"),
    };
    #[cfg(not(target_os = "macos"))]
    return match icon {
        Icon::Idle => include_image!("assets/icons/tray/idle-on-dark.png"),
        Icon::Active => include_image!("assets/icons/tray/active-on-dark.png"),
        Icon::Attention => include_image!("assets/icons/tray/attention-on-dark.png"),
        Icon::Offline => include_image!("assets/icons/tray/offline-on-dark.png"),
    };
}

fn on_choice(app: &AppHandle, id: &MenuId) {
    match Action::from_id(id.as_ref()) {
        Some(Action::Quit) => app.exit(0),
        None => {}
    }
}

/// Does `step`, in which the toolkit panics instead of returning an error: without a display that
/// answers, and without the library for tray icons. A panic becomes a sentence and exit code 1,
/// also where panics abort.
fn or_exit<T>(
    trouble: impl Fn(String) -> Trouble + Send + Sync + 'static,
    step: impl FnOnce() -> T,
) -> T {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        let said = panic.payload_as_str().unwrap_or_default();
        // After the colon comes the toolkit's error as a Rust value, with source files in it.
        let why = said.split(": ").next().unwrap_or(said);
        trouble::say(&trouble(why.to_owned()));
        process::exit(1);
    }));
    let done = step();
    panic::set_hook(usual);
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ampersand_stays_an_ampersand() {
        assert_eq!(plain("R&D & more"), "R&&D && more");
    }

    #[test]
    fn every_icon_is_a_square_that_panels_can_scale_down() {
        for icon in [Icon::Idle, Icon::Active, Icon::Attention, Icon::Offline] {
            let image = image(icon);
            assert_eq!((image.width(), image.height()), (44, 44), "{icon:?}");
        }
    }
}

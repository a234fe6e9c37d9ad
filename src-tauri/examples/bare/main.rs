//! The least that a tray app with a window can be, made of the same toolkit: what `make bench`
//! compares Bellhop's tray app with. An icon, a menu with two lines, a global
//! shortcut, and a page with a field.

#![expect(clippy::expect_used, reason = "nobody but the bench runs it")]

use tauri::menu::{Menu, MenuItem};
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, RunEvent, WebviewUrl, WebviewWindowBuilder, include_image};
use tauri_plugin_global_shortcut::{Builder, GlobalShortcutExt as _};

fn main() {
    let context = tauri::generate_context!("src-tauri/examples/bare/tauri.conf.json");
    let shortcut = Builder::new().build();
    let app = tauri::Builder::default().plugin(shortcut).build(context);
    let app = app.expect("the toolkit starts");
    app.run(|app, event| {
        if let RunEvent::Ready = event {
            icon(app).expect("the icon is shown");
            app.global_shortcut().register("Ctrl+Alt+Y").expect("the shortcut is free");
            if std::env::args().any(|word| word == "--open") {
                open(app).expect("the window opens");
            }
        } else if let RunEvent::ExitRequested { code: None, api, .. } = event {
            api.prevent_exit();
        }
    });
}

fn icon(app: &AppHandle) -> tauri::Result<()> {
    let window = MenuItem::with_id(app, "open", "Open", true, None::<&str>)?;
    let quit = MenuItem::with_id(app, "quit", "Quit", true, None::<&str>)?;
    TrayIconBuilder::with_id("bare")
        .icon(include_image!("assets/icons/tray/idle-on-dark.png"))
        .menu(&Menu::with_items(app, &[&window, &quit])?)
        .on_menu_event(|app, event| match event.id().as_ref() {
            "open" => open(app).expect("the window opens"),
            _ => app.exit(0),
        })
        .build(app)?;
    Ok(())
}

fn open(app: &AppHandle) -> tauri::Result<()> {
    WebviewWindowBuilder::new(app, "main", WebviewUrl::App("index.html".into()))
        .title("Bare")
        .inner_size(1100.0, 740.0)
        .build()?;
    Ok(())
}

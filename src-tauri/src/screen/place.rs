//! Where the main window was, and whether it can be there again.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use bellhop_workstation::own_file;
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, WebviewWindow, WindowEvent};

use crate::trouble;

/// The window's usual and its least size.
pub(super) const USUAL: (i32, i32) = (1100, 740);
pub(super) const LEAST: (i32, i32) = (960, 640);
/// As much of the window's upper edge has to be on a screen: what can be taken hold of.
const IN_SIGHT: (i32, i32) = (120, 32);

/// Place and size of a window, in pixels that do not depend on the screen's scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) height: i32,
    /// It fills the screen; the rest is where it is when it does not.
    pub(super) maximized: bool,
}

impl Place {
    /// Where it was last, if it can be there again.
    pub(super) fn last(app: &AppHandle, data: &Path) -> Option<Self> {
        let text = std::fs::read_to_string(file(data)).ok()?;
        // One that does not read is none: it is written anew when the window is closed.
        let place: Self = serde_json::from_str(&text).ok()?;
        let monitors = app.available_monitors().ok()?;
        let screens: Vec<_> = monitors.iter().map(screen).collect();
        place.on(&screens)
    }

    /// The same on these screens: no smaller than the least, no larger than the screen that it is on;
    /// none where nobody could take hold of it.
    fn on(self, screens: &[Self]) -> Option<Self> {
        let seen = |screen: &&Self| {
            let wide = (self.x + self.width).min(screen.x + screen.width) - self.x.max(screen.x);
            let top = screen.y <= self.y && self.y + IN_SIGHT.1 <= screen.y + screen.height;
            top && wide >= IN_SIGHT.0
        };
        let sane =
            [self.x, self.y, self.width, self.height].iter().all(|n| n.unsigned_abs() < 100_000);
        let screen = screens.iter().find(|screen| sane && seen(screen))?;
        let width = self.width.min(screen.width).max(LEAST.0);
        let height = self.height.min(screen.height).max(LEAST.1);
        Some(Self { width, height, ..self })
    }

    fn of(window: &WebviewWindow) -> tauri::Result<Self> {
        let scale = window.scale_factor()?;
        let (at, size) = (window.outer_position()?, window.inner_size()?);
        let (at, size) = (at.to_logical::<i32>(scale), size.to_logical::<i32>(scale));
        let (width, height) = (size.width, size.height);
        Ok(Self { x: at.x, y: at.y, width, height, maximized: false })
    }
}

/// Remembers where the window is, for the next one.
pub(super) fn remember(window: &WebviewWindow, data: &Path, first: Option<Place>) {
    let (own, file) = (window.clone(), file(data));
    let last = Mutex::new(first);
    window.on_window_event(move |event| {
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        let leaves =
            matches!(event, WindowEvent::Focused(false) | WindowEvent::CloseRequested { .. });
        if leaves || matches!(event, WindowEvent::Moved(_) | WindowEvent::Resized(_)) {
            look(&own, &mut last);
        }
        if leaves || matches!(event, WindowEvent::Destroyed) {
            keep(&file, last.as_ref());
        }
    });
}

/// While it fills the screen or is out of sight, its place is the one that it goes back to.
fn look(window: &WebviewWindow, last: &mut Option<Place>) {
    let is = |answer: tauri::Result<bool>| answer.unwrap_or(false);
    if is(window.is_minimized()) || is(window.is_fullscreen()) || !is(window.is_visible()) {
        return;
    }
    let maximized = is(window.is_maximized());
    match Place::of(window) {
        Ok(now) if !maximized || last.is_none() => *last = Some(Place { maximized, ..now }),
        Ok(_) => *last = last.map(|place| Place { maximized, ..place }),
        Err(error) => trouble::log("the window does not say where it is", &error),
    }
}

fn keep(file: &Path, place: Option<&Place>) {
    let Some(Ok(text)) = place.map(serde_json::to_string) else { return };
    if let Err(error) = own_file::replace(file, &text) {
        trouble::log("where the window was cannot be kept", &error);
    }
}

fn screen(monitor: &tauri::Monitor) -> Place {
    let scale = monitor.scale_factor();
    let (at, size) =
        (monitor.position().to_logical::<i32>(scale), monitor.size().to_logical(scale));
    let (width, height) = (size.width, size.height);
    Place { x: at.x, y: at.y, width, height, maximized: false }
}

fn file(data: &Path) -> PathBuf {
    data.join("window.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(x: i32, y: i32, width: i32, height: i32) -> Place {
        Place { x, y, width, height, maximized: false }
    }

    #[test]
    fn a_window_comes_back_where_it_was() {
        let screens = [place(0, 0, 1920, 1080), place(1920, 0, 2560, 1440)];
        for there in [
            place(100, 50, 1200, 800),
            place(2000, 600, 1100, 740),
            // Half of it is beside the screen, as its user left it.
            place(-700, 300, 1100, 740),
            Place { maximized: true, ..place(10, 10, 1000, 700) },
        ] {
            assert_eq!(there.on(&screens), Some(there));
        }
    }

    #[test]
    fn a_window_is_never_where_nobody_can_take_hold_of_it() {
        let screens = [place(0, 0, 1280, 800)];
        for there in [
            place(2000, 100, 1100, 740),
            place(-1050, 100, 1100, 740),
            place(1200, 100, 1100, 740),
            place(100, -40, 1100, 740),
            place(100, 790, 1100, 740),
            place(i32::MIN, i32::MAX, i32::MAX, i32::MAX),
        ] {
            assert_eq!(there.on(&screens), None, "{there:?}");
        }
        assert_eq!(place(0, 0, 1100, 740).on(&[]), None);
    }

    #[test]
    fn its_size_fits_the_screen_and_the_page() {
        let screens = [place(0, 0, 1280, 800)];
        assert_eq!(place(0, 0, 3000, 2000).on(&screens), Some(place(0, 0, 1280, 800)));
        assert_eq!(place(0, 0, 10, -5).on(&screens), None);
        assert_eq!(place(0, 0, 300, 5).on(&screens), Some(place(0, 0, 960, 640)));
    }
}

//! The pictures of the icon.

use tauri::image::Image;
use tauri::include_image;

use crate::view::Icon;

/// macOS recolours a black template. Elsewhere the panel is taken to be dark.
pub(super) fn image(icon: Icon) -> Image<'static> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_icon_is_a_square_that_panels_can_scale_down() {
        for icon in [Icon::Idle, Icon::Active, Icon::Attention, Icon::Offline] {
            let image = image(icon);
            assert_eq!((image.width(), image.height()), (44, 44), "{icon:?}");
        }
    }
}

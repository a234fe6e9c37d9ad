//! The tray app.

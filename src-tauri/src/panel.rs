//! Whether the desktop has a panel that shows icons: the watcher of `StatusNotifierItem`, and a host
//! that registered with it.

#[cfg(target_os = "linux")]
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);

/// Whether icons are shown. Only Linux can lack a place for them.
#[cfg(not(target_os = "linux"))]
pub async fn shows_icons() -> bool {
    true
}

/// Whether icons are shown.
#[cfg(target_os = "linux")]
pub async fn shows_icons() -> bool {
    // One that does not answer shows nothing.
    let answer = tokio::time::timeout(PATIENCE, asked()).await;
    answer.is_ok_and(|answer| answer.unwrap_or(false))
}

#[cfg(target_os = "linux")]
async fn asked() -> zbus::Result<bool> {
    const WATCHER: &str = "org.kde.StatusNotifierWatcher";
    let bus = zbus::Connection::session().await?;
    let watcher = zbus::Proxy::new(&bus, WATCHER, "/StatusNotifierWatcher", WATCHER).await?;
    watcher.get_property("IsStatusNotifierHostRegistered").await
}

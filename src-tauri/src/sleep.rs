//! When the machine wakes up: the login manager says so on the system bus. Without one it is noticed
//! at the next look at the clock.

/// Calls `woke` each time.
#[cfg(not(target_os = "linux"))]
pub async fn wakes(_: impl FnMut()) {}

/// Calls `woke` each time.
#[cfg(target_os = "linux")]
pub async fn wakes(woke: impl FnMut()) {
    if let Err(error) = listen(woke).await {
        crate::trouble::log("nobody says when this machine wakes up", &error);
    }
}

#[cfg(target_os = "linux")]
async fn listen(mut woke: impl FnMut()) -> zbus::Result<()> {
    use futures::StreamExt as _;
    let bus = zbus::Connection::system().await?;
    let manager = zbus::Proxy::new(
        &bus,
        "org.freedesktop.login1",
        "/org/freedesktop/login1",
        "org.freedesktop.login1.Manager",
    );
    // A proxy hears only what the owner of that name says.
    let mut signals = manager.await?.receive_signal("PrepareForSleep").await?;
    while let Some(signal) = signals.next().await {
        let falls_asleep: bool = signal.body().deserialize()?;
        if !falls_asleep {
            woke();
        }
    }
    Ok(())
}

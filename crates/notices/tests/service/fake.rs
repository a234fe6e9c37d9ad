//! A notification service that shows nothing, and does as the test says.

use std::collections::HashMap;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use zbus::fdo::{self, RequestNameFlags};
use zbus::message::Header;
use zbus::names::UniqueName;
use zbus::{Connection, OwnedVariant, Variant};

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

pub(crate) struct Options {
    pub(crate) capabilities: Vec<&'static str>,
    /// Chosen before `Notify` answers.
    pub(crate) early: Option<String>,
    pub(crate) inhibited: Option<bool>,
    /// Tells only the connection that a notice came on what is done with it, as dunst does.
    pub(crate) tells_sender: bool,
    /// So many notices are refused at first.
    pub(crate) refuses: u32,
}

impl Default for Options {
    fn default() -> Self {
        let capabilities = vec!["actions", "body", "body-markup"];
        Self { capabilities, early: None, inhibited: None, tells_sender: false, refuses: 0 }
    }
}

pub(crate) struct Shown {
    pub(crate) id: u32,
    pub(crate) app: String,
    pub(crate) replaces: u32,
    pub(crate) icon: String,
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) timeout: i32,
    pub(crate) actions: Vec<String>,
    hints: HashMap<String, OwnedVariant>,
}

impl Shown {
    pub(crate) fn hint(&self, name: &str) -> Option<String> {
        String::try_from(self.hints.get(name)?.try_clone().ok()?).ok()
    }
}

struct Desktop {
    options: Options,
    last: u32,
    shown: UnboundedSender<Shown>,
    closed: UnboundedSender<u32>,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
#[expect(clippy::unused_self, clippy::too_many_arguments, reason = "the specification says so")]
impl Desktop {
    async fn notify(
        &mut self,
        #[zbus(connection)] bus: &Connection,
        #[zbus(header)] header: Header<'_>,
        app: String,
        replaces: u32,
        icon: String,
        title: String,
        body: String,
        actions: Vec<String>,
        hints: HashMap<String, OwnedVariant>,
        timeout: i32,
    ) -> fdo::Result<u32> {
        if self.options.refuses > 0 {
            self.options.refuses -= 1;
            return Err(fdo::Error::LimitsExceeded("too many notices".to_owned()));
        }
        let id = if replaces == 0 { self.last + 1 } else { replaces };
        self.last = self.last.max(id);
        if let Some(key) = &self.options.early {
            // Somebody else's, too, of which nobody here knows.
            let sender = header.sender().map(UniqueName::as_str);
            let to = sender.filter(|_| self.options.tells_sender);
            invoke(bus, to, id + 100, key).await;
            invoke(bus, to, id, key).await;
        }
        self.shown
            .send(Shown { id, app, replaces, icon, title, body, timeout, actions, hints })
            .ok();
        Ok(id)
    }

    fn close_notification(&self, id: u32) {
        self.closed.send(id).ok();
    }

    fn get_capabilities(&self) -> Vec<String> {
        self.options.capabilities.iter().map(|&what| what.to_owned()).collect()
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        ("Fake".to_owned(), "Bellhop".to_owned(), "1".to_owned(), "1.2".to_owned())
    }

    #[zbus(property)]
    fn inhibited(&self) -> fdo::Result<bool> {
        let unknown = || fdo::Error::UnknownProperty("Inhibited".to_owned());
        self.options.inhibited.ok_or_else(unknown)
    }
}

/// The service, on a connection of its own.
pub(crate) struct Fake {
    bus: Connection,
    shown: UnboundedReceiver<Shown>,
    closed: UnboundedReceiver<u32>,
}

impl Fake {
    pub(crate) async fn start(options: Options) -> Self {
        let (shown, shown_here) = unbounded_channel();
        let (closed, closed_here) = unbounded_channel();
        let desktop = Desktop { options, last: 0, shown, closed };
        let bus = Connection::session().await.expect("a bus");
        let before = bus.object_server().at(PATH, desktop).await.expect("an object");
        assert!(before.is_none());
        bus.request_name_with_flags(NAME, RequestNameFlags::DO_NOT_QUEUE).await.expect("it");
        Self { bus, shown: shown_here, closed: closed_here }
    }

    pub(crate) fn name(&self) -> String {
        self.bus.unique_name().expect("a name").to_string()
    }

    /// The next notice.
    pub(crate) async fn shown(&mut self) -> Shown {
        self.shown.recv().await.expect("a notice")
    }

    /// The next notice that is taken away.
    pub(crate) async fn closed(&mut self) -> u32 {
        self.closed.recv().await.expect("a number")
    }

    pub(crate) async fn invoke(&self, id: u32, key: &str) {
        invoke(&self.bus, None, id, key).await;
    }

    pub(crate) async fn tell<B>(&self, member: &str, body: &B)
    where
        B: serde::Serialize + zbus::DynamicType,
    {
        send(&self.bus, None, NAME, member, body).await;
    }

    pub(crate) async fn inhibited(&self, now: bool) {
        inhibited(&self.bus, now).await;
    }

    /// It gives up its name, and its connection is somebody's as any other.
    pub(crate) async fn stop(self) -> Connection {
        assert!(self.bus.release_name(NAME).await.expect("an answer"));
        self.bus
    }
}

/// Says that a button was pressed.
pub(crate) async fn invoke(bus: &Connection, to: Option<&str>, id: u32, key: &str) {
    send(bus, to, NAME, "ActionInvoked", &(id, key)).await;
}

/// Says whether not to disturb.
pub(crate) async fn inhibited(bus: &Connection, now: bool) {
    let changed = HashMap::from([("Inhibited", Variant::from(now))]);
    let body = (NAME, changed, Vec::<String>::new());
    send(bus, None, PROPERTIES, "PropertiesChanged", &body).await;
}

/// A signal from the service's path, to everybody or to one.
pub(crate) async fn send<B>(bus: &Connection, to: Option<&str>, of: &str, member: &str, body: &B)
where
    B: serde::Serialize + zbus::DynamicType,
{
    bus.emit_signal(to, PATH, of, member, body).await.expect("a signal");
}

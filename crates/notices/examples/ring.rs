//! Rings samples through this session's notification service, and prints what somebody chooses in
//! them: `cargo run -p bellhop-notices --example ring -- ending asked`. It ends, and takes the
//! notices away, when its input does.

#[cfg(target_os = "linux")]
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    linux::run(std::env::args().skip(1)).await
}

#[cfg(not(target_os = "linux"))]
fn main() {}

#[cfg(target_os = "linux")]
mod linux {
    use std::error::Error;
    use std::io::{Write as _, sink, stdin, stdout};

    use bellhop_api::{Me, Request};
    use bellhop_notices::service::{Answer, Event, Sender, Service};
    use bellhop_notices::words::{self, Known, View, Wants, What};
    use bellhop_notices::{Bell as _, Notice, Wall};
    use chrono::{DateTime, Utc};
    use serde_json::{Value, json};
    use tokio::sync::oneshot;

    pub(crate) async fn run(names: impl Iterator<Item = String>) -> Result<(), Box<dyn Error>> {
        let sender = Sender {
            name: "Bellhop".to_owned(),
            desktop_entry: "bellhop-desktop".to_owned(),
            icon: std::env::var_os("ICON")
                .map_or("bellhop".to_owned(), |icon| icon.to_string_lossy().into_owned()),
        };
        let (service, mut events) = Service::start(sender).await?;
        for name in names {
            service.ring(&sample(&name)?).await?;
            writeln!(stdout(), "shown {name}")?;
        }
        let (at_end, mut end) = oneshot::channel();
        std::thread::spawn(|| at_end.send(std::io::copy(&mut stdin(), &mut sink())));
        loop {
            tokio::select! {
                _ = &mut end => break,
                event = events.recv() => match event {
                    Some(Event::Answer(Answer { about, choice, .. })) => {
                        let number = about.request().unwrap_or("-").to_owned();
                        writeln!(stdout(), "{number} {choice:?}")?;
                    }
                    Some(Event::Absent | Event::Present | Event::Inhibited(_)) => {}
                    None => break,
                },
            }
        }
        service.stop().await;
        writeln!(stdout(), "ended")?;
        Ok(())
    }

    fn sample(name: &str) -> Result<Notice, Box<dyn Error>> {
        let waits = json!({ "approvers": ["ada"], "for_you": true, "extend_seconds": null,
            "lapses_at": "2026-11-21T18:00:00Z" });
        let (what, handle, fields) = match name {
            "ending" => (What::EndingSoon, "jun", json!({ "deadline": "2026-11-21T14:10:00Z" })),
            "granted" => (What::Granted, "jun", json!({})),
            "asked" => (What::Asked, "ada", json!({ "waits": waits, "number": "R-1043" })),
            "hostile" => {
                let reason = "<b>R&D</b> <a href=\"x\">click</a>\n\u{202e}\" Approved by ada. ";
                let reason = reason.repeat(20);
                let fields = json!({ "waits": waits, "number": "R-1044", "reason": reason });
                (What::Asked, "ada", fields)
            }
            "ended" => (What::Ended, "jun", json!({ "status": "ended", "label": "Revoked" })),
            other => return Err(format!("there is no sample {other}").into()),
        };
        let me =
            Me { id: String::new(), handle: handle.into(), role: "member".into(), closed: None };
        let now: DateTime<Utc> = "2026-11-21T14:00:00Z".parse()?;
        let wall = Wall { now, local: |moment| moment.naive_utc(), twelve_hours: false };
        let view = View { me: &me, wall, quotes: true, wants: Wants::default() };
        let notice = words::notice(what, &request(&fields)?, &Known::default(), &view);
        notice.ok_or_else(|| format!("{name} has no notice").into())
    }

    fn request(fields: &Value) -> serde_json::Result<Request> {
        let mut request = json!({
            "number": "R-1042", "id": "x", "requester": "jun", "flow": "customers", "seen": "y",
            "reason": "Roll back the invoice worker before the 16:00 run.", "label": "Active",
            "duration_seconds": 3600, "submitted_at": "2026-11-21T13:00:00Z",
            "deadline": "2026-11-21T15:33:00Z", "status": "active", "ends_alone": "", "open": 1,
            "targets": ["k8s-prod/namespace/customer1:edit"], "grants": [], "waits": null,
            "decision": { "what": "approved", "by": "ada", "at": "2026-11-21T13:33:00Z", "note": "" },
        });
        for (name, value) in fields.as_object().into_iter().flatten() {
            if let Some(fields) = request.as_object_mut() {
                fields.insert(name.clone(), value.clone());
            }
        }
        serde_json::from_value(request)
    }
}

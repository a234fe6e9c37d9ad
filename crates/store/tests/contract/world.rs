//! A store with somebody in it, on either engine, and a clock that is set by hand.

use std::collections::BTreeMap;
use std::sync::Arc;

use bellhop_domain::{
    Access, Approval, Ask, DurationRule, Facts, Flow, FlowInForce, GrantId, Hands, IntegrationId,
    ManualClock, NewNames, Person, ReasonRule, RequestId, Requesters, Role, System, TargetRule,
    submit,
};
use bellhop_store::access::{self, Which};
use bellhop_store::audit::{self, Verdict};
use bellhop_store::integrations::Owner;
use bellhop_store::{Place, Store, StoreError, accounts, flows, integrations, people};
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::ExposeSecret as _;
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};
use tempfile::TempDir;

use crate::scratch;

pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) place: Place,
    pub(crate) clock: ManualClock,
    pub(crate) dana: Person,
    pub(crate) folder: TempDir,
}

/// PostgreSQL's clock, which the store reads there, as one that is set by hand: found before the
/// real one, because its schema is searched before.
const A_CLOCK_TO_SET: &str = "CREATE SCHEMA faked; \
     CREATE TABLE faked.clock (ahead INTERVAL); INSERT INTO faked.clock VALUES ('0'); \
     CREATE FUNCTION faked.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS \
     $$ SELECT pg_catalog.clock_timestamp() + (SELECT ahead FROM faked.clock) $$; \
     DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public, faked, pg_catalog', \
     current_database()); END $$";

impl World {
    pub(crate) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let place = Place::File(folder.path().join("bellhop.db"));
        Self::at(place, folder).await
    }

    pub(crate) async fn postgres(address: &str) -> Self {
        let place = Place::Postgres(scratch::place(address));
        behind_its_back(&place, A_CLOCK_TO_SET).await;
        Self::at(place, tempfile::tempdir().expect("a folder")).await
    }

    async fn at(place: Place, folder: TempDir) -> Self {
        let clock = ManualClock::at(DateTime::from_timestamp(1_790_000_000, 0).expect("in range"));
        let store = Store::open(&place, Arc::new(clock.clone())).await.expect("opens");
        let mut tx = store.write().await.expect("opens");
        let dana = people::add(&mut tx, "dana", Role::Member, ("os", "1")).await.expect("added");
        integrations::add(&mut tx, "k8s-real", "kubernetes", (Owner::File, "{}"))
            .await
            .expect("added");
        flows::put(&mut tx, &flow()).await.expect("put");
        tx.commit().await.expect("kept");
        Self { store, place, clock, dana, folder }
    }

    /// Another store on the same place: a restart, or on PostgreSQL a replica.
    pub(crate) async fn open(&self) -> Result<Store, StoreError> {
        Store::open(&self.place, Arc::new(self.clock.clone())).await
    }

    pub(crate) async fn restart(&mut self) {
        self.store.close().await;
        self.store = self.open().await.expect("opens");
    }

    pub(crate) async fn asked(&self) -> Access {
        self.asked_on(&self.store).await
    }

    pub(crate) async fn asked_on(&self, store: &Store) -> Access {
        let mut tx = store.write().await.expect("opens");
        let found = integrations::by_name(&mut tx, "k8s-real").await.expect("reads");
        let integration = found.expect("there").id;
        let account = accounts::in_use(&mut tx, integration, self.dana.id).await.expect("made");
        let names = NewNames {
            id: RequestId(tx.new_id()),
            number: access::next_number(&mut tx).await.expect("counted"),
        };
        let hands = Hands { approvers: Vec::new(), grants: vec![(GrantId(tx.new_id()), account)] };
        let ask = Ask {
            targets: vec!["k8s-real/namespace/customer1:edit".parse().expect("a target")],
            reason: "why".into(),
            duration: None,
        };
        let facts = self.facts(integration);
        let in_force = facts.flow.clone().expect("in force");
        let step = submit(&ask, &in_force, &facts, (names, &hands), tx.now()).expect("allowed");
        access::insert(&mut tx, &step).await.expect("stored");
        tx.commit().await.expect("kept");
        step.next
    }

    /// Everything is as when it was asked for.
    pub(crate) fn facts(&self, integration: IntegrationId) -> Facts {
        let system = System { id: integration, pin: Some("fake".into()), closed: None };
        Facts {
            flow: Some(FlowInForce { version: 1, flow: flow() }),
            requester: self.dana.clone(),
            approver: None,
            systems: BTreeMap::from([("k8s-real".to_owned(), system)]),
            behind: None,
            unread: None,
        }
    }

    pub(crate) async fn find(&self, access: &Access) -> Access {
        let mut tx = self.store.read().await.expect("opens");
        let found = access::find(&mut tx, Which::Id(access.request.id)).await.expect("reads");
        found.expect("there")
    }

    pub(crate) async fn verdict(&self) -> Verdict {
        let mut tx = self.store.read().await.expect("opens");
        audit::verify(&mut tx).await.expect("reads")
    }

    pub(crate) async fn now(&self) -> DateTime<Utc> {
        self.store.glance().await.expect("opens").now()
    }

    /// Where somebody else writes: on PostgreSQL another replica, so that the database is where
    /// they wait for each other.
    pub(crate) async fn somebody_else(&self) -> Store {
        match self.place {
            Place::Postgres(_) => self.open().await.expect("opens"),
            Place::File(_) => self.store.clone(),
        }
    }

    /// Until a writer waits for the lock.
    pub(crate) async fn until_somebody_waits(&self) {
        let Place::Postgres(address) = &self.place else {
            // All tasks share this thread: the other one runs until it waits.
            return tokio::task::yield_now().await;
        };
        let mut connection = scratch::connect(address.expose_secret()).await;
        let text = "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
        let mut waiting = 0_i64;
        while waiting == 0 {
            tokio::task::yield_now().await;
            (waiting,) = sqlx::query_as(text).fetch_one(&mut connection).await.expect("reads");
        }
    }

    /// Time goes by, on every clock.
    pub(crate) async fn advance(&self, by: TimeDelta) {
        self.clock.advance(by);
        self.set_database_clock(by).await;
    }

    /// Somebody sets the wall clock that the store goes by.
    pub(crate) async fn set_wall_clock(&self, by: TimeDelta) {
        self.clock.set_wall_clock(by);
        self.set_database_clock(by).await;
    }

    async fn set_database_clock(&self, by: TimeDelta) {
        if let Place::Postgres(_) = self.place {
            let micros = by.num_microseconds().expect("in range");
            let text = format!("UPDATE faked.clock SET ahead = ahead + '{micros} microseconds'");
            behind_its_back(&self.place, text).await;
        }
    }

    /// Somebody with the database in hand, past every guard of the program.
    pub(crate) async fn behind_its_back(&self, text: impl Into<String>) {
        behind_its_back(&self.place, text).await;
    }

    /// The same where the engines spell it differently.
    pub(crate) async fn behind_its_back_either(&self, sqlite: &str, postgres: &str) {
        let text = if matches!(self.place, Place::File(_)) { sqlite } else { postgres };
        behind_its_back(&self.place, text).await;
    }
}

async fn behind_its_back(place: &Place, text: impl Into<String>) {
    raw(place, text).await.expect("runs");
}

/// Runs `text` on a connection past the store.
pub(crate) async fn raw(place: &Place, text: impl Into<String>) -> Result<(), sqlx::Error> {
    let text = sqlx::raw_sql(AssertSqlSafe(text.into()));
    match place {
        Place::File(file) => {
            let url = format!("sqlite:{}", file.display());
            let mut connection = SqliteConnection::connect(&url).await.expect("opens");
            text.execute(&mut connection).await?;
            connection.close().await.expect("closes");
        }
        Place::Postgres(address) => {
            let mut connection = scratch::connect(address.expose_secret()).await;
            text.execute(&mut connection).await?;
            connection.close().await.expect("closes");
        }
    }
    Ok(())
}

pub(crate) fn flow() -> Flow {
    let span = |text: &str| text.parse().expect("a duration");
    Flow {
        id: "rnd".into(),
        name: "RnD".into(),
        requesters: Requesters { users: vec!["dana".into()] },
        reason: ReasonRule::Optional,
        duration: DurationRule { default: span("1h"), max: span("8h"), choices: vec![] },
        targets: vec![TargetRule {
            integration: "k8s-real".into(),
            resource_type: "namespace".into(),
            resources: vec!["customer1".into()],
            permissions: vec!["edit".into()],
        }],
        extend: None,
        approval: Approval::Automatic,
    }
}

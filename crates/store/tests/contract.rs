//! What the store promises to everybody above it.

#![expect(clippy::expect_used, reason = "a test stops at what it cannot do")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bellhop_domain::{
    Access, Approval, Ask, Command, DurationRule, Flow, FlowInForce, GrantId, JobKind, ManualClock,
    NewNames, Person, ReasonRule, RequestId, Requesters, Role, TargetRule, decide, submit,
};
use bellhop_store::access::{self, Which};
use bellhop_store::audit::{self, Verdict};
use bellhop_store::{Place, Store, StoreError, accounts, flows, integrations, jobs, people};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{Connection, SqliteConnection};
use tempfile::TempDir;
use uuid::Uuid;

struct World {
    store: Store,
    clock: ManualClock,
    dana: Person,
    folder: TempDir,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = ManualClock::at(DateTime::from_timestamp(1_790_000_000, 0).expect("in range"));
        let store = open(folder.path(), &clock).await.expect("opens");
        let mut tx = store.write().await.expect("opens");
        let dana = people::add(&mut tx, "dana", Role::Member, ("os", "1")).await.expect("added");
        integrations::add(&mut tx, "k8s-real", "kubernetes", "{}").await.expect("added");
        flows::put(&mut tx, &flow()).await.expect("put");
        tx.commit().await.expect("kept");
        Self { store, clock, dana, folder }
    }

    async fn asked(&self) -> Access {
        let mut tx = self.store.write().await.expect("opens");
        let found = integrations::by_name(&mut tx, "k8s-real").await.expect("reads");
        let integration = found.expect("there").id;
        let account = accounts::in_use(&mut tx, integration, self.dana.id).await.expect("made");
        let names = NewNames {
            id: RequestId(tx.new_id()),
            number: access::next_number(&mut tx).await.expect("counted"),
            grants: vec![(GrantId(tx.new_id()), account)],
        };
        let ask = Ask {
            targets: vec!["k8s-real/namespace/customer1:edit".parse().expect("a target")],
            reason: "why".into(),
            duration: None,
        };
        let in_force = FlowInForce { version: 1, flow: flow() };
        let step = submit(ask, &self.dana, &in_force, names, tx.now()).expect("allowed");
        access::insert(&mut tx, &step, &[integration]).await.expect("stored");
        tx.commit().await.expect("kept");
        step.next
    }

    async fn find(&self, access: &Access) -> Access {
        let mut tx = self.store.read().await.expect("opens");
        let found = access::find(&mut tx, Which::Id(access.request.id)).await.expect("reads");
        found.expect("there")
    }

    async fn verdict(&self) -> Verdict {
        let mut tx = self.store.read().await.expect("opens");
        audit::verify(&mut tx).await.expect("reads")
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("bellhop.db")
    }

    /// Somebody with the file in hand, past every guard of the program.
    async fn behind_its_back(&self, text: &'static str) {
        let url = format!("sqlite:{}", self.file().display());
        let mut connection = SqliteConnection::connect(&url).await.expect("opens");
        sqlx::raw_sql(text).execute(&mut connection).await.expect("runs");
    }
}

async fn open(folder: &Path, clock: &ManualClock) -> Result<Store, StoreError> {
    Store::open(&Place::File(folder.join("bellhop.db")), Arc::new(clock.clone())).await
}

fn flow() -> Flow {
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
        approval: Approval::Automatic,
    }
}

#[tokio::test]
async fn a_request_reads_back_as_written_also_after_a_restart() {
    let world = World::new().await;
    let asked = world.asked().await;
    assert_eq!(world.find(&asked).await, asked);
    world.store.close().await;
    let store = open(world.folder.path(), &world.clock).await.expect("opens");
    assert_eq!(store.installation(), world.store.installation());
    let world = World { store, ..world };
    assert_eq!(world.find(&asked).await, asked);
    assert_eq!(asked.request.number.to_string(), "R-1001");
}

#[tokio::test]
async fn p13_a_change_is_kept_with_its_audit_row_or_not_at_all() {
    let world = World::new().await;
    let asked = world.asked().await;
    let before = world.verdict().await;
    world
        .behind_its_back(
            "CREATE TRIGGER broken BEFORE INSERT ON audit_events \
             BEGIN SELECT RAISE (ABORT, 'disk full'); END",
        )
        .await;
    let mut tx = world.store.write().await.expect("opens");
    let end = Command::End { by: world.dana.clone() };
    let step = decide(&asked, end, tx.now()).expect("allowed");
    let written = access::write(&mut tx, &asked, &step).await;
    assert!(matches!(written, Err(StoreError::Database(_))), "{written:?}");
    drop(tx);
    assert_eq!(world.find(&asked).await, asked);
    assert_eq!(world.verdict().await, before);
    let mut tx = world.store.write().await.expect("opens");
    let lease = tx.now() + TimeDelta::seconds(60);
    let job = jobs::claim(&mut tx, Uuid::nil(), lease, true).await.expect("claims");
    assert_eq!(job, None, "the revocation of a change that was not kept");
}

#[tokio::test]
async fn p13_audit_rows_can_be_neither_changed_nor_deleted() {
    let world = World::new().await;
    world.asked().await;
    let url = format!("sqlite:{}", world.file().display());
    let mut connection = SqliteConnection::connect(&url).await.expect("opens");
    for text in ["UPDATE audit_events SET text = '{}'", "DELETE FROM audit_events WHERE seq = 1"] {
        let refused = sqlx::raw_sql(text).execute(&mut connection).await.expect_err(text);
        assert!(refused.to_string().contains("append-only"), "{refused}");
    }
}

#[tokio::test]
async fn a_row_changed_or_taken_out_behind_our_back_is_found() {
    for (tampering, says) in [
        ("UPDATE audit_events SET text = replace(text, 'dana', 'eve') WHERE seq = 1", "hash"),
        ("DELETE FROM audit_events WHERE seq = 2", "missing"),
        ("DELETE FROM audit_events WHERE seq = (SELECT MAX(seq) FROM audit_events)", "head says"),
    ] {
        let world = World::new().await;
        world.asked().await;
        assert!(matches!(world.verdict().await, Verdict::Intact(head) if head.seq == 3));
        world
            .behind_its_back(
                "DROP TRIGGER audit_events_stay_as_written; \
                 DROP TRIGGER audit_events_are_never_deleted",
            )
            .await;
        world.behind_its_back(tampering).await;
        match world.verdict().await {
            Verdict::Broken { why, .. } => assert!(why.contains(says), "{why}"),
            Verdict::Intact(_) => panic!("not found: {tampering}"),
        }
    }
}

#[tokio::test]
async fn p21_a_write_from_an_old_picture_is_refused() {
    let world = World::new().await;
    let asked = world.asked().await;
    let end = |now: DateTime<Utc>| {
        decide(&asked, Command::End { by: world.dana.clone() }, now).expect("allowed")
    };
    let mut tx = world.store.write().await.expect("opens");
    let step = end(tx.now());
    access::write(&mut tx, &asked, &step).await.expect("first");
    tx.commit().await.expect("kept");
    let rows = world.verdict().await;
    let mut tx = world.store.write().await.expect("opens");
    let second = access::write(&mut tx, &asked, &step).await;
    assert!(matches!(second, Err(StoreError::Conflict { .. })), "{second:?}");
    drop(tx);
    assert_eq!(world.verdict().await, rows);
}

#[tokio::test]
async fn p21_each_row_is_guarded_by_its_own_version_and_state() {
    for tampering in [
        "UPDATE requests SET version = version + 1",
        "UPDATE requests SET status = 'active'",
        "UPDATE grants SET version = version + 1",
        "UPDATE grants SET state = 'applying'",
    ] {
        let world = World::new().await;
        let asked = world.asked().await;
        world.behind_its_back(tampering).await;
        let mut tx = world.store.write().await.expect("opens");
        let end = Command::End { by: world.dana.clone() };
        let step = decide(&asked, end, tx.now()).expect("allowed");
        let written = access::write(&mut tx, &asked, &step).await;
        assert!(matches!(written, Err(StoreError::Conflict { .. })), "{tampering}: {written:?}");
    }
}

#[tokio::test]
async fn an_impossible_row_is_an_error_with_table_and_id() {
    let world = World::new().await;
    let asked = world.asked().await;
    world.behind_its_back("UPDATE grants SET state = 'active'").await;
    let mut tx = world.store.read().await.expect("opens");
    let found = access::find(&mut tx, Which::Id(asked.request.id)).await;
    let text = found.expect_err("impossible").to_string();
    let id = asked.grants[0].id.to_string();
    assert!(text.contains("grants") && text.contains(&id), "{text}");
}

#[tokio::test]
async fn taking_away_goes_before_giving_and_a_lane_has_one_lease() {
    let world = World::new().await;
    let asked = world.asked().await;
    let mut tx = world.store.write().await.expect("opens");
    let step = decide(&asked, Command::End { by: world.dana.clone() }, tx.now()).expect("allowed");
    access::write(&mut tx, &asked, &step).await.expect("written");
    let lease = tx.now() + TimeDelta::seconds(60);
    let first = jobs::claim(&mut tx, Uuid::nil(), lease, false).await.expect("claims");
    let first = first.expect("due");
    assert_eq!(first.kind, JobKind::Revoke);
    let second = jobs::claim(&mut tx, Uuid::nil(), lease, false).await.expect("claims");
    assert_eq!(second, None, "the apply job is in the same lane");
    jobs::complete(&mut tx, &first).await.expect("held");
    let second = jobs::claim(&mut tx, Uuid::nil(), lease, false).await.expect("claims");
    assert_eq!(second.map(|job| job.kind), Some(JobKind::Apply));
}

#[tokio::test]
async fn a_lease_that_ran_out_cannot_write() {
    let world = World::new().await;
    world.asked().await;
    let mut tx = world.store.write().await.expect("opens");
    let lease = tx.now() + TimeDelta::seconds(60);
    let job = jobs::claim(&mut tx, Uuid::nil(), lease, false).await.expect("claims").expect("due");
    tx.commit().await.expect("kept");
    world.clock.advance(TimeDelta::seconds(60));
    let mut tx = world.store.write().await.expect("opens");
    assert!(matches!(jobs::still_held(&mut tx, &job).await, Err(StoreError::LeaseLost)));
    assert!(matches!(jobs::complete(&mut tx, &job).await, Err(StoreError::LeaseLost)));
    let now = tx.now();
    assert!(matches!(jobs::retry(&mut tx, &job, now, "no").await, Err(StoreError::LeaseLost)));
}

#[tokio::test]
async fn an_account_is_retired_with_its_last_grant_and_its_name_never_comes_back() {
    let world = World::new().await;
    let asked = world.asked().await;
    let name = asked.grants[0].account.clone();
    let mut tx = world.store.write().await.expect("opens");
    assert!(!accounts::retire_if_unused(&mut tx, &name).await.expect("asks"), "a grant needs it");
    let step = decide(&asked, Command::End { by: world.dana.clone() }, tx.now()).expect("allowed");
    access::write(&mut tx, &asked, &step).await.expect("written");
    assert!(accounts::retire_if_unused(&mut tx, &name).await.expect("asks"));
    tx.commit().await.expect("kept");
    assert_ne!(world.asked().await.grants[0].account, name);
}

#[tokio::test]
async fn a_newer_schema_is_refused_with_what_to_do() {
    let world = World::new().await;
    world
        .behind_its_back(
            "INSERT INTO _sqlx_migrations VALUES \
             (99991231000000, 'later', CURRENT_TIMESTAMP, TRUE, x'00', 1)",
        )
        .await;
    let refused = open(world.folder.path(), &world.clock).await.err().expect("refused");
    assert!(matches!(refused, StoreError::NewerSchema { .. }), "{refused}");
    assert!(refused.to_string().contains("Start the newer program"), "{refused}");
}

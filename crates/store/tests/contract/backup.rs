//! A backup is sound or it is none.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use bellhop_store::access::{self, Which};
use bellhop_store::audit::{self, Verdict};
use bellhop_store::{Place, Store, StoreError};
use tokio::task::{LocalSet, spawn_local};

use crate::world::{World, raw};

impl World {
    fn copy(&self) -> PathBuf {
        self.folder.path().join("copy.db")
    }

    /// Nothing but the store and what is asked for is in the folder.
    fn files(&self) -> Vec<String> {
        let files = fs::read_dir(self.folder.path()).expect("reads");
        let names = files.map(|file| file.expect("reads").file_name().into_string());
        let mut names: Vec<_> = names.map(|name| name.expect("UTF-8")).collect();
        names.retain(|name| !name.starts_with("bellhop.db"));
        names
    }
}

#[tokio::test]
async fn a_backup_of_a_busy_store_is_restored_with_its_rows_and_its_chain() {
    let world = Arc::new(World::sqlite().await);
    let asked = world.asked().await;
    let writing = Arc::clone(&world);
    let test = async {
        let writer = spawn_local(async move {
            for _ in 0..20 {
                writing.asked().await;
            }
        });
        let head = world.store.backup(&world.copy()).await.expect("made");
        writer.await.expect("writes");
        head
    };
    let head = LocalSet::new().run_until(test).await;
    assert_eq!(world.files(), ["copy.db"]);

    let place = Place::File(world.copy());
    let restored = Store::open(&place, Arc::new(world.clock.clone())).await.expect("opens");
    assert_eq!(restored.installation(), world.store.installation());
    let mut tx = restored.read().await.expect("opens");
    let found = access::find(&mut tx, Which::Id(asked.request.id)).await.expect("reads");
    assert_eq!(found, Some(asked));
    assert_eq!(audit::verify(&mut tx).await.expect("reads"), Verdict::Intact(head));
}

#[cfg(unix)]
#[tokio::test]
async fn a_backup_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::sqlite().await;
    world.store.backup(&world.copy()).await.expect("made");
    let mode = fs::metadata(world.copy()).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn a_backup_replaces_nothing() {
    let world = World::sqlite().await;
    fs::write(world.copy(), "mine").expect("writes");
    let refused = world.store.backup(&world.copy()).await.expect_err("refused");
    assert!(matches!(refused, StoreError::BackupNotWritten { .. }), "{refused}");
    assert!(refused.to_string().contains("replace nothing"), "{refused}");
    assert_eq!(fs::read_to_string(world.copy()).expect("reads"), "mine");
    assert_eq!(world.files(), ["copy.db"]);
}

#[tokio::test]
async fn t23_a_store_whose_chain_is_broken_gives_no_backup() {
    let world = World::sqlite().await;
    world.asked().await;
    raw(&world.place, TAMPERING).await.expect("runs");
    let refused = world.store.backup(&world.copy()).await.expect_err("refused");
    assert!(refused.to_string().contains("audit chain breaks at row 1"), "{refused}");
    assert!(world.files().is_empty(), "{:?}", world.files());
}

const TAMPERING: &str = "DROP TRIGGER audit_events_stay_as_written; \
     UPDATE audit_events SET text = replace(text, 'dana', 'eve') WHERE seq = 1";

#[tokio::test]
async fn t23_a_backup_that_was_cut_or_changed_is_refused() {
    let world = World::sqlite().await;
    world.asked().await;
    let head = world.store.backup(&world.copy()).await.expect("made");
    let sound = fs::read(world.copy()).expect("reads");
    assert_eq!(Store::check_backup(&world.copy()).await.expect("sound"), head);
    assert_eq!(fs::read(world.copy()).expect("reads"), sound, "looking changes nothing");

    let refused = async || {
        let refused = Store::check_backup(&world.copy()).await.expect_err("refused");
        assert!(matches!(refused, StoreError::BadBackup { .. }), "{refused}");
        assert!(refused.to_string().contains("Use another one"), "{refused}");
        refused.to_string()
    };
    for cut in [sound.len() - 1, sound.len() / 2, 100, 0] {
        fs::write(world.copy(), &sound[..cut]).expect("writes");
        refused().await;
    }
    fs::write(world.copy(), b"SELECT 1".repeat(1_000)).expect("writes");
    refused().await;
    fs::remove_file(world.copy()).expect("removes");
    refused().await;
    fs::write(world.copy(), &sound).expect("writes");
    raw(&Place::File(world.copy()), TAMPERING).await.expect("runs");
    assert!(refused().await.contains("row 1"));
}

#[tokio::test]
async fn a_backup_of_a_newer_program_is_refused() {
    let world = World::sqlite().await;
    world.store.backup(&world.copy()).await.expect("made");
    let later = "UPDATE _sqlx_migrations SET version = 99991231000000 \
                 WHERE version = (SELECT max(version) FROM _sqlx_migrations)";
    raw(&Place::File(world.copy()), later).await.expect("runs");
    let refused = Store::check_backup(&world.copy()).await.expect_err("refused");
    assert!(matches!(refused, StoreError::NewerSchema { .. }), "{refused}");
}

mod of_a_database {
    on_postgres!(a_database_is_backed_up_with_its_own_tools);

    async fn a_database_is_backed_up_with_its_own_tools(world: super::World) {
        let refused = world.store.backup(&world.copy()).await.expect_err("refused").to_string();
        for part in ["pg_dump --format=custom", "pg_restore --exit-on-error", "--dbname="] {
            assert!(refused.contains(part), "{refused}");
        }
        assert!(world.files().is_empty());
    }
}

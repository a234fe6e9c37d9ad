//! The schema: the same on both engines, made once, and never one that is newer than the program.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use bellhop_domain::SystemClock;
use bellhop_store::{Place, Store, StoreError};
use secrecy::ExposeSecret as _;
use sqlx::{Connection as _, SqliteConnection};

use crate::scratch;
use crate::world::World;

on_both!(a_newer_schema_is_refused_with_what_to_do);

mod of_postgres {
    use super::{both_engines_have_the_same_tables_and_columns, no_error_shows_the_password};
    on_postgres!(both_engines_have_the_same_tables_and_columns, no_error_shows_the_password);
}

async fn a_newer_schema_is_refused_with_what_to_do(world: World) {
    world
        .behind_its_back(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             VALUES (99991231000000, 'later', TRUE, '', 1)",
        )
        .await;
    let refused = world.open().await.err().expect("refused");
    assert!(matches!(refused, StoreError::NewerSchema { .. }), "{refused}");
    assert!(refused.to_string().contains("Start the newer program"), "{refused}");
}

#[test]
fn both_engines_have_migrations_of_the_same_names() {
    let names = |engine: &str| -> BTreeSet<_> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine);
        let files = std::fs::read_dir(folder).expect("reads");
        files.map(|file| file.expect("reads").file_name()).collect()
    };
    assert_eq!(names("sqlite"), names("postgres"));
}

/// Table, column, type, and whether it may be empty.
type Column = (String, String, String, bool);

async fn both_engines_have_the_same_tables_and_columns(world: World) {
    let Place::Postgres(address) = &world.place else { unreachable!() };
    let mut connection = scratch::connect(address.expose_secret()).await;
    let text = "SELECT table_name::text, column_name::text, data_type::text, is_nullable = 'YES' \
                FROM information_schema.columns WHERE table_schema = 'public'";
    let postgres: Vec<Column> =
        sqlx::query_as(text).fetch_all(&mut connection).await.expect("reads");
    let same = postgres.into_iter().map(|(table, column, kind, empty)| {
        let kind = match kind.as_str() {
            "uuid" | "bytea" => "BLOB",
            "bigint" | "boolean" => "INTEGER",
            "text" | "timestamp with time zone" => "TEXT",
            other => panic!("{table}.{column} is {other}"),
        };
        (table, column, kind.to_owned(), empty)
    });

    let file = World::sqlite().await;
    let Place::File(path) = &file.place else { unreachable!() };
    let url = format!("sqlite:{}", path.display());
    let mut connection = SqliteConnection::connect(&url).await.expect("opens");
    // A primary key is never empty, whether it says so or not.
    let text = "SELECT t.name, c.name, c.type, NOT (c.\"notnull\" OR c.pk) \
                FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'";
    let sqlite: Vec<Column> = sqlx::query_as(text).fetch_all(&mut connection).await.expect("reads");
    let ours = |(table, ..): &Column| table != "_sqlx_migrations";
    assert_eq!(
        same.filter(ours).collect::<BTreeSet<_>>(),
        sqlite.into_iter().filter(ours).collect::<BTreeSet<_>>()
    );
}

async fn no_error_shows_the_password(world: World) {
    let Place::Postgres(address) = &world.place else { unreachable!() };
    let (who, at) = address.expose_secret().split_once('@').expect("with a password");
    let (_, password) = who.rsplit_once(':').expect("with a password");
    for wrong in [format!("postgres://nobody:{password}@{at}"), format!("{who}@{at}_not_there")] {
        let place: Place = wrong.parse().expect("an address");
        let clock = Arc::new(world.clock.clone());
        let refused = Store::open(&place, clock).await.err().expect("refused");
        let shown = format!("{refused} {refused:?} {place:?}");
        assert!(!shown.contains(password), "{shown}");
    }
}

#[tokio::test]
async fn replicas_that_start_at_the_same_moment_make_one_schema() {
    scratch::with_database(|address| async move {
        let place = Place::Postgres(scratch::place(&address));
        let open = || Store::open(&place, Arc::new(SystemClock));
        let (one, two, three) = tokio::join!(open(), open(), open());
        let one = one.expect("opens").installation();
        assert_eq!(two.expect("opens").installation(), one);
        assert_eq!(three.expect("opens").installation(), one);
    })
    .await;
}

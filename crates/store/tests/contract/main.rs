//! What the store promises to everybody above it, on both engines.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at what it cannot do"
)]

/// Runs each test on both engines: `sqlite::NAME` and `postgres::NAME`.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                // As on PostgreSQL, a test may start tasks beside itself.
                let test = async { super::$name(crate::world::World::sqlite().await).await };
                tokio::task::LocalSet::new().run_until(test).await;
            })*
        }
        on_postgres!($($name),*);
    };
}

macro_rules! on_postgres {
    ($($name:ident),* $(,)?) => {
        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                crate::scratch::with_database(|address| async move {
                    super::$name(crate::world::World::postgres(&address).await).await;
                })
                .await;
            })*
        }
    };
}

mod audit;
mod backup;
mod configuration;
mod drift;
mod idempotency;
mod jobs;
mod lane;
mod leases;
mod recurring;
mod replicas;
mod requests;
mod resources;
mod schema;
#[path = "../scratch/mod.rs"]
mod scratch;
mod time;
mod world;

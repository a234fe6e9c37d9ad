//! One transaction on the store.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bellhop_domain::{Clock, ids};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::pool::PoolConnection;
use sqlx::{Database, Postgres, Sqlite, Transaction};
use uuid::Uuid;

use crate::time::{self, MOST_BEHIND, Moment, Steady};
use crate::{StoreError, audit};

/// One open transaction. Dropped without [`Tx::commit`], nothing of it is kept.
pub struct Tx {
    pub(crate) inner: Inner,
    pub(crate) moment: Moment,
    pub(crate) steady: Arc<Steady>,
    pub(crate) told: Told,
    /// There for a transaction that may write.
    pub(crate) write: Option<Write>,
}

/// What is noted of a transaction that may write, once it is kept.
pub(crate) struct Write {
    /// Counts them.
    pub(crate) commits: Arc<AtomicU64>,
    /// Tells how long it took.
    pub(crate) clock: Arc<dyn Clock>,
    /// When it was asked for, by [`Clock::boot`].
    pub(crate) begun: TimeDelta,
}

/// What statements run on.
pub(crate) enum Inner {
    /// On SQLite.
    Sqlite(Open<Sqlite>),
    /// On PostgreSQL.
    Postgres(Open<Postgres>),
}

/// A connection of one engine.
pub(crate) enum Open<DB: Database> {
    /// In a transaction.
    Transaction(Transaction<'static, DB>),
    /// Between transactions.
    Connection(PoolConnection<DB>),
}

impl<DB: Database> Deref for Open<DB> {
    type Target = DB::Connection;

    fn deref(&self) -> &DB::Connection {
        match self {
            Self::Transaction(transaction) => transaction,
            Self::Connection(connection) => connection,
        }
    }
}

impl<DB: Database> DerefMut for Open<DB> {
    fn deref_mut(&mut self) -> &mut DB::Connection {
        match self {
            Self::Transaction(transaction) => transaction,
            Self::Connection(connection) => connection,
        }
    }
}

impl<DB: Database> Open<DB> {
    async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Transaction(transaction) => transaction.commit().await,
            Self::Connection(_) => Ok(()),
        }
    }
}

/// A moment at which tests end the process.
pub(crate) fn point(name: &'static str) {
    #[cfg(feature = "testing")]
    crate::testing::reached(name);
    #[cfg(not(feature = "testing"))]
    let _: &str = name;
}

/// What others want to know of a transaction once it is committed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// The new place of the audit log's head, if rows were appended.
    pub head: Option<i64>,
    /// Whether there is work that somebody could take up now.
    pub work: bool,
    /// How long it took, from asking for the lock, if it may write.
    pub took: Option<TimeDelta>,
}

impl Tx {
    /// For reading what has no clock of its own.
    pub(crate) fn timeless(inner: Inner) -> Self {
        let steady = Arc::new(Steady::new(None));
        let moment = steady.moment(DateTime::UNIX_EPOCH, None, TimeDelta::zero());
        Self { inner, moment, steady, told: Told::default(), write: None }
    }

    /// The time of this transaction, read after its lock was held. It is *steady*: it goes on when
    /// somebody sets the wall clock back, so nothing lasts longer by that.
    pub fn now(&self) -> DateTime<Utc> {
        self.moment.now
    }

    /// What the wall clock showed at that moment: this machine's, or on PostgreSQL the database's.
    pub fn wall(&self) -> DateTime<Utc> {
        self.moment.wall
    }

    /// By how much the wall clock stands before the newest audit row, when that is more than
    /// [`MOST_BEHIND`]. Somebody set it back, and nobody can say which time it is: no new access
    /// may be given then.
    pub async fn behind(&mut self) -> Result<Option<TimeDelta>, StoreError> {
        let newest = audit::newest_at(self).await?;
        let wall = self.wall();
        Ok(newest.map(|newest| newest - wall).filter(|behind| *behind > MOST_BEHIND))
    }

    /// A new id, made at this transaction's time.
    pub fn new_id(&self) -> Uuid {
        ids::uuid_at(self.now(), rand::random())
    }

    /// Keeps everything that was written; answers what others want to know of it.
    pub async fn commit(mut self) -> Result<Told, StoreError> {
        let recorded = self.told.head.is_some();
        if recorded {
            time::keep(&mut self).await?;
        }
        point("before a commit");
        match self.inner {
            Inner::Sqlite(open) => open.commit().await?,
            Inner::Postgres(open) => open.commit().await?,
        }
        if let Some(Write { commits, clock, begun }) = &self.write {
            commits.fetch_add(1, Ordering::Relaxed);
            self.told.took = Some(clock.boot() - *begun);
        }
        point("after a commit");
        if recorded {
            self.steady.raise(self.moment.now, self.moment.boot);
        }
        Ok(self.told)
    }
}

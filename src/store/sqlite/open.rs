//! Opening a file, or refusing to: what is not ours is left as it is, to the byte.

use std::{
    cmp::Ordering,
    path::{self, Path},
    sync::Arc,
    time::Duration,
};

use sqlx::{
    ConnectOptions as _, Connection as _, SqliteConnection, SqlitePool,
    migrate::{MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{
    SqliteStore, begin_write, error,
    look::{self, Frozen, There},
};
use crate::ports::StoreError;

/// Marks a SQLite file as ours, `KEPL`: <https://www.sqlite.org/pragma.html#pragma_application_id>.
const APPLICATION_ID: i64 = 0x4b45_504c;

/// [`APPLICATION_ID`] in the words that SQLite takes.
const SET_APPLICATION_ID: &str = "PRAGMA application_id = 1262833740";

static MIGRATIONS: Migrator = sqlx::migrate!("src/store/migrations/sqlite");

/// How long a writer waits for one of another process.
const PATIENCE: Duration = Duration::from_secs(30);

/// Bytes of a page in a new file. A fact has 2 to 4 KB: of SQLite's usual 4 KB each takes a page of
/// its own, and reading all of them anew takes half as long again.
const PAGE: u32 = 16_384;

/// What a store is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// To read what another process wrote. Nothing is created and nothing migrated. It is for a short
    /// look: where a writer begins meanwhile, it may fail and have to be opened again.
    Read,
    /// To write. The file is created where it is missing, and brought up to date.
    Write,
}

impl SqliteStore {
    /// Opens the store in a file; `:memory:` is one that is gone with the last copy.
    ///
    /// # Errors
    ///
    /// [`StoreError::Refused`] where the file is not ours, was written by a newer version, is
    /// damaged, or may not be read or written. It has not been touched then.
    pub async fn open(path: impl AsRef<Path>, mode: Mode) -> Result<Self, StoreError> {
        let path = path.as_ref();
        let place: Arc<str> = path.display().to_string().into();
        if path == Path::new(":memory:") {
            return in_memory(place, mode).await;
        }
        let there = look::look(path, &place, mode)?;
        // Whole, because SQLite takes what begins with `file:` for a URL, and without links, because it
        // keeps its other files beside the one that a link leads to.
        let file = match there {
            There::Nothing => path::absolute(path),
            There::Blank | There::Database => path.canonicalize(),
        };
        let file = file.map_err(|error| look::cannot_look(&place, &error))?;
        match mode {
            Mode::Read => read_only(place, &file, there).await,
            Mode::Write => to_write(place, &file, there).await,
        }
    }
}

async fn in_memory(place: Arc<str>, mode: Mode) -> Result<SqliteStore, StoreError> {
    if mode == Mode::Read {
        return Err(nothing_yet(&place));
    }
    let options = SqliteConnectOptions::new()
        .in_memory(true)
        .disable_statement_logging();
    let pool = pool(1).connect_with(options).await;
    let pool = pool.map_err(|error| error::explain(&place, &error))?;
    migrate(&place, &pool).await?;
    Ok(SqliteStore {
        place,
        writer: pool.clone(),
        reader: pool,
        frozen: None,
    })
}

async fn read_only(place: Arc<str>, file: &Path, there: There) -> Result<SqliteStore, StoreError> {
    if !matches!(there, There::Database) {
        return Err(nothing_yet(&place));
    }
    let frozen = Frozen::new(file).map(Arc::new);
    let options = options(file).read_only(true).immutable(frozen.is_some());
    let said = |error| error::explain(&place, &error);
    let pool = pool(1).connect_with(options).await.map_err(said)?;
    let mut connection = pool.acquire().await.map_err(said)?;
    if application_id(&mut connection).await.map_err(said)? != APPLICATION_ID {
        let is_foreign = has_tables(&mut connection).await.map_err(said)?;
        return Err(if is_foreign {
            foreign(&place)
        } else {
            nothing_yet(&place)
        });
    }
    let version = latest_migration(&mut connection).await.map_err(said)?;
    drop(connection);
    match version.cmp(&MIGRATIONS.iter().map(|migration| migration.version).max()) {
        Ordering::Less => Err(StoreError::Refused(format!(
            "{place} was written by an older kep-liaison; `kep-liaison sync` brings it up to date"
        ))),
        Ordering::Greater => Err(newer(&place)),
        Ordering::Equal => Ok(SqliteStore {
            place,
            writer: pool.clone(),
            reader: pool,
            frozen,
        }),
    }
}

async fn to_write(place: Arc<str>, file: &Path, there: There) -> Result<SqliteStore, StoreError> {
    if matches!(there, There::Database) {
        probe(&place, file).await?;
    }
    let options = options(file);
    let writing = options
        .clone()
        .create_if_missing(true)
        .page_size(PAGE)
        .journal_mode(SqliteJournalMode::Wal)
        // Who gets an acknowledgement never asks again, and who was sent a message must not get it
        // twice: a commit is on the disk before it is spoken of.
        .synchronous(SqliteSynchronous::Full);
    let writer = connect_patiently(&writing).await;
    let writer = writer.map_err(|error| error::explain(&place, &error))?;
    migrate(&place, &writer).await?;
    Ok(SqliteStore {
        place,
        writer,
        reader: pool(2).connect_lazy_with(options.read_only(true)),
        frozen: None,
    })
}

/// Where two processes create a store at the same moment, one finds the file locked; for this one
/// lock SQLite does not wait by itself: <https://github.com/launchbadge/sqlx/pull/1930>.
async fn connect_patiently(options: &SqliteConnectOptions) -> sqlx::Result<SqlitePool> {
    const PAUSE: Duration = Duration::from_millis(10);
    let mut waited = Duration::ZERO;
    loop {
        match pool(1).connect_with(options.clone()).await {
            Err(error) if error::is_locked(&error) && waited < PATIENCE => {
                tokio::time::sleep(PAUSE).await;
                waited += PAUSE;
            }
            connected => return connected,
        }
    }
}

/// Looks into a database without a trace: even a writer that only looks would sort out what another
/// program's crash has left behind.
async fn probe(place: &str, file: &Path) -> Result<(), StoreError> {
    let said = |error| error::explain(place, &error);
    let is_all = !look::has_log(file);
    let options = options(file).read_only(true).immutable(is_all);
    let mut connection = options.connect().await.map_err(said)?;
    if application_id(&mut connection).await.map_err(said)? != APPLICATION_ID {
        if has_tables(&mut connection).await.map_err(said)? {
            return Err(foreign(place));
        }
        return Ok(());
    }
    let found: Vec<String> = sqlx::query_scalar("PRAGMA quick_check(1)")
        .fetch_all(&mut connection)
        .await
        .map_err(said)?;
    if found.first().is_none_or(|found| found != "ok") {
        return Err(error::damaged(place, &found.join("; ")));
    }
    let known = MIGRATIONS.iter().map(|migration| migration.version).max();
    if latest_migration(&mut connection).await.map_err(said)? > known {
        return Err(newer(place));
    }
    connection.close().await.map_err(said)
}

async fn application_id(connection: &mut SqliteConnection) -> sqlx::Result<i64> {
    sqlx::query_scalar("PRAGMA application_id")
        .fetch_one(connection)
        .await
}

async fn has_tables(connection: &mut SqliteConnection) -> sqlx::Result<bool> {
    let found = sqlx::query("SELECT 1 FROM sqlite_schema LIMIT 1")
        .fetch_optional(connection)
        .await?;
    Ok(found.is_some())
}

async fn latest_migration(connection: &mut SqliteConnection) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations")
        .fetch_one(connection)
        .await
}

/// One transaction, so that of two processes that create the store one waits for the other, and one
/// that is killed leaves nothing half done.
async fn migrate(place: &str, pool: &SqlitePool) -> Result<(), StoreError> {
    let said = |error| error::explain(place, &error);
    let mut tx = begin_write(pool).await.map_err(said)?;
    if application_id(&mut tx).await.map_err(said)? != APPLICATION_ID {
        if has_tables(&mut tx).await.map_err(said)? {
            return Err(foreign(place));
        }
        sqlx::query(SET_APPLICATION_ID)
            .execute(&mut *tx)
            .await
            .map_err(said)?;
    }
    // What `Migrator::run` calls; its own future, over a transaction, is one that no task can hold.
    let migrated = MIGRATIONS.run_direct(None, &mut *tx, false).await;
    migrated.map_err(|error| match error {
        MigrateError::VersionMissing(_) => newer(place),
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
            error::explain(place, &error)
        }
        other => error::damaged(place, &other.to_string()),
    })?;
    tx.commit().await.map_err(said)
}

fn options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .busy_timeout(PATIENCE)
        .foreign_keys(true)
        // In KiB, of each connection: what is asked for often is in memory, and the system keeps the
        // file's pages. The default of 2 MiB would be filled by the first look at everything.
        .pragma("cache_size", "-256")
        // Its rows come by the hundreds; a longer channel means fewer turns between two threads.
        .row_buffer_size(512)
        .disable_statement_logging()
}

/// Connections that stay: one of a store in memory would take the store with it.
fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}

fn nothing_yet(place: &str) -> StoreError {
    StoreError::Refused(format!(
        "there is nothing in {place} yet; `kep-liaison sync` fetches it"
    ))
}

fn foreign(place: &str) -> StoreError {
    StoreError::Refused(format!(
        "{place} is a database of another program; name another file"
    ))
}

fn newer(place: &str) -> StoreError {
    StoreError::Refused(format!(
        "{place} was written by a newer kep-liaison; update this one, or name another file"
    ))
}

#[cfg(test)]
mod tests {
    use crate::store::{Mode, SqliteStore};

    /// The numbers of <https://www.sqlite.org/pragma.html#pragma_synchronous>.
    const FULL: i64 = 2;

    #[tokio::test]
    async fn a_commit_is_on_the_disk_before_it_is_spoken_of() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("facts.db");
        let store = SqliteStore::open(&place, Mode::Write).await.unwrap();
        let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous")
            .fetch_one(&store.writer)
            .await
            .unwrap();
        assert_eq!(synchronous, FULL);
    }
}

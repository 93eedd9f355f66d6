//! Files that are not ours, too new, damaged or out of reach: a sentence says so, and they are left
//! as they are, to the byte.

use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use kep_liaison::{
    ports::{Store, StoreError, store::Version},
    store::{Mode, SqliteStore},
};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

use super::{SqliteFile, file, issue};

/// Every file in a folder, and what is in it. The `-shm` file says who reads: it holds no data.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.is_file() && !path.to_string_lossy().ends_with("-shm"))
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect()
}

/// Why a file is not opened; what is in its folder is the same afterwards.
async fn refusal(path: &Path, mode: Mode) -> String {
    let folder = path.parent().unwrap();
    let is_there = folder.is_dir();
    let before = is_there.then(|| contents(folder));
    let refused = SqliteStore::open(path, mode).await;
    let Err(StoreError::Refused(why)) = refused else {
        panic!("{refused:?}");
    };
    assert!(
        before == is_there.then(|| contents(folder)),
        "it was touched"
    );
    why.replace(&format!("{}/", folder.display()), "")
}

async fn refused(path: &Path, why: &str) {
    for mode in [Mode::Read, Mode::Write] {
        assert_eq!(refusal(path, mode).await, why, "{mode:?}");
    }
}

async fn connect(path: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(path);
    options.create_if_missing(true).connect().await.unwrap()
}

async fn run(connection: &mut SqliteConnection, statement: &'static str) {
    sqlx::raw_sql(statement).execute(connection).await.unwrap();
}

/// A store with something in it, all of it in the one file.
async fn ours() -> SqliteFile {
    let place = SqliteFile::default();
    let store = place.write().await;
    let read = "what its reader made of it ".repeat(100);
    let files: Vec<_> = (0..50).map(|nth| file(&nth.to_string(), &read)).collect();
    store.put_files(&files).await.unwrap();
    let page = [issue(7, 0, "text")];
    let batch = super::issues::keep(&page);
    store.put_issues(super::REPO, batch, None).await.unwrap();
    store.close().await;
    assert_eq!(contents(place.0.path()).len(), 1);
    place
}

#[tokio::test]
async fn no_database() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("notes.txt");
    for content in [
        "x",
        "SQLite format 3",
        "SQLite format 3\nis what this is about",
        "\0\0",
    ] {
        fs::write(&path, content.repeat(if content == "x" { 5000 } else { 1 })).unwrap();
        let why = "notes.txt is no SQLite database; name another file, or move this one away";
        refused(&path, why).await;
    }
    // Its beginning is right and nothing else.
    fs::write(&path, format!("SQLite format 3\0{}", "x".repeat(5000))).unwrap();
    let why = "notes.txt is no SQLite database; name another file, or move this one away";
    refused(&path, why).await;
}

#[tokio::test]
async fn a_folder_and_what_is_no_file() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("facts.db");
    fs::create_dir(&path).unwrap();
    refused(&path, "facts.db is a folder; name a file for the store").await;
    refused(
        Path::new("/dev/null"),
        "null is no file; name a file for the store",
    )
    .await;
}

#[tokio::test]
async fn nothing_to_read() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("facts.db");
    let why = "there is nothing in facts.db yet; `kep-liaison sync` fetches it";
    assert_eq!(refusal(&path, Mode::Read).await, why);
    assert!(!path.exists());
    fs::write(&path, "").unwrap();
    assert_eq!(refusal(&path, Mode::Read).await, why);
    let why = "there is nothing in :memory: yet; `kep-liaison sync` fetches it";
    let refused = SqliteStore::open(":memory:", Mode::Read).await;
    assert_eq!(refused.unwrap_err().to_string(), why);
}

#[tokio::test]
async fn a_folder_that_is_missing() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("missing").join("facts.db");
    let why = format!(
        "there is no folder {} for facts.db; create it, or name another file",
        folder.path().join("missing").display()
    );
    refused(&path, &why).await;
    assert!(!path.parent().unwrap().exists());
}

#[tokio::test]
async fn an_empty_file_is_filled() {
    let place = SqliteFile::default();
    fs::write(place.path(), "").unwrap();
    let store = place.write().await;
    store.put_files(&[file("a", "1")]).await.unwrap();
    store.close().await;
    assert!(SqliteStore::open(place.path(), Mode::Read).await.is_ok());
}

#[tokio::test]
async fn a_database_of_another_program() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("other.db");
    let mut connection = connect(&path).await;
    run(
        &mut connection,
        "CREATE TABLE files (a); INSERT INTO files VALUES (1)",
    )
    .await;
    connection.close().await.unwrap();
    let why = "other.db is a database of another program; name another file";
    refused(&path, why).await;
    assert_eq!(contents(folder.path()).len(), 1, "nothing lies beside it");

    let mut connection = connect(&path).await;
    run(&mut connection, "PRAGMA application_id = 7").await;
    run(
        &mut connection,
        "PRAGMA journal_mode = WAL; INSERT INTO files VALUES (2)",
    )
    .await;
    // While it is open, and as it is after its process was killed.
    refused(&path, why).await;
    let killed = TempDir::new().unwrap();
    for (path, content) in contents(folder.path()) {
        fs::write(killed.path().join(path.file_name().unwrap()), content).unwrap();
    }
    assert_eq!(contents(killed.path()).len(), 2);
    refused(&killed.path().join("other.db"), why).await;
}

#[tokio::test]
async fn a_database_with_an_unfinished_write_of_another_program() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("other.db");
    let mut connection = connect(&path).await;
    run(
        &mut connection,
        "CREATE TABLE t (a); INSERT INTO t VALUES (zeroblob(99999))",
    )
    .await;
    run(
        &mut connection,
        "PRAGMA cache_size = 1; BEGIN; UPDATE t SET a = randomblob(99999)",
    )
    .await;
    let killed = TempDir::new().unwrap();
    for (path, content) in contents(folder.path()) {
        fs::write(killed.path().join(path.file_name().unwrap()), content).unwrap();
    }
    let path = killed.path().join("other.db");
    assert!(killed.path().join("other.db-journal").exists());
    let why = "other.db is a database of another program; name another file";
    assert_eq!(refusal(&path, Mode::Write).await, why);
    assert_eq!(refusal(&path, Mode::Read).await, why);
}

#[tokio::test]
async fn a_store_of_a_newer_version() {
    let place = ours().await;
    let mut connection = connect(&place.path()).await;
    let statement = "INSERT INTO _sqlx_migrations (version, description, success, checksum, \
        execution_time) VALUES (9999, 'of the future', 1, x'00', 0)";
    run(&mut connection, statement).await;
    connection.close().await.unwrap();
    let why = "facts.db was written by a newer kep-liaison; update this one, or name another file";
    refused(&place.path(), why).await;
}

#[tokio::test]
async fn a_store_of_an_older_version() {
    let place = SqliteFile::default();
    let mut connection = connect(&place.path()).await;
    // As it was before the first migration.
    let statement = "PRAGMA application_id = 1262833740; CREATE TABLE _sqlx_migrations (
        version BIGINT PRIMARY KEY, description TEXT NOT NULL,
        installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL,
        checksum BLOB NOT NULL, execution_time BIGINT NOT NULL)";
    run(&mut connection, statement).await;
    connection.close().await.unwrap();
    let why = "facts.db was written by an older kep-liaison; \
        `kep-liaison sync` brings it up to date";
    assert_eq!(refusal(&place.path(), Mode::Read).await, why);
    place.write().await.close().await;
    let store = SqliteStore::open(place.path(), Mode::Read).await.unwrap();
    assert_eq!(store.pending().await.unwrap(), (0, false));
}

#[tokio::test]
async fn a_damaged_store() {
    let place = ours().await;
    let whole = fs::read(place.path()).unwrap();
    let mut scratched = whole.clone();
    for page in 2..whole.len() / 4096 {
        scratched[page * 4096..page * 4096 + 100].fill(0xa5);
    }
    let cut = whole[..whole.len() / 2].to_vec();
    for damaged in [scratched, cut] {
        fs::write(place.path(), &damaged).unwrap();
        let why = refusal(&place.path(), Mode::Write).await;
        assert!(why.starts_with("facts.db is damaged ("), "{why}");
        assert!(
            why.ends_with(
                "); put back a copy of it, or move it away together with \
                facts.db-wal, and `kep-liaison sync` fetches everything anew"
            ),
            "{why}"
        );
        // To look for damage takes a reader too long, but it notices what it runs into.
        let why = match SqliteStore::open(place.path(), Mode::Read).await {
            Ok(store) => store.facts(Version::Now).await.unwrap_err(),
            Err(why) => why,
        };
        let StoreError::Refused(why) = why else {
            panic!("{why}");
        };
        assert!(why.contains("facts.db is damaged ("), "{why}");
        assert!(fs::read(place.path()).unwrap() == damaged);
    }
}

#[tokio::test]
async fn a_document_that_nobody_can_read() {
    let place = ours().await;
    let mut connection = connect(&place.path()).await;
    run(&mut connection, "UPDATE issues SET doc = '{\"number\": 7}'").await;
    let store = SqliteStore::open(place.path(), Mode::Read).await.unwrap();
    let why = store.facts(Version::Now).await.unwrap_err().to_string();
    assert!(why.contains("facts.db is damaged ("), "{why}");
    assert!(why.contains("missing field"), "{why}");
}

#[tokio::test]
async fn a_reader_writes_nothing() {
    let place = ours().await;
    let before = contents(place.0.path());
    let store = SqliteStore::open(place.path(), Mode::Read).await.unwrap();
    assert_eq!(store.facts(Version::Now).await.unwrap().files.len(), 50);
    let why = store.put_files(&[file("a", "1")]).await.unwrap_err();
    assert!(matches!(why, StoreError::Refused(_)), "{why}");
    store.close().await;
    assert!(contents(place.0.path()) == before);
    assert_eq!(fs::read_dir(place.0.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_reader_before_a_writer() {
    let place = ours().await;
    let reader = SqliteStore::open(place.path(), Mode::Read).await.unwrap();
    let writer = place.write().await;
    assert_eq!(reader.facts(Version::Now).await.unwrap().files.len(), 50);
    writer.put_files(&[file("a", "1")]).await.unwrap();
    for is_over in [false, true] {
        if is_over {
            writer.close().await;
        }
        // It reads without locks, so it cannot know that what it read was whole.
        let why = reader.facts(Version::Now).await.unwrap_err();
        let StoreError::Failed(why) = why else {
            panic!("{why:?}");
        };
        assert!(why.starts_with("another process began to write"), "{why}");
        let again = SqliteStore::open(place.path(), Mode::Read).await.unwrap();
        assert_eq!(again.facts(Version::Now).await.unwrap().files.len(), 51);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_that_create_it_at_once() {
    for _ in 0..10 {
        let place = SqliteFile::default();
        let mut opening = tokio::task::JoinSet::new();
        for nth in 0..6 {
            let path = place.path();
            opening.spawn(async move {
                let store = SqliteStore::open(path, Mode::Write).await.unwrap();
                let files = [file(&nth.to_string(), "1")];
                store.put_files(&files).await.unwrap();
            });
        }
        while let Some(done) = opening.join_next().await {
            done.unwrap();
        }
        let store = place.write().await;
        assert_eq!(store.facts(Version::Now).await.unwrap().files.len(), 6);
    }
}

#[tokio::test]
async fn a_reader_beside_a_writer() {
    let place = SqliteFile::default();
    let writer = place.write().await;
    let reader = SqliteStore::open(place.path(), Mode::Read).await.unwrap();
    for read in ["1", "2"] {
        writer.put_files(&[file("a", read)]).await.unwrap();
        assert_eq!(
            reader.facts(Version::Now).await.unwrap().files[0].read,
            read
        );
    }
}

#[tokio::test]
async fn names_that_sqlite_takes_for_something_else() {
    let folder = TempDir::new().unwrap();
    for name in [
        "file:facts.db?mode=memory",
        "with 'quotes' & 100%#?.db",
        "ä🎉",
    ] {
        let path = folder.path().join(name);
        let store = SqliteStore::open(&path, Mode::Write).await.unwrap();
        store.put_files(&[file("a", "1")]).await.unwrap();
        store.close().await;
        assert!(path.is_file());
        let store = SqliteStore::open(&path, Mode::Read).await.unwrap();
        assert_eq!(store.facts(Version::Now).await.unwrap().files.len(), 1);
        drop(store);
        // The probe of a writer finds it, too.
        SqliteStore::open(&path, Mode::Write).await.unwrap();
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_to_a_store() {
    let place = ours().await;
    let folder = TempDir::new().unwrap();
    let link = folder.path().join("link.db");
    std::os::unix::fs::symlink(place.path(), &link).unwrap();
    let writer = SqliteStore::open(&link, Mode::Write).await.unwrap();
    writer.put_files(&[file("a", "1")]).await.unwrap();
    for path in [&link, &place.path()] {
        let reader = SqliteStore::open(path, Mode::Read).await.unwrap();
        assert_eq!(reader.facts(Version::Now).await.unwrap().files.len(), 51);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[cfg(unix)]
#[tokio::test]
async fn no_permission() {
    use std::os::unix::fs::PermissionsExt as _;

    let set = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode));
    let place = ours().await;
    set(&place.path(), 0o000).unwrap();
    if fs::File::open(place.path()).is_ok() {
        let left_out =
            "LEFT OUT: the refusal of what may not be read: nothing is forbidden to root";
        // Not eprintln!, whose words cargo swallows when a test passes.
        let _ = writeln!(std::io::stderr(), "{left_out}");
        return;
    }
    let open = async |mode| match SqliteStore::open(place.path(), mode).await {
        Err(StoreError::Refused(why)) => why.split("facts.db ").last().unwrap().to_owned(),
        other => panic!("{other:?}"),
    };
    let what = "permit it for the file and its folder, or name another file";
    assert_eq!(open(Mode::Read).await, format!("cannot be read; {what}"));
    set(&place.path(), 0o400).unwrap();
    assert_eq!(
        open(Mode::Write).await,
        format!("cannot be written; {what}")
    );
    set(place.0.path(), 0o500).unwrap();
    let store = SqliteStore::open(place.path(), Mode::Read).await.unwrap();
    assert_eq!(store.facts(Version::Now).await.unwrap().files.len(), 50);
    set(&place.path(), 0o600).unwrap();
    assert_eq!(
        open(Mode::Write).await,
        format!("cannot be written; {what}")
    );
    set(place.0.path(), 0o700).unwrap();
}

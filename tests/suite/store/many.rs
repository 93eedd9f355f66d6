//! Two stores in one place, as of two processes, and many tasks that use them at once.

use std::{pin::pin, sync::Arc};

use kep_liaison::ports::{Store, store::Version};
use tokio::task::JoinSet;

use super::{Place, REPO, at, change, file, is_pending, issue, revision};

const TASKS: u64 = 8;
const ROUNDS: u64 = 20;

/// Two that are opened at the same moment, in a place where there is nothing yet.
async fn two(place: &dyn Place) -> [Arc<dyn Store>; 2] {
    let (one, other) = tokio::join!(place.open(), place.open());
    [one.into(), other.into()]
}

pub(super) async fn writers_lose_nothing(place: &dyn Place) {
    let stores = two(place).await;
    let mut tasks = JoinSet::new();
    for (task, store) in (1..=TASKS).zip(stores.iter().cycle()) {
        let store = Arc::clone(store);
        tasks.spawn(async move {
            for round in 1..=ROUNDS {
                let path = format!("task-{task}");
                let files = [file(&path, &round.to_string())];
                store.put_files(&files).await.unwrap();
                let page = [issue(task, at_round(round), &round.to_string())];
                let batch = super::issues::keep(&page);
                store.put_issues(REPO, batch, None).await.unwrap();
                let revision = revision(&*store).await;
                let changes = [change(9001, &path)];
                store.tell(at(0), revision, &changes, &[]).await.unwrap();
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    for store in &stores {
        let facts = store.facts(Version::Now).await.unwrap();
        let last = ROUNDS.to_string();
        assert_eq!(facts.files.len(), 8);
        assert!(facts.files.iter().all(|file| file.read == last));
        assert_eq!(facts.issues.len(), 8);
        assert!(facts.issues.iter().all(|issue| *issue.body == *last));
        // Every write changed a fact.
        assert_eq!(facts.revision.unsigned_abs(), 2 * TASKS * ROUNDS);
    }
    super::tell(&*stores[0], &[]).await;
    assert!(!is_pending(&*stores[1]).await);
}

fn at_round(round: u64) -> i64 {
    i64::try_from(round).unwrap()
}

pub(super) async fn readers_see_one_moment(place: &dyn Place) {
    let [writer, reader] = two(place).await;
    let writing = tokio::spawn(async move {
        for round in 1..=100 {
            let round = round.to_string();
            let files = [file("a", &round), file("b", &round)];
            writer.put_files(&files).await.unwrap();
        }
    });
    let mut last = 0;
    while !(writing.is_finished() && last == 200) {
        let facts = reader.facts(Version::Now).await.unwrap();
        assert!(facts.revision >= last);
        last = facts.revision;
        if let [a, b] = &*facts.files {
            assert_eq!(a.read, b.read);
            assert_eq!(a.read, (last / 2).to_string());
        } else {
            assert_eq!(last, 0);
        }
    }
    writing.await.unwrap();
}

/// Whoever waits for a write may lose patience at any point of it.
pub(super) async fn a_write_that_is_given_up(place: &dyn Place) {
    let store = place.open().await;
    for polls in 0..40 {
        let read = polls.to_string();
        let files = [file("a", &read), file("b", &read), file("c", &read)];
        {
            let mut write = pin!(store.put_files(&files));
            for _ in 0..polls {
                if futures::poll!(write.as_mut()).is_ready() {
                    break;
                }
                // By the next time what it waits for may have got further.
                tokio::task::yield_now().await;
                std::thread::yield_now();
            }
        }
        let facts = store.facts(Version::Now).await.unwrap();
        assert!(matches!(facts.files.len(), 0 | 3));
        assert!(
            facts
                .files
                .iter()
                .all(|file| file.read == facts.files[0].read)
        );
    }
    store.put_files(&[file("a", "last")]).await.unwrap();
    let facts = store.facts(Version::Now).await.unwrap();
    assert_eq!(facts.files[0].read, "last");
}

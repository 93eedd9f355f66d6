//! People have other logins from one day to the next, and somebody else takes the old ones.

use std::time::Duration;

use kep_liaison::sandbox::{
    github::{Fault, On, Right},
    slack::{Person, Said},
};

use super::{Log, Scene, Transport, unstarted};
use crate::scenarios::bridge::ISSUE;

const DAY: Duration = Duration::from_hours(24);

async fn begun() -> Scene {
    let mut scene = unstarted(Transport::Socket).await;
    scene.tells_people = true;
    scene.start().await;
    scene.synced().await;
    scene.rest().await;
    scene
}

impl Scene {
    /// When logins were looked at last.
    async fn looked_at(&self) -> Option<String> {
        let note = "SELECT value FROM notes WHERE key = 'accounts/looked'";
        let note = sqlx::query_scalar(note);
        let note = note.fetch_optional(&mut self.store().await).await;
        note.expect("the store")
    }

    /// Lets what is under way go on until logins were looked at again.
    async fn looks_again(&self, before: Option<String>) {
        let look = async {
            while self.looked_at().await == before {
                self.nudge().await;
            }
        };
        let looked = tokio::time::timeout(Duration::from_secs(20), look).await;
        looked.expect("a look");
        self.rest().await;
    }

    async fn next_day(&self) {
        let before = self.looked_at().await;
        self.pass(DAY).await;
        self.looks_again(before).await;
    }

    async fn is_back_after(&mut self, time: Duration) {
        self.stop().await;
        self.clock.advance(time);
        self.start().await;
        self.synced().await;
        self.rest().await;
    }

    /// Whether somebody is told where a login is mentioned; nobody else is.
    async fn hears_of(&self, person: &Person, login: &str) -> bool {
        let text = format!("@{login}, please look.");
        self.containerd().comment("author", ISSUE, &text);
        // The first may be one that was under way.
        self.poll().await;
        self.poll().await;
        let direct = person.direct();
        let said = self.workspace.unseen();
        direct.look_at_all();
        let is_it = |it: &Said| it.channel == direct.id() && it.words().contains("please look");
        assert!(said.iter().all(is_it), "{said:#?}");
        !said.is_empty()
    }

    /// How often accounts were looked up so far.
    fn looked_up(&self) -> usize {
        let requests = self.github.requests();
        let lookups = requests.iter().filter(|it| it.path.starts_with("/user/"));
        lookups.count()
    }
}

#[tokio::test]
async fn the_new_login_is_theirs_and_the_old_one_is_not() {
    let mut scene = begun().await;
    let (mike, other) = (scene.mike.clone(), scene.person("other"));
    scene.links(&mike, "shepherd").await;
    scene.is_answered(&mike, "/kep notify changes off").await;
    assert!(scene.hears_of(&mike, "shepherd").await);
    scene.github.rename_account("shepherd", "herder");
    // Until it is looked at nobody can know.
    assert!(!scene.hears_of(&mike, "herder").await);
    scene.next_day().await;
    assert_eq!(scene.looked_up(), 1);
    assert_eq!(scene.known_as(&mike).await.as_deref(), Some("herder"));
    let shown = scene.is_answered(&mike, "/kep notify").await;
    assert!(shown.contains("Not of: changes."), "{shown}");
    assert!(scene.hears_of(&mike, "herder").await);
    assert!(!scene.hears_of(&mike, "shepherd").await);

    // Somebody takes the old one: it is theirs, with nothing of what the former owner wants.
    scene
        .github
        .token("shepherd", &[("containerd/containerd", Right::Read)]);
    scene.links(&other, "shepherd").await;
    let shown = scene.is_answered(&other, "/kep notify").await;
    assert!(!shown.contains("Not of:"), "{shown}");
    assert!(scene.hears_of(&other, "shepherd").await);
    assert!(scene.hears_of(&mike, "herder").await);

    // A start before the next day is over asks nothing, and a later one does.
    let before = scene.looked_up();
    scene.is_back_after(Duration::from_hours(1)).await;
    assert_eq!(scene.looked_up(), before);
    let looked = scene.looked_at().await;
    scene.is_back_after(DAY).await;
    scene.looks_again(looked).await;
    assert_eq!(scene.looked_up(), before + 2);
    assert!(scene.hears_of(&other, "shepherd").await);
    scene.end().await;
}

#[tokio::test]
async fn what_waits_for_the_morning_is_theirs_by_whatever_login() {
    let mut scene = begun().await;
    let (mike, other) = (scene.mike.clone(), scene.person("other"));
    scene.links(&mike, "shepherd").await;
    scene
        .is_answered(&mike, "/kep notify quiet 22:00-09:00")
        .await;
    assert!(!scene.hears_of(&mike, "shepherd").await);
    scene.github.rename_account("shepherd", "herder");
    let looked = scene.looked_at().await;
    scene.is_back_after(DAY).await;
    scene.looks_again(looked).await;
    assert_eq!(scene.known_as(&mike).await.as_deref(), Some("herder"));
    scene
        .github
        .token("shepherd", &[("containerd/containerd", Right::Read)]);
    scene.links(&other, "shepherd").await;
    scene.pass(DAY / 2).await;
    let told = mike.direct().next().await.words();
    assert!(told.contains("you are herder on GitHub"), "{told}");
    assert!(told.contains("please look"), "{told}");
    scene.workspace.nothing_more_was_said();
    scene.end().await;
}

#[tokio::test]
async fn what_waits_for_the_morning_is_nobodys_whose_login_another_took() {
    let scene = begun().await;
    let (mike, other) = (scene.mike.clone(), scene.person("other"));
    scene.links(&mike, "shepherd").await;
    scene
        .is_answered(&mike, "/kep notify quiet 22:00-09:00")
        .await;
    assert!(!scene.hears_of(&mike, "shepherd").await);
    scene.github.rename_account("shepherd", "herder");
    scene
        .github
        .token("shepherd", &[("containerd/containerd", Right::Read)]);
    // Before anybody looked after the former owner's.
    scene.links(&other, "shepherd").await;
    assert_eq!(scene.known_as(&mike).await, None);
    scene.pass(DAY / 2).await;
    scene.rest().await;
    scene.workspace.nothing_more_was_said();
    assert!(scene.hears_of(&other, "shepherd").await);
    scene.end().await;
}

#[tokio::test]
async fn an_account_that_is_gone_is_nobodys() {
    let scene = begun().await;
    let mike = scene.mike.clone();
    scene.links(&mike, "shepherd").await;
    let log = Log::begin();
    // GitHub that does not answer says nothing of anybody.
    let lookups = On::get("/user/").every(1);
    scene.github.fault(lookups, Fault::Status(502));
    scene.pass(DAY).await;
    let is_in_vain = || log.has("whether logins have changed is not known");
    scene.until("a look in vain", is_in_vain).await;
    scene.github.clear_faults();
    assert_eq!(scene.known_as(&mike).await.as_deref(), Some("shepherd"));
    scene.github.delete_account("shepherd");
    let before = scene.looked_at().await;
    scene.pass(Duration::from_hours(1)).await;
    scene.looks_again(before).await;
    assert_eq!(scene.known_as(&mike).await, None);
    assert!(log.has("an account is gone"));
    scene.end().await;
}

#[tokio::test]
async fn who_cannot_be_looked_up_has_no_login_that_is_another_s() {
    let scene = begun().await;
    let (mike, other) = (scene.mike.clone(), scene.person("other"));
    // Whoever linked first would win.
    scene.links(&other, "shepherd").await;
    scene.links(&mike, "stranger").await;
    let first: i64 = sqlx::query_scalar("SELECT github_id FROM links WHERE login = 'shepherd'")
        .fetch_one(&mut scene.store().await)
        .await
        .expect("a link");
    scene.github.rename_account("shepherd", "herder");
    scene.github.rename_account("stranger", "shepherd");
    let lookup = format!("/user/{first}");
    scene
        .github
        .fault(On::get(&lookup).every(1), Fault::Status(451));
    scene.next_day().await;
    assert_eq!(scene.known_as(&mike).await.as_deref(), Some("shepherd"));
    assert_eq!(scene.known_as(&other).await, None);
    scene.end().await;
}

#[tokio::test]
async fn one_account_that_cannot_be_looked_up_hides_no_other() {
    let scene = begun().await;
    let (mike, other) = (scene.mike.clone(), scene.person("other"));
    scene.links(&mike, "stranger").await;
    scene.links(&other, "shepherd").await;
    scene.github.rename_account("shepherd", "herder");
    let first: i64 = sqlx::query_scalar("SELECT github_id FROM links WHERE login = 'stranger'")
        .fetch_one(&mut scene.store().await)
        .await
        .expect("a link");
    let first = format!("/user/{first}");
    scene
        .github
        .fault(On::get(&first).every(1), Fault::Status(451));
    scene.next_day().await;
    assert_eq!(scene.known_as(&other).await.as_deref(), Some("herder"));
    assert_eq!(scene.known_as(&mike).await.as_deref(), Some("stranger"));
    // An address at which nobody is known has not lost everybody.
    scene.github.clear_faults();
    scene
        .github
        .fault(On::get("/user/").every(1), Fault::Status(404));
    let log = Log::begin();
    scene.next_day().await;
    assert!(log.has("they stay linked"));
    assert_eq!(scene.known_as(&other).await.as_deref(), Some("herder"));
    scene.end().await;
}

//! In which workspace somebody is told, and by which of their clocks it is night.

use std::time::Duration;

use chrono::{DateTime, Utc};
use kep_liaison::{
    domain::Zone,
    ports::Clock as _,
    sandbox::slack::{Channel, Person, Said, Workspace},
};

use super::{super::Scene, Transport, begin, begun, unstarted};

const HALF_AN_HOUR: Duration = Duration::from_mins(30);

fn zone(name: &str) -> Zone {
    Zone::named(name).expect("a zone")
}

/// Sam in another workspace.
struct Elsewhere {
    cncf: Workspace,
    channel: Channel,
    sam: Person,
}

async fn on_two() -> (Scene, Elsewhere) {
    let mut scene = unstarted(Transport::Socket, "").await;
    let cncf = scene.cncf();
    let sam = cncf.person("sam");
    let channel = cncf.channel("containerd-dev").with(&[&sam]);
    let one = format!("slack = {{ kubernetes = \"{}\" }}", scene.sam.id());
    let both = one.replace(" }", &format!(", cncf = \"{}\" }}", sam.id()));
    scene.settings = scene.settings.replace(&one, &both);
    let scene = begin(scene).await;
    cncf.connected(2).await;
    (scene, Elsewhere { cncf, channel, sam })
}

impl Elsewhere {
    async fn answers(&self, typed: &str) -> String {
        let shown = self.sam.types(&self.channel, typed).await;
        assert!(shown.said().is_ephemeral());
        shown.words()
    }

    /// What they are told there.
    fn told(&self) -> Vec<Said> {
        let direct = self.sam.direct();
        let said = self.cncf.unseen();
        assert!(said.iter().all(|it| it.channel == direct.id()), "{said:#?}");
        direct.look_at_all();
        said
    }
}

impl Scene {
    async fn comes_to_utc(&self, moment: &str) {
        let moment: DateTime<Utc> = moment.parse().expect("a moment");
        let time = (moment - self.clock.now()).to_std();
        self.pass(time.expect("it is to come")).await;
        self.rest().await;
    }

    /// Somebody mentions people after a while, so that nothing is folded.
    async fn mentions(&self, whom: &str, text: &str) {
        self.pass(Duration::from_mins(2)).await;
        self.comments_on_it("author", &format!("{whom}, {text}"))
            .await;
    }
}

#[tokio::test]
async fn one_is_told_in_the_workspace_of_ones_choice_and_in_the_other_where_one_left_that() {
    let (scene, elsewhere) = on_two().await;
    scene.answers(&scene.sam, "/kep notify here").await;
    scene.mentions("@samuelkarp", "one.").await;
    scene.told_once(&scene.sam).await;
    assert_eq!(elsewhere.told().len(), 0);
    elsewhere.answers("/kep notify here").await;
    scene.mentions("@samuelkarp", "two.").await;
    scene.nobody_is_told().await;
    assert_eq!(elsewhere.told().len(), 1);
    // They are one person: what they want in one workspace counts in both.
    scene.answers(&scene.sam, "/kep notify mentions off").await;
    scene.mentions("@samuelkarp", "three.").await;
    scene.nobody_is_told().await;
    assert_eq!(elsewhere.told().len(), 0);
    elsewhere.answers("/kep notify mentions on").await;

    elsewhere.sam.deactivate();
    scene.mentions("@samuelkarp", "four.").await;
    scene.told_once(&scene.sam).await;
    // Only by asking one knows that they have left.
    let scolded = scene.slack.take_violations();
    assert_eq!(scolded.len(), 1, "{scolded:?}");
    elsewhere.cncf.nothing_more_was_said();
    scene.end().await;
}

#[tokio::test]
async fn it_is_night_by_the_clock_of_the_workspace_in_which_one_is_told() {
    let (scene, elsewhere) = on_two().await;
    // It is two in the afternoon in Berlin, and five in the morning in Los Angeles.
    scene.sam.set_time_zone(zone("Europe/Berlin"));
    elsewhere.sam.set_time_zone(zone("America/Los_Angeles"));
    elsewhere.answers("/kep notify here").await;
    elsewhere.answers("/kep notify quiet 22:00-08:00").await;
    scene.mentions("@samuelkarp", "one.").await;
    scene.nobody_is_told().await;
    assert_eq!(elsewhere.told().len(), 0);
    // Where they want to be told it is day, so it need not wait any more.
    scene.answers(&scene.sam, "/kep notify here").await;
    let told = scene.told_once(&scene.sam).await;
    assert!(told.words().contains("one."), "{}", told.words());
    elsewhere.cncf.nothing_more_was_said();
    scene.end().await;
}

#[tokio::test]
async fn what_comes_by_night_comes_as_one_message_in_each_ones_own_morning() {
    let scene = begun().await;
    let shepherd = scene.person("shepherd");
    scene.sam.set_time_zone(zone("America/Los_Angeles"));
    shepherd.set_time_zone(zone("Asia/Kolkata"));
    for person in [&scene.sam, &shepherd] {
        scene.answers(person, "/kep notify quiet 22:00-08:00").await;
    }
    // Noon in UTC: five in the morning for Sam, half past five in the afternoon for the shepherd.
    scene.mentions("@samuelkarp @shepherd", "one.").await;
    scene.told_once(&shepherd).await;
    scene.pass(HALF_AN_HOUR).await;
    scene.mentions("@samuelkarp", "two.").await;
    scene.nobody_is_told().await;
    // Sam's morning comes at 15:00.
    scene.comes_to_utc("2026-07-06T14:59:00Z").await;
    scene.nobody_is_told().await;
    scene.comes_to_utc("2026-07-06T15:00:30Z").await;
    let told = scene.told_once(&scene.sam).await.words();
    assert!(told.contains("one.") && told.contains("two."), "{told}");

    // Before midnight and after it, by the shepherd's clock: 22:30 and 01:30.
    scene.comes_to_utc("2026-07-06T17:00:00Z").await;
    scene.mentions("@samuelkarp @shepherd", "three.").await;
    scene.told_once(&scene.sam).await;
    scene.comes_to_utc("2026-07-06T20:00:00Z").await;
    scene.mentions("@shepherd", "four.").await;
    scene.comes_to_utc("2026-07-07T02:29:00Z").await;
    scene.nobody_is_told().await;
    scene.comes_to_utc("2026-07-07T02:30:30Z").await;
    let told = scene.told_once(&shepherd).await.words();
    assert!(told.contains("three.") && told.contains("four."), "{told}");
    assert!(!told.contains("one."), "{told}");
    scene.end().await;
}

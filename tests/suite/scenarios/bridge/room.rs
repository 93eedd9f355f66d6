//! News begins at most five threads in a channel within a day; what would begin one more waits, and is
//! told.

use std::{collections::BTreeSet, time::Duration};

use kep_liaison::sandbox::slack::{Channel, Said};

use super::{Scene, Transport, bridged, unstarted};

/// KEPs that are in the sample and have no tracking issue yet.
const KEPS: [u32; 7] = [127, 753, 1287, 2371, 3619, 5474, 5855];

impl Scene {
    /// Opens the tracking issues of these KEPs, which is news that begins a thread; their numbers.
    fn opens(&self, keps: &[u32]) -> Vec<u64> {
        let open = |kep: &u32| {
            let title = format!("[SIG-Node]: KEP-{kep} - A feature");
            let body = format!(
                "### References\n\nKEP(s): KEP-{kep}\nKEP Issue: https://github.com/kubernetes/enhancements/issues/{kep}\nKEP-Shepherd: @samuelkarp\n"
            );
            self.containerd().open_issue("author", &title, &body)
        };
        keps.iter().map(open).collect()
    }

    /// So much later, and what comes of it.
    async fn later(&self, time: Duration) {
        self.pass(time).await;
        self.poll().await;
        self.all_said().await;
    }
}

/// Which of the KEPs have a thread in a channel.
fn begun(channel: &Channel) -> BTreeSet<u32> {
    let messages = channel.messages().into_iter();
    let roots = messages.filter(|said| said.is_app && said.thread.is_none());
    let words: Vec<String> = roots.map(|root| root.words()).collect();
    let has = |kep: &u32| {
        let heading = format!("KEP-{kep}:");
        words.iter().any(|words| words.contains(&heading))
    };
    KEPS.into_iter().filter(has).collect()
}

/// The root and the replies of a KEP's thread.
fn thread(channel: &Channel, kep: u32) -> Vec<Said> {
    let heading = format!("KEP-{kep}:");
    let messages = channel.messages().into_iter();
    let mut roots = messages.filter(|said| said.is_app && said.thread.is_none());
    let root = roots.find(|root| root.words().contains(&heading));
    channel.thread(&root.expect("a thread").ts)
}

#[tokio::test]
async fn the_sixth_waits_and_loses_nothing() {
    let scene = bridged(Transport::Http, "").await;
    let issues = scene.opens(&KEPS[..6]);
    scene.poll().await;
    let first = begun(&scene.sig_node);
    assert_eq!(first.len(), 5, "{first:?}");
    let sixth = KEPS[..6].iter().find(|kep| !first.contains(kep));
    let sixth = *sixth.expect("one that waits");
    let at = KEPS
        .iter()
        .position(|kep| *kep == sixth)
        .expect("it is one");
    scene.all_said().await;
    // What happens meanwhile waits with it, and the others are told of theirs.
    let text = "The CRI part is merged.";
    scene.containerd().comment("samuelkarp", issues[at], text);
    let other = (at + 1) % 6;
    let text = "The kubelet part is merged.";
    scene
        .containerd()
        .comment("samuelkarp", issues[other], text);
    scene.poll().await;
    assert_eq!(begun(&scene.sig_node), first);
    let told = thread(&scene.sig_node, KEPS[other]);
    assert!(told.iter().any(|said| said.words().contains(text)));
    scene.later(Duration::from_hours(23)).await;
    assert_eq!(begun(&scene.sig_node), first);

    scene.later(Duration::from_hours(1)).await;
    assert_eq!(begun(&scene.sig_node).len(), 6);
    let told = thread(&scene.sig_node, sixth);
    let words: Vec<String> = told.iter().map(Said::words).collect();
    let card = &words[0];
    assert!(card.contains("The CRI part is merged."), "{card}");
    for news in ["opened", "The CRI part is merged."] {
        let many = words[1..].iter().filter(|it| it.contains(news)).count();
        assert_eq!(many, 1, "{news} in {words:#?}");
    }
    scene.end().await;
}

#[tokio::test]
async fn each_channel_has_room_of_its_own() {
    let mut scene = unstarted(Transport::Http, "").await;
    let other = scene.workspace.channel("containerd-dev");
    let other = other.with(&[&scene.sam]);
    let section = format!(
        "[[channels]]\nworkspace = \"kubernetes\"\nid = \"{}\"\nbridge = \"both\"\n",
        other.id()
    );
    scene.settings.push_str(&section);
    scene.sam.invites_bot(&other).await;
    scene.start().await;
    scene.synced().await;
    scene.rest().await;
    scene.opens(&KEPS[..6]);
    scene.poll().await;
    for channel in [&scene.sig_node, &other] {
        assert_eq!(begun(channel).len(), 5);
    }
    scene.all_said().await;
    other.look_at_all();
    scene.end().await;
}

/// A day is the last 24 hours, so it begins at no midnight, and in no zone.
#[tokio::test]
async fn there_is_room_again_a_day_after_each_that_began() {
    let scene = bridged(Transport::Http, "").await;
    scene.opens(&KEPS[..1]);
    scene.poll().await;
    scene.later(Duration::from_hours(6)).await;
    scene.opens(&KEPS[1..]);
    scene.poll().await;
    assert_eq!(begun(&scene.sig_node).len(), 5);
    // It was six in the evening; midnight passes, in each zone that there is.
    scene.later(Duration::from_hours(17)).await;
    assert_eq!(begun(&scene.sig_node).len(), 5);
    // The first began a day ago.
    scene.later(Duration::from_mins(50)).await;
    assert_eq!(begun(&scene.sig_node).len(), 6);
    scene.later(Duration::from_hours(5)).await;
    assert_eq!(begun(&scene.sig_node).len(), 6);
    // And then the others.
    scene.later(Duration::from_hours(1)).await;
    assert_eq!(begun(&scene.sig_node).len(), 7);
    scene.end().await;
}

#[tokio::test]
async fn a_thread_that_began_with_somebodys_words_takes_room_as_well() {
    let scene = bridged(Transport::Http, "").await;
    let liaison = scene.person("liaison");
    for kep in [5825, 4680] {
        let update = format!("/kep update {kep} merged");
        liaison.types(&scene.sig_node, &update).await;
    }
    scene.rest().await;
    scene.opens(&KEPS[..5]);
    scene.poll().await;
    assert_eq!(begun(&scene.sig_node).len(), 3);
    scene.all_said().await;
    scene.end().await;
}

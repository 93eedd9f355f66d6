//! Links to KEPs that people share get the KEP's card below them.

use std::time::Duration;

use kep_liaison::sandbox::{
    github,
    slack::{Fault, On, Said},
};

use super::{BOTH, Scene, Transport};
use crate::desk::phone::phone;

const KEPS: &str = "https://github.com/kubernetes/enhancements";
const UNFURL: &str = "chat.unfurl";

impl Scene {
    /// What stands below the links of a message, once there is anything.
    async fn previews(&self, said: &Said) -> Vec<(String, String)> {
        let look = || {
            let said = self.sig_node.message(&said.ts);
            said.map(|said| said.previews).unwrap_or_default()
        };
        self.workspace
            .until("a preview", |_| !look().is_empty())
            .await;
        let shown = look().into_iter();
        shown.map(|(url, shown)| (url, phone(&shown))).collect()
    }

    /// The first words of what stands below each link that somebody shares.
    async fn titles(&self, links: &str) -> Vec<String> {
        let said = self.sam.says(&self.sig_node, links).await;
        let previews = self.previews(&said).await.into_iter();
        let title = |(_, text): (String, String)| text.split(':').next().map(str::to_owned);
        previews.filter_map(title).collect()
    }
}

#[tokio::test]
async fn a_link_to_a_kep_gets_its_card() {
    for transport in BOTH {
        let scene = Scene::new(transport).await;
        let link = format!("{KEPS}/issues/5825");
        let text = format!("Could somebody look at {link}?");
        let said = scene.mike.says(&scene.sig_node, &text).await;
        let previews = scene.previews(&said).await;
        let [(url, shown)] = &previews[..] else {
            panic!("{previews:?}");
        };
        assert_eq!(*url, link);
        insta::assert_snapshot!("a_link_to_a_kep_gets_its_card", shown);
        // In a thread, too; and another's says when the next freeze is.
        let reply = format!("and {KEPS}/issues/4680");
        let said = scene.sam.replies(&said, &reply).await;
        let previews = scene.previews(&said).await;
        insta::assert_snapshot!("a_link_to_a_kep_of_this_cycle", previews[0].1);
        scene.end().await;
    }
}

#[tokio::test]
async fn every_way_to_a_kep_is_known() {
    let scene = Scene::new(Transport::Socket).await;
    for link in [
        format!("{KEPS}/issues/5825#issuecomment-1"),
        format!("{KEPS}/tree/master/keps/sig-node/5825-cri-pagination"),
        format!("{KEPS}/blob/master/keps/sig-node/5825-cri-pagination/README.md#motivation"),
        format!("{KEPS}/blob/master/keps/sig-node/5825-cri-pagination/kep.yaml"),
        "https://www.github.com/Kubernetes/Enhancements/issues/5825/".to_owned(),
        "http://kep.k8s.io/5825".to_owned(),
        "https://github.com/containerd/containerd/issues/1".to_owned(),
    ] {
        assert_eq!(scene.titles(&link).await, ["# KEP-5825"], "{link}");
    }
    scene.end().await;
}

#[tokio::test]
async fn what_is_no_kep_gets_nothing() {
    let scene = Scene::new(Transport::Socket).await;
    for link in [
        format!("{KEPS}/issues/999999"),
        format!("{KEPS}/issues/5825x"),
        format!("{KEPS}/issues/new"),
        format!("{KEPS}/pull/5825"),
        format!("{KEPS}/commits/master/keps/sig-node/5825-cri-pagination"),
        format!("{KEPS}/blob/master/README.md"),
        KEPS.to_owned(),
        "https://kep.k8s.io/".to_owned(),
        "https://kep.k8s.io/5825/x".to_owned(),
        "https://github.com/somebody/enhancements/issues/5825".to_owned(),
        "https://github.com/somebody/containerd/issues/1".to_owned(),
        "https://github.com/containerd/containerd/issues/2".to_owned(),
        "https://github.com/containerd/containerd/pull/1".to_owned(),
        "https://gist.github.com/kubernetes/enhancements/issues/5825".to_owned(),
        "https://github.com".to_owned(),
        "https://example.org/kubernetes/enhancements/issues/5825".to_owned(),
    ] {
        scene.sam.says(&scene.sig_node, &link).await;
    }
    // What comes last is looked at last.
    let link = format!("{KEPS}/issues/5825");
    assert_eq!(scene.titles(&link).await, ["# KEP-5825"]);
    assert_eq!(scene.slack.calls_of(UNFURL).len(), 1);
    scene.end().await;
}

#[tokio::test]
async fn several_keps_get_a_card_each_and_five_at_most() {
    let scene = Scene::new(Transport::Http).await;
    let twice =
        format!("{KEPS}/issues/5825 {KEPS}/issues/24 https://kep.k8s.io/5825 {KEPS}/issues/5825");
    assert_eq!(scene.titles(&twice).await, ["# KEP-24", "# KEP-5825"]);
    let numbers = [24, 127, 753, 1287, 2008, 2033, 2254];
    let many: Vec<_> = numbers
        .map(|number| format!("https://kep.k8s.io/{number}"))
        .into();
    let mut titles = scene.titles(&many.join(" ")).await;
    titles.sort_unstable();
    let first = [
        "# KEP-127",
        "# KEP-1287",
        "# KEP-2008",
        "# KEP-24",
        "# KEP-753",
    ];
    assert_eq!(titles, first);
    scene.end().await;
}

#[tokio::test]
async fn who_is_writing_sees_it_before_others_do() {
    let scene = Scene::new(Transport::Socket).await;
    let link = format!("{KEPS}/issues/5825");
    scene.sam.pastes_link(&scene.sig_node, &link).await;
    let seen = || scene.sam.sees_in_composer();
    scene
        .workspace
        .until("a preview", |_| !seen().is_empty())
        .await;
    assert!(phone(&seen()[&link]).starts_with("# KEP-5825"));
    assert!(scene.sig_node.messages().is_empty());
    scene.end().await;
}

#[tokio::test]
async fn the_bots_own_links_and_a_link_before_the_first_sync_get_nothing() {
    let mut scene = Scene::before_start(Transport::Socket).await;
    scene
        .github
        .fault(github::On::any().every(1), github::Fault::Hang);
    scene.start().await;
    let link = format!("{KEPS}/issues/5825");
    scene.sam.says(&scene.sig_node, &link).await;
    scene.end().await;

    let scene = Scene::new(Transport::Socket).await;
    let shown = scene.sam.types(&scene.sig_node, "/kep 5825 here").await;
    assert!(shown.said().json.to_string().contains(&link));
    scene.pause().await;
    assert!(scene.slack.calls_of(UNFURL).is_empty());
    scene.end().await;
}

#[tokio::test]
async fn a_preview_that_fails_is_forgotten() {
    for fault in [
        Fault::Error("cannot_unfurl_message"),
        Fault::Status(500),
        Fault::Drop,
    ] {
        let scene = Scene::new(Transport::Http).await;
        scene.slack.fault(On::method(UNFURL).first(1), fault);
        let link = format!("{KEPS}/issues/5825");
        let lost = scene.sam.says(&scene.sig_node, &link).await;
        scene.pause().await;
        assert_eq!(scene.slack.calls_of(UNFURL).len(), 1);
        assert_eq!(scene.titles(&link).await, ["# KEP-5825"]);
        let lost = scene.sig_node.message(&lost.ts).expect("it");
        assert!(lost.previews.is_empty());
        scene.end().await;
    }
}

#[tokio::test]
async fn old_facts_say_so() {
    let scene = Scene::new(Transport::Socket).await;
    scene.github.stop();
    scene.clock.advance(Duration::from_hours(3));
    let link = format!("{KEPS}/issues/5825");
    let said = scene.sam.says(&scene.sig_node, &link).await;
    let previews = scene.previews(&said).await;
    assert!(previews[0].1.contains("As of 6 Jul 2026"), "{previews:?}");
    scene.end().await;
}

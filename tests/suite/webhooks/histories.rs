//! Long histories, in which webhooks come in any order, twice or never, and polling at any time:
//! they all end where polling alone ends.

use kep_liaison::sandbox::github::{Delivery, Openness, ReviewState};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng, seq::SliceRandom as _};

use super::{Scene, anew, assert_same};
use crate::sync::world::{form, kep_path, kep_yaml};

/// How many things happen in a history.
const LENGTH: usize = 25;

/// Something happens to one of the first few issues.
fn happen(scene: &Scene, random: &mut StdRng) {
    let containerd = &scene.world.containerd;
    let number = random.random_range(1..=4);
    let label = ["target/kubernetes/v1.38", "kind/feature"][random.random_range(0..2)];
    let is_there = |number: &u64| containerd.numbers().contains(number);
    if !is_there(&number) {
        return;
    }
    match random.random_range(0..18) {
        0 => drop(
            scene
                .world
                .enhancements
                .push(&[(&kep_path(1), &kep_yaml(1, "beta"))]),
        ),
        1 => containerd.label(number, label),
        2 if containerd.issue(number)["labels"]
            .to_string()
            .contains(label) =>
        {
            containerd.unlabel(number, label);
        }
        3 => containerd.set_milestone(number, Some(scene.milestone)),
        4 => containerd.set_milestone(number, None),
        5 => containerd.close(number, "completed"),
        6 => containerd.reopen(number),
        7 => containerd.assign(number, "samuelkarp"),
        8 => containerd.edit_title(number, "Never mind"),
        9 => containerd.edit_body(number, "Nothing."),
        10 => containerd.edit_body(number, &form(usize::try_from(number).expect("small"))),
        11 => containerd.edit_body(scene.plain, &form(9)),
        12 => containerd.edit_body(scene.plain, "Nothing yet."),
        13 => containerd.edit_body(scene.pull, &format!("For #{number}")),
        14 => drop(
            containerd
                .open_pull("dims", "More", &format!("Fixes #{number}"))
                .to_string(),
        ),
        15 => containerd.open_milestone(scene.milestone, Openness::Closed),
        16 => {
            let verdict = ReviewState::Approved;
            containerd.review("mikebrow", scene.pull, verdict, "Good.");
        }
        17 if number == 4 => containerd.delete_issue(number),
        _ => {}
    }
}

/// Lets a history happen; `between` is what the bot sees of it meanwhile.
async fn history(seed: u64, mut between: impl AsyncFnMut(&mut Scene)) -> Scene {
    let mut scene = Scene::new().await;
    let mut random = StdRng::seed_from_u64(seed);
    for _ in 0..LENGTH {
        happen(&scene, &mut random);
        scene.world.pass(random.random_range(0..3));
        between(&mut scene).await;
    }
    // What the last second brings is certain to be seen only when it is over.
    scene.world.pass(60);
    scene
}

#[tokio::test]
async fn every_history_ends_where_polling_ends() {
    for seed in 0..20 {
        let polled = history(seed, async |_| {}).await;
        polled.poll().await;
        polled.poll().await;

        let mut luck = StdRng::seed_from_u64(seed + 1_000);
        let mut held: Vec<Delivery> = Vec::new();
        let mut scene = history(seed, async |scene| {
            held.extend(scene.world.model.take_deliveries());
            if luck.random_bool(0.3) {
                held.shuffle(&mut luck);
                let now = held.split_off(luck.random_range(0..=held.len()));
                let lost = now.len() / 5;
                scene.deliver(&now[lost..]).await;
                if luck.random_bool(0.3) {
                    held.extend(anew(&now, "again"));
                }
            }
            if luck.random_bool(0.1) {
                scene.poll().await;
            }
        })
        .await;
        scene.poll().await;
        scene.poll().await;
        assert_same(
            &scene.facts().await,
            &polled.facts().await,
            &format!("{seed}"),
        );
        held.shuffle(&mut luck);
        assert_eq!(scene.deliver(&held).await, [""; 0], "{seed}");
        assert_same(
            &scene.facts().await,
            &polled.facts().await,
            &format!("{seed}, late"),
        );
        assert_eq!(scene.poll().await, [""; 0], "{seed}");
    }
}

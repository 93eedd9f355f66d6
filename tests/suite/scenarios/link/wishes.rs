//! What somebody wants to be told stays theirs, whoever they are known as.

use super::{Transport, set_up};

#[tokio::test]
async fn settings_stay_when_who_somebody_is_comes_and_goes() {
    let mut scene = set_up(Transport::Socket).await;
    let mike = scene.mike.clone();
    scene.is_answered(&mike, "/kep notify changes off").await;
    scene.links(&mike, "mikebrow").await;
    let shown = scene
        .is_answered(&mike, "/kep notify quiet 22:00-08:00")
        .await;
    assert!(shown.contains("Not of: changes."), "{shown}");
    scene.is_answered(&mike, "/kep unlink").await;
    let shown = scene.is_answered(&mike, "/kep notify mute 4680").await;
    assert!(shown.contains("22:00–08:00"), "{shown}");
    scene.links(&mike, "shepherd").await;
    let shown = scene.is_answered(&mike, "/kep notify").await;
    assert!(shown.contains("Muted: KEP-4680."), "{shown}");
    scene.is_answered(&mike, "/kep unlink").await;

    // The settings name them from now on, by another login.
    scene.stop().await;
    let named = format!(
        "[[people]]\ngithub = \"stranger\"\nslack = {{ kubernetes = \"{}\" }}\n",
        mike.id()
    );
    scene.settings += &named;
    scene.start().await;
    let shown = scene.is_answered(&mike, "/kep notify").await;
    for wanted in ["Not of: changes.", "22:00–08:00", "Muted: KEP-4680."] {
        assert!(shown.contains(wanted), "{shown}");
    }
    scene.end().await;
}

//! The program is killed in the middle of a sync, at every request and at random moments; the next
//! one finishes what it began.

use std::{path::PathBuf, process::Stdio};

use kep_liaison::{
    sandbox::github::{Fault, Gate, On},
    store::{Mode, SqliteStore},
};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use super::world::{World, kep_path, kep_yaml};

/// The program in a folder of its own, with the model as its GitHub.
struct Installed {
    folder: TempDir,
    token: String,
}

impl Installed {
    fn new(world: &World) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = format!("[github]\napi_url = \"{}\"\n", world.model.url());
        std::fs::write(folder.path().join("kep-liaison.toml"), settings).expect("settings");
        Self {
            folder,
            token: world.model.token("kep-liaison-bot", &[]),
        }
    }

    fn store(&self) -> PathBuf {
        self.folder.path().join("kep-liaison.db")
    }

    fn sync(&self) -> Child {
        Command::new(assert_cmd::cargo::cargo_bin!("kep-liaison"))
            .args(["sync", "--format", "json"])
            .current_dir(self.folder.path())
            .env_remove("DATABASE_URL")
            .env("GITHUB_TOKEN", &self.token)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the program runs")
    }

    /// A sync to its end; what it says.
    async fn sync_well(&self) -> serde_json::Value {
        let output = self.sync().wait_with_output().await.expect("an end");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        serde_json::from_slice(&output.stdout).expect("JSON")
    }
}

async fn fresh() -> World {
    World::with_keps(4).await
}

/// The board of what the program stored.
async fn stored(world: &mut World, installed: &Installed) -> Vec<String> {
    let store = SqliteStore::open(installed.store(), Mode::Read).await;
    world.store = store.expect("a store");
    world.summary().await.into_iter().collect()
}

#[tokio::test]
async fn killed_at_each_request_of_its_first_sync() {
    let mut world = fresh().await;
    let installed = Installed::new(&world);
    world.model.reset_log();
    installed.sync_well().await;
    let count = world.model.requests().len();
    let expected = stored(&mut world, &installed).await;
    assert!(count > 10 && expected.len() > 6, "{count} {expected:?}");
    for nth in 1..=count {
        let mut world = fresh().await;
        let installed = Installed::new(&world);
        let gate = Gate::default();
        world
            .model
            .fault(On::any().nth(nth), Fault::Held(gate.clone()));
        let mut child = installed.sync();
        tokio::select! {
            () = gate.arrived(1) => {}
            ended = child.wait() => panic!("it ended before request {nth}: {ended:?}"),
        }
        child.kill().await.expect("SIGKILL");
        world.model.clear_faults();
        let said = installed.sync_well().await;
        assert_eq!(said["changed"], serde_json::json!([]), "at request {nth}");
        assert_eq!(
            stored(&mut world, &installed).await,
            expected,
            "at request {nth}"
        );
    }
}

#[tokio::test]
async fn killed_between_learning_and_telling_it_tells_the_next_time() {
    let mut world = fresh().await;
    let installed = Installed::new(&world);
    installed.sync_well().await;
    world.pass(60);
    world
        .enhancements
        .push(&[(&kep_path(3), &kep_yaml(3, "beta"))]);
    world.containerd.label(1, "target/kubernetes/v1.38");
    world.model.reset_log();
    // Found out in a copy of the folder, so that the original is still to learn.
    let copy = Installed {
        folder: tempfile::tempdir().expect("a folder"),
        token: installed.token.clone(),
    };
    for name in ["kep-liaison.toml", "kep-liaison.db"] {
        let from = installed.folder.path().join(name);
        std::fs::copy(from, copy.folder.path().join(name)).expect("a copy");
    }
    let expected = copy.sync_well().await["changed"].clone();
    assert_eq!(expected.as_array().map(Vec::len), Some(2), "{expected}");
    let count = world.model.requests().len();
    for nth in 1..=count {
        let again = Installed {
            folder: tempfile::tempdir().expect("a folder"),
            token: installed.token.clone(),
        };
        for name in ["kep-liaison.toml", "kep-liaison.db"] {
            let from = installed.folder.path().join(name);
            std::fs::copy(from, again.folder.path().join(name)).expect("a copy");
        }
        let gate = Gate::default();
        world
            .model
            .fault(On::any().nth(nth), Fault::HeldAfter(gate.clone()));
        let mut child = again.sync();
        tokio::select! {
            () = gate.arrived(1) => {}
            ended = child.wait() => panic!("it ended before request {nth}: {ended:?}"),
        }
        child.kill().await.expect("SIGKILL");
        world.model.clear_faults();
        let said = again.sync_well().await;
        assert_eq!(said["changed"], expected, "at request {nth}");
        assert_eq!(again.sync_well().await["changed"], serde_json::json!([]));
    }
    let _ = stored(&mut world, &installed).await;
}

//! The program as somebody installed it: in a folder of its own, with the model as its GitHub.

use std::{path::PathBuf, process::Stdio};

use tempfile::TempDir;
use tokio::process::{Child, Command};

use super::world::World;

/// The program in a folder of its own, with the model as its GitHub.
pub(super) struct Installed {
    folder: TempDir,
    token: String,
}

impl Installed {
    pub(super) fn new(world: &World) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = format!("[github]\napi_url = \"{}\"\n", world.model.url());
        std::fs::write(folder.path().join("kep-liaison.toml"), settings).expect("settings");
        Self {
            folder,
            token: world.model.token("kep-liaison-bot", &[]),
        }
    }

    /// Without a token.
    pub(super) fn anonymous(world: &World) -> Self {
        Self {
            token: String::new(),
            ..Self::new(world)
        }
    }

    pub(super) fn token(&self) -> &str {
        &self.token
    }

    pub(super) fn store(&self) -> PathBuf {
        self.folder.path().join("kep-liaison.db")
    }

    pub(super) fn sync(&self) -> Child {
        self.start(&["sync", "--format", "json"])
    }

    pub(super) fn start(&self, words: &[&str]) -> Child {
        Command::new(assert_cmd::cargo::cargo_bin!("kep-liaison"))
            .args(words)
            .current_dir(self.folder.path())
            .env_remove("DATABASE_URL")
            .env_remove("GITHUB_WEBHOOK_SECRET")
            .env_remove("GITHUB_TOKEN")
            .envs((!self.token.is_empty()).then_some(("GITHUB_TOKEN", &self.token)))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the program runs")
    }

    /// A sync to its end; what it says.
    pub(super) async fn sync_well(&self) -> serde_json::Value {
        let output = self.sync().wait_with_output().await.expect("an end");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        serde_json::from_slice(&output.stdout).expect("JSON")
    }

    /// Another installation with the same settings and the same store.
    pub(super) fn copy(&self) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["kep-liaison.toml", "kep-liaison.db"] {
            let from = self.folder.path().join(name);
            std::fs::copy(from, folder.path().join(name)).expect("a copy");
        }
        Self {
            folder,
            token: self.token.clone(),
        }
    }

    /// Runs the program to its end: exit status, answer, complaints.
    pub(super) async fn run(&self, words: &[&str]) -> (i32, String, String) {
        let output = self.start(words).wait_with_output().await.expect("an end");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        let status = output.status.code().expect("an exit status");
        (status, text(output.stdout), text(output.stderr))
    }
}

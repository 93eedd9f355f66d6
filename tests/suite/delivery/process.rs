//! The bot as a process of its own that can be killed: this very binary, started again for one test
//! that is the bot, with a clock that the one who started it moves.

use std::{
    fs,
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use kep_liaison::{
    app::bot::{Bot, Outside},
    config::Config,
    ports::Clock,
};
use tokio::process::{Child, Command};

use crate::{scenarios::metrics, sync::world::NoChance};

/// Where the process finds its settings, its clock and its secrets.
const FOLDER: &str = "KEP_LIAISON_TEST_PROCESS";
/// How exactly whoever sleeps wakes, in real time.
const TICK: Duration = Duration::from_millis(2);

/// The machine's clock and so many milliseconds more, which stand in a file: processes share it.
#[derive(Debug, Clone)]
pub(super) struct Shared(Arc<fs::File>);

impl Shared {
    pub(super) fn create(folder: &Path) -> Self {
        let path = folder.join("clock");
        fs::write(&path, 0_i64.to_le_bytes()).expect("a clock");
        Self::open(folder)
    }

    fn open(folder: &Path) -> Self {
        let mut options = fs::OpenOptions::new();
        let file = options.read(true).write(true).open(folder.join("clock"));
        Self(Arc::new(file.expect("a clock")))
    }

    fn ahead(&self) -> i64 {
        let mut ahead = [0; 8];
        self.0.read_exact_at(&mut ahead, 0).expect("a clock");
        i64::from_le_bytes(ahead)
    }

    /// Only one process moves it.
    pub(super) fn advance(&self, by: TimeDelta) {
        let ahead = self.ahead() + by.num_milliseconds();
        let written = self.0.write_all_at(&ahead.to_le_bytes(), 0);
        written.expect("a clock");
    }
}

#[async_trait]
impl Clock for Shared {
    fn now(&self) -> DateTime<Utc> {
        Utc::now() + TimeDelta::milliseconds(self.ahead())
    }

    async fn sleep(&self, duration: Duration) {
        let wake = self.now() + TimeDelta::from_std(duration).unwrap_or(TimeDelta::days(1));
        while self.now() < wake {
            tokio::time::sleep(TICK).await;
        }
    }
}

/// What a process is started with, again and again.
pub(super) struct Program {
    pub(super) folder: PathBuf,
    pub(super) secrets: Vec<(&'static str, String)>,
}

impl Program {
    /// Starts the bot, and waits until it listens.
    pub(super) async fn start(&self, port: u16) -> Child {
        let me = std::env::current_exe().expect("this binary");
        let child = Command::new(me)
            .args(["delivery::process::the_bot", "--exact", "--ignored"])
            .env(FOLDER, &self.folder)
            .envs(self.secrets.iter().map(|(name, secret)| (name, secret)))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        let mut child = child.expect("the bot starts");
        let listens = async {
            while tokio::net::TcpStream::connect(("127.0.0.1", port))
                .await
                .is_err()
            {
                tokio::time::sleep(TICK).await;
            }
        };
        tokio::select! {
            () = listens => {}
            ended = child.wait() => panic!("the bot ended: {ended:?}"),
        }
        child
    }
}

/// Not a test: what [`Program::start`] starts.
#[tokio::test]
#[ignore = "it is the bot of other tests"]
async fn the_bot() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let folder = PathBuf::from(folder);
    let settings = fs::read_to_string(folder.join("settings.toml")).expect("settings");
    let config = Config::parse(&settings, "settings").expect("settings");
    let env = |name: &str| std::env::var(name).ok();
    let outside = Outside {
        env: &env,
        clock: Arc::new(Shared::open(&folder)),
        dice: Arc::new(NoChance),
        metrics: metrics(),
    };
    let mut bot = Bot::start(&config, outside).await.expect("the bot starts");
    // Whoever started it kills it.
    bot.broken().await;
}

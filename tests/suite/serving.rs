//! `kep-liaison run` as somebody starts and stops it.

use std::{process::Stdio, time::Duration};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    net::TcpStream,
    process::{Child, ChildStderr, Command},
    time::timeout,
};

use crate::terminal::Folder;

/// How long a slow machine may take.
const PATIENCE: Duration = Duration::from_mins(2);

/// Nobody listens at port 9.
const SETTINGS: &str = r#"
    http = { listen = "127.0.0.1:0", admin_listen = "127.0.0.1:0" }
    github = { api_url = "http://127.0.0.1:9" }
    slack = { api_url = "http://127.0.0.1:9" }
    [[workspaces]]
    name = "kubernetes"
    mode = "http"
    bot_token = "env:BOT"
    signing_secret = "env:SIGNING"
"#;

#[test]
fn without_settings_it_says_where_they_belong_and_what_to_do() {
    for words in [&["run"][..], &["run", "--store", "sqlite:some.db"]] {
        let folder = Folder::new();
        let ran = folder.run(words);
        assert_eq!((ran.status, &*ran.stdout), (2, ""), "{ran:?}");
        for part in [
            "there is no kep-liaison.toml in this folder",
            "--config FILE",
            "deploy/kep-liaison.example.toml",
            "`kep-liaison sandbox`",
        ] {
            assert!(ran.stderr.contains(part), "{ran:?}");
        }
        let left = std::fs::read_dir(folder.path()).expect("the folder");
        assert_eq!(left.count(), 0, "it leaves something behind");
    }
    let folder = Folder::new();
    let ran = folder.run(&["run", "--config", "elsewhere.toml"]);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("elsewhere.toml"), "{ran:?}");
}

/// The bot as a process.
struct Running {
    child: Child,
    log: Lines<BufReader<ChildStderr>>,
    address: String,
}

impl Running {
    async fn start(folder: &Folder) -> Self {
        folder.file("kep-liaison.toml", SETTINGS);
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("kep-liaison"));
        command
            .current_dir(folder.path())
            .env_remove("DATABASE_URL")
            .args(["run", "--log-format", "json"])
            .envs([("BOT", "xoxb-1"), ("SIGNING", "a secret")])
            .env("GITHUB_WEBHOOK_SECRET", "between us")
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = command.spawn().expect("it starts");
        let stderr = child.stderr.take().expect("stderr");
        let mut running = Self {
            child,
            log: BufReader::new(stderr).lines(),
            address: String::new(),
        };
        let line = running.says("serving").await;
        let line: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        let address = line["http"].as_str().expect("an address");
        address.clone_into(&mut running.address);
        running
    }

    /// The next line that holds some words.
    async fn says(&mut self, words: &str) -> String {
        let reading = async {
            loop {
                let line = self.log.next_line().await.expect("a line");
                let line = line.unwrap_or_else(|| panic!("no line says {words:?}"));
                if line.contains(words) {
                    return line;
                }
            }
        };
        timeout(PATIENCE, reading).await.expect("in time")
    }

    /// A request that is under way, for its body does not come.
    async fn is_asked(&self) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address)
            .await
            .expect("a connection");
        let head = "POST /github/webhook HTTP/1.1\r\nhost: here\r\nx-hub-signature-256: sha256=0\r\n\
                    expect: 100-continue\r\ncontent-length: 9\r\n\r\n";
        stream
            .write_all(head.as_bytes())
            .await
            .expect("it is taken");
        let mut said = [0; 12];
        let read = timeout(PATIENCE, stream.read_exact(&mut said)).await;
        read.expect("in time").expect("an answer");
        assert_eq!(&said, b"HTTP/1.1 100");
        stream
    }

    async fn signal(&self, name: &str) {
        let pid = self.child.id().expect("it runs").to_string();
        let sent = Command::new("kill").args([name, &pid]).status().await;
        assert!(sent.expect("kill").success());
    }

    async fn ends(&mut self) -> Option<i32> {
        let ended = timeout(PATIENCE, self.child.wait()).await;
        ended.expect("in time").expect("its end").code()
    }
}

#[tokio::test]
async fn it_finishes_at_the_first_signal() {
    let folder = Folder::new();
    let mut bot = Running::start(&folder).await;
    let mut asked = bot.is_asked().await;
    bot.signal("-TERM").await;
    bot.says("stopping").await;
    asked.write_all(b"123456789").await.expect("it is taken");
    let mut said = String::new();
    let read = timeout(PATIENCE, asked.read_to_string(&mut said)).await;
    read.expect("in time").expect("an answer");
    assert!(said.contains("HTTP/1.1 401 "), "{said}");
    assert_eq!(bot.ends().await, Some(0));
}

#[tokio::test]
async fn it_ends_at_once_at_the_second() {
    for (first, second) in [("-TERM", "-TERM"), ("-INT", "-INT"), ("-TERM", "-INT")] {
        let folder = Folder::new();
        let mut bot = Running::start(&folder).await;
        let _asked = bot.is_asked().await;
        bot.signal(first).await;
        bot.says("stopping").await;
        bot.signal(second).await;
        bot.says("ended at once, by a second signal").await;
        assert_eq!(bot.ends().await, Some(1));
    }
}

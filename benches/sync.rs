//! What a sync costs the machine: the program itself, as a process, against the model of GitHub
//! with 656 KEPs, 500 issues that matter and 10,000 that do not. Linux only: it reads `/proc`.
//!
//! `docs/performance.md` has figures and targets.

#![expect(
    clippy::unwrap_used,
    reason = "a bench that cannot begin should say so"
)]

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use kep_liaison::{
    app::SystemClock,
    ports::Clock,
    sandbox::github::{Fault, GitHub, On},
};

const KEPS: usize = 656;
const TRACKING: usize = 500;
const OTHERS: usize = 10_000;
const TIMES: u32 = 20;

/// What one run of the program took.
struct Run {
    wall: Duration,
    /// User and system time.
    cpu: Duration,
    /// The most memory that was resident.
    peak_kb: u64,
    said: String,
}

/// The processor time of all children that have ended. `/proc` counts in hundredths of a second
/// (`getconf CLK_TCK`), so one run says little and many say more.
fn cpu_of_children() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap()
        .split_whitespace()
        .collect();
    let ticks: u64 = fields[13..15]
        .iter()
        .map(|ticks| ticks.parse::<u64>().unwrap())
        .sum();
    Duration::from_millis(ticks * 10)
}

fn run(folder: &Path, token: &str, words: &[&str]) -> Run {
    let began = Instant::now();
    let cpu_before = cpu_of_children();
    let child = Command::new(env!("CARGO_BIN_EXE_kep-liaison"))
        .args(words)
        .current_dir(folder)
        .env("GITHUB_TOKEN", token)
        .env_remove("DATABASE_URL")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let watch = thread::spawn(move || {
        let mut peak = 0;
        while let Ok(text) = fs::read_to_string(&status) {
            let line = text.lines().find(|line| line.starts_with("VmHWM:"));
            // A process that has ended has no memory any more.
            let Some(line) = line else { break };
            peak = line.split_whitespace().nth(1).unwrap().parse().unwrap();
            thread::sleep(Duration::from_millis(1));
        }
        peak
    });
    let output = child.wait_with_output().unwrap();
    let wall = began.elapsed();
    assert!(output.status.success(), "{words:?}");
    Run {
        wall,
        cpu: cpu_of_children().saturating_sub(cpu_before),
        peak_kb: watch.join().unwrap(),
        said: String::from_utf8(output.stdout).unwrap(),
    }
}

/// The mean of many runs.
fn runs(what: &str, folder: &Path, token: &str, words: &[&str]) {
    let all: Vec<Run> = (0..TIMES).map(|_| run(folder, token, words)).collect();
    let mut walls: Vec<Duration> = all.iter().map(|run| run.wall).collect();
    walls.sort_unstable();
    let cpu = all.iter().map(|run| run.cpu).sum::<Duration>() / TIMES;
    let peak = all.iter().map(|run| run.peak_kb).max().unwrap();
    println!(
        "{what}: median {:.1} ms, CPU {:.1} ms, peak {:.1} MB",
        walls[walls.len() / 2].as_secs_f64() * 1e3,
        cpu.as_secs_f64() * 1e3,
        f64::from(u32::try_from(peak).unwrap()) / 1024.0
    );
}

fn fill(model: &GitHub) {
    let enhancements = model.repository("kubernetes/enhancements");
    let files: Vec<(String, String)> = (1..=KEPS)
        .map(|number| {
            let path = format!("keps/sig-node/{number}-feature-{number}/kep.yaml");
            let yaml = format!("title: Feature {number}\nkep-number: {number}\nowning-sig: sig-node\nstatus: implementable\nstage: alpha\nlatest-milestone: \"v1.38\"\nauthors:\n  - \"@author\"\nmilestone:\n  alpha: \"v1.38\"\n");
            (path, yaml)
        })
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    enhancements.push(&files);
    model
        .repository("kubernetes/sig-release")
        .push(&[("releases/README.md", "Releases")]);
    let containerd = model.repository("containerd/containerd");
    containerd.push(&[("RELEASES.md", "# Releases\n")]);
    for number in 1..=TRACKING {
        let title = format!("[SIG-Node]: KEP-{number} - Feature {number}");
        let body = format!(
            "### References\n\nKEP(s): KEP-{number}\nstage: alpha\nKEP Issue: https://github.com/kubernetes/enhancements/issues/{number}\nK8s-Release: 1.38\nKEP-Shepherd: @mikebrow\n{}",
            "Some words about it. ".repeat(60)
        );
        containerd.open_issue("author", &title, &body);
    }
    let words = "It crashes when it should not. ".repeat(60);
    for number in 1..=OTHERS {
        if number % 2 == 0 {
            containerd.open_issue("somebody", &format!("Crash {number}"), &words);
        } else {
            containerd.open_pull("somebody", &format!("Mend {number}"), &words);
        }
    }
    // The hour and the minute are the model's; here the machine is measured.
    model.set_budget("bot", 1_000_000);
    model.set_points_a_minute(1_000_000);
}

#[tokio::main]
async fn main() {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let model = GitHub::start(clock).await;
    fill(&model);
    let token = model.token("bot", &[]);
    for archive in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let settings = format!("[github]\napi_url = \"{}\"\n", model.url());
        fs::write(folder.path().join("kep-liaison.toml"), settings).unwrap();
        if !archive {
            let tarball = On::get("/repos/kubernetes/enhancements/tarball");
            model.fault(tarball.every(1), Fault::Status(404));
        }
        let sync = ["sync", "--format", "json"];
        let first = run(folder.path(), &token, &sync);
        let said: serde_json::Value = serde_json::from_str(&first.said).unwrap();
        println!(
            "first sync{}: {} requests, {} bytes, {:.2} s, CPU {:.2} s, peak {:.1} MB",
            if archive { "" } else { " without an archive" },
            said["requests"],
            said["bytes"],
            first.wall.as_secs_f64(),
            first.cpu.as_secs_f64(),
            f64::from(u32::try_from(first.peak_kb).unwrap()) / 1024.0
        );
        if archive {
            run(folder.path(), &token, &sync);
            runs("sync of nothing", folder.path(), &token, &sync);
            runs(
                "status 1 from the store",
                folder.path(),
                &token,
                &["status", "1"],
            );
        }
    }
}

//! The model of GitHub, held to GitHub's documentation rule by rule, through real HTTP and by a
//! client that knows nothing of this project.

mod apps;
mod conditional;
mod contents;
mod device;
mod events;
mod faults;
pub(crate) mod http;
mod issues;
mod limits;
mod lists;
mod pygithub;
mod webhooks;
mod writes;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use kep_liaison::sandbox::{
    clock::ManualClock,
    github::{GitHub, Repository},
};

use http::Http;

const CONTAINERD: &str = "/repos/containerd/containerd";

/// A GitHub with one public repository, standing still in time.
struct World {
    clock: ManualClock,
    github: GitHub,
    containerd: Repository,
}

async fn world() -> World {
    let clock = ManualClock::at(moment("2026-03-02T09:00:00Z"));
    let github = GitHub::start(Arc::new(clock.clone())).await;
    let containerd = github.repository("containerd/containerd");
    World {
        clock,
        github,
        containerd,
    }
}

impl World {
    /// A client without a token.
    fn anonymous(&self) -> Http {
        Http::new(self.github.url(), None)
    }

    /// A client of somebody without special rights.
    fn anybody(&self) -> Http {
        self.bearing(&self.github.token("anybody", &[]))
    }

    fn bearing(&self, token: &str) -> Http {
        Http::new(self.github.url(), Some(token))
    }

    fn advance(&self, seconds: u64) {
        self.clock.advance(std::time::Duration::from_secs(seconds));
    }
}

fn moment(text: &str) -> DateTime<Utc> {
    text.parse().expect("a moment")
}

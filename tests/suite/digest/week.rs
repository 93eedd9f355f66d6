//! KEPs, their tracking issues, and a week that goes by.

use std::{collections::HashMap, fmt::Write as _, sync::Arc};

use chrono::{DateTime, Utc};
use kep_liaison::domain::{
    Issue, IssueState, Milestone, Pull,
    board::{Board, Facts},
    change::{Change, changes},
    cycle::{Cycles, read_release_page, read_runtime_releases},
    digest::{Digest, Left, Material, Scope, Update},
    kep::read_kep,
};

use crate::world::{issue, login, number, pull, settings};

const PAGE: &str = "\
# Kubernetes v1.37

- **Monday 18th May 2026**: Week 1 — Release cycle begins
- **Tuesday 16th June 2026 (AoE) / Wednesday 17th June 2026, 12:00 UTC**: Week 5 — Enhancements Freeze
- **Wednesday 22nd July 2026 (AoE) / Thursday 23rd July 2026, 12:00 UTC**: Week 10 — Code Freeze
- **Wednesday 26th August 2026**: Week 15 — Kubernetes v1.37.0 released
";
const RELEASES: &str = "\
| Release | Status | Start | End of Life | Owners |
| ------- | ------ | ----- | ----------- | ------ |
| [2.3](https://example.org/2.3) | Active | April 30, 2026 | April 30, 2028 | |
| [2.4](https://example.org/2.4) | _Future_ | August 26, 2026 (_tentative_) | April 26, 2027 (_tentative_) | |
";
const TITLES: [&str; 12] = [
    "Swap-aware Eviction",
    "Pod-level CPU Burst",
    "Checkpoint to OCI Image",
    "Image Pull Progress in CRI",
    "Sandbox API for VM Runtimes",
    "Per-Container OOM Policy",
    "Idmapped Volumes for Block Devices",
    "Evented PLEG without Relist",
    "Image Volume Subpath",
    "Memory QoS with cgroup v2",
    "Split Image Filesystem",
    "Runtime-assisted Mounts",
];
const FIRST: usize = 7001;

pub(super) fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a moment")
}

/// A KEP and its tracking issue.
#[derive(Clone)]
struct One {
    title: String,
    stage: &'static str,
    status: &'static str,
    release: &'static str,
    issue: Option<Issue>,
    pull: Option<Issue>,
}

/// KEPs as they were, as they are, and what was said meanwhile.
pub(super) struct Week {
    was: Vec<One>,
    is: Vec<One>,
    updates: Vec<Update>,
}

impl Week {
    /// A dozen KEPs.
    pub(super) fn usual() -> Self {
        Self::of(12)
    }

    pub(super) fn of(many: usize) -> Self {
        let is: Vec<One> = (0..many).map(one).collect();
        Self {
            was: is.clone(),
            is,
            updates: Vec::new(),
        }
    }

    /// Much happens.
    pub(super) fn goes_by(mut self) -> Self {
        for (kep, one) in self.is.iter_mut().enumerate() {
            match kep % 12 {
                1 => one.stage = "beta",
                2 => one.release = "v1.38",
                3 => {
                    if let Some(pull) = &mut one.pull {
                        pull.state = IssueState::Completed;
                        let merged_at = Some(at("2026-07-02T10:00:00Z"));
                        pull.pull = Some(Pull { merged_at });
                    }
                }
                4 => {
                    if let Some(issue) = &mut one.issue {
                        issue.body = issue.body.replace("@mikebrow", "@mikebrow, @fuweid").into();
                    }
                }
                7 => one.stage = "alpha",
                8 => {
                    if let Some(issue) = &mut one.issue {
                        issue.state = IssueState::Completed;
                    }
                }
                _ => {}
            }
        }
        let said = |kep: usize, who: &str, words: &str| Update {
            kep: number(u32::try_from(FIRST + kep).expect("a number")),
            who: who.into(),
            url: format!(
                "https://github.com/containerd/containerd/issues/{}#issuecomment-1",
                kep + 1
            )
            .into(),
            markdown: words.to_owned(),
        };
        self.updates = vec![
            said(
                0,
                "samuelkarp",
                "Blocked on the CRI API: `RuntimeConfig` needs a field for this, see #31218.",
            ),
            said(
                4,
                "mikebrow",
                "What is left:\n\n- the shim\n- a test\n\nBoth have an **owner**, and neither is in the way of the freeze as far as anybody can say today, so beta can go ahead in the next cycle.",
            ),
        ];
        self
    }

    /// Somebody calls a KEP so, and says this of it.
    pub(super) fn says(mut self, title: &str, words: &str) -> Self {
        title.clone_into(&mut self.is[0].title);
        if let Some(issue) = &mut self.is[0].issue {
            issue.title = title.into();
        }
        self.updates = vec![Update {
            kep: number(7001),
            who: "samuelkarp".into(),
            url: "https://github.com/containerd/containerd/issues/1#issuecomment-1".into(),
            markdown: words.to_owned(),
        }];
        self
    }

    pub(super) fn digest(&self, now: &str, before: Option<Left>) -> Digest {
        self.digest_of(now, before, &Scope::of("containerd"))
    }

    pub(super) fn digest_of(&self, now: &str, before: Option<Left>, scope: &Scope) -> Digest {
        let now = at(now);
        let changes = changes(&board(&self.was), &board(&self.is));
        self.digest_after(&changes, now, before, scope)
    }

    /// The digest after other changes than those of the week.
    pub(super) fn digest_after(
        &self,
        changes: &[Change],
        now: DateTime<Utc>,
        before: Option<Left>,
        scope: &Scope,
    ) -> Digest {
        let is = board(&self.is);
        let since = (now > at("2026-07-01T00:00:00Z")).then(|| now - chrono::TimeDelta::days(7));
        Digest::compose(
            Material {
                board: &is,
                settings: &settings(),
                now,
                since,
                changes,
                updates: &self.updates,
                before,
            },
            scope,
        )
    }
}

fn one(kep: usize) -> One {
    let number = FIRST + kep;
    let at_issue = u64::try_from(kep + 1).expect("a number");
    let title = TITLES[kep % TITLES.len()];
    let stage = ["alpha", "alpha", "alpha", "beta"][kep % 4];
    let shepherd = ["@samuelkarp", "@mikebrow, @fuweid", "TBD", "@fuweid"][kep % 4];
    let shepherd = if kep % 12 == 4 { "@mikebrow" } else { shepherd };
    let body = format!(
        "### References\n\nKEP(s): KEP-{number}\nstage: {stage}\nKEP Issue: https://github.com/kubernetes/enhancements/issues/{number}\nK8s-Release: v1.37\nKEP owner: @author\nKEP-Shepherd: {shepherd}\n"
    );
    let tracking = Issue {
        labels: vec!["target/kubernetes/v1.37".into()],
        milestone: (!kep.is_multiple_of(3)).then(|| Milestone {
            title: "2.4".into(),
            open: true,
            due: None,
        }),
        created_at: Some(at("2026-05-20T00:00:00Z")),
        updated_at: Some(at("2026-06-25T00:00:00Z")),
        ..issue(
            at_issue,
            &format!("[SIG-Node]: KEP-{number} - {title}"),
            &body,
        )
    };
    let of = format!("cri: {title} (KEP-{number})");
    One {
        title: title.to_owned(),
        stage: if kep % 12 == 7 { "beta" } else { stage },
        status: "implementable",
        release: "v1.37",
        issue: (kep % 12 != 5).then_some(tracking),
        pull: (kep % 12 == 3).then(|| Issue {
            author: Some(login("author")),
            ..pull(at_issue + 5000, &of, &format!("Part of #{at_issue}"))
        }),
    }
}

fn board(all: &[One]) -> Board {
    let mut keps = Vec::new();
    let mut issues = Vec::new();
    for (kep, one) in all.iter().enumerate() {
        let number = FIRST + kep;
        let mut text = format!(
            "kep-number: {number}\nowning-sig: sig-node\nstatus: {}\nstage: {}\nlatest-milestone: \"{}\"\nauthors:\n  - \"@author\"\n",
            one.status, one.stage, one.release
        );
        // A JSON string is a YAML string in double quotes.
        let title = serde_json::to_string(&one.title).expect("a string");
        let _ = write!(
            text,
            "title: {title}\nmilestone:\n  {}: \"{}\"\n",
            one.stage, one.release
        );
        keps.push(read_kep(
            &format!("keps/sig-node/{number}-feature/kep.yaml"),
            &text,
        ));
        issues.extend(one.issue.iter().chain(&one.pull).cloned().map(Arc::new));
    }
    let facts = Facts {
        keps,
        issues: Some(issues),
        cycles: Cycles::new(read_release_page(PAGE).into_iter().collect()),
        runtime_releases: HashMap::from([("containerd".into(), read_runtime_releases(RELEASES))]),
        ..Facts::default()
    };
    Board::build(facts, &settings())
}

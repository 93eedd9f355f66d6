//! The metrics: what each is called and means, and the text that Prometheus collects.

use std::{
    fs,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use metrics::{Gauge, Unit, describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{
    BuildError, Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};

/// The upper bounds for what takes time, in seconds: from an answer out of memory to a repository
/// that is fetched whole.
const SECONDS: [f64; 14] = [
    0.000_1, 0.000_5, 0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0, 10.0, 30.0, 300.0,
];

/// How often what was measured is summed up where nobody collects it.
const UPKEEP: Duration = Duration::from_secs(1);

/// How a metric counts.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Counter,
    Gauge,
    Histogram,
}

use Kind::{Counter, Histogram};

/// Every metric that the program counts: a new one gets its line here.
const DESCRIBED: &[(Kind, &str, Unit, &str)] = &[
    (
        Counter,
        "kep_liaison_effects_total",
        Unit::Count,
        "Effects that the queue carried out, by what they are and by what came of it: done, again, dead.",
    ),
    (
        Counter,
        "kep_liaison_bridge_held_total",
        Unit::Count,
        "Times that an issue or a thread was held because too much was written to it.",
    ),
    (
        Counter,
        "kep_liaison_github_requests_total",
        Unit::Count,
        "Requests to GitHub, by endpoint and by the status of the answer; \"none\" where none came.",
    ),
    (
        Histogram,
        "kep_liaison_github_request_seconds",
        Unit::Seconds,
        "How long GitHub took for a whole answer, by endpoint.",
    ),
    (
        Counter,
        "kep_liaison_slack_requests_total",
        Unit::Count,
        "What came from Slack, by kind.",
    ),
    (
        Histogram,
        "kep_liaison_answer_seconds",
        Unit::Seconds,
        "From what came from Slack to its acknowledgement, by kind.",
    ),
    (
        Counter,
        "kep_liaison_slack_turned_away_total",
        Unit::Count,
        "Questions that were not answered, because one person asked too much at once.",
    ),
    (
        Counter,
        "kep_liaison_slack_not_taken_total",
        Unit::Count,
        "What came from Slack and was not taken, because the store failed or was late, by kind.",
    ),
    (
        Counter,
        "kep_liaison_requests_refused_total",
        Unit::Count,
        "Requests that are not signed by whom they should be, by route.",
    ),
    (
        Kind::Gauge,
        "kep_liaison_connections",
        Unit::Count,
        "Connections that are open, by listener.",
    ),
    (
        Counter,
        "kep_liaison_connections_cut_total",
        Unit::Count,
        "Connections that made way for others because all places were taken, by listener.",
    ),
    (
        Counter,
        "kep_liaison_slack_calls_total",
        Unit::Count,
        "Calls to Slack's Web API, by method and by what came of them.",
    ),
    (
        Counter,
        "kep_liaison_effects_total",
        Unit::Count,
        "What the bridge carried out, by effect and by what came of it.",
    ),
    (
        Counter,
        "kep_liaison_bridge_held_total",
        Unit::Count,
        "How often a write waited because too much was written in its place within an hour.",
    ),
    (
        Counter,
        "kep_liaison_bridge_missed_total",
        Unit::Count,
        "What happened in bridged channels while the bot heard nothing, and was found later.",
    ),
    (
        Kind::Gauge,
        "kep_liaison_outbox_waiting",
        Unit::Count,
        "Effects that wait to be carried out, those that were put off among them.",
    ),
    (
        Kind::Gauge,
        "kep_liaison_outbox_dead",
        Unit::Count,
        "Effects that were given up; `kep-liaison outbox` lists them.",
    ),
    (
        Kind::Gauge,
        "kep_liaison_outbox_oldest_seconds",
        Unit::Seconds,
        "How long the oldest effect waits that was not put off on purpose.",
    ),
    (
        Kind::Gauge,
        "kep_liaison_outbox_held_lanes",
        Unit::Count,
        "Issues and threads that are held, because too much was written there.",
    ),
    (
        Kind::Gauge,
        RESIDENT,
        Unit::Bytes,
        "Memory that the process holds.",
    ),
    (
        Kind::Gauge,
        STARTED,
        Unit::Seconds,
        "When the process started, since the beginning of 1970.",
    ),
    (
        Kind::Gauge,
        BUILD,
        Unit::Count,
        "Always 1; its label says which version runs.",
    ),
];

/// As every Prometheus client calls them:
/// <https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics>
const RESIDENT: &str = "process_resident_memory_bytes";
const STARTED: &str = "process_start_time_seconds";
const BUILD: &str = "kep_liaison_build_info";

/// What was counted since the start. Copies share it.
#[derive(Clone)]
pub struct Metrics {
    handle: PrometheusHandle,
    resident: Gauge,
}

impl Metrics {
    /// From now on everything is counted here. Who has installed a recorder before keeps it.
    pub fn install() -> Result<Self, BuildError> {
        let (recorder, metrics) = Self::new()?;
        let _ = metrics::set_global_recorder(recorder);
        Ok(metrics)
    }

    fn new() -> Result<(PrometheusRecorder, Self), BuildError> {
        let builder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?;
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        let resident = metrics::with_local_recorder(&recorder, || {
            for (kind, name, unit, help) in DESCRIBED {
                match kind {
                    Kind::Counter => describe_counter!(*name, *unit, *help),
                    Kind::Gauge => describe_gauge!(*name, *unit, *help),
                    Kind::Histogram => describe_histogram!(*name, *unit, *help),
                }
            }
            let since = SystemTime::now().duration_since(UNIX_EPOCH);
            gauge!(STARTED).set(since.unwrap_or_default().as_secs_f64());
            gauge!(BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
            gauge!(RESIDENT)
        });
        Ok((recorder, Self { handle, resident }))
    }

    /// The text that Prometheus reads.
    pub fn render(&self) -> String {
        if let Some(bytes) = resident() {
            self.resident.set(bytes);
        }
        self.handle.render()
    }

    /// Sums up what was measured, again and again, so that it takes no more room when nobody asks
    /// for [`Metrics::render`]. Never ends.
    pub async fn upkeep(self) {
        let mut often = tokio::time::interval(UPKEEP);
        loop {
            often.tick().await;
            self.handle.run_upkeep();
        }
    }
}

/// The memory that this process holds, where the system says so:
/// <https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>
fn resident() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u32 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(f64::from(kib) * 1024.0)
}

#[cfg(test)]
mod tests {
    use metrics::{counter, histogram};

    use std::{fs, path::Path};

    use super::{DESCRIBED, Metrics};

    /// The names in `counter!("…")` and its like, in every file below a folder.
    fn counted_in(folder: &Path, into: &mut Vec<String>) {
        for entry in fs::read_dir(folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                counted_in(&path, into);
                continue;
            }
            if path.extension() != Some("rs".as_ref()) {
                continue;
            }
            let text = fs::read_to_string(&path).expect("a source");
            for start in ["counter!(", "gauge!(", "histogram!("] {
                let names = text.split(start).skip(1).filter_map(|rest| {
                    let name = rest.trim_start().strip_prefix('"')?;
                    name.split_once('"').map(|(name, _)| name.to_owned())
                });
                into.extend(names.filter(|name| name.starts_with("kep_liaison_")));
            }
        }
    }

    #[test]
    fn everything_that_is_counted_is_described() {
        let mut counted = Vec::new();
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        counted_in(&sources, &mut counted);
        assert!(counted.len() >= 2, "{counted:?}");
        let described = |name: &str| DESCRIBED.iter().any(|(_, known, ..)| *known == name);
        counted.retain(|name| !described(name));
        assert_eq!(
            counted,
            [] as [String; 0],
            "DESCRIBED needs a line for each"
        );
    }

    #[test]
    fn what_is_counted_is_told_with_what_it_means() {
        let (recorder, metrics) = Metrics::new().expect("a recorder");
        metrics::with_local_recorder(&recorder, || {
            counter!("kep_liaison_github_requests_total", "endpoint" => "issues", "status" => "200")
                .increment(2);
            histogram!("kep_liaison_github_request_seconds", "endpoint" => "issues").record(0.2);
        });
        let text = metrics.render();
        for line in [
            "# TYPE kep_liaison_github_requests_total counter",
            "# HELP kep_liaison_github_requests_total Requests to GitHub, by endpoint",
            "kep_liaison_github_requests_total{endpoint=\"issues\",status=\"200\"} 2\n",
            "# TYPE kep_liaison_github_request_seconds histogram",
            "kep_liaison_github_request_seconds_bucket{endpoint=\"issues\",le=\"0.1\"} 0\n",
            "kep_liaison_github_request_seconds_bucket{endpoint=\"issues\",le=\"0.25\"} 1\n",
            "kep_liaison_github_request_seconds_count{endpoint=\"issues\"} 1\n",
            "kep_liaison_build_info{version=\"0.1.0\"} 1\n",
        ] {
            assert!(text.contains(line), "no {line:?} in\n{text}");
        }
        let value = |name: &str| -> f64 {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            let value = line.and_then(|value| value.trim().parse().ok());
            value.unwrap_or_else(|| panic!("no {name} in\n{text}"))
        };
        let started = value("process_start_time_seconds ");
        assert!(started > 1.7e9, "{started}");
        if cfg!(target_os = "linux") {
            let resident = value("process_resident_memory_bytes ");
            assert!((1e6..1e11).contains(&resident), "{resident}");
        }
    }
}

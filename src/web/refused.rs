//! Requests of those who have not shown who they are: each is counted, and few are logged, for
//! anybody may send as many as they like.

use std::{
    fmt::Display,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// How long the log is silent after a line.
const SILENCE: Duration = Duration::from_secs(10);

/// What one route refused.
#[derive(Debug)]
pub(super) struct Refused {
    route: &'static str,
    /// When the last line was written, and how many were refused since.
    since: Mutex<(Option<Instant>, u64)>,
}

impl Refused {
    pub(super) const fn by(route: &'static str) -> Self {
        Self {
            route,
            since: Mutex::new((None, 0)),
        }
    }

    /// One more.
    pub(super) fn note(&self, error: &dyn Display) {
        let route = self.route;
        metrics::counter!("kep_liaison_requests_refused_total", "route" => route).increment(1);
        if let Some(requests) = self.line(Instant::now()) {
            tracing::warn!(%error, requests, "requests to {route} are refused");
        }
    }

    /// Counts one; where a line is due, how many it stands for.
    fn line(&self, now: Instant) -> Option<u64> {
        let mut since = self.since.lock().unwrap_or_else(PoisonError::into_inner);
        let (last, count) = &mut *since;
        *count += 1;
        if last.is_some_and(|last| now.duration_since(last) < SILENCE) {
            return None;
        }
        *last = Some(now);
        Some(std::mem::take(count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_a_line_each_ten_seconds_and_none_is_forgotten() {
        let (refused, began) = (Refused::by("a route"), Instant::now());
        let at = |millis| refused.line(began + Duration::from_millis(millis));
        let lines: Vec<u64> = (0..=20_000).filter_map(at).collect();
        assert_eq!(lines, [1, 10_000, 10_000]);
    }
}

//! How long an acknowledgement waits for the store. Slack gives up after three seconds, and one
//! connection of Socket Mode acknowledges one thing after the other: questions stand behind it that
//! need no store.

use std::{
    fmt::Display,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::time::timeout;

/// How long the store may take; Slack delivers again what is not taken then.
const USUAL: Duration = Duration::from_secs(2);
/// How long it may take while it is known to be late: what comes one after the other is not held up
/// by two seconds each.
const LATE: Duration = Duration::from_millis(250);
/// For how long it is known to be late. Then it is tried again with the usual patience, which it may
/// need.
const REMEMBERED: Duration = Duration::from_secs(10);

/// How the store did lately.
#[derive(Debug, Default)]
pub(super) struct Patience {
    late_until: Mutex<Option<Instant>>,
}

impl Patience {
    /// Waits for the store, as long as there is time; why there is no answer, else. What is given up
    /// is rolled back, or was done and is known again by its identity.
    pub(super) async fn wait<T, E: Display>(
        &self,
        storing: impl Future<Output = Result<T, E>>,
    ) -> Result<T, String> {
        let within = self.within(Instant::now());
        match timeout(within, storing).await {
            Ok(stored) => {
                self.remember(None);
                stored.map_err(|error| error.to_string())
            }
            Err(_) => {
                self.remember(Some(Instant::now() + REMEMBERED));
                Err(format!("the store took longer than {within:?}"))
            }
        }
    }

    fn within(&self, now: Instant) -> Duration {
        let late_until = *self
            .late_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match late_until {
            Some(until) if now < until => LATE,
            _ => USUAL,
        }
    }

    fn remember(&self, late_until: Option<Instant>) {
        *self
            .late_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = late_until;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_was_late_is_waited_for_less_for_a_while() {
        let (patience, now) = (Patience::default(), Instant::now());
        assert_eq!(patience.within(now), USUAL);
        patience.remember(Some(now + REMEMBERED));
        assert_eq!(patience.within(now), LATE);
        assert_eq!(patience.within(now + REMEMBERED), USUAL);
    }

    #[tokio::test]
    async fn an_answer_in_time_ends_that() {
        let patience = Patience::default();
        patience.remember(Some(Instant::now() + REMEMBERED));
        let stored = patience.wait(async { Ok::<_, &str>(7) }).await;
        assert_eq!(stored, Ok(7));
        assert_eq!(patience.within(Instant::now()), USUAL);
        patience.remember(Some(Instant::now() + REMEMBERED));
        let never = std::future::pending::<Result<(), &str>>();
        let why = patience.wait(never).await.expect_err("it is late");
        assert_eq!(why, "the store took longer than 250ms");
        assert_eq!(patience.within(Instant::now()), LATE);
    }
}

//! What can go wrong with a write, and what is to be done about it.

use chrono::{DateTime, TimeDelta, Utc};

use crate::ports::{ChatError, ForgeError, StoreError, outbox::Leased};

/// The first wait; it doubles with each failure.
const FIRST_WAIT: TimeDelta = TimeDelta::seconds(2);
/// The longest wait.
const LONGEST_WAIT: TimeDelta = TimeDelta::minutes(10);
/// How long a far side that gave no clear answer may take to do what it was asked for. Only then it
/// is looked for: what is not there by then is written again.
const GRACE: TimeDelta = TimeDelta::seconds(10);
/// What could not be done within this time is given up: nobody waits for it any more.
pub(super) const TOO_OLD: TimeDelta = TimeDelta::hours(24);

/// What went wrong.
#[derive(Debug)]
pub(super) enum Trouble {
    /// There was too much; nothing was done.
    Limited {
        /// Not before this moment again.
        until: DateTime<Utc>,
        /// Why, for people.
        why: String,
    },
    /// It may go better later.
    Passing {
        /// Whether it may have been done.
        unclear: bool,
        /// Why, for people.
        why: String,
    },
    /// It will never be done.
    Final {
        /// Why, for people.
        why: String,
        /// Whether the thread is gone in which it was to stand.
        is_rootless: bool,
    },
}

impl Trouble {
    pub(super) fn last(why: &str) -> Self {
        Self::Final {
            why: why.to_owned(),
            is_rootless: false,
        }
    }
}

/// The bot's own store may answer again.
impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Passing {
            unclear: false,
            why: error.to_string(),
        }
    }
}

/// Chat's limits come as a time to wait, counted from its answer.
pub(super) fn of_chat(error: &ChatError, now: DateTime<Utc>) -> Trouble {
    let why = error.to_string();
    match error {
        ChatError::Limited(wait) => Trouble::Limited {
            until: now + TimeDelta::from_std(*wait).unwrap_or(LONGEST_WAIT),
            why,
        },
        // Somebody mends the token, or puts the bot back.
        ChatError::Unauthorized(_) | ChatError::Unavailable(_) => Trouble::Passing {
            unclear: false,
            why,
        },
        ChatError::Unclear(_) => Trouble::Passing { unclear: true, why },
        ChatError::NoMessage(_) => Trouble::Final {
            why,
            is_rootless: true,
        },
        ChatError::NoChannel(_) | ChatError::Refused(_) => Trouble::Final {
            why,
            is_rootless: false,
        },
    }
}

impl From<ForgeError> for Trouble {
    fn from(error: ForgeError) -> Self {
        let why = words(&error);
        match error {
            ForgeError::Limited { until } => Self::Limited { until, why },
            ForgeError::Unauthorized(_) | ForgeError::Unavailable(_) => Self::Passing {
                unclear: false,
                why,
            },
            ForgeError::Unclear(_) | ForgeError::Partly(_) | ForgeError::Unreadable(_) => {
                Self::Passing { unclear: true, why }
            }
            ForgeError::Forbidden(_)
            | ForgeError::NotFound(_)
            | ForgeError::Gone(_)
            | ForgeError::Moved(_)
            | ForgeError::Invalid(_) => Self::Final {
                why,
                is_rootless: false,
            },
        }
    }
}

/// What went wrong with an issue, for those who meant to write to it.
fn words(error: &ForgeError) -> String {
    match error {
        ForgeError::NotFound(_) => "it is not there, or I may not see it".to_owned(),
        ForgeError::Gone(_) => "it was deleted, or made a discussion".to_owned(),
        ForgeError::Moved(_) => "it was moved to another repository".to_owned(),
        error => error.to_string().trim_end_matches('.').to_owned(),
    }
}

/// How long to wait after so many failures; chance takes up to half of it off.
pub(super) fn backoff(failures: i64, unclear: bool, chance: f64) -> TimeDelta {
    let doubled = u32::try_from(failures).unwrap_or(u32::MAX).min(16);
    let wait = (FIRST_WAIT * 2_i32.pow(doubled)).min(LONGEST_WAIT);
    #[expect(clippy::cast_possible_truncation, reason = "ten minutes at most")]
    #[expect(clippy::cast_precision_loss, reason = "ten minutes at most")]
    let less = (wait.num_milliseconds() as f64 * chance / 2.0) as i64;
    let wait = wait - TimeDelta::milliseconds(less);
    if unclear { wait.max(GRACE) } else { wait }
}

/// Whether nobody waits for it any more.
pub(super) fn is_old(leased: &Leased, now: DateTime<Utc>) -> bool {
    leased.failures > 0 && now - leased.queued_at > TOO_OLD
}

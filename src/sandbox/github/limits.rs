//! GitHub's limits: so many requests an hour, and the secondary limits on haste.
//!
//! <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>

use std::collections::{HashMap, VecDeque};

use chrono::TimeDelta;
use http::{HeaderName, Method};
use serde_json::{Value, json};

use super::{people::Caller, repository::Moment};

const CONCURRENT: usize = 100;
const CONTENT_A_MINUTE: usize = 80;
const CONTENT_AN_HOUR: usize = 500;

/// Why a request is not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limited {
    /// The hour's budget is used up.
    Primary,
    /// Too hasty; seconds to wait, where GitHub says.
    Secondary(Option<i64>),
    /// Wrote too much; seconds to wait.
    Content(i64),
}

#[derive(Debug)]
struct Budget {
    limit: usize,
    used: usize,
    reset: Moment,
}

#[derive(Debug)]
struct Block {
    until: Moment,
    why: Limited,
}

#[derive(Debug)]
pub(super) struct Limits {
    /// Budgets that tests set.
    set: HashMap<Caller, usize>,
    budgets: HashMap<Caller, Budget>,
    in_flight: HashMap<Caller, usize>,
    /// When content was created, in the last hour.
    content: HashMap<Caller, VecDeque<Moment>>,
    /// When points were spent, and how many, in the last minute.
    points: HashMap<Caller, VecDeque<(Moment, usize)>>,
    pub(super) points_a_minute: usize,
    blocks: HashMap<Caller, Block>,
    pub(super) violations: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            set: HashMap::new(),
            budgets: HashMap::new(),
            in_flight: HashMap::new(),
            content: HashMap::new(),
            points: HashMap::new(),
            points_a_minute: 900,
            blocks: HashMap::new(),
            violations: 0,
        }
    }
}

impl Limits {
    /// Sets how many requests this caller may make an hour, from now on.
    pub(super) fn set(&mut self, caller: Caller, limit: usize) {
        self.set.insert(caller, limit);
        self.budgets.remove(&caller);
    }

    /// One more request under way.
    pub(super) fn enter(&mut self, caller: Caller) {
        *self.in_flight.entry(caller).or_default() += 1;
    }

    pub(super) fn leave(&mut self, caller: Caller) {
        if let Some(under_way) = self.in_flight.get_mut(&caller) {
            *under_way -= 1;
        }
    }

    /// Whether a limit stands in this request's way. A request made although the last answer said
    /// to wait is a violation: "Continuing to make requests while you are rate limited may result
    /// in the banning of your integration."
    pub(super) fn check(
        &mut self,
        caller: Caller,
        method: &Method,
        now: Moment,
    ) -> Option<Limited> {
        let is_content = creates_content(method);
        if let Some(block) = self.blocks.get(&caller).filter(|block| now < block.until) {
            let left = (block.until - now).num_seconds();
            let why = match block.why {
                Limited::Content(_) if !is_content => None,
                Limited::Content(_) => Some(Limited::Content(left)),
                Limited::Secondary(Some(_)) => Some(Limited::Secondary(Some(left))),
                why => Some(why),
            };
            if why.is_some() {
                self.violations += 1;
                return why;
            }
        }
        let budget = self.budget(caller, now);
        if budget.used >= budget.limit {
            self.violations += 1;
            return Some(Limited::Primary);
        }
        let hasty = self.haste(caller, method, now)?;
        let (Limited::Secondary(Some(wait)) | Limited::Content(wait)) = hasty else {
            return Some(hasty);
        };
        self.block(caller, hasty, now + TimeDelta::seconds(wait));
        Some(hasty)
    }

    /// The secondary limits, none of which is exact on GitHub's side; these are the documented
    /// numbers.
    /// <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits>
    fn haste(&mut self, caller: Caller, method: &Method, now: Moment) -> Option<Limited> {
        if self
            .in_flight
            .get(&caller)
            .is_some_and(|under_way| *under_way > CONCURRENT)
        {
            return Some(Limited::Secondary(Some(60)));
        }
        let cost = if method.is_safe() { 1 } else { 5 };
        let points = self.points.entry(caller).or_default();
        while points
            .front()
            .is_some_and(|(at, _)| now - *at >= TimeDelta::minutes(1))
        {
            points.pop_front();
        }
        let spent: usize = points.iter().map(|(_, cost)| cost).sum();
        if spent + cost > self.points_a_minute {
            return Some(Limited::Secondary(Some(60)));
        }
        points.push_back((now, cost));
        if !creates_content(method) {
            return None;
        }
        let content = self.content.entry(caller).or_default();
        while content
            .front()
            .is_some_and(|at| now - *at >= TimeDelta::hours(1))
        {
            content.pop_front();
        }
        let this_minute = content.iter().rev();
        let this_minute = this_minute
            .take_while(|at| now - **at < TimeDelta::minutes(1))
            .count();
        if this_minute >= CONTENT_A_MINUTE {
            return Some(Limited::Content(60));
        }
        if content.len() >= CONTENT_AN_HOUR {
            let until = content[0] + TimeDelta::hours(1);
            return Some(Limited::Content((until - now).num_seconds().max(1)));
        }
        content.push_back(now);
        None
    }

    /// Refuses this caller's requests until then.
    pub(super) fn block(&mut self, caller: Caller, why: Limited, until: Moment) {
        self.blocks.insert(caller, Block { until, why });
    }

    pub(super) fn charge(&mut self, caller: Caller, now: Moment) {
        let budget = self.budget(caller, now);
        budget.used = (budget.used + 1).min(budget.limit);
    }

    /// Uses up this hour's budget.
    pub(super) fn exhaust(&mut self, caller: Caller, now: Moment) {
        let budget = self.budget(caller, now);
        budget.used = budget.limit;
    }

    fn budget(&mut self, caller: Caller, now: Moment) -> &mut Budget {
        let limit = self.set.get(&caller).copied().unwrap_or(match caller {
            Caller::Anonymous => 60,
            Caller::User(_) | Caller::App(_) | Caller::Installation(_) => 5_000,
        });
        let fresh = || Budget {
            limit,
            used: 0,
            reset: now + TimeDelta::hours(1),
        };
        let budget = self.budgets.entry(caller).or_insert_with(fresh);
        if now >= budget.reset {
            *budget = fresh();
        }
        budget
    }

    /// <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#checking-the-status-of-your-rate-limit>
    pub(super) fn headers(&mut self, caller: Caller, now: Moment) -> [(HeaderName, String); 5] {
        let budget = self.budget(caller, now);
        let header = HeaderName::from_static;
        [
            (header("x-ratelimit-limit"), budget.limit.to_string()),
            (
                header("x-ratelimit-remaining"),
                (budget.limit - budget.used).to_string(),
            ),
            (header("x-ratelimit-used"), budget.used.to_string()),
            (
                header("x-ratelimit-reset"),
                budget.reset.timestamp().to_string(),
            ),
            (header("x-ratelimit-resource"), "core".to_owned()),
        ]
    }

    /// <https://docs.github.com/en/rest/rate-limit/rate-limit#get-rate-limit-status-for-the-authenticated-user>
    pub(super) fn show(&mut self, caller: Caller, now: Moment) -> Value {
        let budget = self.budget(caller, now);
        let core = json!({
            "limit": budget.limit,
            "used": budget.used,
            "remaining": budget.limit - budget.used,
            "reset": budget.reset.timestamp(),
        });
        let search = json!({
            "limit": 30,
            "used": 0,
            "remaining": 30,
            "reset": (now + TimeDelta::minutes(1)).timestamp(),
        });
        json!({"resources": {"core": core, "search": search}, "rate": core})
    }
}

fn creates_content(method: &Method) -> bool {
    [Method::POST, Method::PATCH, Method::PUT].contains(method)
}

//! What every outbox must do, written against the port alone, and what one in a SQLite file must do
//! besides.

mod crowd;
mod journal;
mod model;
mod order;
mod outcomes;
mod sqlite_file;
mod traces;

use chrono::{DateTime, Utc};
use kep_liaison::{
    domain::{
        KepNumber,
        bridge::{
            Asked, Below, ChannelAt, Effect, IssueAt, Key, Lane, MessageAt, NewEffect, Saying, Step,
        },
    },
    ports::{
        Outbox,
        outbox::{Cause, Leased, Outcome, Settled},
    },
};

use super::{REPO, at, contract};

contract! { @tests sqlite, super::super::SqliteFile,
    order: a_cause_counts_once, a_digest_counts_once_and_with_its_note, a_key_counts_once, one_after_the_other_in_a_lane,
        lanes_do_not_wait_for_each_other, a_place_at_a_time, here_nobody_is_kept_busy,
        a_busy_place_is_passed_over, what_waits_longest_goes_first, a_delay_holds_its_lane,
        no_more_than_asked_for, when_the_next_is_due, a_key_that_nobody_could_read;
    outcomes: a_lease_runs_out, a_stale_settle, a_settle_counts_once, a_late_settle_still_counts,
        trying_again, unclear_until_it_is_done, what_is_dead_holds_up_nothing,
        a_retry_waits_for_what_is_leased, a_retry_goes_before_what_waits, counting_what_was_done,
        how_much_waits, hurrying, a_clock_that_was_set_back, forgetting;
    traces: what_was_written, an_older_edit_comes_too_late, a_place_with_two_keys, threads, ties, records, what_follows, what_follows_anew,
        a_stale_settle_leaves_no_trace, all_or_nothing;
    journal: nothing_was_looked_at_yet, what_a_comment_said_before, what_others_say_that_it_said, what_moved_on_meanwhile, beginning_now, changes_are_news_once,
        comments_are_news, what_is_no_news, deletions_are_news,
        what_goes_with_its_issue_was_not_deleted, news_of_one_comment_is_one,
        pruning_is_no_news, looking_back_is_refused;
    crowd: many_deliverers, two_processes;
}

fn channel(id: &str) -> ChannelAt {
    ChannelAt::new("kubernetes", id)
}

fn kep(number: u32) -> KepNumber {
    KepNumber::new(number).unwrap()
}

fn key(name: &str) -> Key {
    Key::of([name])
}

fn lane(nth: usize) -> Lane {
    Lane::Message(MessageAt::new("kubernetes", "C1", &nth.to_string()))
}

/// Writes to the forge.
fn comment(body: &str) -> Effect {
    Effect::Comment {
        issue: IssueAt {
            repository: REPO.into(),
            number: 7,
        },
        kep: kep(5825),
        body: body.into(),
        of: None,
        asked: Asked {
            user: "U1".into(),
            channel: ChannelAt::new("kubernetes", "C1"),
            at_ms: 0,
        },
    }
}

/// Writes to a channel.
fn post(id: &str) -> Effect {
    Effect::Post {
        channel: channel(id),
        below: Below::Channel,
        saying: Saying::Plain("it's \"said\"".into()),
    }
}

/// Writes nothing.
fn step() -> Effect {
    Effect::Step(Step::Settle {
        written: key("written"),
    })
}

fn queued(name: &str, nth: usize, effect: Effect) -> NewEffect {
    NewEffect::now(key(name), lane(nth), effect)
}

fn after(delay_ms: i64, new: NewEffect) -> NewEffect {
    NewEffect { delay_ms, ..new }
}

async fn accept(outbox: &dyn Outbox, seconds: i64, cause: &str, effects: &[NewEffect]) -> bool {
    let accepted = outbox
        .accept(at(seconds), Cause::Came(cause), effects)
        .await;
    accepted.unwrap()
}

/// Leases for ten seconds.
async fn lease(outbox: &dyn Outbox, seconds: i64) -> Vec<Leased> {
    let leased = outbox.lease(at(seconds), at(seconds + 10), &[], 100).await;
    leased.unwrap()
}

async fn lease_one(outbox: &dyn Outbox, seconds: i64) -> Leased {
    let mut leased = lease(outbox, seconds).await;
    assert_eq!(leased.len(), 1, "{leased:?}");
    leased.pop().unwrap()
}

fn names(leased: &[Leased]) -> Vec<&str> {
    leased.iter().map(|leased| leased.key.as_str()).collect()
}

async fn settle(outbox: &dyn Outbox, seconds: i64, leased: &Leased, outcome: Outcome) -> bool {
    let nothing = Settled::default();
    let counts = outbox.settle(at(seconds), leased, &outcome, &nothing).await;
    counts.unwrap()
}

async fn done(outbox: &dyn Outbox, seconds: i64, leased: &Leased) -> bool {
    settle(outbox, seconds, leased, Outcome::Done).await
}

fn again(seconds: i64, unclear: bool, failed: bool) -> Outcome {
    Outcome::Again {
        at: at(seconds),
        unclear,
        failed,
        why: "it answered 502".into(),
    }
}

fn dead() -> Outcome {
    Outcome::Dead {
        why: "the channel is gone".into(),
    }
}

fn moment(millis: i64) -> DateTime<Utc> {
    at(0) + chrono::TimeDelta::milliseconds(millis)
}

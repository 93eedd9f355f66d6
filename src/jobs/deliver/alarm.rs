//! What is queued when somebody must look.

use chrono::{DateTime, Utc};

use crate::{
    domain::bridge::{Alarm, Effect, Lane, NewEffect, Step},
    ports::outbox::Leased,
};

/// The admins are told of what is given up, together with what else is at about the same time.
pub(super) fn of_loss(leased: &Leased, now: DateTime<Utc>) -> Option<NewEffect> {
    if !leased.effect.is_missed() {
        return None;
    }
    let (alarm, wait) = Alarm::dead(leased.effect.workspace(), now);
    Some(NewEffect {
        delay_ms: wait.num_milliseconds(),
        ..queued(alarm, now)
    })
}

/// The admins are told that a lane is held.
pub(super) fn of_hold(leased: &Leased, now: DateTime<Utc>) -> NewEffect {
    let alarm = Alarm::Held {
        workspace: leased.effect.workspace().map(Into::into),
        lane: leased.lane.clone(),
        what: leased.effect.to_string().into(),
    };
    queued(alarm, now)
}

fn queued(alarm: Alarm, now: DateTime<Utc>) -> NewEffect {
    let key = alarm.key(now);
    NewEffect::now(
        key.clone(),
        Lane::Later(key),
        Effect::Step(Step::Alarm(alarm)),
    )
}

//! Reading a request's body up to a limit, from whoever sends it.

use std::{ops::Deref, time::Duration};

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Why a body was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoBody {
    /// It is larger than the limit.
    TooLarge,
    /// It ended before its end.
    Cut,
    /// It did not come in time.
    Late,
    /// Others are being read that leave no room.
    NoRoom,
}

/// How much memory all bodies together may take: who sends them is known only at their end, and may
/// be anybody.
#[derive(Debug)]
pub(super) struct Room(Semaphore);

/// What room is counted in.
const KIB: usize = 1024;

impl Room {
    pub(super) const fn new(bytes: usize) -> Self {
        Self(Semaphore::const_new(bytes / KIB))
    }
}

/// A body, and the room that it takes until it is dropped.
#[derive(Debug)]
pub(super) struct Whole<'a> {
    bytes: Bytes,
    _room: SemaphorePermit<'a>,
}

impl Deref for Whole<'_> {
    type Target = Bytes;

    fn deref(&self) -> &Bytes {
        &self.bytes
    }
}

/// Reads all of a body that is not larger than `most` bytes, and comes `within` a time.
///
/// Of a larger one nothing is kept, and as much again is thrown away: who is cut off while sending
/// sees a broken connection instead of the answer.
pub(super) async fn read(
    body: Body,
    most: usize,
    room: &Room,
    within: Duration,
) -> Result<Whole<'_>, NoBody> {
    tokio::time::timeout(within, read_all(body, most, room))
        .await
        .unwrap_or(Err(NoBody::Late))
}

async fn read_all(mut body: Body, most: usize, room: &Room) -> Result<Whole<'_>, NoBody> {
    let mut read = BytesMut::new();
    let mut taken = room.0.try_acquire_many(0).map_err(|_| NoBody::NoRoom)?;
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| NoBody::Cut)?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        length += data.len();
        if length <= most {
            let more = length.div_ceil(KIB) - taken.num_permits();
            let more = u32::try_from(more).map_err(|_| NoBody::NoRoom)?;
            let more = room.0.try_acquire_many(more);
            taken.merge(more.map_err(|_| NoBody::NoRoom)?);
            read.extend_from_slice(&data);
        } else {
            read = BytesMut::new();
        }
        if length > 2 * most {
            break;
        }
    }
    if length > most {
        return Err(NoBody::TooLarge);
    }
    Ok(Whole {
        bytes: read.freeze(),
        _room: taken,
    })
}

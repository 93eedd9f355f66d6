//! What handlers and jobs ask of the world outside, as traits that an adapter, or a test, fills.

pub mod accounts;
pub mod chat;
pub mod forge;
pub mod outbox;
pub mod painter;
pub mod request;
pub mod sign_in;
pub mod store;

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

pub use self::{
    accounts::Accounts,
    chat::{Chat, ChatError},
    forge::{Forge, ForgeError},
    outbox::Outbox,
    painter::Painter,
    sign_in::SignIn,
    store::{Store, StoreError},
};

/// Time.
#[async_trait]
pub trait Clock: Send + Sync {
    /// This moment.
    fn now(&self) -> DateTime<Utc>;

    /// Waits: returns when so much time has passed.
    async fn sleep(&self, duration: Duration);

    /// Bounds something else's time: returns when that has taken too long. A test may let waits
    /// pass at once and yet hold every bound.
    async fn expire(&self, duration: Duration) {
        self.sleep(duration).await;
    }
}

/// Chance, such as the jitter of a second try.
pub trait Dice: Send + Sync {
    /// A number from 0 up to, but not, 1.
    fn roll(&self) -> f64;
}

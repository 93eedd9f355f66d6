//! What the forge calls people by now.

use async_trait::async_trait;

use super::ForgeError;
use crate::domain::Login;

/// Where accounts are looked up.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// The login of the account with a number; `None` where there is no such account any more.
    async fn login_of(&self, id: u64) -> Result<Option<Login>, ForgeError>;
}

//! Looking up accounts by their numbers, which stay when their logins change.

use async_trait::async_trait;
use serde::Deserialize;

use super::{answer::read, exchange::Ask, shared::GitHub};
use crate::{
    domain::Login,
    ports::{Accounts, ForgeError},
};

#[derive(Deserialize)]
struct WireUser {
    id: u64,
    login: String,
}

#[async_trait]
impl Accounts for GitHub {
    /// <https://docs.github.com/en/rest/users/users#get-a-user-using-their-id>
    async fn login_of(&self, id: u64) -> Result<Option<Login>, ForgeError> {
        let ask = Ask::get("GET /user/{id}", format!("/user/{id}"));
        let user = match self.ask_anywhere(&ask).await {
            Ok(answer) => read::<WireUser>(&answer)?,
            Err(ForgeError::NotFound(_) | ForgeError::Gone(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        match Login::parse(&user.login) {
            Some(login) if user.id == id => Ok(Some(login)),
            _ => Err(ForgeError::Unreadable(format!(
                "{} names another account",
                ask.path
            ))),
        }
    }
}

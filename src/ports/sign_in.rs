//! How somebody proves who they are on the forge, on a device where they type nothing secret: they
//! enter a short code on the forge's own page.

use std::time::Duration;

use async_trait::async_trait;

use crate::domain::{Login, Secret};

/// A sign-in that has begun.
#[derive(Debug, Clone)]
pub struct Begun {
    /// What asks whether it was approved. Whoever has it gets what was approved.
    pub device: Secret,
    /// What the person enters.
    pub code: Box<str>,
    /// Where they enter it.
    pub page: Box<str>,
    /// How long the codes are good.
    pub expires_in: Duration,
    /// How long one waits between two questions, at least.
    pub interval: Duration,
}

/// An account whose owner approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proved {
    /// Its login.
    pub login: Login,
    /// Its number, which stays when the login changes.
    pub id: u64,
}

/// How a sign-in stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stand {
    /// Nobody has entered the code yet.
    Pending,
    /// One asked too soon. From now on one waits so much longer, or at least so long, where it is said.
    SlowDown(Option<Duration>),
    /// It was approved, by this account.
    Approved(Proved),
    /// It was denied.
    Denied,
    /// Nobody approved in time.
    Expired,
}

/// Why a sign-in does not go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// There was no answer. One may ask again.
    #[error("GitHub does not answer: {0}")]
    Unavailable(String),
    /// The App of the settings does not allow it.
    #[error("GitHub's App of the settings does not allow the device flow")]
    Disabled,
    /// There is no such App.
    #[error("GitHub knows no App with the client id of the settings")]
    NoApp,
    /// It was approved, but by whom could not be read, and it cannot be asked again.
    #[error("it was approved, but GitHub did not say by whom: {0}")]
    Lost(String),
    /// It refuses for another reason.
    #[error("GitHub refuses: {0}")]
    Refused(String),
}

/// Where people sign in.
#[async_trait]
pub trait SignIn: Send + Sync {
    /// Begins a sign-in, with no rights but to read who it is.
    async fn begin(&self) -> Result<Begun, SignInError>;

    /// How it stands. Of what is given for the approval nothing is kept once the account is read.
    async fn look(&self, begun: &Begun) -> Result<Stand, SignInError>;
}

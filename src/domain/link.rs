//! That a member of a workspace proved who they are on GitHub.

use chrono::{DateTime, Utc};

use super::Login;

/// One member of one workspace, and the login that they signed in by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The workspace, as the settings call it.
    pub workspace: Box<str>,
    /// Their member id in it.
    pub user: Box<str>,
    /// Their login, as it was then.
    pub login: Login,
    /// The account's number, which stays when its login changes.
    pub github_id: u64,
    /// When they proved it.
    pub at: DateTime<Utc>,
}

//! Who asks: users, GitHub Apps and their installations, tokens, and what each may do.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

/// What somebody may do in a repository; each includes those before it.
///
/// For an App's installation, `Read` stands for the permissions to read, and the two above it for
/// `issues: write` and `pull_requests: write`.
///
/// <https://docs.github.com/en/organizations/managing-user-access-to-your-organizations-repositories/managing-repository-roles/repository-roles-for-an-organization>
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    /// See it, open issues and comment.
    Read,
    /// Label, assign, set milestones, close and reopen, too.
    Triage,
    /// Change what others wrote, and push, too.
    Write,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UserKind {
    User,
    Bot,
}

#[derive(Debug)]
pub(super) struct User {
    pub(super) login: String,
    pub(super) kind: UserKind,
    pub(super) created_at: DateTime<Utc>,
}

/// Some of an organisation's members.
#[derive(Debug)]
pub(super) struct Team {
    pub(super) id: u64,
    pub(super) members: Vec<u64>,
}

/// Whom a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Caller {
    /// Nobody said who they are.
    Anonymous,
    User(u64),
    /// An App itself, by a signed token.
    App(u64),
    Installation(u64),
}

#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) caller: Caller,
    pub(super) expires: Option<DateTime<Utc>>,
    /// The only repositories it reaches, when it was asked for some of the installation's.
    pub(super) only: Option<Vec<u64>>,
    /// The most it may do, when it was asked for fewer permissions than the installation has.
    pub(super) at_most: Right,
}

impl Token {
    pub(super) fn lasting(caller: Caller) -> Self {
        Self {
            caller,
            expires: None,
            only: None,
            at_most: Right::Write,
        }
    }
}

#[derive(Debug)]
pub(super) struct App {
    pub(super) id: u64,
    pub(super) slug: String,
    /// The account that its comments show.
    pub(super) bot: u64,
    /// An RSA public key as PKCS #1 DER.
    pub(super) public_key: Vec<u8>,
    pub(super) created_at: DateTime<Utc>,
}

impl App {
    /// Another name for its number, in tokens that it signs.
    pub(super) fn client_id(&self) -> String {
        format!("Iv23li{:014}", self.id)
    }
}

#[derive(Debug)]
pub(super) struct Installation {
    pub(super) app: u64,
    pub(super) account: u64,
    pub(super) repositories: HashMap<u64, Right>,
    /// Whether it may see who is in the account's teams.
    pub(super) reads_members: bool,
    pub(super) is_suspended: bool,
}

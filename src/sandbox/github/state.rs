//! Everything the model knows, behind one lock: accounts, repositories, tokens, limits, hooks.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use chrono::{DateTime, SubsecRound as _, Utc};
use http::{Method, StatusCode};

use super::{
    answer::Refusal,
    device::Devices,
    fault::Faults,
    git::Git,
    limits::Limits,
    log::Log,
    people::{App, Caller, Installation, Right, Team, Token, User, UserKind},
    repository::{Moment, Repository},
    request::Call,
    webhook::{Delivery, Hook},
};
use crate::ports::Clock;

/// What a repository's former name leads to.
enum Name {
    Current(u64),
    Former(u64),
}

pub(super) struct State {
    clock: Arc<dyn Clock>,
    /// The address of the API, without a slash at its end.
    pub(super) base: String,
    last_id: u64,
    pub(super) users: HashMap<u64, User>,
    logins: HashMap<String, u64>,
    pub(super) tokens: HashMap<String, Token>,
    /// Passes to the archives of private repositories, and until when they are good.
    pub(super) archive_passes: HashMap<String, (u64, Moment)>,
    /// Apps that people sign in by.
    pub(super) devices: Devices,
    pub(super) apps: BTreeMap<u64, App>,
    pub(super) installations: BTreeMap<u64, Installation>,
    pub(super) repositories: BTreeMap<u64, Repository>,
    /// By the organisation's number and the team's short name.
    pub(super) teams: BTreeMap<(u64, String), Team>,
    names: HashMap<String, Name>,
    pub(super) limits: Limits,
    pub(super) faults: Faults,
    pub(super) log: Log,
    pub(super) hooks: Vec<Hook>,
    pub(super) deliveries: Vec<Delivery>,
    pub(super) with_etags: bool,
    /// The most entries of a recursive tree.
    /// <https://docs.github.com/en/rest/git/trees#get-a-tree>
    pub(super) tree_limit: usize,
}

impl State {
    pub(super) fn new(clock: Arc<dyn Clock>, base: String) -> Self {
        Self {
            clock,
            base,
            last_id: 1_000_000,
            users: HashMap::new(),
            logins: HashMap::new(),
            tokens: HashMap::new(),
            archive_passes: HashMap::new(),
            devices: Devices::default(),
            apps: BTreeMap::new(),
            installations: BTreeMap::new(),
            repositories: BTreeMap::new(),
            teams: BTreeMap::new(),
            names: HashMap::new(),
            limits: Limits::default(),
            faults: Faults::default(),
            log: Log::default(),
            hooks: Vec::new(),
            deliveries: Vec::new(),
            with_etags: true,
            tree_limit: 100_000,
        }
    }

    /// This moment, to the second: GitHub's times have no fractions.
    pub(super) fn now(&self) -> Moment {
        self.clock.now().trunc_subsecs(0)
    }

    pub(super) fn exact_now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// A number no other thing has: GitHub's grow with time, and so do these.
    pub(super) fn new_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// The account of this login, made when it is new.
    pub(super) fn user(&mut self, login: &str) -> u64 {
        if let Some(known) = self.find_user(login) {
            return known;
        }
        let (id, created_at) = (self.new_id(), self.now());
        let kind = if login.ends_with("[bot]") {
            UserKind::Bot
        } else {
            UserKind::User
        };
        self.logins.insert(login.to_lowercase(), id);
        self.users.insert(
            id,
            User {
                login: login.to_owned(),
                kind,
                created_at,
            },
        );
        id
    }

    /// Gives an account another login; the old one is anybody's from now on.
    pub(super) fn rename_user(&mut self, login: &str, to: &str) {
        let id = self.user(login);
        self.logins.remove(&login.to_lowercase());
        self.logins.insert(to.to_lowercase(), id);
        if let Some(user) = self.users.get_mut(&id) {
            to.clone_into(&mut user.login);
        }
    }

    /// What they wrote stays, and is still shown as theirs here.
    pub(super) fn delete_user(&mut self, login: &str) {
        self.logins.remove(&login.to_lowercase());
    }

    pub(super) fn find_user(&self, login: &str) -> Option<u64> {
        self.logins.get(&login.to_lowercase()).copied()
    }

    /// The repository `owner/name`, made when it is new: public, with issues, and empty.
    pub(super) fn repository(&mut self, full_name: &str) -> u64 {
        if let Some(Name::Current(known)) = self.names.get(&full_name.to_lowercase()) {
            return *known;
        }
        let (owner, name) = full_name.split_once('/').expect("a name like owner/name");
        let (owner, id, now) = (self.user(owner), self.new_id(), self.now());
        let repository = Repository {
            id,
            owner,
            name: name.to_owned(),
            default_branch: "main".to_owned(),
            is_private: false,
            is_archived: false,
            has_issues: true,
            created_at: now,
            pushed_at: now,
            git: Git::default(),
            archives: HashMap::new(),
            rights: HashMap::new(),
            last_number: 0,
            issues: BTreeMap::new(),
            gone: HashMap::new(),
            comments: BTreeMap::new(),
            review_comments: BTreeMap::new(),
            reviews: BTreeMap::new(),
            labels: BTreeMap::new(),
            milestones: BTreeMap::new(),
            contributors: HashSet::new(),
        };
        self.repositories.insert(id, repository);
        self.names
            .insert(full_name.to_lowercase(), Name::Current(id));
        id
    }

    /// Gives a repository another name; the old one leads to it from now on.
    pub(super) fn rename(&mut self, id: u64, name: &str) {
        let old = self.full_name(id).to_lowercase();
        self.names.insert(old, Name::Former(id));
        name.clone_into(&mut self.at_mut(id).name);
        let new = self.full_name(id).to_lowercase();
        self.names.insert(new, Name::Current(id));
    }

    pub(super) fn at(&self, repository: u64) -> &Repository {
        &self.repositories[&repository]
    }

    pub(super) fn at_mut(&mut self, repository: u64) -> &mut Repository {
        self.repositories
            .get_mut(&repository)
            .expect("a repository's number stays valid")
    }

    pub(super) fn full_name(&self, repository: u64) -> String {
        let repository = self.at(repository);
        format!(
            "{}/{}",
            self.users[&repository.owner].login, repository.name
        )
    }

    /// What the bearer of this token may do in a repository; `None` when they must not know of it.
    /// Everybody reads what is public.
    /// <https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#404-not-found-for-an-existing-resource>
    pub(super) fn right(&self, token: &Token, repository: u64) -> Option<Right> {
        let here = self.at(repository);
        let public = (!here.is_private).then_some(Right::Read);
        let granted = match token.caller {
            Caller::Anonymous => None,
            Caller::App(app) => {
                let mut own = self.installations.values().filter(|one| one.app == app);
                own.find_map(|one| one.repositories.get(&repository))
                    .map(|_| Right::Read)
            }
            Caller::User(user) if user == here.owner => Some(Right::Write),
            Caller::User(user) => here.rights.get(&user).copied(),
            Caller::Installation(id) => {
                let is_reached = token
                    .only
                    .as_ref()
                    .is_none_or(|only| only.contains(&repository));
                let right = self.installations.get(&id)?.repositories.get(&repository);
                right.copied().filter(|_| is_reached)
            }
        };
        granted.map(|right| right.min(token.at_most)).max(public)
    }

    /// The repository a path names, for somebody who may read it.
    ///
    /// A former name is redirected, for good when reading, and with the method kept when writing:
    /// <https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects>
    pub(super) fn named(
        &self,
        owner: &str,
        name: &str,
        call: &Call,
        token: &Token,
    ) -> Result<u64, Refusal> {
        let full_name = format!("{owner}/{name}").to_lowercase();
        match self.names.get(&full_name) {
            Some(Name::Current(id)) => self.numbered(*id, token),
            Some(Name::Former(id)) => {
                let id = self.numbered(*id, token)?;
                let status = match call.method {
                    Method::GET => StatusCode::MOVED_PERMANENTLY,
                    _ => StatusCode::TEMPORARY_REDIRECT,
                };
                let rest = call.segments[3..].join("/");
                let to = format!("{}/repositories/{id}/{rest}", self.base);
                let to = to.trim_end_matches('/').to_owned();
                Err(Refusal::moved(status, call.with_query(to)))
            }
            None => Err(Refusal::not_found()),
        }
    }

    pub(super) fn numbered(&self, id: u64, token: &Token) -> Result<u64, Refusal> {
        let is_known = self.repositories.contains_key(&id) && self.right(token, id).is_some();
        is_known.then_some(id).ok_or_else(Refusal::not_found)
    }
}

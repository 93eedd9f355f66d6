//! What the forge is asked about news before it is told: which of it not everybody may read, who is in a
//! team that it names, and who did it. It is asked where there is such news alone.

use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
};

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    domain::{
        CommentKind, Login, Repository,
        change::{Change, Role, What},
        mention::mentions,
        text::each_once,
    },
    jobs::bridge::{Doings, Teams},
    ports::{Forge, ForgeError, outbox::CommentNews},
};

/// How long an answer is taken for true.
const GOOD_FOR: TimeDelta = TimeDelta::minutes(10);
/// So many teams that do not exist are asked for while answers are good: anybody can make names up.
const MOST_MADE_UP: usize = 20;
/// So many issues are asked for who did what to them, for one look at the news; of others it is not
/// known, and nobody waits for that.
const MOST_ISSUES: usize = 10;

/// What the forge said, and when it was asked.
#[derive(Default)]
pub struct Asked {
    is_private: Answers<Box<str>, bool>,
    teams: Answers<Box<str>, Vec<Login>>,
    /// The teams that did exist.
    real: HashSet<Box<str>>,
}

struct Answers<K, V>(HashMap<K, (V, DateTime<Utc>)>);

impl<K, V> Default for Answers<K, V> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Hash + Eq, V> Answers<K, V> {
    fn forget(&mut self, now: DateTime<Utc>) {
        self.0
            .retain(|_, (_, asked)| (now - *asked).abs() < GOOD_FOR);
    }

    fn put(&mut self, of: K, answer: V, now: DateTime<Utc>) {
        self.0.insert(of, (answer, now));
    }
}

impl Asked {
    /// Who did what to the issues of changes of which that is not known and concerns people. Texts are
    /// edited without a trace.
    pub(super) async fn doings(
        forge: &dyn Forge,
        changes: &[(i64, Change)],
    ) -> Result<Doings, ForgeError> {
        let is_wanted = |change: &Change| {
            let what = &change.what;
            let is_it = matches!(what, What::IssueClosed | What::IssueReopened)
                || matches!(what, What::IssueMilestone(_, None))
                || matches!(what, What::IssuePeople(Role::Shepherd, ..));
            is_it && change.by.is_none()
        };
        let wanted = changes.iter().filter(|(_, change)| is_wanted(change));
        let issues = each_once(wanted.filter_map(|(_, change)| change.issue.clone()));
        let mut doings = Doings::new();
        for (name, number) in issues.into_iter().take(MOST_ISSUES) {
            let Some(repository) = Repository::parse(&name) else {
                continue;
            };
            let asked = forge.doings(&repository, number).await;
            doings.insert((name, number), or_else(asked, Vec::new())?);
        }
        Ok(doings)
    }

    /// Of the repositories of news those that not everybody may read.
    pub(super) async fn private(
        &mut self,
        forge: &dyn Forge,
        now: DateTime<Utc>,
        changes: &[(i64, Change)],
        comments: &[CommentNews],
    ) -> Result<HashSet<Box<str>>, ForgeError> {
        self.is_private.forget(now);
        let texts = named(changes).map(|(repository, _)| repository);
        let comments = comments.iter().map(|news| &*news.repository);
        for repository in each_once(texts.chain(comments)) {
            if let Some(parsed) = Repository::parse(repository)
                && !self.is_private.0.contains_key(repository)
            {
                // What we may not see is not for everybody.
                let is_private = or_else(forge.is_private(&parsed).await, true)?;
                self.is_private.put(repository.into(), is_private, now);
            }
        }
        let known = self.is_private.0.iter();
        let private = known.filter(|(_, (is_private, _))| *is_private);
        Ok(private.map(|(repository, _)| repository.clone()).collect())
    }

    /// Who is in the teams that news names.
    pub(super) async fn teams(
        &mut self,
        forge: &dyn Forge,
        now: DateTime<Utc>,
        changes: &[(i64, Change)],
        comments: &[CommentNews],
    ) -> Result<Teams, ForgeError> {
        self.teams.forget(now);
        let in_texts = named(changes)
            .flat_map(|(repository, names)| names.iter().map(|name| team(repository, name)));
        // The text of an issue is news once it is edited.
        let is_news = |news: &&CommentNews| news.kind != CommentKind::Text || news.was.is_some();
        let in_comments = comments.iter().filter(is_news).flat_map(|news| {
            let now = news.now.as_ref().map(|now| &now.body);
            let mentions = news.was.iter().chain(now).flat_map(|text| mentions(text));
            mentions.map(|mention| team(&news.repository, &mention.whom.to_string()))
        });
        let all = each_once(in_texts.chain(in_comments).flatten());
        let is_new = |(_, _, name): &(_, _, Box<str>)| !self.teams.0.contains_key(name);
        let new: Vec<_> = all.into_iter().filter(is_new).collect();
        for (repository, team, name) in new {
            let made_up = self
                .teams
                .0
                .values()
                .filter(|(members, _)| members.is_empty());
            if made_up.count() >= MOST_MADE_UP && !self.real.contains(&name) {
                tracing::warn!(team = %name, "too many teams that do not exist were named: nobody of it is told");
                continue;
            }
            let members = or_else(forge.team_members(&repository, &team).await, None)?;
            if members.is_some() {
                self.real.insert(name.clone());
            }
            self.teams.put(name, members.unwrap_or_default(), now);
        }
        let known = self.teams.0.iter();
        let teams = known.map(|(name, (members, _))| (name.clone(), members.clone()));
        Ok(teams.collect())
    }
}

/// An answer; or something else where the forge says no and will say so again: that must not hold up
/// what else is told.
fn or_else<T>(asked: Result<T, ForgeError>, otherwise: T) -> Result<T, ForgeError> {
    match asked {
        Err(error) if !error.passes() => {
            tracing::warn!(%error, "news is told without knowing all of it");
            Ok(otherwise)
        }
        asked => asked,
    }
}

/// The names that texts of issues newly have, with the repositories.
fn named(changes: &[(i64, Change)]) -> impl Iterator<Item = (&str, &[Box<str>])> {
    changes.iter().filter_map(|(_, change)| match &change.what {
        What::Named(names) => Some((&*change.issue.as_ref()?.0, &**names)),
        _ => None,
    })
}

/// The team that a name means, where it is one of the organisation that a repository belongs to: GitHub
/// tells no other. With the repository, the team's short name in it, and the whole name.
fn team(repository: &str, name: &str) -> Option<(Repository, Box<str>, Box<str>)> {
    let (organisation, team) = name.strip_prefix('@')?.split_once('/')?;
    let at = Repository::parse(repository)?;
    let is_its = organisation.eq_ignore_ascii_case(at.owner());
    is_its.then(|| (at, team.into(), name.into()))
}

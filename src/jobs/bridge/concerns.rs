//! Whom news of the forge concerns: who was mentioned, and whose KEP moved.

use std::collections::{BTreeMap, HashSet};

use chrono::TimeDelta;

use super::{Bridge, Undecided, news::Gathered, notice::told_key};
use crate::{
    domain::{
        Comment, Issue, KepNumber, Login,
        board::Entry,
        bridge::{Effect, IssueAt, Key, Lane, NewEffect, Step, unmarked},
        change::{Change, Direction, What},
        following::Follower,
        mention::{Mentioned, mentions},
        notice::{Kind, Matter, Notice, Recipient, is_for_its_people, shepherds},
    },
    ports::{
        StoreError,
        outbox::{CommentNews, Settled},
    },
};

/// Of one text, so many people are told.
const MOST_TOLD: usize = 50;
/// So many followers of a KEP are told at once, and the others one after the other: Slack opens no more
/// conversations than fifty in a minute. <https://docs.slack.dev/apis/web-api/rate-limits>
const AT_ONCE: i64 = 5;
const PACE: TimeDelta = TimeDelta::seconds(2);

/// Who is to be told of what. Each piece has a name for keys, the same for all whom it concerns.
#[derive(Default)]
struct Found(BTreeMap<Recipient, Vec<(String, Notice)>>);

impl Found {
    fn has(&self, who: &Recipient, id: &str) -> bool {
        let theirs = self.0.get(who);
        theirs.is_some_and(|theirs| theirs.iter().any(|(_, it)| *it.id == *id))
    }

    fn add(&mut self, who: Recipient, cause: &str, notice: Notice) {
        let theirs = self.0.entry(who).or_default();
        if !theirs.iter().any(|(_, it)| it.id == notice.id) {
            theirs.push((cause.to_owned(), notice));
        }
    }
}

/// Each person's part of the news: one step for each of them.
pub async fn concerns(
    bridge: &Bridge<'_>,
    news: Gathered<'_>,
) -> Result<Vec<NewEffect>, Undecided> {
    let mut found = Found::default();
    for (id, change) in news.changes {
        bridge.moved(*id, change, news.private, &mut found);
    }
    for said in news.comments {
        match &said.now {
            Some(comment) if bridge.is_own(comment, news).await? => {}
            Some(comment) => {
                bridge.named_in(said, comment, news, &mut found);
                if comment.updated_at > comment.created_at {
                    bridge.unsaid(said, &mut found).await?;
                }
            }
            None => bridge.unsaid(said, &mut found).await?,
        }
    }
    // A thousand may follow one KEP: so many messages keep nobody else waiting who is told of something
    // meanwhile, and none has to be refused.
    let mut followers = 0..;
    let mut steps = Vec::new();
    for (who, pieces) in found.0 {
        let is_change = |(_, notice): &(String, Notice)| notice.kind() == Kind::Changes;
        let nth = if pieces.iter().all(is_change) {
            followers.next().unwrap_or_default()
        } else {
            0
        };
        let cause = pieces[0].0.clone();
        let notices = pieces.into_iter().map(|(_, notice)| notice).collect();
        if let Some(step) = bridge.step(who, &cause, notices).await? {
            steps.push(paced(step, i64::max(0, nth - AT_ONCE)));
        }
    }
    Ok(steps)
}

/// A step that waits until so many others had their turn; what else concerns the same person does not
/// wait behind it.
fn paced(mut step: NewEffect, others: i64) -> NewEffect {
    if others > 0
        && let Effect::Step(Step::Notify { is_paced, .. }) = &mut step.effect
    {
        *is_paced = true;
        step.delay_ms = others * PACE.num_milliseconds();
        step.lane = Lane::Later(step.key.clone());
    }
    step
}

/// What waited for its turn has it.
pub(super) fn in_turn(key: &Key, step: &Step) -> Settled {
    let mut step = step.clone();
    let Step::Notify { who, is_paced, .. } = &mut step else {
        return Settled::default();
    };
    *is_paced = false;
    let lane = Lane::Told(who.clone());
    Settled {
        then: vec![NewEffect::now(key.then("turn"), lane, Effect::Step(step))],
        ..Settled::default()
    }
}

/// What names the mention of somebody in a comment, or in the text of an issue.
fn mention_id(repository: &str, what: &str, number: u64) -> Box<str> {
    format!("mention/{repository}/{what}.{number}").into()
}

fn comment_id(said: &CommentNews) -> Box<str> {
    mention_id(&said.repository, said.kind.as_str(), said.comment)
}

impl Bridge<'_> {
    /// Tells somebody; none where they are in no workspace.
    pub(super) async fn step(
        &self,
        who: Recipient,
        cause: &str,
        notices: Vec<Notice>,
    ) -> Result<Option<NewEffect>, StoreError> {
        let preferences = self.preferences(&who).await?;
        let Some(member) = self.members(&who, &preferences).into_iter().next() else {
            return Ok(None);
        };
        let key = Key::of(["notify", &*who.to_string(), cause]);
        let step = Step::Notify {
            who: who.clone(),
            workspace: member.workspace,
            notices,
            is_paced: false,
        };
        let lane = Lane::Told(who);
        Ok(Some(NewEffect::now(key, lane, Effect::Step(step))))
    }

    /// Whoever is mentioned in a comment.
    fn named_in(
        &self,
        said: &CommentNews,
        comment: &Comment,
        news: Gathered<'_>,
        found: &mut Found,
    ) {
        // What was there before the bot began is told to nobody, and no program needs anybody.
        if comment.created_at < news.began || comment.by_app {
            return;
        }
        let Some(entry) = self.entry_at(&comment.repository, comment.issue) else {
            return;
        };
        let (text, _) = unmarked(&comment.body);
        let at = IssueAt {
            repository: comment.repository.clone(),
            number: comment.issue,
        };
        let place = Place {
            entry,
            at,
            url: &comment.url,
            by: comment.author.as_ref(),
            id: comment_id(said),
            cause: format!("comment.{}", said.id),
            is_private: news.private.contains(&comment.repository),
        };
        self.mentioned(&place, text, &HashSet::new(), found);
    }

    /// Whoever was told of a comment that is gone, or names them no more.
    async fn unsaid(&self, said: &CommentNews, found: &mut Found) -> Result<(), Undecided> {
        let id = comment_id(said);
        for person in self.people.iter().filter(|person| !person.slack.is_empty()) {
            let who = Recipient::Login(person.login.clone());
            if found.has(&who, &id) {
                continue;
            }
            let lane = Lane::Told(who.clone()).to_string();
            let told = self.notified(&told_key(&who, &id)).await?;
            let told = told.into_iter().flat_map(|told| told.notices.items);
            let waiting = self.outbox.open_in(&lane, "notify").await?.into_iter();
            let waiting = waiting.flat_map(|effect| match effect {
                Effect::Step(Step::Notify { notices, .. }) => notices,
                _ => Vec::new(),
            });
            let Some(mut notice) = told.chain(waiting).find(|notice| notice.id == id) else {
                continue;
            };
            if let Matter::Mention { said, gone, .. } = &mut notice.matter {
                (*said, *gone) = (None, true);
            }
            found.add(who, &format!("comment.{}", said.id), notice);
        }
        Ok(())
    }

    /// Whom a change concerns.
    fn moved(&self, id: i64, change: &Change, private: &HashSet<Box<str>>, found: &mut Found) {
        if change.direction == Direction::Spelling {
            return;
        }
        let Some(entry) = self.board.get(change.kep) else {
            return;
        };
        let cause = format!("change.{id}");
        let at = change.issue.as_ref().map(|(repository, number)| IssueAt {
            repository: repository.clone(),
            number: *number,
        });
        let issue = at.as_ref().and_then(|at| issue_at(entry, at));
        let notice = |matter| Notice {
            id: cause.as_str().into(),
            kep: entry.kep.number,
            title: entry.kep.title.clone(),
            at: at.clone(),
            url: issue.map_or_else(
                || {
                    entry
                        .kep
                        .issue_url(&self.settings.enhancements_repository)
                        .into()
                },
                |issue| issue.url.clone(),
            ),
            matter,
        };
        if let Some((joined, left)) = shepherds(change) {
            for (logins, joined) in [(joined, true), (left, false)] {
                for who in logins.iter().filter_map(|login| self.recipient(login)) {
                    found.add(who, &cause, notice(Matter::Shepherd { joined }));
                }
            }
        }
        if let (What::Named(names), Some(at), Some(issue)) = (&change.what, &at, issue) {
            let place = Place {
                entry,
                at: at.clone(),
                url: &issue.url,
                // Who changed it nobody knows.
                by: None,
                id: mention_id(&at.repository, "body", at.number),
                cause: cause.clone(),
                is_private: private.contains(&at.repository),
            };
            let names = names.iter().map(|name| &**name).collect();
            self.mentioned(&place, &issue.body, &names, found);
        }
        if matches!(change.what, What::IssueOpened) {
            let author = issue.and_then(|issue| issue.author.as_ref());
            let named = shepherds_of(entry, at.as_ref()).into_iter();
            for login in named.filter(|login| Some(*login) != author) {
                if let Some(who) = self.recipient(login) {
                    found.add(who, &cause, notice(Matter::Shepherd { joined: true }));
                }
            }
        }
        if is_for_its_people(change) {
            let theirs = shepherds_of(entry, at.as_ref()).into_iter();
            let theirs = theirs.filter_map(|login| self.recipient(login));
            for who in theirs.chain(self.following(entry.kep.number)) {
                found.add(who, &cause, notice(Matter::Change(change.clone())));
            }
        }
    }

    /// Tells those who are mentioned in a text, and known; of its names only these, if any are given.
    fn mentioned(&self, place: &Place<'_>, text: &str, only: &HashSet<&str>, found: &mut Found) {
        let all = mentions(text);
        let is_meant = |whom: &Mentioned| only.is_empty() || only.contains(&*whom.to_string());
        let new: Vec<_> = all.iter().filter(|it| is_meant(&it.whom)).collect();
        let others = new.len().saturating_sub(1);
        let by = place.by.map(|by| by.as_str().into());
        let mut told = HashSet::new();
        for mention in new {
            let Mentioned::Person(login) = &mention.whom else {
                continue;
            };
            if told.len() == MOST_TOLD || place.by == Some(login) {
                continue;
            }
            // On an enhancement issue a whole SIG talks, and calls for many who have no part here.
            if self.is_enhancement(&place.at.repository)
                && !place.entry.shepherds().contains(&login)
            {
                continue;
            }
            let Some(who) = self.recipient(login) else {
                continue;
            };
            if !told.insert(who.clone()) {
                continue;
            }
            let matter = Matter::Mention {
                by: by.clone(),
                // Who was mentioned may read it there, where they are let in.
                said: (!place.is_private).then(|| mention.said.to_markdown()),
                others,
                gone: false,
            };
            let notice = Notice {
                id: place.id.clone(),
                kep: place.entry.kep.number,
                title: place.entry.kep.title.clone(),
                at: Some(place.at.clone()),
                url: place.url.into(),
                matter,
            };
            found.add(who, &place.cause, notice);
        }
    }

    /// The KEP that is talked about at an issue or a pull request: of a runtime, or the KEP's own
    /// enhancement issue.
    fn entry_at(&self, repository: &str, number: u64) -> Option<&Entry> {
        if self.is_enhancement(repository) {
            let number = u32::try_from(number).ok().and_then(KepNumber::new)?;
            return self.board.get(number);
        }
        self.board.of_issue(Some(repository), number)
    }

    fn is_enhancement(&self, repository: &str) -> bool {
        repository.eq_ignore_ascii_case(&self.settings.enhancements_repository)
    }

    /// The members of workspaces who follow a KEP.
    fn following(&self, kep: KepNumber) -> impl Iterator<Item = Recipient> {
        self.followers
            .of(kep)
            .filter_map(|follower| match follower {
                Follower::Member(at) => Some(match self.people.by_slack(&at.workspace, &at.id) {
                    Some(person) => Recipient::Login(person.login.clone()),
                    None => Recipient::Member(at.clone()),
                }),
                Follower::Channel(_) => None,
            })
    }

    /// Somebody who can be told: they are known on Slack.
    pub(super) fn recipient(&self, login: &Login) -> Option<Recipient> {
        let person = self.people.by_login(login)?;
        (!person.slack.is_empty()).then(|| Recipient::Login(person.login.clone()))
    }
}

/// Where somebody is mentioned.
struct Place<'a> {
    entry: &'a Entry,
    at: IssueAt,
    url: &'a str,
    by: Option<&'a Login>,
    id: Box<str>,
    cause: String,
    is_private: bool,
}

/// The shepherds of a KEP, or of the tracking issue alone where it is about one.
fn shepherds_of<'a>(entry: &'a Entry, at: Option<&IssueAt>) -> Vec<&'a Login> {
    let Some(at) = at else {
        return entry.shepherds();
    };
    let mut issues = entry.issues();
    let is_it = |issue: &Issue| issue.number == at.number && *issue.repository == *at.repository;
    issues
        .find(|tracking| is_it(&tracking.issue))
        .map(|tracking| tracking.shepherds.iter().collect())
        .unwrap_or_default()
}

/// A tracking issue or a pull request of a KEP.
fn issue_at<'a>(entry: &'a Entry, at: &IssueAt) -> Option<&'a Issue> {
    let sides = entry.runtimes.iter();
    let mut issues = sides.flat_map(|side| {
        let own = side.issues.iter().map(|tracking| &*tracking.issue);
        own.chain(side.pulls.iter().map(|pull| &*pull.issue))
    });
    issues.find(|issue| issue.number == at.number && *issue.repository == *at.repository)
}

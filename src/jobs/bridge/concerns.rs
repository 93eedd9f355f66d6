//! Whom news of the forge concerns: who was mentioned, and whose KEP moved.

use std::collections::{BTreeMap, HashMap};

use chrono::TimeDelta;

use super::{
    Bridge, Undecided,
    named::{Place, mention_id},
    news::Gathered,
};
use crate::{
    domain::{
        Did, Doing, Issue, KepNumber, Login,
        board::Entry,
        bridge::{Effect, IssueAt, Key, Lane, NewEffect, Step},
        change::{Change, Direction, What},
        following::Follower,
        mention::{Mention, mentions},
        notice::{Kind, Matter, Notice, Recipient, is_for_its_people, shepherds},
        text::each_once,
        tracking::TrackingIssue,
    },
    ports::{StoreError, outbox::Settled},
};

/// So many followers of a KEP are told at once, and the others one after the other: Slack opens no more
/// conversations than fifty in a minute. <https://docs.slack.dev/apis/web-api/rate-limits>
const AT_ONCE: i64 = 5;
/// How long one of them has their turn.
pub const PACE: TimeDelta = TimeDelta::seconds(2);

/// What was done longer ago than this made no change that is news.
const RECENT: TimeDelta = TimeDelta::hours(1);

/// What was done to issues, by their repositories and numbers.
pub type Doings = HashMap<(Box<str>, u64), Vec<Doing>>;

/// Who is to be told of what. Each piece has a name for keys, the same for all whom it concerns.
#[derive(Default)]
pub(super) struct Found(BTreeMap<Recipient, Vec<(String, Notice)>>);

impl Found {
    pub(super) fn has(&self, who: &Recipient, id: &str) -> bool {
        let theirs = self.0.get(who);
        theirs.is_some_and(|theirs| theirs.iter().any(|(_, it)| *it.id == *id))
    }

    pub(super) fn add(&mut self, who: Recipient, cause: &str, notice: Notice) {
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
        bridge.moved(*id, change, news, &mut found);
    }
    for said in news.comments {
        let is_own = match &said.now {
            Some(comment) => bridge.is_own(comment, news).await?,
            None => false,
        };
        if !is_own {
            bridge.named_in(said, news, &mut found).await?;
        }
    }
    // A thousand may follow one KEP: so many messages keep nobody else waiting who is told of something
    // meanwhile, and none has to be refused.
    let mut followers = 0..;
    let mut steps = Vec::new();
    for (who, mut pieces) in found.0 {
        drop_doubles(&mut pieces);
        let is_change = |(_, notice): &(String, Notice)| notice.kind() == Kind::Changes;
        let nth = if pieces.iter().all(is_change) {
            followers.next().unwrap_or_default()
        } else {
            0
        };
        let cause = pieces[0].0.clone();
        let notices = pieces.into_iter().map(|(_, notice)| notice).collect();
        if let Some(step) = bridge.step(who, &cause, notices).await? {
            steps.push(paced(step, nth));
        }
    }
    Ok(steps)
}

/// Who is asked for a review by name need not hear that their team is.
fn drop_doubles(pieces: &mut Vec<(String, Notice)>) {
    let by_name: Vec<Option<IssueAt>> = pieces
        .iter()
        .filter(|(_, it)| {
            matches!(
                it.matter,
                Matter::Review {
                    team: None,
                    gone: false,
                    ..
                }
            )
        })
        .map(|(_, it)| it.at.clone())
        .collect();
    pieces.retain(|(_, it)| {
        let is_team_s = matches!(
            it.matter,
            Matter::Review {
                team: Some(_),
                gone: false,
                ..
            }
        );
        !(is_team_s && by_name.contains(&it.at))
    });
}

/// The `nth` step for followers waits until those before it had their turn; what else concerns the same
/// person does not wait behind it.
pub(super) fn paced(mut step: NewEffect, nth: i64) -> NewEffect {
    let others = i64::max(0, nth - AT_ONCE);
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

impl Bridge<'_> {
    /// Tells somebody; none where they are in no workspace.
    pub(super) async fn step(
        &self,
        who: Recipient,
        cause: &str,
        notices: Vec<Notice>,
    ) -> Result<Option<NewEffect>, StoreError> {
        let preferences = self.preferences(&who).await?;
        let to = self.members(&who, &preferences);
        if to.is_empty() {
            return Ok(None);
        }
        let key = Key::of(["notify", &*who.to_string(), cause]);
        let step = Step::Notify {
            who: who.clone(),
            to,
            notices,
            is_paced: false,
        };
        let lane = Lane::Told(who);
        Ok(Some(NewEffect::now(key, lane, Effect::Step(step))))
    }

    /// Whom a change concerns.
    fn moved(&self, id: i64, change: &Change, news: Gathered<'_>, found: &mut Found) {
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
        let issue = at
            .as_ref()
            .and_then(|at| entry.issue_at(&at.repository, at.number));
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
                let others = logins.iter().filter(|login| !self.did(login, change, news));
                for who in others.filter_map(|login| self.recipient(login)) {
                    found.add(who, &cause, notice(Matter::Shepherd { joined }));
                }
            }
        }
        if let (What::Named(names), Some(at), Some(issue)) = (&change.what, &at, issue) {
            let place = Place {
                entry,
                at: at.clone(),
                url: &issue.url,
                by: change.by.as_ref(),
                // Who edited it is known by a webhook alone; most often its author did.
                doer: change.by.as_ref().or(issue.author.as_ref()),
                id: mention_id(&at.repository, "body", at.number),
                cause: cause.clone(),
                is_private: news.private.contains(&at.repository),
                is_request: false,
            };
            let all = mentions(&issue.body);
            let is_new = |it: &&Mention| names.contains(&it.whom.to_string().into());
            let new = all.iter().filter(is_new);
            self.mentioned(&place, new, all.len(), news.teams, found);
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
            let is_other = |who: &Recipient| match who {
                Recipient::Login(login) => !self.did(login, change, news),
                Recipient::Member(_) => true,
            };
            let theirs = shepherds_of(entry, at.as_ref()).into_iter();
            let theirs = theirs.chain(liaisons_of(entry, at.as_ref()));
            let theirs = theirs.chain(&change.shepherds);
            let theirs = theirs.filter_map(|login| self.recipient(login));
            let all = theirs.chain(self.following(entry.kep.number));
            let change = Change {
                by: self.doer(change, news, |_| true).cloned(),
                ..change.clone()
            };
            for who in all.filter(is_other) {
                found.add(who, &cause, notice(Matter::Change(change.clone())));
            }
        }
    }

    /// Whether a change is somebody's own doing, where that is known.
    fn did(&self, login: &Login, change: &Change, news: Gathered<'_>) -> bool {
        self.doer(change, news, |what| what.is_about(login)) == Some(login)
    }

    /// Whose doing a change is, where that is known; of several doings one of these.
    fn doer<'a>(
        &self,
        change: &'a Change,
        news: Gathered<'a>,
        is_one: impl Fn(&Did) -> bool,
    ) -> Option<&'a Login> {
        if change.by.is_some() {
            return change.by.as_ref();
        }
        let at = change.issue.as_ref()?;
        // Where the text names shepherds, whoever is assigned is none.
        let entry = self.board.get(change.kep);
        let mut tracked = entry.into_iter().flat_map(Entry::issues);
        let by_text = tracked.any(|it| {
            it.shepherds_from_field && it.issue.number == at.1 && it.issue.repository == at.0
        });
        let made = |doing: &&Doing| {
            let is_assignment = matches!(doing.what, Did::Assigned(_) | Did::Unassigned(_));
            (self.now - doing.at).abs() < RECENT
                && !(by_text && is_assignment)
                && doing.what.made(change)
                && is_one(&doing.what)
        };
        let doings = news.doings.get(at);
        let last = doings.and_then(|doings| doings.iter().rfind(made));
        last?.by.as_ref()
    }

    /// The members of workspaces who follow a KEP.
    pub(super) fn following(&self, kep: KepNumber) -> impl Iterator<Item = Recipient> {
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

/// The shepherds of a KEP, or of the tracking issue alone where it is about one.
fn shepherds_of<'a>(entry: &'a Entry, at: Option<&IssueAt>) -> Vec<&'a Login> {
    each_once(about(entry, at).flat_map(|tracking| &tracking.shepherds))
}

/// The same for the liaisons.
pub(super) fn liaisons_of<'a>(entry: &'a Entry, at: Option<&IssueAt>) -> Vec<&'a Login> {
    each_once(about(entry, at).flat_map(|tracking| &tracking.liaisons))
}

/// The tracking issues of a KEP, or the one alone that it is about.
fn about<'a>(entry: &'a Entry, at: Option<&IssueAt>) -> impl Iterator<Item = &'a TrackingIssue> {
    let is_it = move |issue: &Issue| {
        at.is_none_or(|at| issue.number == at.number && *issue.repository == *at.repository)
    };
    entry
        .issues()
        .filter(move |tracking| is_it(&tracking.issue))
}

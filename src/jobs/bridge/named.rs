//! Whom words on the forge name, and what those who were told of them are told when the words change.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{Bridge, Undecided, concerns::Found, news::Gathered, notice::told_key};
use crate::{
    domain::{
        Comment, CommentKind, KepNumber, Login,
        board::Entry,
        bridge::{Effect, IssueAt, Lane, Step, unmarked},
        mention::{Mention, Mentioned, mentions, newly},
        notice::{Matter, Notice, Recipient},
    },
    jobs::sync::KEEP_COMMENTS,
    ports::outbox::CommentNews,
};

/// Of one text, so many people are told.
const MOST_TOLD: usize = 50;

/// The members of teams that are named, by the teams' names.
pub type Teams = HashMap<Box<str>, Vec<Login>>;

/// Where somebody is named.
pub(super) struct Place<'a> {
    pub(super) entry: &'a Entry,
    pub(super) at: IssueAt,
    pub(super) url: &'a str,
    pub(super) by: Option<&'a Login>,
    /// Whose doing it is, for all that is known, and who is told of it by nobody.
    pub(super) doer: Option<&'a Login>,
    pub(super) id: Box<str>,
    pub(super) cause: String,
    pub(super) is_private: bool,
    /// Whether they are named because their review is asked for.
    pub(super) is_request: bool,
}

/// What names the mention of somebody in a comment, or in the text of an issue.
pub(super) fn mention_id(repository: &str, what: &str, number: u64) -> Box<str> {
    format!("mention/{repository}/{what}.{number}").into()
}

impl Bridge<'_> {
    /// Whoever is named in a comment, and was not before. What others were told of it says what it says
    /// by now.
    pub(super) async fn named_in(
        &self,
        said: &CommentNews,
        news: Gathered<'_>,
        found: &mut Found,
    ) -> Result<(), Undecided> {
        let was = said.was.as_deref().unwrap_or_default();
        let place = said
            .now
            .as_ref()
            .and_then(|now| self.place_of(said, now, news));
        let text = said.now.as_ref().map_or("", |now| unmarked(&now.body).0);
        let all = mentions(text);
        // What was there before the bot began is told to nobody, and no program needs anybody. Of what
        // is so old that it is kept no more nobody knows any more what it said before.
        let known_since = news.began.max(self.now - KEEP_COMMENTS);
        // The text of an issue is old when it is first seen.
        let is_news = |now: &Comment| {
            let is_new = now.created_at >= known_since && said.kind != CommentKind::Text;
            !now.by_app && (is_new || said.was.is_some())
        };
        if let (Some(place), true) = (&place, said.now.as_ref().is_some_and(is_news)) {
            let new = newly(was, text);
            self.mentioned(place, &new, all.len(), news.teams, found);
        }
        let is_shown = place.is_some_and(|place| !place.is_private);
        self.renamed_in(said, &all, is_shown, news.teams, found)
            .await
    }

    /// What those were told who were named in a comment before says what it says now: that it names them
    /// no more, or in which words.
    async fn renamed_in(
        &self,
        said: &CommentNews,
        all: &[Mention],
        is_shown: bool,
        teams: &Teams,
        found: &mut Found,
    ) -> Result<(), Undecided> {
        let was = mentions(said.was.as_deref().unwrap_or_default());
        let before: BTreeSet<_> = self.people_in(&was, teams).map(|(who, _)| who).collect();
        let now: BTreeMap<_, _> = self.people_in(all, teams).collect();
        let id = comment_id(said);
        for who in before {
            if found.has(&who, &id) {
                continue;
            }
            let Some(mut notice) = self.telling(&who, &id).await? else {
                continue;
            };
            let mention = now.get(&who);
            match &mut notice.matter {
                Matter::Mention { said, gone, .. } => {
                    let words = mention.filter(|_| is_shown);
                    *said = words.map(|mention| mention.said.to_markdown());
                    *gone = mention.is_none();
                }
                Matter::Review { gone, .. } => *gone = mention.is_none(),
                _ => continue,
            }
            found.add(who, &cause_of(said), notice);
        }
        Ok(())
    }

    /// Tells those who are named, and known. `all` is how many are named there.
    pub(super) fn mentioned<'a>(
        &self,
        place: &Place<'_>,
        new: impl IntoIterator<Item = &'a Mention>,
        all: usize,
        teams: &Teams,
        found: &mut Found,
    ) {
        let mut told = HashSet::new();
        for (login, mention) in new.into_iter().flat_map(|it| each(it, teams)) {
            if told.len() == MOST_TOLD || place.doer == Some(login) {
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
            let by = place.by.map(|by| by.as_str().into());
            let team = match &mention.whom {
                Mentioned::Person(_) => None,
                team @ Mentioned::Team { .. } => Some(team.to_string().into()),
            };
            let gone = false;
            let matter = if place.is_request {
                Matter::Review { by, team, gone }
            } else {
                Matter::Mention {
                    by,
                    team,
                    // Who was mentioned may read it there, where they are let in.
                    said: (!place.is_private).then(|| mention.said.to_markdown()),
                    others: all.saturating_sub(1),
                    gone,
                }
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

    /// Those who are named, and known, with where they are named first; the first alone of very many.
    fn people_in<'a>(
        &self,
        named: &'a [Mention],
        teams: &'a Teams,
    ) -> impl Iterator<Item = (Recipient, &'a Mention)> {
        let all = named.iter().rev().flat_map(|it| each(it, teams));
        all.filter_map(|(login, mention)| Some((self.recipient(login)?, mention)))
    }

    /// What somebody was told of something, or is about to be; none where its words are forgotten.
    async fn telling(&self, who: &Recipient, id: &str) -> Result<Option<Notice>, Undecided> {
        let told = self.notified(&told_key(who, id)).await?;
        let told = told.into_iter().flat_map(|told| told.notices.items);
        let lane = Lane::Told(who.clone()).to_string();
        let waiting = self.outbox.open_in(&lane, "notify").await?.into_iter();
        let waiting = waiting.flat_map(|effect| match effect {
            Effect::Step(Step::Notify { notices, .. }) => notices,
            _ => Vec::new(),
        });
        Ok(told.chain(waiting).find(|notice| *notice.id == *id))
    }

    fn place_of<'a>(
        &'a self,
        said: &CommentNews,
        comment: &'a Comment,
        news: Gathered<'_>,
    ) -> Option<Place<'a>> {
        Some(Place {
            entry: self.entry_at(&comment.repository, comment.issue)?,
            at: IssueAt {
                repository: comment.repository.clone(),
                number: comment.issue,
            },
            url: &comment.url,
            // Who wrote an issue's text last is not certain.
            by: match said.kind {
                CommentKind::Text => None,
                _ => comment.author.as_ref(),
            },
            doer: comment.author.as_ref(),
            id: comment_id(said),
            cause: cause_of(said),
            is_private: news.private.contains(&comment.repository),
            is_request: said.kind == CommentKind::Request,
        })
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
}

/// Each person whom a mention means: those of a team by the team's.
fn each<'a>(
    mention: &'a Mention,
    teams: &'a Teams,
) -> impl DoubleEndedIterator<Item = (&'a Login, &'a Mention)> {
    let logins = match &mention.whom {
        Mentioned::Person(login) => std::slice::from_ref(login),
        team @ Mentioned::Team { .. } => {
            teams.get(&*team.to_string()).map_or(&[][..], Vec::as_slice)
        }
    };
    logins.iter().map(move |login| (login, mention))
}

fn comment_id(said: &CommentNews) -> Box<str> {
    mention_id(&said.repository, said.kind.as_str(), said.comment)
}

fn cause_of(said: &CommentNews) -> String {
    format!("comment.{}", said.id)
}

//! From Slack to a tracking issue: somebody wants a message, or a text of theirs, to stand there.

use chrono::TimeDelta;

use super::{Bridge, Undecided, comment_key, issues_at, place_of, tracking_issue, whisper};
use crate::{
    domain::{
        KepNumber,
        bridge::{
            Asked, ChannelAt, Effect, IssueAt, Key, Lane, MessageAt, NewEffect, Refusal, Relay,
            Relayed, Replies, Saying, Way, keps_in,
        },
        rich::{Address, Rich},
    },
    ports::outbox::Settled,
};

/// GitHub takes 65,536 characters: <https://docs.github.com/en/rest/issues/comments>. What comes
/// around the text takes some of them.
const LONGEST: usize = 60_000;

/// What comes between a text and who said it.
pub(super) const SIGN: &str = "\n\n<sub>";

const NOT_FROM_HERE: &str = "Nothing goes from this channel to tracking issues; whoever runs me can change that. /kep update puts a text of yours there, from anywhere.";
const NO_REPLIES: &str = "Replies in KEPs' threads do not go from this channel to tracking issues; whoever runs me can change that. /kep update puts a text of yours there.";

/// What is to be relayed, found.
struct Said {
    /// The words.
    text: Rich,
    /// Who said it, a name.
    who: Box<str>,
    /// Their member id; none where it was an app.
    user: Option<Box<str>>,
    /// Where it is seen, where it is a message.
    permalink: Option<Box<str>>,
    /// The thread that it stands in.
    thread: Option<Box<str>>,
}

impl Bridge<'_> {
    pub(super) async fn relay(&self, key: &Key, relay: &Relay) -> Result<Settled, Undecided> {
        let Relay { asked, way, .. } = relay;
        let refused = |thread: Option<&str>, no: Refusal| Ok(whisper(key, asked, thread, no));
        let no = |thread: Option<&str>, why: &str| refused(thread, why.into());
        let thread = relay.thread.as_deref();
        let channel = self.channels.get(&asked.channel);
        let is_command = *way == Way::Command;
        if !is_command && !self.channels.go_to_forge(&asked.channel) {
            return no(thread, NOT_FROM_HERE);
        }
        let Asked {
            user, channel: at, ..
        } = asked;
        let is_known = self.people.by_slack(&at.workspace, user).is_some();
        match way {
            // Who is nobody here costs nothing, and is told so once a day at most.
            Way::Reply if !is_known => return Ok(Settled::default()),
            Way::Reaction if !is_known => {
                let day = self.now.date_naive().to_string();
                let once = Key::of(["stranger", &*at.workspace, &*at.id, &**user, &*day]);
                return Ok(whisper(&once, asked, None, self.speaks_nowhere(asked)));
            }
            _ => {}
        }
        if *way == Way::Reply && channel.is_none_or(|channel| channel.replies != Replies::All) {
            return Ok(Settled::default());
        }
        let Some(said) = self.said(relay).await? else {
            return no(
                thread,
                "That message is gone, is mine, or says nothing that I could put on the tracking issue.",
            );
        };
        // A reaction does not tell that what it is on stands in a thread.
        let thread = said.thread.as_deref().or(thread);
        let of_thread = self.kep_of_thread(relay, &said).await?;
        if of_thread.is_some() && channel.is_some_and(|it| it.replies == Replies::Off) {
            return no(thread, NO_REPLIES);
        }
        let keps = self.meant(relay, &said, of_thread);
        let kep = match keps[..] {
            [kep] => kep,
            [] if *way == Way::Reply => return Ok(Settled::default()),
            [] => {
                return no(
                    thread,
                    "I see no KEP in that message. Its menu has \"Relay to KEP issue\", where you say which.",
                );
            }
            _ => return Ok(which(key, relay, thread, keps)),
        };
        if let Some(why) = self.refuses(asked, kep) {
            // A reply in a thread asked for nothing.
            return match way {
                Way::Reply => Ok(Settled::default()),
                Way::Command => refused(thread, why.of_typed(relay.text.as_deref())),
                Way::Shortcut | Way::Reaction => refused(thread, why),
            };
        }
        let runtime = channel.map(|channel| &*channel.runtime);
        let issue = self
            .board
            .get(kep)
            .and_then(|entry| tracking_issue(entry, runtime, self.settings))
            .map(place_of);
        // What refuses has looked.
        let Some(issue) = issue else {
            return Ok(Settled::default());
        };
        let tie = self.tie(relay, &said, kep).await?;
        let tied = matches!(tie, Some((_, Some(_))));
        let mut settled = self.write(key, relay, kep, issue, said, tied).await?;
        settled.ties.extend(tie);
        Ok(settled)
    }

    /// What changes about which KEP the message's thread is tied to.
    async fn tie(
        &self,
        relay: &Relay,
        said: &Said,
        kep: KepNumber,
    ) -> Result<Option<(MessageAt, Option<KepNumber>)>, Undecided> {
        let (Some(ties), Some(message)) = (relay.ties, &relay.message) else {
            return Ok(None);
        };
        let root = MessageAt {
            ts: said.thread.clone().unwrap_or_else(|| message.ts.clone()),
            ..message.clone()
        };
        // A KEP's own thread stays its own.
        if self.outbox.thread_at(&root).await?.is_some() {
            return Ok(None);
        }
        let (was, is) = (
            self.outbox.tie_at(&root).await?.map(|tie| tie.kep),
            ties.then_some(kep),
        );
        Ok((was != is).then_some((root, is)))
    }

    /// Why somebody cannot have anything stand on the tracking issue of a KEP, in a sentence that
    /// says what to do; from memory.
    pub fn refuses(&self, asked: &Asked, kep: KepNumber) -> Option<Refusal> {
        let Some(entry) = self.board.get(kep) else {
            return Some(format!("I know no KEP-{kep}. /kep list finds KEPs by words.").into());
        };
        let channel = self.channels.get(&asked.channel);
        let runtime = channel.map(|channel| &*channel.runtime);
        let open = tracking_issue(entry, runtime, self.settings);
        // The latest of those that are closed.
        let issue = open.or_else(|| issues_at(entry, runtime, self.settings).last());
        let person = self.people.by_slack(&asked.channel.workspace, &asked.user);
        let why = if !self.may_speak(person, entry) {
            self.may_not(asked, entry)
        } else if open.is_some() {
            return None;
        } else if let Some(closed) = issue {
            format!(
                "#{}, the tracking issue of KEP-{kep}, is closed. Reopen it if the work goes on, then try again.",
                closed.number
            )
        } else {
            format!(
                "KEP-{kep} has no tracking issue{}, so there is nowhere to put this. A maintainer, or the KEP's owner, opens one with the issue form for KEPs; then try again.",
                runtime.map_or_else(String::new, |name| format!(" at {name}"))
            )
        };
        Some(Refusal {
            why: why.into(),
            issue: issue.map(|issue| (place_of(issue), issue.url.clone())),
            typed: None,
        })
    }

    /// Why somebody cannot have anything of a channel stand on any tracking issue.
    pub fn refuses_all(&self, asked: &Asked) -> Option<String> {
        if !self.channels.go_to_forge(&asked.channel) {
            return Some(NOT_FROM_HERE.to_owned());
        }
        let person = self.people.by_slack(&asked.channel.workspace, &asked.user);
        (!self.may_speak_somewhere(person)).then(|| self.speaks_nowhere(asked))
    }

    /// The same for a message: it must stand in a channel from which something may go.
    pub fn refuses_here(&self, asked: &Asked, kep: KepNumber) -> Option<Refusal> {
        if !self.channels.go_to_forge(&asked.channel) {
            return Some(NOT_FROM_HERE.into());
        }
        self.refuses(asked, kep)
    }

    /// Queues the comment.
    async fn write(
        &self,
        key: &Key,
        relay: &Relay,
        number: KepNumber,
        issue: IssueAt,
        said: Said,
        tied: bool,
    ) -> Result<Settled, Undecided> {
        let free = match &relay.message {
            Some(message) => match self.free(comment_key(message, number)).await? {
                Some(free) => Some(free),
                None => {
                    let thread = said.thread.as_deref();
                    let text = if tied {
                        format!(
                            "That stands on the tracking issue of KEP-{number} already. The thread is tied to it from now on."
                        )
                    } else {
                        format!("That stands on the tracking issue of KEP-{number} already.")
                    };
                    return Ok(match relay.way {
                        Way::Reply => Settled::default(),
                        _ => whisper(key, &relay.asked, thread, text),
                    });
                }
            },
            None => None,
        };
        // Names are not unique: whose words they are is told by the member.
        let by = if said.user.as_deref() == Some(&*relay.asked.user) {
            None
        } else {
            Some(self.name_of(&relay.asked).await)
        };
        let markdown = shortened(&said.text);
        let permalink = said.permalink.as_deref();
        let body = signed(&markdown, &said.who, permalink, by.as_deref());
        let of = relay.message.clone().zip(said.permalink.clone());
        let of = of.map(|(message, permalink)| Relayed {
            message,
            thread: said.thread.clone(),
            who: said.who.clone(),
            by,
            permalink,
            reworded: relay.text.is_some(),
            tied,
            unasked: relay.way == Way::Reply,
        });
        let lane = Lane::Issue(issue.clone());
        let effect = Effect::Comment {
            issue,
            kep: number,
            body,
            of,
            asked: relay.asked.clone(),
        };
        let comment = match free {
            Some(free) => free,
            None => {
                let given_up = self.given_up(&effect).await?;
                given_up.unwrap_or_else(|| key.then("comment"))
            }
        };
        Ok(Settled {
            anew: vec![NewEffect::now(comment, lane, effect)],
            ..Settled::default()
        })
    }

    /// The key for a comment: the first one, or where what had it was taken back, the next; what was
    /// given up keeps its key. `None` where it stands.
    async fn free(&self, first: Key) -> Result<Option<Key>, Undecided> {
        let mut given_up = None;
        let mut key = first.clone();
        for again in 2.. {
            // Both may end just now, so what is written is asked for last: it is there once the one is
            // over, and gone once the other is.
            let queued = self.outbox.queued(&key).await?;
            let undo = self.outbox.queued(&key.then("undo")).await?;
            if self.outbox.written(&key).await?.is_some() {
                if undo.is_some_and(|undo| !undo.is_over()) {
                    let at = self.now + TimeDelta::seconds(5);
                    return Err(Undecided::Later(
                        at,
                        "what stands there is about to be taken back",
                    ));
                }
                return Ok(None);
            }
            match queued {
                None => return Ok(given_up.or(Some(key))),
                // It waits to be written.
                Some(queued) if !queued.is_over() => return Ok(None),
                Some(queued) if queued.is_dead => given_up = Some(key),
                // It was taken back.
                Some(_) => {}
            }
            key = first.then(&again.to_string());
        }
        Ok(None)
    }

    /// The key of a text that was typed and given up, where the same person has typed it again: an
    /// admin who has the first one tried again writes no second.
    async fn given_up(&self, typed: &Effect) -> Result<Option<Key>, Undecided> {
        let dead = self.outbox.dead().await?;
        let mut same = dead
            .into_iter()
            .filter(|dead| says_same(&dead.effect, typed));
        Ok(same.next().map(|dead| dead.key))
    }

    /// The words, who said them and where; `None` where nothing is left of them.
    async fn said(&self, relay: &Relay) -> Result<Option<Said>, Undecided> {
        let chat = self.chat(&relay.asked.channel.workspace)?;
        let Some(MessageAt { channel, ts }) = &relay.message else {
            let Some(typed) = &relay.text else {
                return Ok(None);
            };
            let text = chat.read(typed).await?;
            let who = self.name_of(&relay.asked).await;
            return Ok((!text.is_empty()).then_some(Said {
                text,
                who,
                user: Some(relay.asked.user.clone()),
                permalink: None,
                thread: None,
            }));
        };
        let message = chat
            .message(&channel.id, ts, relay.thread.as_deref())
            .await?;
        let Some(message) = message.filter(|message| !message.is_tombstone && !message.is_own)
        else {
            return Ok(None);
        };
        let text = match &relay.text {
            Some(edited) => chat.read(edited).await?,
            None => message.text,
        };
        if text.is_empty() {
            return Ok(None);
        }
        let user = message.user;
        let who = match (&user, message.username) {
            (Some(user), _) => chat
                .name_of(user)
                .await?
                .unwrap_or_else(|| "someone".into()),
            (None, Some(name)) => format!("the app {name}").into(),
            (None, None) => "an app".into(),
        };
        let permalink = chat.permalink(&channel.id, ts).await?;
        Ok(Some(Said {
            text,
            who,
            user,
            permalink: Some(permalink),
            thread: message.thread.filter(|root| root != ts),
        }))
    }

    /// The KEP in whose thread it stands.
    async fn kep_of_thread(
        &self,
        relay: &Relay,
        said: &Said,
    ) -> Result<Option<KepNumber>, Undecided> {
        let Some(ts) = said.thread.clone() else {
            return Ok(None);
        };
        let channel = relay.asked.channel.clone();
        Ok(self.outbox.kep_at(&MessageAt { channel, ts }).await?)
    }

    /// Which KEP is meant: the one that was said, the thread's, or those that the text names.
    fn meant(&self, relay: &Relay, said: &Said, of_thread: Option<KepNumber>) -> Vec<KepNumber> {
        if let Some(kep) = relay.kep.or(of_thread) {
            return vec![kep];
        }
        let text = &said.text;
        let links = text.links().into_iter().map(Address::as_str);
        let words = std::iter::once(&*text.text())
            .chain(links)
            .collect::<Vec<_>>()
            .join(" ");
        keps_in(&words, self.board)
    }

    /// The name that somebody goes by; where Slack does not tell it, their login.
    pub(super) async fn name_of(&self, asked: &Asked) -> Box<str> {
        let ChannelAt { workspace, .. } = &asked.channel;
        let name = match self.chat(workspace) {
            Ok(chat) => chat.name_of(&asked.user).await.ok().flatten(),
            Err(_) => None,
        };
        let login = || {
            let person = self.people.by_slack(workspace, &asked.user)?;
            Some(person.login.as_str().into())
        };
        name.or_else(login).unwrap_or_else(|| "someone".into())
    }
}

/// Whether two texts that were typed are one, said by one person of one KEP.
fn says_same(one: &Effect, other: &Effect) -> bool {
    let parts = |effect: &Effect| match effect {
        Effect::Comment {
            kep,
            body,
            of: None,
            asked,
            ..
        } => Some((
            *kep,
            unsigned(body).to_owned(),
            asked.user.clone(),
            asked.channel.workspace.clone(),
        )),
        _ => None,
    };
    parts(one).is_some_and(|one| parts(other) == Some(one))
}

/// Asks which of several KEPs is meant.
fn which(key: &Key, relay: &Relay, thread: Option<&str>, keps: Vec<KepNumber>) -> Settled {
    if relay.way == Way::Reply {
        return Settled::default();
    }
    let Asked { user, channel, .. } = &relay.asked;
    let effect = Effect::Whisper {
        channel: channel.clone(),
        user: user.clone(),
        thread: thread.map(Into::into),
        saying: Saying::Which {
            keps,
            of: key.clone(),
        },
    };
    let lane = Lane::Person(channel.clone(), user.clone());
    Settled {
        then: vec![NewEffect::now(key.then("which"), lane, effect)],
        ..Settled::default()
    }
}

/// As Markdown, whole where GitHub takes it.
pub(super) fn shortened(text: &Rich) -> String {
    let mut limit = LONGEST;
    let mut markdown = text.to_markdown();
    // What must be written with more signs than it has is cut until it fits.
    while markdown.chars().count() > LONGEST {
        markdown = text.excerpt(limit).0.to_markdown();
        limit /= 2;
    }
    markdown
}

/// The text with who said it, where it can be seen, and who had it relayed where that is another.
pub(super) fn signed(
    markdown: &str,
    who: &str,
    permalink: Option<&str>,
    by: Option<&str>,
) -> String {
    let name = |name: &str| Rich::plain(name).to_markdown();
    let place = match permalink {
        Some(permalink) => format!("[on Slack]({permalink})"),
        None => "on Slack".to_owned(),
    };
    let by = by.map_or_else(String::new, |by| format!("; relayed by {}", name(by)));
    format!("{markdown}{SIGN}{}, {place}{by}</sub>", name(who))
}

/// The text without who said it.
pub(super) fn unsigned(body: &str) -> &str {
    body.rsplit_once(SIGN).map_or(body, |(text, _)| text)
}

//! `/kep follow` and `/kep unfollow`: what changes of a KEP comes to somebody, or to a channel.

use super::typed::Typed;
use crate::domain::KepNumber;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FollowAsk {
    /// What is followed now.
    Show,
    /// To follow a KEP.
    Follow(KepNumber),
    /// To follow it no more.
    Unfollow(KepNumber),
}

/// Whether a line after `/kep` is about following.
pub fn is_follow(typed: &str) -> bool {
    let first = typed.split_whitespace().next();
    first.is_some_and(|first| is_word(first, "follow") || is_word(first, "unfollow"))
}

fn is_word(typed: &str, word: &str) -> bool {
    typed.eq_ignore_ascii_case(word)
}

/// What is asked for, and whether it is for the channel; or a sentence that says what to type.
pub fn follow(typed: &str) -> Result<(FollowAsk, bool), String> {
    let Typed { words, here, .. } = Typed::read(typed);
    let (first, rest) = match words.split_first() {
        Some((first, rest)) => (first.as_str(), rest),
        None => ("", &[][..]),
    };
    let ends = is_word(first, "unfollow");
    let rest = match rest {
        [kep, number] if is_word(kep, "kep") => std::slice::from_ref(number),
        rest => rest,
    };
    match rest {
        [] if !ends => Ok((FollowAsk::Show, here)),
        [number] if let Some(kep) = KepNumber::from_reference(number) => {
            let ask = if ends {
                FollowAsk::Unfollow(kep)
            } else {
                FollowAsk::Follow(kep)
            };
            Ok((ask, here))
        }
        _ => Err(
            "Type /kep follow 5825 for what changes of a KEP by direct message, /kep follow 5825 here for the same in this channel, and unfollow for no more of it. /kep follow lists what you follow."
                .to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked() {
        assert!(is_follow(" Follow 5825") && is_follow("unfollow"));
        assert!(!is_follow("follower") && !is_follow("who follow") && !is_follow(""));
        let kep = KepNumber::new(5825).expect("a number");
        for (typed, asked) in [
            ("follow", (FollowAsk::Show, false)),
            ("FOLLOW here", (FollowAsk::Show, true)),
            ("follow 5825", (FollowAsk::Follow(kep), false)),
            ("follow KEP 5825 here", (FollowAsk::Follow(kep), true)),
            (
                "follow <https://github.com/kubernetes/enhancements/issues/5825>",
                (FollowAsk::Follow(kep), false),
            ),
            ("unfollow #5825", (FollowAsk::Unfollow(kep), false)),
            ("Unfollow kep-5825 Here", (FollowAsk::Unfollow(kep), true)),
        ] {
            assert_eq!(follow(typed), Ok(asked), "{typed}");
        }
        for wrong in ["unfollow", "unfollow here", "follow it", "follow 5825 4680"] {
            assert!(follow(wrong).is_err_and(|why| why.contains("/kep follow 5825 here")));
        }
    }
}

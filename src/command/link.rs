//! `/kep link` and `/kep unlink`: somebody proves who they are on GitHub, or takes that back.

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkAsk {
    /// To sign in at GitHub.
    Link,
    /// To be forgotten.
    Unlink,
}

/// Whether a line after `/kep` is about who somebody is on GitHub.
pub fn is_link(typed: &str) -> bool {
    let first = typed.split_whitespace().next();
    first.is_some_and(|first| {
        ["link", "unlink"]
            .iter()
            .any(|word| first.eq_ignore_ascii_case(word))
    })
}

/// What is asked for; or a sentence that says what to type.
pub fn link(typed: &str) -> Result<LinkAsk, String> {
    let words: Vec<String> = typed.split_whitespace().map(str::to_lowercase).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["link"] => Ok(LinkAsk::Link),
        ["unlink"] => Ok(LinkAsk::Unlink),
        ["link", ..] => Err(
            "Type /kep link alone: who you are you prove by signing in at GitHub, so no login is needed here."
                .to_owned(),
        ),
        _ => Err("Type /kep unlink alone: it takes back who you are, and nobody else.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked() {
        assert!(is_link(" Link") && is_link("unlink now"));
        assert!(!is_link("linked") && !is_link("who link") && !is_link(""));
        assert_eq!(link(" LINK "), Ok(LinkAsk::Link));
        assert_eq!(link("Unlink"), Ok(LinkAsk::Unlink));
        assert!(link("link @shepherd").is_err_and(|why| why.contains("/kep link alone")));
        assert!(link("unlink <@U1>").is_err_and(|why| why.contains("/kep unlink alone")));
    }
}

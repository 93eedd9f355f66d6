//! `/kep digest`: what the digest would say now, or that it is posted.

const WORD: &str = "digest";

/// What is asked of the digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DigestAsk {
    /// What it would say now.
    Preview,
    /// That it is posted now.
    Now,
}

/// Whether a line after `/kep` is about the digest.
pub fn is_digest(typed: &str) -> bool {
    let first = typed.split_whitespace().next();
    first.is_some_and(|first| first.eq_ignore_ascii_case(WORD))
}

/// What is asked for; or a sentence that says what to type.
pub fn digest(typed: &str) -> Result<DigestAsk, String> {
    let words: Vec<String> = typed.split_whitespace().map(str::to_lowercase).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        [] | [_] | [_, "preview"] => Ok(DigestAsk::Preview),
        [_, "now"] => Ok(DigestAsk::Now),
        _ => Err(
            "Type /kep digest to see what the digest would say now, or /kep digest now to post it in this channel."
                .to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked() {
        assert!(is_digest("digest now") && is_digest(" Digest") && !is_digest("digests"));
        assert_eq!(digest("digest"), Ok(DigestAsk::Preview));
        assert_eq!(digest("DIGEST  Now"), Ok(DigestAsk::Now));
        for wrong in ["digest help", "digest now here", "digest 5825"] {
            assert!(digest(wrong).is_err_and(|why| why.contains("/kep digest now")));
        }
    }
}

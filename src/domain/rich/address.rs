//! Addresses that may be linked.

use std::fmt;

/// The longest address that is linked. Browsers take longer ones, people do not.
const LONGEST: usize = 4000;

/// An address of the web or of mail: one that leads somewhere and runs nothing, without characters
/// that could end a link in either markup.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Address(String);

impl Address {
    /// Reads an address as people write it; `None` where it is no such address. What may not stand
    /// in an address is written as a browser would, the rest stays as it is.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (scheme, rest) = text.split_once(':')?;
        let is_known = match scheme.to_ascii_lowercase().as_str() {
            "http" | "https" => rest.starts_with("//"),
            "mailto" => rest.contains('@'),
            _ => false,
        };
        let never = |c: char| c.is_whitespace() || c.is_control() || is_invisible(c);
        if !is_known || text.len() > LONGEST || text.contains(never) {
            return None;
        }
        url::Url::parse(text).ok()?;
        let mut address = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                '<' => address.push_str("%3C"),
                '>' => address.push_str("%3E"),
                '"' => address.push_str("%22"),
                '`' => address.push_str("%60"),
                '|' => address.push_str("%7C"),
                '\\' => address.push_str("%5C"),
                c => address.push(c),
            }
        }
        // A host, unlike a path, may not hold what was replaced.
        url::Url::parse(&address).ok()?;
        Some(Self(address))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Marks that turn the direction of what stands behind them: in somebody's text they could make
/// ours read backwards, and right-to-left writing needs none of them. And the mark of byte order,
/// which hides the beginning of a line from who looks for signs there.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

//! What tells one request from another in the log, from the moment it comes in to its last effect.

use std::fmt;

use tracing::Span;

use super::Dice;

/// A short name of one inbound request, such as `7k3m9qd2xa`: ten of Crockford's base 32 digits,
/// which are easy to read out. Fifty bits of chance: among a million requests, one in two thousand
/// times two have the same.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestId([u8; 10]);

const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

impl RequestId {
    /// A new one.
    pub fn roll(dice: &dyn Dice) -> Self {
        let mut left = dice.roll();
        Self(std::array::from_fn(|_| {
            left *= 32.0;
            let digit = left.clamp(0.0, 31.0).floor();
            left -= digit;
            // A whole number from 0 to 31.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            DIGITS[digit as usize]
        }))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        // Of digits alone.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The span in which all that the request causes belongs: `request{id=… kind=… workspace=…}`.
    /// `kind` is what came, such as `command` or `webhook`; `workspace` is empty where it came from
    /// none. It is there whatever level is logged, so that an error says which request it is of.
    pub fn span(self, kind: &'static str, workspace: &str) -> Span {
        let workspace = (!workspace.is_empty()).then_some(workspace);
        tracing::error_span!("request", id = %self, kind, workspace)
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestId({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::{Dice, RequestId};

    struct Loaded(f64);

    impl Dice for Loaded {
        fn roll(&self) -> f64 {
            self.0
        }
    }

    #[test]
    fn every_part_of_chance_shows() {
        let id = |roll| RequestId::roll(&Loaded(roll)).to_string();
        assert_eq!(id(0.0), "0000000000");
        assert_eq!(id(1.0_f64.next_down()), "zzzzzzzzzz");
        assert_eq!(id(2.0_f64.powi(-50)), "0000000001");
        assert_eq!(id(0.5 + 2.0_f64.powi(-10)), "g100000000");
    }
}

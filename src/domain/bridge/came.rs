//! What is the same in each telling of what happened to a message: by an event, by its redelivery,
//! over another transport, or read from the history later.

use super::{Key, MessageAt};

impl MessageAt {
    /// That it was said, and says what it says since its last edit (that edit's own number).
    pub fn came(&self, edited: Option<&str>) -> Key {
        self.key("message", edited)
    }

    /// That it is gone.
    pub fn gone(&self) -> Key {
        self.key("message", ["gone"])
    }

    /// That somebody reacted to it so. Whoever takes a reaction off and gives it again says nothing
    /// new: a history does not show it. Where what came of it was taken back in between, they do.
    pub fn reacted(&self, emoji: &str, user: &str) -> Key {
        self.key("reaction", [emoji, user])
    }

    /// That somebody took a reaction off, at the moment that the event names.
    pub fn unreacted(&self, emoji: &str, user: &str, at: &str) -> Key {
        self.key("reaction", [emoji, user, "off", at])
    }

    fn key<'a>(&'a self, what: &'a str, more: impl IntoIterator<Item = &'a str>) -> Key {
        let at = [what, &self.channel.workspace, &self.channel.id, &self.ts];
        Key::of(at.into_iter().chain(more))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happens_to_a_message_has_a_key_of_its_own() {
        let message = MessageAt::new("kubernetes", "C1", "1767600000.000100");
        let keys = [
            message.came(None),
            message.came(Some("1767600001.000000")),
            message.gone(),
            message.reacted("satellite_antenna", "U1"),
            message.unreacted("satellite_antenna", "U1", "1767600002.000000"),
        ];
        let keys = keys.each_ref().map(Key::as_str);
        assert_eq!(
            keys,
            [
                "message/kubernetes/C1/1767600000.000100",
                "message/kubernetes/C1/1767600000.000100/1767600001.000000",
                "message/kubernetes/C1/1767600000.000100/gone",
                "reaction/kubernetes/C1/1767600000.000100/satellite_antenna/U1",
                "reaction/kubernetes/C1/1767600000.000100/satellite_antenna/U1/off/1767600002.000000",
            ]
        );
    }
}

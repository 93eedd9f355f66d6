//! Questions to the city's shepherd, and answers to them.

use std::time::Duration;

use kep_liaison::sandbox::slack::Said;

use super::city::City;

/// What somebody typed.
pub(super) struct Question {
    /// A word that nothing else has.
    word: String,
    is_acked: bool,
}

impl City {
    /// Somebody new has a question: who asked of a KEP may not ask of it again for an hour.
    pub(super) async fn asks(&mut self, kep: usize, word: String) {
        let name = format!("asker-{}", self.questions.len());
        let asker = self.slack.workspace("kubernetes").person(&name);
        let channel = self.channel.clone().with(&[&asker]);
        let typed = format!("/kep ping {kep} {word}");
        let shown = asker.types(&channel, &typed).await;
        let reply = shown.reply.as_ref().map(Said::words);
        let is_acked = reply.is_some_and(|words| words.starts_with("On its way"));
        self.questions.push(Question { word, is_acked });
    }

    /// The shepherd answers the latest question that is still open, if the dialog opens.
    pub(super) async fn answers(&mut self, word: String) {
        let is_open = |said: &Said| said.json.to_string().contains("\"Answer\"");
        let mut brought = self.mike.direct_messages().into_iter().rev();
        let Some(question) = brought.find(is_open) else {
            return;
        };
        self.mike.clicks(&question, "Answer").await;
        for _ in 0..50 {
            if self.mike.modal().is_some() {
                break;
            }
            self.passes(Duration::from_millis(1)).await;
        }
        if let Some(dialog) = self.mike.modal() {
            let shown = self.mike.submits(&dialog, &[("Answer", &word)]).await;
            self.answers.push((word, shown.error.is_none()));
        }
    }

    /// What is wrong with questions and answers. What was taken in stands once in the channel, and a
    /// question once more before the shepherd.
    pub(super) fn wrong_questions(&self) -> Vec<String> {
        let mut wrongs = Vec::new();
        let in_channel = self.channel.messages();
        let brought = self.mike.direct_messages();
        let count = |word: &str, all: &[Said]| {
            let by_bot = all.iter().filter(|said| said.is_app);
            by_bot.filter(|said| said.words().contains(word)).count()
        };
        for Question { word, is_acked } in &self.questions {
            let (asked, told) = (count(word, &in_channel), count(word, &brought));
            if asked != told || asked < usize::from(*is_acked) || asked > 1 {
                wrongs.push(format!("{word} asked {asked} times, told {told}"));
            }
        }
        for (word, is_acked) in &self.answers {
            let answered = count(word, &in_channel);
            if answered < usize::from(*is_acked) || answered > 1 {
                wrongs.push(format!("{word} answered {answered} times"));
            }
        }
        wrongs
    }
}

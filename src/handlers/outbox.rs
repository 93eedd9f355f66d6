//! What waits to be written, what was given up and why, and trying that again.

use chrono::{DateTime, Utc};

use crate::{
    command::OutboxAsk,
    ports::{
        Outbox, StoreError,
        outbox::{Dead, retry_hint},
    },
};

/// How many are listed at most; the command line lists them all.
const MOST: usize = 20;

/// The queue, as somebody looks at it.
pub struct Queue<'a> {
    /// What is queued.
    pub outbox: &'a dyn Outbox,
    /// What one types to look at it: `/kep outbox`.
    pub typed: &'a str,
    /// The moment.
    pub now: DateTime<Utc>,
}

impl Queue<'_> {
    /// Does what is asked, and says it in sentences, a line for each thing.
    pub async fn answer(&self, ask: &OutboxAsk) -> Result<String, StoreError> {
        match ask {
            OutboxAsk::List => self.list(Some(MOST)).await,
            OutboxAsk::Retry(id) => Ok(self.retry(*id).await?.unwrap_or_else(|no| no)),
            OutboxAsk::RetryAll => self.retry_all().await,
        }
    }

    /// Has one thing tried again; inside, `Err` says that nothing of this number was given up.
    pub async fn retry(&self, id: i64) -> Result<Result<String, String>, StoreError> {
        Ok(if self.outbox.retry(id, self.now).await? {
            Ok(format!("{id} is tried again."))
        } else {
            Err(format!(
                "There is no {id} that was given up; {} lists them.",
                self.typed
            ))
        })
    }

    /// Has everything tried again.
    pub async fn retry_all(&self) -> Result<String, StoreError> {
        let mut many = 0;
        for Dead { id, .. } in self.outbox.dead().await? {
            many += u32::from(self.outbox.retry(id, self.now).await?);
        }
        Ok(match many {
            0 => "Nothing was given up.".to_owned(),
            1 => "1 thing is tried again.".to_owned(),
            many => format!("{many} things are tried again."),
        })
    }

    /// What waits, and what was given up.
    pub async fn list(&self, most: Option<usize>) -> Result<String, StoreError> {
        let load = self.outbox.load().await?;
        let mut lines = vec![match (load.waiting, load.oldest) {
            (0, _) => "Nothing waits to be written.".to_owned(),
            (many, None) => format!("{many} wait for their time."),
            (many, Some(oldest)) => {
                let oldest = oldest.format("%-d %b %H:%M UTC");
                format!("{many} wait to be written, the oldest since {oldest}.")
            }
        }];
        if load.held > 0 {
            let held = load.held;
            lines.push(format!("Held, because too much was written there: {held}."));
        }
        let dead = self.outbox.dead().await?;
        if dead.is_empty() {
            lines.push("Nothing was given up.".to_owned());
        } else {
            lines.push(format!("Given up: {}.", dead.len()));
            // The latest matter most.
            let shown = dead.len().min(most.unwrap_or(usize::MAX));
            let (earlier, shown) = dead.split_at(dead.len() - shown);
            if !earlier.is_empty() {
                lines.push(format!("{} earlier ones are not shown.", earlier.len()));
            }
            lines.extend(shown.iter().map(Dead::line));
            lines.push(retry_hint(self.typed, shown));
        }
        Ok(lines.join("\n"))
    }
}

//! An event of the log as one JSON object on a line.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};
use tracing::{Event, Subscriber};
use tracing_subscriber::{
    fmt::{
        FmtContext, FormatEvent, FormatFields as _, FormattedFields,
        format::{JsonFields, Writer},
        time::{FormatTime as _, SystemTime},
    },
    registry::{LookupSpan, Scope},
};

/// `timestamp`, `level`, `target` and `message`, then the event's fields and those of the spans
/// around it, all on one level. A span's `id` is called after the span: that of
/// `request{id=…}` is `request`.
pub(super) struct Json;

#[derive(Serialize)]
struct Line<'a> {
    timestamp: &'a str,
    level: &'a str,
    target: &'a str,
    message: &'a str,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

impl<S> FormatEvent<S, JsonFields> for Json
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, JsonFields>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut timestamp = String::new();
        SystemTime.format_time(&mut Writer::new(&mut timestamp))?;
        let mut fields = Map::new();
        for span in context.event_scope().into_iter().flat_map(Scope::from_root) {
            let extensions = span.extensions();
            let Some(own) = extensions.get::<FormattedFields<JsonFields>>() else {
                continue;
            };
            for (name, value) in read(&own.fields) {
                let name = if name == "id" {
                    span.name().to_owned()
                } else {
                    name
                };
                fields.insert(name, value);
            }
        }
        let mut own = String::new();
        context.format_fields(Writer::new(&mut own), event)?;
        fields.extend(read(&own));
        let message = text(fields.remove("message"));
        // What came by the `log` crate says in a field where it is from.
        let logged_by = fields.remove("log.target").map(|target| text(Some(target)));
        fields.retain(|name, _| !name.starts_with("log."));
        for taken in ["timestamp", "level", "target"] {
            if let Some(value) = fields.remove(taken) {
                fields.insert(format!("field_{taken}"), value);
            }
        }
        let metadata = event.metadata();
        let line = Line {
            timestamp: &timestamp,
            level: metadata.level().as_str(),
            target: logged_by.as_deref().unwrap_or(metadata.target()),
            message: &message,
            fields,
        };
        let line = serde_json::to_string(&line).map_err(|_| fmt::Error)?;
        writeln!(writer, "{line}")
    }
}

/// The fields as [`JsonFields`] writes them: one object, or nothing.
fn read(fields: &str) -> Map<String, Value> {
    serde_json::from_str(fields).unwrap_or_default()
}

fn text(value: Option<Value>) -> String {
    match value {
        Some(Value::String(text)) => text,
        Some(other) => other.to_string(),
        None => String::new(),
    }
}

//! The bot's home: somebody's KEPs, most urgent first, and the current cycle.

use super::{
    Draft, cycle, keps,
    list::{mark, stands},
};
use crate::{
    domain::reply::{Home, HomeOf, Mine, Part},
    slack::{
        kit::{Block, MOST_FIELDS, Text, View},
        mrkdwn::Mrkdwn,
    },
};

/// The most KEPs with a row; a view holds many more, a person does not.
const MOST: usize = 50;

/// The view of a home. It has no fallback: nobody is notified of it.
pub fn home(home: &Home) -> View {
    let mut draft = Draft::default();
    match &home.who {
        HomeOf::Stranger { how } => draft.plain(how),
        HomeOf::Somebody {
            login,
            keps,
            others,
        } => mine(login.as_str(), keps, *others, &mut draft),
    }
    cycle::headline(&home.cycle, home.now, &mut draft);
    draft.dates(&home.cycle.dates, home.now);
    draft.age(home.origin, home.now);
    let help = Mrkdwn::default()
        .code("/kep help")
        .words(" shows what one can ask.");
    draft.small_print(&help);
    View::home(draft.blocks)
}

fn mine(login: &str, mine: &[Mine], others: usize, draft: &mut Draft) {
    draft.headline(&format!("Your KEPs: {}", mine.len()));
    let urgent = mine.iter().filter(|mine| mine.card.urgent() > 0).count();
    let todo = match urgent {
        0 => "nothing urgent".to_owned(),
        many => format!("{} with errors or warnings", keps(many)),
    };
    draft.summary(&[
        ("To do", Mrkdwn::default().words(&todo)),
        (
            "You are",
            Mrkdwn::default().words(&format!("{login} on GitHub")),
        ),
    ]);
    for some in mine[..mine.len().min(MOST)].chunks(MOST_FIELDS / 2) {
        let fields = some.iter().flat_map(|mine| {
            let title = mine.card.kep.title.replace('\n', " ");
            let title = format!("{}{title}", mark(&mine.card));
            let parts: Vec<&str> = mine.parts.iter().copied().map(Part::name).collect();
            let stands = stands(&mine.card).words(&format!(" · {}", parts.join(", ")));
            [Text::plain_field(title), Text::field(&stands)]
        });
        draft.blocks.push(Block::only_fields(fields.collect()));
    }
    let more = others + mine.len().saturating_sub(MOST);
    if more > 0 {
        let text = Mrkdwn::default()
            .words(&format!("{more} more are finished or put aside: "))
            .code("/kep status mine");
        draft.small_print(&text);
    }
}

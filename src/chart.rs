//! Draws a trend as a picture for Slack: KEPs by stage over the weeks and, below, what is left to do
//! in the current cycle before its code freeze.
//!
//! Slack shows a picture 360 to 640 pixels wide, so that it is drawn at twice the larger and its
//! smallest letters are a tenth of a finger high on a phone. Nothing is held between two pictures.

mod axis;
mod burn_down;
mod canvas;
mod stages;

use crate::domain::trend::{BurnDown, Trend};

use self::{
    axis::Frame,
    canvas::{Canvas, Weight},
};

/// How wide every picture is, in pixels.
pub const WIDTH: u16 = 1280;

/// How high a panel is; a picture has one or two.
pub const PANEL_HEIGHT: u16 = 560;

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum ChartError {
    /// The font that is built in cannot be read.
    #[error("the font of the chart cannot be read")]
    Font(#[from] ab_glyph::InvalidFont),
    /// There is no memory for a picture of that size.
    #[error("there is no memory for a chart")]
    Size,
    /// The picture cannot be written as PNG.
    #[error("the chart cannot be written as PNG: {0}")]
    Png(#[from] png::EncodingError),
}

/// A picture of a trend as PNG: [`WIDTH`] pixels wide, and one or two panels high. The burn-down is
/// left out where fewer than two days of it are known. The same trend gives the same bytes.
pub fn png(trend: &Trend) -> Result<Vec<u8>, ChartError> {
    let has_two = |burn_down: &&BurnDown| burn_down.points().len() > 1;
    let burn_down = trend.burn_down().filter(has_two);
    let panels = 1 + u16::from(burn_down.is_some());
    let mut canvas = Canvas::new(WIDTH, PANEL_HEIGHT * panels)?;
    let stages = stages::Panel::of(trend, &canvas);
    let burn_down = burn_down.and_then(|burn_down| burn_down::Panel::of(burn_down, &canvas));
    // Both have their axes at the same places.
    let sides = burn_down
        .as_ref()
        .map_or(stages.sides(), |panel| panel.sides().or(stages.sides()));
    stages.draw(&mut canvas, &Frame::of_panel(0, sides));
    if let Some(panel) = burn_down {
        panel.draw(&mut canvas, &Frame::of_panel(1, sides));
    }
    canvas.into_png()
}

/// What stands above a panel.
fn headline(canvas: &mut Canvas, frame: &Frame, words: &str) {
    let size = canvas.size_that_fits(
        words,
        TITLE,
        Weight::Bold,
        axis::OUTER_RIGHT - axis::OUTER_LEFT,
    );
    let style = canvas::Style::new(size, Weight::Bold, palette::INK);
    canvas.text_from(axis::OUTER_LEFT, frame.headline(), words, style);
}

/// The sizes of letters, in pixels.
const TITLE: f32 = 50.0;
const LABEL: f32 = 42.0;
const TICK: f32 = 38.0;

/// Colours of Okabe and Ito, which people tell apart whatever they see of red and green, in an order
/// that grows darker with the stage (<https://jfly.uni-koeln.de/color/>).
mod palette {
    use super::canvas::Colour;

    pub(super) const PAPER: Colour = Colour(255, 255, 255);
    pub(super) const INK: Colour = Colour(29, 28, 29);
    pub(super) const QUIET: Colour = Colour(97, 96, 97);
    pub(super) const GRID: Colour = Colour(221, 221, 221);
    pub(super) const UNSTAGED: Colour = Colour(170, 170, 170);
    pub(super) const ALPHA: Colour = Colour(230, 159, 0);
    pub(super) const BETA: Colour = Colour(86, 180, 233);
    pub(super) const STABLE: Colour = Colour(0, 114, 178);
    pub(super) const LEAVING: Colour = Colour(204, 121, 167);
    pub(super) const URGENT: Colour = Colour(213, 94, 0);
    pub(super) const URGENT_AREA: Colour = Colour(249, 226, 210);
}

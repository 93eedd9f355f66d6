//! Where a panel stands on the paper, and its axes: which counts and days are written, and where.

use chrono::{NaiveDate, TimeDelta};

use crate::domain::trend::grouped;

use super::{
    LABEL, PANEL_HEIGHT, TICK, WIDTH,
    canvas::{Canvas, Pen, Style, Weight},
    palette,
};

/// Around everything.
const MARGIN: f32 = 44.0;

/// Where everything begins on the left, and ends on the right.
pub(super) const OUTER_LEFT: f32 = MARGIN;
pub(super) const OUTER_RIGHT: f32 = WIDTH as f32 - MARGIN;

/// From the top of a panel to the line on which each of these stands, and to its plot.
const HEADLINE: f32 = 70.0;
const BAND: f32 = 130.0;
const PLOT: f32 = 166.0;

/// From the bottom of a panel up to its plot.
const BELOW: f32 = 84.0;

/// Between an axis and its words.
const GAP: f32 = 16.0;

/// Lines of labels are at least so far apart.
pub(super) const LINE: f32 = LABEL * 1.12;

/// What a panel needs to the left and to the right of its plot.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sides {
    pub(super) left: f32,
    pub(super) right: f32,
}

impl Sides {
    /// Room for counts on the left and for labels on the right.
    pub(super) fn new(canvas: &Canvas, counts: Counts, labels: f32) -> Self {
        let widest = counts
            .ticks()
            .map(|tick| canvas.width(&grouped(tick), TICK, Weight::Medium))
            .fold(0.0, f32::max);
        Self {
            left: MARGIN + widest + GAP,
            right: MARGIN + labels,
        }
    }

    /// Room for both.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            left: self.left.max(other.left),
            right: self.right.max(other.right),
        }
    }
}

/// Where the plot of a panel stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    panel_top: f32,
    pub(super) left: f32,
    pub(super) right: f32,
    pub(super) top: f32,
    pub(super) bottom: f32,
}

impl Frame {
    /// The plot of the `nth` panel.
    pub(super) fn of_panel(nth: u16, sides: Sides) -> Self {
        let panel_top = f32::from(nth * PANEL_HEIGHT);
        Self {
            panel_top,
            left: sides.left,
            right: f32::from(WIDTH) - sides.right,
            top: panel_top + PLOT,
            bottom: panel_top + f32::from(PANEL_HEIGHT) - BELOW,
        }
    }

    /// The line on which the headline stands.
    pub(super) fn headline(&self) -> f32 {
        self.panel_top + HEADLINE
    }

    /// The line between headline and plot.
    pub(super) fn band(&self) -> f32 {
        self.panel_top + BAND
    }
}

/// An axis of counts, from nought up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counts {
    step: u32,
    steps: u32,
}

impl Counts {
    /// The axis that has room for a count, with at most four round steps.
    pub(super) fn up_to(most: u32) -> Self {
        let mut round = (0..9).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_u32.pow(power)));
        let step = round.find(|step| most.div_ceil(*step) <= 4);
        let step = step.unwrap_or(1_000_000_000);
        Self {
            step,
            steps: most.div_ceil(step).max(1),
        }
    }

    fn ticks(self) -> impl Iterator<Item = u32> {
        (0..=self.steps).map(move |nth| nth * self.step)
    }

    /// How high a count stands.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a place in a picture need not be exact"
    )]
    pub(super) fn y(self, frame: &Frame, count: u32) -> f32 {
        let share = f64::from(count) / (f64::from(self.step) * f64::from(self.steps));
        frame.bottom - (frame.bottom - frame.top) * share as f32
    }

    /// The lines across the plot with their counts, and above them what is counted.
    pub(super) fn draw(self, canvas: &mut Canvas, frame: &Frame) {
        let style = Style::new(TICK, Weight::Medium, palette::QUIET);
        for tick in self.ticks() {
            let y = self.y(frame, tick).round();
            let (width, colour) = if tick == 0 {
                (4.0, palette::QUIET)
            } else {
                (3.0, palette::GRID)
            };
            let half = width / 2.0;
            canvas.rectangle(frame.left, y - half, frame.right, y + half, colour);
            canvas.text_to(frame.left - GAP, y + style.drop(), &grouped(tick), style);
        }
        canvas.text_from(OUTER_LEFT, frame.band(), UNIT, style);
    }

    /// Where what is counted has been written to.
    pub(super) fn unit_ends(canvas: &Canvas) -> f32 {
        OUTER_LEFT + canvas.width(UNIT, TICK, Weight::Medium)
    }
}

/// What is counted.
const UNIT: &str = "KEPs";

/// How many days are written at most before one of them, and after it.
const STEPS_EACH_WAY: i64 = 60;

/// Writes days below the plot, going back and forth from one of them in even steps of which none is
/// too short for its words: whole weeks, or a few days where those may be and fit. `x` gives the
/// place of a day and `written` the day to write there.
pub(super) fn days(
    canvas: &mut Canvas,
    frame: &Frame,
    (from, day, until): (NaiveDate, NaiveDate, NaiveDate),
    whole_weeks: bool,
    x: impl Fn(NaiveDate) -> f32,
    written: impl Fn(NaiveDate) -> NaiveDate,
) {
    let style = Style::new(TICK, Weight::Medium, palette::QUIET);
    let room = canvas.width("30 Nov", TICK, Weight::Medium) * 1.3;
    let after = |days: i64| day.checked_add_signed(TimeDelta::days(days));
    let finest = [1, 2, 3].into_iter().filter(|_| !whole_weeks);
    let weeks = (1..=STEPS_EACH_WAY).map(|weeks| weeks * 7);
    let mut steps = finest.chain(weeks);
    let step = steps.find(|step| after(*step).is_some_and(|next| x(next) - x(day) >= room));
    let Some(step) = step else { return };
    for nth in -STEPS_EACH_WAY..=STEPS_EACH_WAY {
        let Some(tick) = after(nth * step).filter(|tick| (from..=until).contains(tick)) else {
            continue;
        };
        let at = x(tick).round();
        canvas.rectangle(
            at - 1.5,
            frame.bottom,
            at + 1.5,
            frame.bottom + 12.0,
            palette::QUIET,
        );
        let y = frame.bottom + 12.0 + style.drop() * 2.0 + 14.0;
        let words = written(tick).format("%-d %b").to_string();
        canvas.text_at(at, y, &words, style);
    }
}

/// Moves labels apart, the highest first, each as little as it must, within the plot.
pub(super) fn spread(frame: &Frame, labels: &mut [f32]) {
    let (low, high) = (frame.top, frame.bottom - LINE / 2.0);
    let mut above = low - LINE;
    for label in labels.iter_mut() {
        *label = label.max(above + LINE);
        above = *label;
    }
    let mut below = high + LINE;
    for label in labels.iter_mut().rev() {
        *label = label.min(below - LINE);
        below = *label;
    }
}

/// A thin line from something drawn to its label.
pub(super) const LEADER: Pen = Pen {
    width: 3.0,
    colour: palette::UNSTAGED,
    dash: Some([3.0, 8.0]),
};

//! The panel of stages: a bar for each week, made of the KEPs in each stage, the stages named beside
//! the last bar.

use chrono::NaiveDate;

use crate::domain::trend::{Band, Trend, Week, grouped};

use super::{
    LABEL,
    axis::{self, Counts, Frame, Sides},
    canvas::{Canvas, Colour, Pen, Style, Weight},
    headline, palette,
};

/// Beside the last bar: the line to a label, its square, and the spaces between them.
const LEADER: f32 = 46.0;
const SQUARE: f32 = 30.0;
const GAP: f32 = 12.0;

/// Few bars do not grow fat.
const WIDEST_BAR: f32 = 120.0;

/// Between the parts of a bar.
const SEAM: f32 = 3.0;

/// The panel.
pub(super) struct Panel<'a> {
    trend: &'a Trend,
    counts: Counts,
    sides: Sides,
}

impl<'a> Panel<'a> {
    pub(super) fn of(trend: &'a Trend, canvas: &Canvas) -> Self {
        let most = trend.weeks().iter().map(Week::total).max();
        let counts = Counts::up_to(most.unwrap_or_default());
        let labels = trend.weeks().last().map_or(0.0, |last| {
            trend
                .bands()
                .map(|band| canvas.width(&label(last, band), LABEL, Weight::Medium))
                .fold(0.0, f32::max)
        });
        let sides = Sides::new(canvas, counts, LEADER + SQUARE + GAP + labels);
        Self {
            trend,
            counts,
            sides,
        }
    }

    /// The room that it needs beside its plot.
    pub(super) fn sides(&self) -> Sides {
        self.sides
    }

    pub(super) fn draw(&self, canvas: &mut Canvas, frame: &Frame) {
        let words = format!("KEPs by stage, {}", self.trend.span());
        headline(canvas, frame, &words);
        self.counts.draw(canvas, frame);
        let [first, .., last] = self.trend.weeks() else {
            return;
        };
        let slots = Slots::new(frame, first.monday, last.monday);
        for week in self.trend.weeks() {
            self.bar(canvas, frame, week, slots.middle(week.monday), slots.bar);
        }
        let until = (first.monday, last.monday, last.monday);
        let day_of = |monday: NaiveDate| {
            let week = self.trend.weeks().iter().find(|week| week.monday == monday);
            week.map_or(monday, |week| week.day)
        };
        axis::days(
            canvas,
            frame,
            until,
            true,
            |monday| slots.middle(monday),
            day_of,
        );
        self.labels(
            canvas,
            frame,
            last,
            slots.middle(last.monday) + slots.bar / 2.0,
        );
    }

    /// The parts of a week's bar with what they begin and end at, the lowest first.
    fn parts(week: &Week) -> impl Iterator<Item = (Band, u32, u32)> {
        let mut below = 0;
        Band::ALL.into_iter().map(move |band| {
            let from = below;
            below += week.keps(band);
            (band, from, below)
        })
    }

    fn bar(&self, canvas: &mut Canvas, frame: &Frame, week: &Week, middle: f32, width: f32) {
        let (left, right) = (middle - width / 2.0, middle + width / 2.0);
        for (band, from, to) in Self::parts(week).filter(|(_, from, to)| from < to) {
            let (bottom, top) = (self.counts.y(frame, from), self.counts.y(frame, to));
            canvas.rectangle(left, top, right, bottom, colour(band));
            if from > 0 && bottom - top > 2.0 * SEAM {
                canvas.rectangle(left, bottom - SEAM, right, bottom, palette::PAPER);
            }
        }
    }

    fn labels(&self, canvas: &mut Canvas, frame: &Frame, last: &Week, bar_ends: f32) {
        let used: Vec<_> = self.trend.bands().collect();
        let mut parts: Vec<_> = Self::parts(last)
            .filter(|(band, ..)| used.contains(band))
            .map(|(band, from, to)| {
                let y = self.counts.y(frame, from) + self.counts.y(frame, to);
                (band, y / 2.0)
            })
            .collect();
        parts.reverse();
        let mut places: Vec<f32> = parts.iter().map(|(_, y)| *y).collect();
        axis::spread(frame, &mut places);
        let style = Style::new(LABEL, Weight::Medium, palette::INK);
        let square = frame.right + LEADER;
        for ((band, part), y) in parts.into_iter().zip(places) {
            let colour = colour(band);
            let leader = [
                (bar_ends + 4.0, part),
                (frame.right + GAP, part),
                (square - GAP / 2.0, y),
            ];
            canvas.line(&leader, Pen::solid(4.0, colour));
            let half = SQUARE / 2.0;
            canvas.rectangle(square, y - half, square + SQUARE, y + half, colour);
            let text = square + SQUARE + GAP;
            canvas.text_from(text, y + style.drop(), &label(last, band), style);
        }
    }
}

fn label(week: &Week, band: Band) -> String {
    format!("{} {}", grouped(week.keps(band)), band.name())
}

fn colour(band: Band) -> Colour {
    match band {
        Band::Leaving => palette::LEAVING,
        Band::Stable => palette::STABLE,
        Band::Beta => palette::BETA,
        Band::Alpha => palette::ALPHA,
        Band::Unstaged => palette::UNSTAGED,
    }
}

/// A place for each week from the first to the last, known or not.
struct Slots {
    left: f32,
    first: NaiveDate,
    width: f32,
    bar: f32,
}

impl Slots {
    #[expect(clippy::cast_precision_loss, reason = "a trend has a handful of weeks")]
    fn new(frame: &Frame, first: NaiveDate, last: NaiveDate) -> Self {
        let weeks = (last - first).num_weeks() + 1;
        let width = (frame.right - frame.left) / weeks as f32;
        Self {
            left: frame.left,
            first,
            width,
            bar: (width * 0.72).min(WIDEST_BAR),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a trend has a handful of weeks")]
    fn middle(&self, monday: NaiveDate) -> f32 {
        let nth = (monday - self.first).num_weeks() as f32;
        self.left + self.width * (nth + 0.5)
    }
}

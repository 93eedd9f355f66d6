//! The panel of the burn-down: the KEPs of the current cycle and, below, those that still need
//! something, day by day up to the code freeze.

use chrono::{NaiveDate, TimeDelta};

use crate::domain::trend::{BurnDown, MOST_WEEKS, Point, grouped};

use super::{
    LABEL, TICK,
    axis::{self, Counts, Frame, Sides},
    canvas::{Canvas, Pen, Style, Weight},
    headline, palette,
};

/// Between the plot and its labels.
const GAP: f32 = 18.0;

/// Days closer than this are a line without dots.
const ROOM_FOR_DOTS: f32 = 22.0;

const ALL: Pen = Pen::solid(5.0, palette::QUIET);
const URGENT: Pen = Pen::solid(8.0, palette::URGENT);
const FREEZE: Pen = Pen {
    width: 5.0,
    colour: palette::INK,
    dash: Some([16.0, 10.0]),
};

/// The panel.
pub(super) struct Panel<'a> {
    burn_down: &'a BurnDown,
    last: Point,
    from: NaiveDate,
    until: NaiveDate,
    counts: Counts,
    sides: Sides,
}

impl<'a> Panel<'a> {
    /// The panel of a burn-down; `None` where fewer than two days of it are known.
    pub(super) fn of(burn_down: &'a BurnDown, canvas: &Canvas) -> Option<Self> {
        let [first, .., last] = *burn_down.points() else {
            return None;
        };
        let most = burn_down.points().iter().map(|point| point.in_cycle).max();
        let counts = Counts::up_to(most.unwrap_or_default());
        let widest = [label_of_all(burn_down, last), label_of_urgent(last)]
            .iter()
            .map(|label| canvas.width(label, LABEL, Weight::Bold))
            .fold(0.0, f32::max);
        // A freeze that is years away would leave no room for the days that are known.
        let horizon = last.day + TimeDelta::weeks(MOST_WEEKS + 4);
        let freeze = burn_down.cycle.code_freeze.filter(|day| *day <= horizon);
        Some(Self {
            burn_down,
            last,
            from: first.day,
            until: freeze.map_or(last.day, |freeze| freeze.max(last.day)),
            counts,
            sides: Sides::new(canvas, counts, GAP + widest),
        })
    }

    /// The room that it needs beside its plot.
    pub(super) fn sides(&self) -> Sides {
        self.sides
    }

    pub(super) fn draw(&self, canvas: &mut Canvas, frame: &Frame) {
        headline(canvas, frame, &self.burn_down.headline());
        let points = self.burn_down.points();
        let line = |count: fn(&Point) -> u32| -> Vec<(f32, f32)> {
            let place =
                |point: &Point| (self.x(frame, point.day), self.counts.y(frame, count(point)));
            points.iter().map(place).collect()
        };
        let (all, urgent) = (line(|point| point.in_cycle), line(|point| point.urgent));
        let mut area = urgent.clone();
        area.push((self.x(frame, self.last.day), frame.bottom));
        area.push((frame.left, frame.bottom));
        canvas.area(&area, palette::URGENT_AREA);
        self.counts.draw(canvas, frame);
        let days = (self.from, self.last.day, self.until);
        axis::days(
            canvas,
            frame,
            days,
            false,
            |day| self.x(frame, day),
            |day| day,
        );
        self.freeze(canvas, frame);
        self.labels(canvas, frame);
        self.line(canvas, &all, ALL);
        self.line(canvas, &urgent, URGENT);
        let apart = all.windows(2).map(|pair| pair[1].0 - pair[0].0);
        if apart.fold(f32::INFINITY, f32::min) >= ROOM_FOR_DOTS {
            for (x, y) in urgent {
                canvas.dot(x, y, 11.0, palette::URGENT);
            }
        }
    }

    /// A line through a place for each day, broken where nothing is known for more than a week.
    fn line(&self, canvas: &mut Canvas, places: &[(f32, f32)], pen: Pen) {
        let days = self.burn_down.points();
        let mut from = 0;
        for (nth, pair) in days.windows(2).enumerate() {
            if pair[1].day - pair[0].day > TimeDelta::weeks(1) {
                canvas.line(&places[from..=nth], pen);
                let guessed = Pen {
                    width: pen.width / 2.0,
                    dash: Some([10.0, 10.0]),
                    ..pen
                };
                canvas.line(&places[nth..=nth + 1], guessed);
                from = nth + 1;
            }
        }
        canvas.line(&places[from..], pen);
    }

    /// The place of a day between the first and the last that are shown.
    #[expect(clippy::cast_precision_loss, reason = "a trend has some hundred days")]
    fn x(&self, frame: &Frame, day: NaiveDate) -> f32 {
        let days = (self.until - self.from).num_days().max(1) as f32;
        let share = (day - self.from).num_days() as f32 / days;
        frame.left + (frame.right - frame.left) * share
    }

    fn freeze(&self, canvas: &mut Canvas, frame: &Frame) {
        let style = Style::new(TICK, Weight::Medium, palette::INK);
        let (words, day) = match self.burn_down.cycle.code_freeze {
            None => ("no date of code freeze".to_owned(), self.until),
            Some(day) if day < self.from => (
                format!("code freeze was {}", day.format("%-d %b")),
                self.from,
            ),
            Some(day) => (format!("code freeze {}", day.format("%-d %b")), day),
        };
        let x = self.x(frame, day.min(self.until));
        if self.burn_down.cycle.code_freeze == Some(day) && day <= self.until {
            canvas.line(&[(x, frame.top - 12.0), (x, frame.bottom)], FREEZE);
        }
        let width = canvas.width(&words, TICK, Weight::Medium);
        let first = Counts::unit_ends(canvas) + GAP;
        let left = (x - width / 2.0).min(axis::OUTER_RIGHT - width).max(first);
        canvas.text_from(left, frame.band(), &words, style);
    }

    /// What the lines are, at their ends.
    fn labels(&self, canvas: &mut Canvas, frame: &Frame) {
        let ends = [self.last.in_cycle, self.last.urgent].map(|count| self.counts.y(frame, count));
        let mut places = ends;
        axis::spread(frame, &mut places);
        let labels = [
            (label_of_all(self.burn_down, self.last), palette::QUIET),
            (label_of_urgent(self.last), palette::URGENT),
        ];
        let from = self.x(frame, self.last.day);
        for ((text, colour), (end, y)) in labels.into_iter().zip(ends.into_iter().zip(places)) {
            let leader = [(from, end), (frame.right, end), (frame.right + GAP, y)];
            canvas.line(&leader, axis::LEADER);
            let style = Style::new(LABEL, Weight::Bold, colour);
            canvas.text_from(frame.right + GAP + 6.0, y + style.drop(), &text, style);
        }
    }
}

fn label_of_all(burn_down: &BurnDown, last: Point) -> String {
    format!("{} in {}", grouped(last.in_cycle), burn_down.cycle.release)
}

fn label_of_urgent(last: Point) -> String {
    format!("{} to do", grouped(last.urgent))
}

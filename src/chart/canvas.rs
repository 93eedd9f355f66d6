//! A sheet of white paper to draw on, with text, which becomes a PNG.

use std::collections::BTreeSet;

use ab_glyph::{Font as _, FontRef, PxScale, ScaleFont as _, point};
use tiny_skia::{
    Color, FillRule, LineCap, LineJoin, Paint, PathBuilder, Pixmap, PremultipliedColorU8, Rect,
    Stroke, StrokeDash, Transform,
};

use super::{ChartError, palette};

/// Inter, see `inter/OFL.txt`: the letters of ASCII alone, without what a browser needs.
static MEDIUM: &[u8] = include_bytes!("inter/Inter-Medium.ttf");
static BOLD: &[u8] = include_bytes!("inter/Inter-Bold.ttf");

/// Red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Colour(pub(super) u8, pub(super) u8, pub(super) u8);

/// How heavy letters are.
#[derive(Debug, Clone, Copy)]
pub(super) enum Weight {
    Medium,
    Bold,
}

/// How text looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    /// The height of a line, in pixels.
    size: f32,
    weight: Weight,
    colour: Colour,
}

impl Style {
    pub(super) const fn new(size: f32, weight: Weight, colour: Colour) -> Self {
        Self {
            size,
            weight,
            colour,
        }
    }

    /// How far below its middle a line of letters stands.
    pub(super) fn drop(self) -> f32 {
        self.size * 0.36
    }
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pen {
    /// In pixels.
    pub(super) width: f32,
    pub(super) colour: Colour,
    /// As long as a dash and the space behind it; none where it is unbroken.
    pub(super) dash: Option<[f32; 2]>,
}

impl Pen {
    pub(super) const fn solid(width: f32, colour: Colour) -> Self {
        Self {
            width,
            colour,
            dash: None,
        }
    }
}

/// The paper. Places are in pixels from its upper left corner; what lies outside is cut off.
pub(super) struct Canvas {
    pixmap: Pixmap,
    medium: FontRef<'static>,
    bold: FontRef<'static>,
}

impl Canvas {
    pub(super) fn new(width: u16, height: u16) -> Result<Self, ChartError> {
        let mut pixmap =
            Pixmap::new(u32::from(width), u32::from(height)).ok_or(ChartError::Size)?;
        pixmap.fill(solid(palette::PAPER));
        Ok(Self {
            pixmap,
            medium: FontRef::try_from_slice(MEDIUM)?,
            bold: FontRef::try_from_slice(BOLD)?,
        })
    }

    fn font(&self, weight: Weight) -> &FontRef<'static> {
        match weight {
            Weight::Medium => &self.medium,
            Weight::Bold => &self.bold,
        }
    }

    /// How wide text is.
    pub(super) fn width(&self, text: &str, size: f32, weight: Weight) -> f32 {
        let font = self.font(weight);
        let scaled = font.as_scaled(scale(font, size));
        text.chars()
            .map(|letter| scaled.h_advance(scaled.glyph_id(letter)))
            .sum()
    }

    /// The size, at most `size`, in which text is no wider than that.
    pub(super) fn size_that_fits(&self, text: &str, size: f32, weight: Weight, most: f32) -> f32 {
        let width = self.width(text, size, weight);
        if width > most {
            size * most / width
        } else {
            size
        }
    }

    /// Writes text that begins at `x` and stands on `y`.
    pub(super) fn text_from(&mut self, x: f32, y: f32, text: &str, style: Style) {
        let font = match style.weight {
            Weight::Medium => &self.medium,
            Weight::Bold => &self.bold,
        };
        let scale = scale(font, style.size);
        let scaled = font.as_scaled(scale);
        let mut at = x;
        for letter in text.chars() {
            let id = scaled.glyph_id(letter);
            let glyph = id.with_scale_and_position(scale, point(at, y));
            at += scaled.h_advance(id);
            let Some(outline) = font.outline_glyph(glyph) else {
                continue;
            };
            let corner = outline.px_bounds().min;
            outline.draw(|right, down, coverage| {
                blend(
                    &mut self.pixmap,
                    whole(corner.x) + i64::from(right),
                    whole(corner.y) + i64::from(down),
                    style.colour,
                    coverage,
                );
            });
        }
    }

    /// Writes text that ends at `x`.
    pub(super) fn text_to(&mut self, x: f32, y: f32, text: &str, style: Style) {
        let width = self.width(text, style.size, style.weight);
        self.text_from(x - width, y, text, style);
    }

    /// Writes text with its middle at `x`.
    pub(super) fn text_at(&mut self, x: f32, y: f32, text: &str, style: Style) {
        let width = self.width(text, style.size, style.weight);
        self.text_from(x - width / 2.0, y, text, style);
    }

    /// Fills a rectangle, to whole pixels so that its edges are sharp.
    pub(super) fn rectangle(&mut self, left: f32, top: f32, right: f32, bottom: f32, fill: Colour) {
        let rect = Rect::from_ltrb(left.round(), top.round(), right.round(), bottom.round());
        if let Some(rect) = rect {
            let transform = Transform::identity();
            self.pixmap.fill_rect(rect, &paint(fill), transform, None);
        }
    }

    /// Fills what lies within a line.
    pub(super) fn area(&mut self, corners: &[(f32, f32)], fill: Colour) {
        if let Some(path) = path(corners) {
            let (paint, transform) = (paint(fill), Transform::identity());
            self.pixmap
                .fill_path(&path, &paint, FillRule::Winding, transform, None);
        }
    }

    /// Draws a line through some points.
    pub(super) fn line(&mut self, points: &[(f32, f32)], pen: Pen) {
        let Some(path) = path(points) else { return };
        let stroke = Stroke {
            width: pen.width,
            line_cap: LineCap::Butt,
            line_join: LineJoin::Round,
            dash: pen
                .dash
                .and_then(|dash| StrokeDash::new(dash.to_vec(), 0.0)),
            ..Stroke::default()
        };
        let transform = Transform::identity();
        self.pixmap
            .stroke_path(&path, &paint(pen.colour), &stroke, transform, None);
    }

    /// Draws a filled circle.
    pub(super) fn dot(&mut self, x: f32, y: f32, radius: f32, fill: Colour) {
        if let Some(path) = PathBuilder::from_circle(x, y, radius) {
            let (paint, transform) = (paint(fill), Transform::identity());
            self.pixmap
                .fill_path(&path, &paint, FillRule::Winding, transform, None);
        }
    }

    /// The picture as PNG. A palette makes it a third as large.
    pub(super) fn into_png(self) -> Result<Vec<u8>, ChartError> {
        let (palette, pixels) = indexed(self.pixmap.pixels());
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.pixmap.width(), self.pixmap.height());
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_palette(palette);
        encoder.set_compression(png::Compression::High);
        encoder.set_filter(png::Filter::NoFilter);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&pixels)?;
        writer.finish()?;
        Ok(bytes)
    }
}

/// The colours of a picture, red, green and blue of each, and which of them each pixel has. Where
/// there are more than a palette may have, those nearest to one another become one.
fn indexed(pixels: &[PremultipliedColorU8]) -> (Vec<u8>, Vec<u8>) {
    let mut colours = BTreeSet::new();
    for run in pixels.chunk_by(|one, next| one == next) {
        colours.insert(bytes_of(run[0]));
    }
    let (mut kept, mut palette) = (8, colours.clone());
    while palette.len() > MOST_COLOURS {
        kept -= 1;
        palette = colours.iter().map(|colour| coarse(*colour, kept)).collect();
    }
    let palette: Vec<_> = palette.into_iter().collect();
    let mut indices = Vec::with_capacity(pixels.len());
    for run in pixels.chunk_by(|one, next| one == next) {
        let colour = coarse(bytes_of(run[0]), kept);
        let index = palette.partition_point(|other| *other < colour);
        let index = u8::try_from(index).unwrap_or_default();
        indices.resize(indices.len() + run.len(), index);
    }
    (palette.as_flattened().to_vec(), indices)
}

/// As many as a byte can name.
const MOST_COLOURS: usize = 256;

fn bytes_of(pixel: PremultipliedColorU8) -> [u8; 3] {
    [pixel.red(), pixel.green(), pixel.blue()]
}

/// A colour of which only the highest bits of each part are kept: black and white stay.
fn coarse(colour: [u8; 3], kept: u32) -> [u8; 3] {
    let dropped = 8_u32.saturating_sub(kept);
    colour.map(|part| {
        let high = (part >> dropped) << dropped;
        high | part.checked_shr(kept).unwrap_or_default()
    })
}

/// The scale at which an *em* of a font has a size.
fn scale(font: &FontRef<'_>, size: f32) -> PxScale {
    let em = font.units_per_em().unwrap_or(1000.0);
    PxScale::from(size * font.height_unscaled() / em)
}

fn solid(Colour(red, green, blue): Colour) -> Color {
    Color::from_rgba8(red, green, blue, 255)
}

fn paint(fill: Colour) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color(solid(fill));
    paint
}

fn path(points: &[(f32, f32)]) -> Option<tiny_skia::Path> {
    let mut path = PathBuilder::new();
    for (nth, &(x, y)) in points.iter().enumerate() {
        if nth == 0 {
            path.move_to(x, y);
        } else {
            path.line_to(x, y);
        }
    }
    path.finish()
}

/// Lays a colour over a pixel, as much as it is covered.
fn blend(pixmap: &mut Pixmap, x: i64, y: i64, over: Colour, coverage: f32) {
    let (width, height) = (pixmap.width(), pixmap.height());
    let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else {
        return;
    };
    if x >= width || y >= height {
        return;
    }
    let Some(pixel) = pixmap.pixels_mut().get_mut((y * width + x) as usize) else {
        return;
    };
    let mixed = |over: u8, under: u8| {
        let coverage = coverage.clamp(0.0, 1.0);
        byte(f32::from(over) * coverage + f32::from(under) * (1.0 - coverage))
    };
    let mixed = PremultipliedColorU8::from_rgba(
        mixed(over.0, pixel.red()),
        mixed(over.1, pixel.green()),
        mixed(over.2, pixel.blue()),
        255,
    );
    if let Some(mixed) = mixed {
        *pixel = mixed;
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "of a float, `as` takes the nearest that there is"
)]
fn byte(value: f32) -> u8 {
    value.round() as u8
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "of a float, `as` takes the nearest that there is"
)]
fn whole(value: f32) -> i64 {
    value.floor() as i64
}

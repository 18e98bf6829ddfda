//! Curves as a picture: an SVG with a line for each contender.

use std::path::{Path, PathBuf};
use std::{fs, io};

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::{Contender, Curve, file_name, place, short};
use crate::ranking::is_no_choice;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), Box<dyn std::error::Error>>;

/// Where what is, in points.
const SIZE: (i32, i32) = (800, 400);
const LEFT: i32 = 60;
const RIGHT: i32 = 600;
const TOP: i32 = 60;
const BOTTOM: i32 = 334;
/// The least distance of two names.
const LINE: i32 = 17;

const TEXT: RGBColor = RGBColor(36, 41, 47);
const QUIET: RGBColor = RGBColor(110, 119, 129);
const GRID: RGBColor = RGBColor(225, 228, 232);
const LIMIT: RGBColor = RGBColor(160, 168, 176);
/// The lines' colours; no two names beside each other have the same.
const COLORS: [RGBColor; 8] = [
    RGBColor(9, 105, 218),
    RGBColor(188, 76, 0),
    RGBColor(26, 127, 55),
    RGBColor(130, 80, 223),
    RGBColor(191, 135, 0),
    RGBColor(207, 34, 46),
    RGBColor(17, 138, 138),
    RGBColor(191, 57, 137),
];

/// Writes a picture of each curve into a folder; returns the files.
///
/// # Errors
/// A file cannot be written.
pub fn write(folder: &Path, curves: &[Curve]) -> io::Result<Vec<PathBuf>> {
    let one = |curve: &Curve| {
        let file = folder.join(file_name(&curve.name)).with_extension("svg");
        fs::write(&file, draw(curve).map_err(|error| io::Error::other(error.to_string()))?)?;
        Ok(file)
    };
    curves.iter().map(one).collect()
}

/// A place in the picture.
type At = (i32, i32);

fn draw(curve: &Curve) -> Result<String, Box<dyn std::error::Error>> {
    let mut picture = String::new();
    let size = (SIZE.0 as u32, SIZE.1 as u32);
    let area = SVGBackend::with_string(&mut picture, size).into_drawing_area();
    area.fill(&WHITE)?;
    text(&area, &curve.name, (16, 22), 16, &TEXT, HPos::Left)?;
    text(&area, &curve.heading(), (16, 42), 12, &QUIET, HPos::Left)?;
    axes(&area, curve)?;
    let (part, _) = curve.part();
    let colors = (0..).zip(&curve.contenders).map(|(index, contender)| {
        if is_no_choice(&contender.name) { LIMIT } else { COLORS[index % COLORS.len()] }
    });
    let mut ends = Vec::new();
    for (contender, color) in curve.contenders.iter().zip(colors) {
        let points = line(curve, contender, &part);
        area.draw(&PathElement::new(points.clone(), color.stroke_width(2)))?;
        for point in &points {
            area.draw(&Circle::new(*point, 3, color.filled()))?;
        }
        if let Some(end) = points.last() {
            ends.push((*end, &contender.name, color));
        }
    }
    names(&area, ends)?;
    let run = &curve.run;
    let sources =
        format!("{}; rustc {}; commit {}; {}.", run.machine, run.rustc, run.sources(), run.date());
    text(&area, &sources, (16, SIZE.1 - 12), 11, &QUIET, HPos::Left)?;
    area.present()?;
    drop(area);
    Ok(picture)
}

/// Returns where a place on the axis is; they are equally far from each other.
fn across(curve: &Curve, index: usize) -> i32 {
    let steps = curve.at.len().max(2) as i32 - 1;
    LEFT + (RIGHT - LEFT) * index as i32 / steps
}

/// Returns where a part of the greatest value is.
fn up(part: f64) -> i32 {
    BOTTOM - (f64::from(BOTTOM - TOP) * part.clamp(0.0, 1.0)) as i32
}

fn line(curve: &Curve, contender: &Contender, part: &impl Fn(f64) -> f64) -> Vec<At> {
    let points = contender.points.iter().enumerate();
    points
        .filter_map(|(index, point)| Some((across(curve, index), up(part((*point)?.median)))))
        .collect()
}

/// Draws both axes, and how many cores there are.
fn axes(area: &Area<'_>, curve: &Curve) -> Drawn {
    let ((part, powers), (_, divisor), (least, most)) =
        (curve.part(), curve.scale(), curve.range());
    let values: Vec<f64> = if powers {
        let exponents = least.log10().floor() as i32..=most.log10().floor() as i32;
        exponents.map(|exponent| 10_f64.powi(exponent)).collect()
    } else {
        (0..=4).map(|quarter| most * f64::from(quarter) / 4.0).collect()
    };
    for value in values {
        let at = up(if value == 0.0 { 0.0 } else { part(value) });
        area.draw(&PathElement::new([(LEFT, at), (RIGHT, at)], GRID))?;
        let told = if value == 0.0 { "0".into() } else { short(value / divisor) };
        text(area, &told, (LEFT - 8, at), 11, &QUIET, HPos::Right)?;
    }
    for (index, at) in curve.at.iter().enumerate() {
        text(area, &place(*at), (across(curve, index), BOTTOM + 16), 11, &QUIET, HPos::Center)?;
    }
    let told =
        curve.oversubscribed().map_or(curve.of.clone(), |told| format!("{}; {told}", curve.of));
    text(area, &told, ((LEFT + RIGHT) / 2, BOTTOM + 34), 12, &QUIET, HPos::Center)
}

/// Writes each name beside the end of its line, and none over another.
fn names(area: &Area<'_>, mut ends: Vec<(At, &String, RGBColor)>) -> Drawn {
    ends.sort_by_key(|((_, at), ..)| *at);
    // Downwards from the highest; and where there is no room below, upwards from the lowest.
    let mut places: Vec<i32> = Vec::new();
    for ((_, at), ..) in &ends {
        places.push(places.last().map_or(*at, |last| (*at).max(last + LINE)));
    }
    let mut lowest = BOTTOM + LINE;
    for place in places.iter_mut().rev() {
        *place = (*place).min(lowest - LINE);
        lowest = *place;
    }
    for (((across, at), name, color), place) in ends.into_iter().zip(places) {
        let beside = RIGHT + 24;
        area.draw(&PathElement::new([(across + 5, at), (beside - 4, place)], color.mix(0.4)))?;
        text(area, name, (beside, place), 13, &color, HPos::Left)?;
    }
    Ok(())
}

fn text(area: &Area<'_>, text: &str, at: At, size: i32, color: &RGBColor, side: HPos) -> Drawn {
    let style = TextStyle::from(("sans-serif", size).into_font())
        .color(color)
        .pos(Pos::new(side, VPos::Center));
    Ok(area.draw(&Text::new(text.to_owned(), at, style))?)
}

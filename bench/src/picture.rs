//! The ranking as a picture: an SVG for each workload.

use std::path::{Path, PathBuf};
use std::{fs, io};

use bench::figures;
use bench::ranking::{Place, Ranking, is_no_choice, is_python};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::markdown;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), Box<dyn std::error::Error>>;

/// Where the columns are, in points.
const WIDTH: i32 = 800;
const BAR: i32 = 260;
const FIGURES: i32 = 560;
const LINE: i32 = 26;
const TOP: i32 = 44;

const TEXT: RGBColor = RGBColor(36, 41, 47);
const QUIET: RGBColor = RGBColor(110, 119, 129);
const OURS: RGBColor = RGBColor(9, 105, 218);
const THEIRS: RGBColor = RGBColor(129, 168, 214);
const PYTHON: RGBColor = RGBColor(212, 167, 44);
const LIMIT: RGBColor = RGBColor(200, 206, 212);

/// Beyond this, bars tell powers of ten: there is less of the shortest than can be seen. A
/// terminal's columns are wider, and give up sooner.
const LINEAR: f64 = 64.0;

/// Writes a picture of each workload into a folder; returns the files.
pub(crate) fn write(folder: &Path, rankings: &[Ranking]) -> io::Result<Vec<PathBuf>> {
    let one = |ranking: &Ranking| {
        let name = ranking
            .workload
            .replace(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_', "-");
        let file = folder.join(name).with_extension("svg");
        fs::write(&file, draw(ranking).map_err(|error| io::Error::other(error.to_string()))?)?;
        Ok(file)
    };
    rankings.iter().map(one).collect()
}

fn draw(ranking: &Ranking) -> Result<String, Box<dyn std::error::Error>> {
    let height = TOP + LINE * ranking.places.len() as i32 + 34;
    let mut picture = String::new();
    let area =
        SVGBackend::with_string(&mut picture, (WIDTH as u32, height as u32)).into_drawing_area();
    area.fill(&WHITE)?;
    let times = ranking.choices().map(|place| place.timed.ns);
    let (least, most) = (times.clone().fold(f64::INFINITY, f64::min), times.fold(0.0, f64::max));
    let linear = most <= LINEAR * least;
    let told = if linear { "" } else { "   (bars: powers of ten)" };
    text(&area, &format!("{}{told}", ranking.workload), (16, 24), 16, &TEXT, HPos::Left)?;
    for (place, line) in ranking.places.iter().zip(0..) {
        let part = if linear {
            place.timed.ns / most
        } else {
            (place.timed.ns / least).ln() / (most / least).ln()
        };
        contender(&area, place, TOP + LINE * line, part)?;
    }
    text(&area, &markdown::sources(ranking), (16, height - 16), 11, &QUIET, HPos::Left)?;
    area.present()?;
    drop(area);
    Ok(picture)
}

fn contender(area: &Area<'_>, place: &Place, top: i32, part: f64) -> Drawn {
    let (name, middle) = (&place.timed.contender, top + LINE / 2);
    let color = match name {
        name if is_no_choice(name) => LIMIT,
        name if is_python(name) => PYTHON,
        name if name.contains("ours") => OURS,
        _ => THEIRS,
    };
    text(area, name, (BAR - 10, middle), 13, &TEXT, HPos::Right)?;
    let end = BAR + ((f64::from(FIGURES - 20 - BAR) * part.min(1.0)) as i32).max(2);
    area.draw(&Rectangle::new([(BAR, top + 4), (end, top + LINE - 4)], color.filled()))?;
    text(area, &figures::time(place.timed.ns), (FIGURES + 60, middle), 13, &TEXT, HPos::Right)?;
    text(
        area,
        &figures::spread(place.timed.spread),
        (FIGURES + 120, middle),
        12,
        &QUIET,
        HPos::Right,
    )?;
    let best =
        place.to_best.map(|ratio| format!("{} ×", figures::ratio(ratio))).unwrap_or_default();
    text(area, &best, (WIDTH - 16, middle), 13, &TEXT, HPos::Right)
}

fn text(
    area: &Area<'_>,
    text: &str,
    at: (i32, i32),
    size: i32,
    color: &RGBColor,
    side: HPos,
) -> Drawn {
    let style = TextStyle::from(("sans-serif", size).into_font())
        .color(color)
        .pos(Pos::new(side, VPos::Center));
    Ok(area.draw(&Text::new(text.to_owned(), at, style))?)
}

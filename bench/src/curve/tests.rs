use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

use stage::Terminal;

use super::{Contender, Curve, Point, Unit, panel, place, short};

fn curve(unit: Unit, at: &[u64], contenders: &[(&str, &[f64])]) -> Curve {
    let mut curve = Curve::new("scale/locks", "additions", "threads", unit, at.to_vec());
    for (name, values) in contenders {
        let points = values.iter().map(|value| Point::of(vec![*value])).collect();
        curve.contenders.push(Contender { name: (*name).into(), points });
    }
    curve.cores = 2;
    curve
}

#[derive(Clone, Default)]
struct Kept(Rc<RefCell<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn drawn(curve: &Curve, width: usize, unicode: bool) -> String {
    let kept = Kept::default();
    panel::draw(&mut Terminal::to(kept.clone(), width, unicode), curve).expect("it is kept");
    let drawn = kept.0.take();
    String::from_utf8(drawn).expect("it is text")
}

#[test]
fn a_curve_is_a_panel_of_columns_for_each_contender() {
    let curve = curve(
        Unit::PerSecond,
        &[1, 2, 4],
        &[("std", &[80e6, 20e6, 10e6]), ("futex (ours)", &[60e6, 30e6, 5e6])],
    );
    let wanted = "\
scale/locks:  million additions a second by threads; more is better

  std                 futex (ours)
   █████
   █████               █████
   █████               █████ ▄▄▄▄▄
   █████ █████ ▄▄▄▄▄   █████ █████ ▄▄▄▄▄
    80.0  20.0  10.0    60.0  30.0  5.00
       1     2     4       1     2     4
  beyond 2 cores threads take turns
";
    let squeezed =
        |text: &str| text.lines().map(|line| line.trim_end().to_owned() + "\n").collect::<String>();
    assert_eq!(squeezed(&drawn(&curve, 100, true)), wanted);
}

#[test]
fn no_line_is_wider_than_the_screen_and_none_needs_a_sign_that_it_lacks() {
    let at: Vec<u64> = (0..11).map(|power| 1 << power).collect();
    let values: Vec<f64> = at.iter().map(|at| 1e9 / *at as f64).collect();
    let long = "a name that is longer than a panel would like it to be";
    let curve = curve(Unit::Nanoseconds, &at, &[("std", &values), (long, &values)]);
    for width in [40, 60, 80, 160] {
        for line in drawn(&curve, width, false).lines() {
            assert!(line.len() <= width, "{width}: {line}");
            assert!(line.is_ascii() && !line.contains('?'), "{line}");
        }
    }
}

#[test]
fn what_was_not_measured_has_no_column() {
    let mut curve = curve(Unit::Bytes, &[10, 100], &[("ours", &[90.0, 90.0]), ("threads", &[9e3])]);
    curve.contenders[1].points.push(None);
    let drawn = drawn(&curve, 80, true);
    assert!(drawn.contains("columns tell powers of ten"), "{drawn}");
    assert!(drawn.contains("  9000 \n") || drawn.contains("  9000\n"), "{drawn}");
}

#[test]
fn the_median_has_as_many_rounds_above_as_below() {
    let point = Point::of(vec![9.0, 1.0, 5.0, 4.0, 6.0]).expect("there are rounds");
    assert_eq!((point.median, point.spread), (5.0, 1.0 / 5.0));
    assert_eq!(Point::of(Vec::new()), None);
}

#[test]
fn figures_have_five_signs_at_most() {
    let figures = [0.123, 1.5, 99.94, 99.96, 1234.0, 99_999.0, 123_456.0, 12_345_678.0];
    let written = figures.map(short);
    assert_eq!(written, ["0.12", "1.50", "99.9", "100", "1234", "99999", "123k", "12.3M"]);
    assert_eq!(
        [1, 1024, 10_000, 100_000, 1_000_000].map(place),
        ["1", "1024", "10k", "100k", "1M"]
    );
}

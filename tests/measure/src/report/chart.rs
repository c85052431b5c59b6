//! A picture of bars with their minima and maxima, as SVG.

use super::{MARKER, section::grouped};
use crate::load::Spread;
use std::fmt::Write;

/// Groups of bars, one bar a series in each group.
#[derive(Clone, Debug)]
pub struct Chart {
    /// What it shows, with the unit.
    pub title: String,
    /// Names of the groups.
    pub groups: Vec<String>,
    /// What is compared.
    pub series: Vec<Series>,
}

/// One contender's bars, as many as there are groups.
#[derive(Clone, Debug)]
pub struct Series {
    /// Its name.
    pub name: String,
    /// A value a group.
    pub values: Vec<Spread>,
}

const WIDTH: f64 = 960.0;
const TOP: f64 = 48.0;
const LEFT: f64 = 84.0;
const PLOT: f64 = 300.0;
const LEGEND_LINE: f64 = 20.0;
/// Told apart by eyes of every kind (after Okabe and Ito).
const COLOURS: [&str; 8] = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#999999", "#000000"];

impl Chart {
    /// The picture.
    pub fn to_svg(&self) -> String {
        let legend_lines = self.series.len().div_ceil(2) as f64;
        let height = TOP + PLOT + 40.0 + legend_lines * LEGEND_LINE + 10.0;
        let mut svg = format!(
            "{MARKER}\n<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
             font-family=\"system-ui, sans-serif\" font-size=\"13\">\n<title>{title}</title>\n\
             <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n\
             <text x=\"{LEFT}\" y=\"26\" font-size=\"16\" font-weight=\"600\">{title}</text>\n",
            title = escaped(&self.title),
        );
        let most = self.series.iter().flat_map(|series| &series.values).map(|value| value.max).fold(0.0, f64::max);
        let scale = Scale::upto(most);
        self.axis(&mut svg, &scale);
        self.bars(&mut svg, &scale);
        self.legend(&mut svg);
        svg.push_str("</svg>\n");
        svg
    }

    fn axis(&self, svg: &mut String, scale: &Scale) {
        for step in 0..=scale.steps {
            let value = scale.step * f64::from(step);
            let y = scale.y(value);
            let _ = writeln!(
                svg,
                "<path d=\"M{LEFT} {y:.1}H{WIDTH}\" stroke=\"#ddd\"/><text x=\"{x}\" y=\"{text:.1}\" text-anchor=\"end\" \
                 fill=\"#555\">{value}</text>",
                x = LEFT - 8.0,
                text = y + 4.0,
                value = if scale.step < 1.0 { format!("{value:.1}") } else { grouped(value) },
            );
        }
    }

    fn bars(&self, svg: &mut String, scale: &Scale) {
        let group = (WIDTH - LEFT) / self.groups.len().max(1) as f64;
        let bar = group * 0.84 / self.series.len().max(1) as f64;
        for (number, name) in self.groups.iter().enumerate() {
            let left = LEFT + group * (number as f64 + 0.08);
            let middle = left + group * 0.42;
            let y = TOP + PLOT + 20.0;
            let _ = writeln!(svg, "<text x=\"{middle:.1}\" y=\"{y}\" text-anchor=\"middle\">{}</text>", escaped(name));
            for (place, (series, colour)) in self.series.iter().zip(COLOURS.iter().cycle()).enumerate() {
                let Some(value) = series.values.get(number).filter(|value| value.median.is_finite()) else { continue };
                let x = left + bar * place as f64;
                let y = scale.y(value.median);
                let centre = x + bar * 0.45;
                let _ = writeln!(
                    svg,
                    "<g><title>{name}: {median} ({min} to {max})</title><rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" \
                     height=\"{height:.1}\" fill=\"{colour}\"/><path d=\"M{centre:.1} {low:.1}V{high:.1}\" stroke=\"#000\" \
                     stroke-opacity=\".6\"/></g>",
                    name = escaped(&series.name),
                    median = grouped(value.median),
                    min = grouped(value.min),
                    max = grouped(value.max),
                    width = bar * 0.9,
                    height = TOP + PLOT - y,
                    low = scale.y(value.min),
                    high = scale.y(value.max),
                );
            }
        }
    }

    fn legend(&self, svg: &mut String) {
        for (number, (series, colour)) in self.series.iter().zip(COLOURS.iter().cycle()).enumerate() {
            let x = LEFT + (number % 2) as f64 * (WIDTH - LEFT) / 2.0;
            let y = TOP + PLOT + 46.0 + (number / 2) as f64 * LEGEND_LINE;
            let _ = writeln!(
                svg,
                "<rect x=\"{x}\" y=\"{box_y}\" width=\"12\" height=\"12\" fill=\"{colour}\"/><text x=\"{text}\" \
                 y=\"{y}\">{name}</text>",
                box_y = y - 11.0,
                text = x + 18.0,
                name = escaped(&series.name),
            );
        }
    }
}

/// A linear scale from nothing to a round number.
struct Scale {
    step: f64,
    steps: u32,
}

impl Scale {
    fn upto(most: f64) -> Self {
        let rough = if most > 0.0 { most / 5.0 } else { 1.0 };
        let power = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * power).find(|step| *step >= rough);
        let step = step.unwrap_or(rough);
        Self { step, steps: (most / step).ceil().max(1.0) as u32 }
    }

    fn y(&self, value: f64) -> f64 {
        TOP + PLOT * (1.0 - value / (self.step * f64::from(self.steps)))
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_ends_at_a_round_number_that_is_not_passed() {
        for (most, top) in [(0.0, 1.0), (7.0, 8.0), (41_000.0, 50_000.0), (50_000.0, 50_000.0), (0.3, 0.3)] {
            let scale = Scale::upto(most);
            assert!((scale.step * f64::from(scale.steps) - top).abs() < 1e-9, "{most}");
        }
    }

    #[test]
    fn every_value_has_its_bar() {
        let value = Spread { min: 1.0, median: 2.0, max: 3.0 };
        let series = |name: &str| Series { name: name.to_owned(), values: vec![value, value] };
        let groups = vec!["1 client".to_owned(), "16".to_owned()];
        let title = "a < b".to_owned();
        let chart = Chart { title, groups, series: vec![series("x"), series("y")] };
        let svg = chart.to_svg();
        assert_eq!(svg.matches("<g>").count(), 4);
        assert!(svg.contains("a &lt; b"));
    }
}
